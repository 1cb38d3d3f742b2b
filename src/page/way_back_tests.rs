//! Every piece of every region stands in the source where its map says.

use super::reference::reference_at;
use super::tests::{capture, page};
use super::*;
use std::path::{Path, PathBuf};

/// Source text as a reader sees it: references decoded, white space collapsed.
fn decoded(source: &str) -> String {
    let mut text = String::new();
    let mut at = 0;
    while let Some(c) = source[at..].chars().next() {
        if let Some(reference) = reference_at(&source[at..], false) {
            text.push(reference.first);
            text.extend(reference.second);
            at += reference.length;
        } else {
            text.push(c);
            at += c.len_utf8();
        }
    }
    text
}

/// Checks that each piece of each region stands in the source where its map says. Returns how many pieces
/// stand for source that is not the same text.
pub(super) fn assert_maps_lead_back(page: &Page) -> usize {
    let mut foreign = 0;
    for region in &page.regions {
        if matches!(region.kind, RegionKind::Url | RegionKind::Host) {
            continue;
        }
        for piece in region.map.pieces(0..region.text.len()) {
            let text = &region.text[piece.text.clone()];
            let source = page.source.get(piece.source.clone()).unwrap_or_else(|| {
                panic!(
                    "{:?} {text:?} has no source at {:?}",
                    region.kind, piece.source
                )
            });
            let blank = |t: &str| t.chars().all(char::is_whitespace);
            if piece.atom {
                let same = decoded(source).replace('\0', "\u{fffd}").contains(text)
                    || (blank(text) && (blank(&decoded(source)) || source.starts_with('<')));
                // Literals of scripts, names of files and encoded attributes have codings of their own.
                let is_encoded = source.len() >= 24 && !source.contains([' ', '&', '<']);
                let in_script =
                    matches!(region.kind, RegionKind::Script | RegionKind::StructuredData)
                        || source.starts_with(['\\', '"', '\'', '`'])
                        || source.contains('%')
                        || is_encoded;
                foreign += usize::from(!same && !blank(text) && !in_script);
            } else {
                let collapsed = |t: &str| t.replace(|c: char| c.is_ascii_whitespace(), " ");
                assert_eq!(collapsed(source), collapsed(text), "{:?}", region.kind);
            }
        }
    }
    foreign
}

#[test]
fn odd_markup_keeps_its_way_back() {
    for html in [
        "a &lt b &notit; &amp;amp; c\r\nd<![CDATA[x]]>e</>f<p>g\0h",
        "<svg><![CDATA[in <b>svg]]></svg>after &NotEqualTilde; x",
        "<table>foster <b>me<tr><td>cell</table>end",
        "<pre>\n\nline</pre><textarea>\nt&amp;x</textarea><title>T &lt;</title>",
        "<script>if (a<b && c>d) '</p>';</script>x<style>a>b{}</style>y",
        "<a href='x&copy=1&amp;y' title=\"q > w\">z</a &junk>tail &",
        "<p>unclosed <b attr='1",
        "<!-- c -- ><p>x</p> --><p>y",
    ] {
        let page = page(html);
        assert_eq!(assert_maps_lead_back(&page), 0, "{html}");
    }
}

fn html_files(root: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            html_files(&path, found);
        } else if path
            .extension()
            .is_some_and(|e| e == "html" || e == "txt" || e == "htm")
        {
            found.push(path);
        }
    }
}

#[test]
fn regions_of_real_pages_lead_back_to_their_source() {
    let Some(roots) = std::env::var_os("TAZY_DATA") else {
        eprintln!("skipped: TAZY_DATA names no directories of pages");
        return;
    };
    let mut files = Vec::new();
    for root in std::env::split_paths(&roots) {
        html_files(&root, &mut files);
    }
    assert!(!files.is_empty());
    for file in files {
        let body = std::fs::read(&file).unwrap();
        let page = parse(&capture("http://site.example/", None, &body));
        let foreign = assert_maps_lead_back(&page);
        assert_eq!(foreign, 0, "{}", file.display());
    }
}

proptest::proptest! {
    #[test]
    fn any_markup_parses_and_leads_back(parts in proptest::collection::vec(
        proptest::sample::select(vec![
            "<p>", "</p>", "<b>", "</b>", "<table>", "<tr>", "<td>", "</table>", "<a href='x&amp;y'>", "</a>", "<div hidden>",
            "</div>", "текст ", " x&nbsp;y ", "&amp;", "&", "<", ">", "<!--c-->", "<script>'стр'</script>", "<svg>", "</svg>",
            "<title>", "</title>", "<br>", "\r\n", "<select><option>", "<form>", "<input name=q>", "</form>", "<textarea>", "\0",
            "<li>", "<template>", "</template>", "<h1>", "<style>", "</style>", "<![CDATA[", "]]>", "<math>", "<mi>", "<plaintext>",
        ]), 0..60)
    ) {
        let page = page(&parts.concat());
        proptest::prop_assert_eq!(assert_maps_lead_back(&page), 0);
    }
}
