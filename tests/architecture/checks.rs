//! The checks themselves must be able to fail.

use super::source::Source;
use super::{check_bans, check_imports, check_shape};

fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.into(),
        text: text.into(),
    }
}

fn imports_of(path: &str, text: &str) -> Vec<String> {
    let order = ["page", "verdict", "app"].map(str::to_owned);
    check_imports(&order, &[source(path, text)])
}

#[test]
fn an_import_from_below_is_named_with_its_place() {
    let wrong = imports_of("page/form.rs", "//! x\nuse crate::verdict::Band;\n");
    assert_eq!(
        wrong,
        ["src/page/form.rs:2: page → verdict: move the type left or the call to app/"]
    );
}

#[test]
fn imports_are_seen_in_every_spelling() {
    for text in [
        "use crate::{page::Page, verdict::{Band, judge}};",
        "use super::super::verdict::Band;",
        "fn f() -> crate::verdict::Band { g() }",
        "use crate::{\n    page,\n    app,\n};",
        "const R: &[u8] = br\"\\\"; use crate::app::App;",
    ] {
        assert_eq!(imports_of("page/form.rs", text).len(), 1, "{text}");
    }
    assert_eq!(
        imports_of("page/mod.rs", "use super::verdict::Band;").len(),
        1
    );
}

#[test]
fn what_is_no_import_is_let_be() {
    for text in [
        "use crate::page::Page; use super::verdict::Local;",
        "// use crate::verdict::Band;",
        "const S: &str = \"crate::verdict\"; const R: &str = r#\"crate::app \"quoted\" \"#;",
        "#[cfg(test)]\nmod tests { use crate::app::App; fn f() { { } } }",
        "#[cfg(test)]\nuse crate::app::App;",
        "fn f<'a>(x: &'a str) -> char { '\"' } // crate::app \"",
    ] {
        assert_eq!(
            imports_of("page/form.rs", text),
            Vec::<String>::new(),
            "{text}"
        );
    }
    assert!(imports_of("page/tests.rs", "use crate::app::App;").is_empty());
}

#[test]
fn code_after_tests_and_literals_is_still_seen() {
    let text = "#[cfg(test)]\nmod tests { fn f() { \"}\"; '}'; '«'; } }\nconst C: char = '\\'';\nuse crate::app::App;";
    assert_eq!(
        imports_of("page/form.rs", text),
        ["src/page/form.rs:4: page → app: move the type left or the call to app/"]
    );
}

#[test]
fn bans_are_seen_where_they_hold_and_nowhere_else() {
    let count = |path: &str, text: &str| check_bans(&[source(path, text)]).len();
    assert_eq!(count("app/scan.rs", "use sled::Db;"), 1);
    assert_eq!(count("store/index.rs", "use sled::Db;"), 0);
    assert_eq!(count("app/scan.rs", "fn f() { reqwest::get(); }"), 1);
    assert_eq!(count("rules/scan.rs", "pub async fn scan() {}"), 1);
    assert_eq!(count("app/scan.rs", "pub async fn scan() {}"), 0);
    assert_eq!(count("text/fold.rs", "let t = Timestamp::now();"), 1);
    assert_eq!(count("app/scan.rs", "#[allow(dead_code)]\nfn f() {}"), 1);
    assert_eq!(
        count(
            "app/scan.rs",
            "#[expect(dead_code, reason = \"x\")]\nfn f() {}"
        ),
        0
    );
    assert_eq!(
        count("page/mod.rs", "pub trait T { fn t(&self); }\nmod form;"),
        0
    );
    assert_eq!(count("page/mod.rs", "pub fn t() -> u8 { 1 }"), 1);
    assert_eq!(count("page/mod.rs", "impl Page {}"), 1);
}

#[test]
fn long_silent_and_vague_files_are_named() {
    let count = |path: &str, text: &str| check_shape(&[source(path, text)]).len();
    assert_eq!(
        count("page/form.rs", &format!("//! x\n{}", "\n".repeat(399))),
        0
    );
    assert_eq!(
        count("page/form.rs", &format!("//! x\n{}", "\n".repeat(400))),
        1
    );
    assert_eq!(count("page/form.rs", "use x;"), 1);
    assert_eq!(count("page/utils.rs", "//! x"), 1);
    assert_eq!(count("helpers/form.rs", "//! x"), 1);
}
