//! The architecture as `docs/architecture.md` states it, held by a test: import order, bans, sizes, names.
//!
//! Every check works on plain text, so that it can be shown to fail on small bad inputs (`checks/`).
#![expect(
    clippy::unwrap_used,
    reason = "a source tree that cannot be read fails the test"
)]

#[path = "architecture/checks.rs"]
mod checks;
#[path = "architecture/source.rs"]
mod source;

use source::{Source, line_of, module_order};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const MAX_FILE_LINES: usize = 400;
/// Paths that may stand in one module only.
const OWNED: [(&str, &str); 2] = [("sled::", "store"), ("reqwest::", "fetch")];
/// Examination and desk: synchronous, and told what time it is.
const PURE: [&str; 13] = [
    "page", "text", "entity", "rules", "verdict", "flag", "review", "custody", "document", "block",
    "verify", "dossier", "figures",
];
const NOT_PURE: [&str; 9] = [
    "async ",
    ".await",
    "tokio::",
    "crate::clock",
    "SystemTime",
    "Instant",
    "Timestamp::now",
    "TcpStream",
    "std::thread",
];
const VAGUE_NAMES: [&str; 10] = [
    "util", "utils", "common", "type", "types", "helper", "helpers", "manager", "managers", "misc",
];

fn check_imports(order: &[String], sources: &[Source]) -> Vec<String> {
    let ranks = order.iter().enumerate();
    let rank: BTreeMap<&str, usize> = ranks.map(|(rank, name)| (name.as_str(), rank)).collect();
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| !source.is_test()) {
        let (path, module) = (&source.path, source.module());
        let Some(own) = rank.get(module) else {
            continue;
        };
        for (line, name) in source.imports() {
            if rank.get(name.as_str()).is_some_and(|other| other > own) {
                wrong.push(format!(
                    "src/{path}:{line}: {module} → {name}: move the type left or the call to app/"
                ));
            }
        }
    }
    wrong
}

fn check_bans(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let (path, module) = (&source.path, source.module());
        let code = source.code();
        let mut ban = |banned: &str, reason: &str| {
            for (at, _) in code.match_indices(banned) {
                let inside_word = code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
                    && banned.starts_with(char::is_alphabetic);
                if !inside_word {
                    let (line, banned) = (line_of(&code, at), banned.trim());
                    wrong.push(format!("src/{path}:{line}: `{banned}`: {reason}"));
                }
            }
        };
        for (banned, owner) in OWNED {
            if module != owner {
                ban(banned, &format!("only in {owner}/"));
            }
        }
        if PURE.contains(&module) && !source.is_test() {
            for banned in NOT_PURE {
                ban(
                    banned,
                    "examination and desk are synchronous and are told the time",
                );
            }
        }
        ban("#[allow", "use #[expect(lint, reason = \"…\")]");
        ban("#![allow", "use #[expect(lint, reason = \"…\")]");
        if path.ends_with("mod.rs") {
            ban(
                "impl ",
                "mod.rs holds documentation and re-exports; move it to a file of its own",
            );
            ban(
                "impl<",
                "mod.rs holds documentation and re-exports; move it to a file of its own",
            );
            if has_function_body(&code) {
                wrong.push(format!(
                    "src/{path}: a function in mod.rs: move it to a file of its own"
                ));
            }
        }
    }
    wrong
}

/// Whether a function is written out (a trait may declare one).
fn has_function_body(code: &str) -> bool {
    code.match_indices("fn ").any(|(at, _)| {
        let is_word = !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let body = code[at..].find(['{', ';']);
        is_word && body.is_some_and(|place| code[at + place..].starts_with('{'))
    })
}

fn check_shape(sources: &[Source]) -> Vec<String> {
    let mut wrong = Vec::new();
    for source in sources {
        let path = &source.path;
        let lines = source.text.lines().count();
        if lines > MAX_FILE_LINES {
            wrong.push(format!(
                "{path}: {lines} lines; split it below {MAX_FILE_LINES}"
            ));
        }
        if !source.is_test() && !source.text.starts_with("//!") {
            wrong.push(format!("{path}: say in `//!` what the module is"));
        }
        for part in path.split('/') {
            if VAGUE_NAMES.contains(&part.trim_end_matches(".rs")) {
                wrong.push(format!(
                    "{path}: `{part}` says nothing; name it after what it holds"
                ));
            }
        }
    }
    wrong
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn sources_under(directory: &str) -> Vec<Source> {
    let base = root().join(directory);
    let mut waiting: Vec<PathBuf> = vec![base.clone()];
    let mut sources = Vec::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(
                fs::read_dir(&path)
                    .unwrap()
                    .map(|entry| entry.unwrap().path()),
            );
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let path = path
                .strip_prefix(&base)
                .unwrap()
                .to_string_lossy()
                .replace('\\', "/");
            sources.push(Source { path, text });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!sources.is_empty(), "{directory} has no source files");
    sources
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn modules_import_only_what_stands_above_them() {
    let order = module_order(&read("src/lib.rs"));
    assert!(
        order.len() > 10,
        "the modules of lib.rs were not recognized: {order:?}"
    );
    let sources = sources_under("src");
    let seen: usize = sources.iter().map(|source| source.imports().len()).sum();
    assert!(seen > 50, "only {seen} imports were recognized");
    assert_none(&check_imports(&order, &sources));
}

#[test]
fn every_module_of_the_source_stands_in_the_order() {
    let order = module_order(&read("src/lib.rs"));
    for source in sources_under("src") {
        let module = source.module();
        let known = ["lib", "main"].contains(&module) || order.iter().any(|name| name == module);
        assert!(known, "{} is not in lib.rs", source.path);
    }
}

#[test]
fn nothing_banned_is_used() {
    assert_none(&check_bans(&sources_under("src")));
}

#[test]
fn files_are_short_documented_and_named() {
    let mut wrong = check_shape(&sources_under("src"));
    wrong.extend(check_shape(&sources_under("tests")));
    assert_none(&wrong);
}

#[test]
fn the_lints_that_hold_the_rest_are_on() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let lints = &manifest["lints"];
    assert_eq!(lints["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for lint in [
        "unwrap_used",
        "expect_used",
        "panic",
        "todo",
        "allow_attributes",
    ] {
        assert!(lints["clippy"].get(lint).is_some(), "clippy::{lint} is off");
    }
    assert!(
        lints["clippy"].get("pedantic").is_some(),
        "clippy::too_many_lines is part of pedantic"
    );
    let clippy: toml::Table = read(".ci/clippy.toml").parse().unwrap();
    let threshold = clippy["too-many-lines-threshold"].as_integer().unwrap();
    assert!(
        threshold <= 60,
        "functions of {threshold} lines are too long"
    );
}
