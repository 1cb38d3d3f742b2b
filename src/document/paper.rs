//! One paper, ready to be written in any form.

use super::docx::docx_of;
use super::html::page_of;
use super::model::{Block, words_of};
use super::parse::parse_fragment;
use super::{Language, TemplateError};
use jiff::Timestamp;

/// One paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Paper {
    /// Its title, for the window and the properties of the file.
    pub title: String,
    /// Its languages, the first is that of everything that does not say another.
    pub languages: Vec<Language>,
    /// What stands at the foot of every page beside the page number: the number of a request.
    pub reference: String,
    /// What stands at the head of every page: that it is a draft.
    pub banner: Option<String>,
    /// When it was made, for the properties of the file.
    pub made: Option<Timestamp>,
    /// What it says.
    pub blocks: Vec<Block>,
}

impl Paper {
    /// A paper from a fragment of HTML in the subset of `docs/blocking/documents.md`. Every text in it must be
    /// escaped (`&amp;`, `&lt;`); errors name lines of the fragment's tags as `title`.
    pub fn of_fragment(
        title: &str,
        language: Language,
        fragment: &str,
    ) -> Result<Self, TemplateError> {
        Ok(Self {
            title: title.to_owned(),
            languages: vec![language],
            reference: String::new(),
            banner: None,
            made: None,
            blocks: parse_fragment(title, fragment)?,
        })
    }

    /// A page that prints itself on A4 with its own fonts, numbers its pages, and asks nobody for anything.
    pub fn html(&self) -> String {
        page_of(self)
    }

    /// A document for word processors (Office Open XML, ECMA-376). The same paper gives the same bytes.
    pub fn docx(&self) -> Vec<u8> {
        docx_of(self)
    }

    /// The words of its first heading.
    pub fn first_heading(blocks: &[Block]) -> Option<String> {
        blocks.iter().find_map(|block| match block {
            Block::Heading(_, text) => Some(words_of(&text.runs)),
            Block::Table(table) => table
                .rows()
                .flatten()
                .find_map(|cell| Self::first_heading(&cell.blocks)),
            _ => None,
        })
    }

    /// Its first language.
    pub(super) fn language(&self) -> Language {
        self.languages.first().copied().unwrap_or(Language::En)
    }
}
