//! Templates of a lawyer: every mistake has file and line.

use crate::lab::Lab;
use tazy::block::document::{PaperKind, check_templates, write_paper};
use tazy::document::{Edition, Language, TemplateError, Templates};

/// The errors of the built-in templates with this one in place of its namesake.
fn errors_of(file: &str, text: &str) -> Vec<TemplateError> {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join(file), text).unwrap();
    match Templates::load(Some(directory.path())) {
        Ok(templates) => check_templates(&templates),
        Err(errors) => errors,
    }
}

fn in_all(body: &str) -> String {
    ["ru", "kk", "en"]
        .map(|language| format!("<section lang=\"{language}\">\n{body}\n</section>"))
        .join("\n")
}

#[test]
fn a_mistake_is_told_with_file_and_line() {
    for (body, line, says) in [
        (
            "<p>x</p>\n<p>{{ requst.unit }}</p>",
            3,
            "no variable requst",
        ),
        ("<p>x</p>\n<p>{{ request.unti }}</p>", 3, "no such variable"),
        ("<p>x</p>\n\n<div>y</div>", 4, "<div> is not understood"),
        ("<p>x</p>\n<p>{% if %}</p>", 3, "syntax error"),
        (
            "<p>x</p>\n{% for item in items %}<p>{{ item.site }}{% endfor %}",
            3,
            "<p>",
        ),
        ("<p>x</p>\n<p>{{ request.unit | safe }}</p>", 3, "filter"),
        (
            "<p>x</p>\n{% autoescape false %}{% endautoescape %}",
            3,
            "escaping is always on",
        ),
        ("<p>x</p>\n<p onclick=\"x\">y</p>", 3, "attribute onclick"),
        (
            "<p>x</p>\n{% include \"_nowhere.html\" %}",
            3,
            "no such part",
        ),
        ("<p>x</p>\n<p>{{ request.unit</p>", 3, "not closed by }}"),
        ("<p>x</p>\n<table><tr><td>a</td></tr>", 3, "<table>"),
    ] {
        let errors = errors_of("annex.html", &in_all(body));
        let found = errors.iter().any(|error| {
            error.file == "annex.html" && error.line == line && error.message.contains(says)
        });
        assert!(found, "{body}\n{errors:#?}");
    }
}

#[test]
fn a_mistake_in_an_included_part_is_told_where_it_is() {
    let errors = errors_of(
        "_sign.html",
        &in_all("<p>x</p>\n<p>{{ reqest.author }}</p>"),
    );
    assert!(!errors.is_empty());
    for error in errors {
        assert_eq!(
            (error.file.as_str(), error.line % 4),
            ("_sign.html", 3),
            "{error}"
        );
    }
}

#[test]
fn sections_names_and_encoding_are_checked() {
    let only = |file: &str, text: &str| errors_of(file, text)[0].to_string();
    assert!(only("submision.html", &in_all("<p>x</p>")).contains("no document has this name"));
    assert!(only("annex.html", "<p>x</p>").contains("outside of a <section"));
    assert!(only("annex.html", "<section lang=\"ru\"><p>x</p>").contains("is not closed"));
    assert!(
        only("annex.html", "<section lang=\"ru\"><p>x</p></section>").contains("has no <section")
    );
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("annex.html"), b"<section>\n\xcf\xf0").unwrap();
    let errors = Templates::load(Some(directory.path())).unwrap_err();
    assert_eq!(
        (errors[0].line, errors[0].message.contains("UTF-8")),
        (2, true)
    );
    let empty = tempfile::tempdir().unwrap();
    let errors = Templates::load(Some(empty.path())).unwrap_err();
    assert!(errors[0].message.contains("template copy"));
}

#[test]
fn side_by_side_the_sections_must_match() {
    let text = "<section lang=\"ru\"><h1>А</h1><p>б</p></section>\n<section lang=\"kk\"><h1>А</h1></section>\n\
        <section lang=\"en\"><h1>A</h1></section>";
    let errors = errors_of("annex.html", text);
    let message = errors[0].to_string();
    assert!(
        message.contains("differ at part 2: <p> б and its end"),
        "{message}"
    );
}

#[test]
fn a_lawyers_wording_gets_into_the_paper() {
    let directory = tempfile::tempdir().unwrap();
    let text = "\u{feff}<section lang=\"ru\"><!-- примечание -->\n<h1>Наше письмо № {{ request.id }}</h1>\n\
        {% for item in items %}<p class=\"note small\">{{ loop.index }}: {{ item.target }}</p>{% endfor %}</section>";
    std::fs::write(directory.path().join("submission.html"), text).unwrap();
    let templates = Templates::load(Some(directory.path())).unwrap();
    let lab = Lab::hostile();
    let edition = Edition::One(Language::Ru);
    let made = crate::lab::TIME.parse().unwrap();
    let paper = write_paper(
        PaperKind::Submission,
        edition,
        &lab.facts(),
        &templates,
        made,
    )
    .unwrap();
    let page = paper.html();
    assert_eq!(paper.title, "Наше письмо № b-0123456789ab");
    assert!(page.contains("<p class=\"note small\">1: hxxps://shop[.]example/"));
    assert!(!page.contains("примечание"));
}
