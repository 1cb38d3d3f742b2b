//! Paragraphs, lists, tables and pictures.

use super::runs::{Around, write_runs};
use crate::document::model::{Block, Cell, Class, Inline, Look, Row, Style, Table};
use crate::document::qr::qr_png;
use crate::document::xml::Markup;
use std::collections::HashMap;

/// Width of the text, twentieths of a point: A4 without 30 and 15 mm.
pub(super) const TEXT_WIDTH: u32 = 11_906 - 1_701 - 851;
/// Side of a QR code, English metric units: 32 mm, in a table 24 mm.
const QR_SIDES: (u32, u32) = (1_152_000, 864_000);
/// Number of the list with bullets; numbered lists follow, each with a number of its own.
pub(super) const BULLETS: u32 = 1;

/// The body in the making.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) part: Markup,
    /// Numbered lists so far.
    pub(super) lists: u32,
    /// Pictures so far, each once.
    pub(super) pictures: Vec<Vec<u8>>,
    /// Numbers of pictures by what they say.
    numbers: HashMap<String, usize>,
    /// Places where pictures stand so far.
    drawings: usize,
}

impl Body {
    pub(super) fn block(&mut self, block: &Block, around: Around) {
        match block {
            Block::Heading(level, text) => {
                let style = format!("Heading{level}");
                self.paragraph(&style, &text.look, &text.runs, around);
            }
            Block::Paragraph(text) => self.paragraph("Normal", &text.look, &text.runs, around),
            Block::List {
                is_numbered,
                language,
                entries,
            } => {
                let number = if *is_numbered {
                    self.lists += 1;
                    BULLETS + self.lists
                } else {
                    BULLETS
                };
                let language = language.unwrap_or(around.language);
                for entry in entries {
                    self.entry(number, entry, Around { language, ..around });
                }
            }
            Block::Table(table) => self.table(table, around),
            Block::Rule => self.part.raw(
                "<w:p><w:pPr><w:pBdr><w:bottom w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"000000\"/></w:pBdr></w:pPr></w:p>",
            ),
            Block::PageBreak => self.part.raw("<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>"),
            Block::Qr(content) => self.picture(content, around),
        }
    }

    /// Properties in the order that the schema demands: style, border, spacing, alignment.
    fn paragraph(&mut self, style: &str, look: &Look, runs: &[Inline], around: Around) {
        let part = &mut self.part;
        part.raw("<w:p><w:pPr>");
        if look.is(Class::Signature) {
            part.raw("<w:pStyle w:val=\"Signature\"/>");
        } else if look.is(Class::Note) {
            part.raw("<w:pStyle w:val=\"Note\"/>");
        } else if around.size.is_some() && style == "Normal" {
            part.raw("<w:pStyle w:val=\"InTable\"/>");
        } else {
            part.raw(format_args!("<w:pStyle w:val=\"{style}\"/>"));
        }
        write_alignment(look, part);
        part.raw("</w:pPr>");
        write_runs(runs, around.with(look), part);
        part.raw("</w:p>");
    }

    fn entry(&mut self, number: u32, runs: &[Inline], around: Around) {
        self.part.raw(format_args!(
            "<w:p><w:pPr><w:pStyle w:val=\"ListParagraph\"/><w:numPr><w:ilvl w:val=\"0\"/><w:numId w:val=\"{number}\"/></w:numPr></w:pPr>"
        ));
        write_runs(runs, around, &mut self.part);
        self.part.raw("</w:p>");
    }

    fn table(&mut self, table: &Table, around: Around) {
        let widths: Vec<u32> = table
            .column_widths()
            .iter()
            .map(|percent| TEXT_WIDTH * percent / 100)
            .collect();
        let part = &mut self.part;
        let style = if table.is_plain() { "Plain" } else { "Grid" };
        part.raw(format_args!(
            "<w:tbl><w:tblPr><w:tblStyle w:val=\"{style}\"/><w:tblW w:w=\"{TEXT_WIDTH}\" w:type=\"dxa\"/>\
             <w:tblLayout w:type=\"fixed\"/></w:tblPr><w:tblGrid>"
        ));
        for width in &widths {
            part.raw(format_args!("<w:gridCol w:w=\"{width}\"/>"));
        }
        part.raw("</w:tblGrid>");
        let size = if table.is_plain() {
            around.size
        } else {
            Some(20)
        };
        let around = Around { size, ..around }.with(&table.look);
        for (rows, is_head) in [(&table.head, true), (&table.body, false)] {
            for row in rows {
                let can_split = table.look.is(Class::TwoColumns);
                self.row(row, &widths, is_head, can_split, around);
            }
        }
        // Two tables that touch would become one.
        self.part
            .raw("</w:tbl><w:p><w:pPr><w:pStyle w:val=\"Gap\"/></w:pPr></w:p>");
    }

