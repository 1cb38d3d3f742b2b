//! The strict reader, templates and pairing.

use super::*;

fn read(fragment: &str) -> Result<Vec<Block>, TemplateError> {
    Paper::of_fragment("test", Language::En, fragment).map(|paper| paper.blocks)
}

#[test]
fn what_cannot_be_shown_in_every_form_is_an_error() {
    for (fragment, says) in [
        ("<div>x</div>", "<div> is not understood"),
        (
            "<p onclick=\"x\">x</p>",
            "cannot have the attribute onclick",
        ),
        ("<p>x", "<p> is not closed"),
        ("<p>x<p>y</p></p>", "is that closed?"),
        ("<p>a</strong></p>", "</strong> before <p> is closed"),
        ("text", "stands in no paragraph"),
        ("<p>a & b</p>", "&amp;"),
        ("<p>1 < 2</p>", "&lt;"),
        ("<table><p>x</p></table>", "in <table> there is only"),
        (
            "<table><tr><td><table></table></td></tr></table>",
            "cannot stand in a cell",
        ),
        (
            "<img class=\"qr\" src=\"http://x/\">",
            "cannot have the attribute src",
        ),
        ("<p class=\"red\">x</p>", "there are note"),
        ("<p class='note'>x</p>", "write its attributes like"),
        ("<p>a</p></p>", "closes nothing"),
        ("<script>x</script>", "<script> is not understood"),
    ] {
        let error = read(fragment).unwrap_err();
        assert!(error.message.contains(says), "{fragment}: {error}");
    }
}

#[test]
fn white_space_is_that_of_html() {
    let blocks = read("<p>  a\n  b <strong> c </strong> d<br> e </p>").unwrap();
    let Block::Paragraph(text) = &blocks[0] else {
        unreachable!("a paragraph");
    };
    assert_eq!(model::words_of(&text.runs), "a b c d e");
    assert_eq!(
        read("<p>&lt;b&gt; &#x27; &nbsp;x</p>").unwrap(),
        read("<p>&#60;b&#62; &apos; \u{a0}x</p>").unwrap()
    );
}

#[test]
fn deep_nesting_is_refused_before_it_costs_anything() {
    let deep = "<strong>".repeat(100_000);
    assert!(read(&format!("<p>{deep}x")).is_err());
    let many = "<p>x</p>".repeat(200_000);
    assert!(read(&many).unwrap_err().message.contains("too long"));
}

#[test]
fn columns_share_what_is_not_stated() {
    let blocks =
        read("<table><tr><td width=\"40%\">a</td><td>b</td><td>c</td></tr></table>").unwrap();
    let Block::Table(table) = &blocks[0] else {
        unreachable!("a table");
    };
    assert_eq!(table.column_widths(), [40, 30, 30]);
}
