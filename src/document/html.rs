//! Blocks → a page that can be printed.

use super::css::style_sheet;
use super::model::{Block, Cell, Inline, Look, Row, Style, Table, Text};
use super::qr::qr_svg;
use super::xml::Markup;
use super::{Language, Paper};
use crate::digest::Digest;

/// The page of a paper.
pub(super) fn page_of(paper: &Paper) -> String {
    let style = style_sheet(&paper.reference, paper.banner.as_deref());
    let hash = data_encoding::BASE64.encode(Digest::of(style.as_bytes()).as_bytes());
    let mut page = Markup::default();
    page.raw("<!doctype html>\n<html");
    page.attribute("lang", paper.language().as_str());
    page.raw(format_args!(
        ">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
         style-src 'sha256-{hash}'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"format-detection\" content=\"telephone=no, email=no, address=no\">\n<title>"
    ));
    page.text(&paper.title);
    page.raw("</title>\n<style>");
    page.raw(&style);
    page.raw("</style>\n</head>\n<body>\n");
    if let Some(banner) = &paper.banner {
        page.raw("<p class=\"banner\">");
        page.text(banner);
        page.raw("</p>\n");
    }
    for block in &paper.blocks {
        write_block(block, &mut page);
    }
    page.raw("</body>\n</html>\n");
    page.out
}

fn write_block(block: &Block, page: &mut Markup) {
    match block {
        Block::Heading(level, text) => write_text(&format!("h{level}"), text, page),
        Block::Paragraph(text) => write_text("p", text, page),
        Block::List {
            is_numbered,
            language,
            entries,
        } => {
            let tag = if *is_numbered { "ol" } else { "ul" };
            page.raw(format_args!("<{tag}"));
            write_language(*language, page);
            page.raw(">\n");
            for entry in entries {
                page.raw("<li>");
                write_runs(entry, page);
                page.raw("</li>\n");
            }
            page.raw(format_args!("</{tag}>\n"));
        }
        Block::Table(table) => write_table(table, page),
        Block::Rule => page.raw("<hr>\n"),
        Block::PageBreak => page.raw("<hr class=\"page-break\">\n"),
        Block::Qr(content) => write_qr(content, page),
    }
}

fn write_text(tag: &str, text: &Text, page: &mut Markup) {
    page.raw(format_args!("<{tag}"));
    write_look(&text.look, page);
    page.raw(">");
    write_runs(&text.runs, page);
    page.raw(format_args!("</{tag}>\n"));
}

fn write_runs(runs: &[Inline], page: &mut Markup) {
    for run in runs {
        match run {
            Inline::Break => page.raw("<br>"),
            Inline::Words(words, style) => {
                let tags = tags_of(*style);
                for tag in &tags {
                    page.raw(format_args!("<{tag}>"));
                }
                page.text(words);
                for tag in tags.iter().rev() {
                    page.raw(format_args!("</{tag}>"));
                }
            }
        }
    }
}

fn tags_of(style: Style) -> Vec<&'static str> {
    let tags = [
        (style.is_strong, "strong"),
        (style.is_emphasis, "em"),
        (style.is_code, "code"),
    ];
    tags.into_iter()
        .filter_map(|(is_on, tag)| is_on.then_some(tag))
        .collect()
}

fn write_look(look: &Look, page: &mut Markup) {
    if !look.classes.is_empty() {
        let names: Vec<&str> = look.classes.iter().map(|class| class.as_str()).collect();
        page.attribute("class", &names.join(" "));
    }
    write_language(look.language, page);
}

fn write_language(language: Option<Language>, page: &mut Markup) {
    if let Some(language) = language {
        page.attribute("lang", language.as_str());
    }
}

fn write_table(table: &Table, page: &mut Markup) {
    page.raw("<table");
    write_look(&table.look, page);
    page.raw(">\n<colgroup>");
    for width in table.column_widths() {
        page.raw(format_args!("<col width=\"{width}%\">"));
    }
    page.raw("</colgroup>\n");
    for (tag, rows) in [("thead", &table.head), ("tbody", &table.body)] {
        if !rows.is_empty() {
            page.raw(format_args!("<{tag}>\n"));
            for row in rows {
                write_row(row, page);
            }
            page.raw(format_args!("</{tag}>\n"));
        }
    }
    page.raw("</table>\n");
}

fn write_row(row: &Row, page: &mut Markup) {
    page.raw("<tr>");
    for cell in row {
        write_cell(cell, page);
    }
    page.raw("</tr>\n");
}

fn write_cell(cell: &Cell, page: &mut Markup) {
    let tag = if cell.is_head { "th" } else { "td" };
    page.raw(format_args!("<{tag}"));
    write_look(&cell.look, page);
    if cell.span > 1 {
        page.attribute("colspan", &cell.span.to_string());
    }
    page.raw(">");
    for block in &cell.blocks {
        write_block(block, page);
    }
    page.raw(format_args!("</{tag}>"));
}

fn write_qr(content: &str, page: &mut Markup) {
    if let Ok(svg) = qr_svg(content) {
        let data = data_encoding::BASE64.encode(svg.as_bytes());
        page.raw("<img class=\"qr\"");
        page.attribute("src", &format!("data:image/svg+xml;base64,{data}"));
        page.attribute("alt", content);
        page.raw(">\n");
    } else {
        // What is too long for a picture is shown in words.
        page.raw("<p><code>");
        page.text(content);
        page.raw("</code></p>\n");
    }
}