    fn row(&mut self, row: &Row, widths: &[u32], is_head: bool, can_split: bool, around: Around) {
        self.part.raw("<w:tr><w:trPr>");
        if !can_split {
            self.part.raw("<w:cantSplit/>");
        }
        if is_head {
            self.part.raw("<w:tblHeader/>");
        }
        self.part.raw("</w:trPr>");
        let mut column = 0;
        for cell in row {
            let span = usize::from(cell.span.max(1));
            let covered = widths.get(column..(column + span).min(widths.len()));
            let width = covered.unwrap_or_default().iter().sum();
            self.cell(cell, width, around);
            column += span;
        }
        self.part.raw("</w:tr>");
    }

    fn cell(&mut self, cell: &Cell, width: u32, around: Around) {
        self.part.raw(format_args!(
            "<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>"
        ));
        if cell.span > 1 {
            self.part
                .raw(format_args!("<w:gridSpan w:val=\"{}\"/>", cell.span));
        }
        if cell.is_head {
            self.part
                .raw("<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"EEEEEE\"/>");
        }
        self.part.raw("</w:tcPr>");
        let around = Around {
            is_strong: cell.is_head,
            ..around.with(&cell.look)
        };
        for block in &cell.blocks {
            let inherited = inherit_alignment(block, &cell.look);
            self.block(inherited.as_ref().unwrap_or(block), around);
        }
        // A cell ends with a paragraph (ECMA-376 part 1, §17.4.65).
        let ends_well = matches!(
            cell.blocks.last(),
            Some(Block::Paragraph(_) | Block::Heading(..) | Block::List { .. } | Block::Qr(_))
        );
        if !ends_well {
            self.part.raw("<w:p/>");
        }
        self.part.raw("</w:tc>");
    }

    fn picture(&mut self, content: &str, around: Around) {
        let Some(number) = self.picture_number(content) else {
            // What is too long for a picture is shown in words.
            let style = Style {
                is_code: true,
                ..Style::default()
            };
            let words = Inline::Words(content.to_owned(), style);
            return self.paragraph("Normal", &Look::default(), &[words], around);
        };
        let side = if around.size.is_some() {
            QR_SIDES.1
        } else {
            QR_SIDES.0
        };
        self.drawings += 1;
        let drawing = self.drawings;
        let part = &mut self.part;
        part.raw(format_args!(
            "<w:p><w:r><w:drawing><wp:inline distT=\"0\" distB=\"0\" distL=\"0\" distR=\"0\">\
             <wp:extent cx=\"{side}\" cy=\"{side}\"/><wp:docPr id=\"{drawing}\" name=\"QR {drawing}\" descr=\""
        ));
        part.text(content);
        part.raw(format_args!(
            "\"/><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"><pic:pic>\
             <pic:nvPicPr><pic:cNvPr id=\"{drawing}\" name=\"qr{number}.png\"/><pic:cNvPicPr/></pic:nvPicPr>\
             <pic:blipFill><a:blip r:embed=\"rIdQr{number}\"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>\
             <pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{side}\" cy=\"{side}\"/></a:xfrm>\
             <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>\
             </wp:inline></w:drawing></w:r></w:p>"
        ));
    }
}

impl Body {
    /// The number of the picture that says this, made where it is not there yet.
    fn picture_number(&mut self, content: &str) -> Option<usize> {
        if let Some(number) = self.numbers.get(content) {
            return Some(*number);
        }
        self.pictures.push(qr_png(content).ok()?);
        let number = self.pictures.len();
        self.numbers.insert(content.to_owned(), number);
        Some(number)
    }
}

fn write_alignment(look: &Look, part: &mut Markup) {
    if look.is(Class::Right) {
        part.raw("<w:jc w:val=\"right\"/>");
    } else if look.is(Class::Center) {
        part.raw("<w:jc w:val=\"center\"/>");
    }
}

/// A paragraph of an aligned cell, aligned.
fn inherit_alignment(block: &Block, cell: &Look) -> Option<Block> {
    let Block::Paragraph(text) = block else {
        return None;
    };
    let aligned = [Class::Right, Class::Center]
        .into_iter()
        .find(|&class| cell.is(class))?;
    let mut text = text.clone();
    text.look.classes.push(aligned);
    Some(Block::Paragraph(text))
}
