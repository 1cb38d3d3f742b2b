//! Figures as a page and as a paper.

use super::chart::svg_of;
use super::sections::{Section, basis_of, dossiers_of, sections_of, title_of};
use crate::app::StoreFigures;
use crate::document::{Language, Paper, TemplateError, clean_text};

const STYLE: &str = "body{font:15px/1.45 sans-serif;max-width:70em;margin:2em auto;padding:0 1em;color:#111}\
    table{border-collapse:collapse;margin:.5em 0 1em}td,th{border:1px solid #999;padding:.2em .6em;text-align:left;\
    vertical-align:top}thead{background:#eee}figure{margin:0 0 1em;overflow-x:auto}.note{color:#444}\
    .dossiers td{overflow-wrap:anywhere}@media print{body{margin:0}}";

/// A page of its own, without scripts and without anything from elsewhere; a table stands beside every picture.
pub fn figures_html(found: &StoreFigures) -> String {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
        <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
        <meta name=\"viewport\" content=\"width=device-width\"><title>{}</title><style>{STYLE}</style></head><body>\n",
        escaped(&title_of(&found.figures))
    );
    write_body(&mut html, found, true);
    html.push_str("</body></html>\n");
    html
}

/// A paper with the same tables, for word processors.
///
/// # Errors
/// Only if its own text were no paper, which does not happen.
pub fn figures_paper(found: &StoreFigures) -> Result<Paper, TemplateError> {
    let mut fragment = String::new();
    write_body(&mut fragment, found, false);
    Paper::of_fragment(&title_of(&found.figures), Language::En, &fragment)
}

fn write_body(html: &mut String, found: &StoreFigures, with_pictures: bool) {
    push_all(
        html,
        &["<h1>", &escaped(&title_of(&found.figures)), "</h1>\n"],
    );
    for line in basis_of(found) {
        push_all(html, &["<p>", &escaped(&line), "</p>\n"]);
    }
    for section in sections_of(&found.figures) {
        push_all(html, &["<h2>", &escaped(section.title), "</h2>\n"]);
        if section.rows.is_empty() {
            html.push_str("<p>Nothing in this period.</p>\n");
            continue;
        }
        if with_pictures {
            write_picture(html, &section);
        }
        let rows = section.rows.iter().map(Vec::as_slice);
        write_table(html, &section.header, rows);
        push_all(html, &["<p>", &escaped(section.note), "</p>\n"]);
    }
    html.push_str("<h2>Dossiers behind the numbers</h2>\n");
    let rows: Vec<[String; 2]> = dossiers_of(&found.figures)
        .map(|(name, dossiers)| [name, dossiers])
        .collect();
    if rows.is_empty() {
        html.push_str("<p>None.</p>\n");
    } else {
        let header = ["Number".to_owned(), "Dossiers".to_owned()];
        write_table(html, &header, rows.iter().map(<[String; 2]>::as_slice));
    }
}

fn write_picture(html: &mut String, section: &Section) {
    if let Some(svg) = section.chart.as_ref().and_then(svg_of) {
        let label = format!("{}: bars of the numbers in the table below", section.title);
        push_all(
            html,
            &[
                "<figure role=\"img\" aria-label=\"",
                &escaped(&label),
                "\">",
                svg.trim(),
                "</figure>\n",
            ],
        );
    }
}

fn write_table<'a>(html: &mut String, header: &[String], rows: impl Iterator<Item = &'a [String]>) {
    html.push_str("<table><thead><tr>");
    for name in header {
        push_all(html, &["<th>", &escaped(name), "</th>"]);
    }
    html.push_str("</tr></thead><tbody>");
    for row in rows {
        html.push_str("<tr>");
        for cell in row {
            push_all(html, &["<td>", &escaped(cell), "</td>"]);
        }
        html.push_str("</tr>\n");
    }
    html.push_str("</tbody></table>\n");
}

fn push_all(html: &mut String, parts: &[&str]) {
    for part in parts {
        html.push_str(part);
    }
}

fn escaped(text: &str) -> String {
    // Nothing is cut: cleaning takes characters away and adds none.
    let text = clean_text(text, text.len());
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
