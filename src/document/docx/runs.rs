//! Words and how they look.

use crate::document::Language;
use crate::document::model::{Class, Inline, Look, Style};
use crate::document::xml::Markup;

/// What runs take from around them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    pub(super) language: Language,
    /// Half points; `None` for the style's own.
    pub(super) size: Option<u32>,
    pub(super) is_strong: bool,
}

impl Around {
    /// The same with what a look says.
    pub(super) fn with(self, look: &Look) -> Self {
        Self {
            language: look.language.unwrap_or(self.language),
            size: if look.is(Class::Small) {
                Some(18)
            } else {
                self.size
            },
            ..self
        }
    }
}

pub(super) fn write_runs(runs: &[Inline], around: Around, part: &mut Markup) {
    for run in runs {
        match run {
            Inline::Break => part.raw("<w:r><w:br/></w:r>"),
            Inline::Words(words, style) => write_words(words, *style, around, part),
        }
    }
}

fn write_words(words: &str, style: Style, around: Around, part: &mut Markup) {
    part.raw("<w:r>");
    write_properties(style, around, part);
    part.raw("<w:t xml:space=\"preserve\">");
    part.text(words);
    part.raw("</w:t></w:r>");
}

/// In the order that the schema demands: fonts, bold, italics, size, language.
fn write_properties(style: Style, around: Around, part: &mut Markup) {
    part.raw("<w:rPr>");
    if style.is_code {
        part.raw(
            "<w:rFonts w:ascii=\"Courier New\" w:hAnsi=\"Courier New\" w:cs=\"Courier New\"/>",
        );
    }
    if style.is_strong || around.is_strong {
        part.raw("<w:b/><w:bCs/>");
    }
    if style.is_emphasis {
        part.raw("<w:i/><w:iCs/>");
    }
    let size = match (around.size, style.is_code) {
        (Some(size), true) => Some(size - 2),
        (None, true) => Some(20),
        (size, false) => size,
    };
    if let Some(size) = size {
        part.raw(format_args!(
            "<w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/>"
        ));
    }
    part.raw(format_args!(
        "<w:lang w:val=\"{}\"/></w:rPr>",
        around.language.tag()
    ));
}
