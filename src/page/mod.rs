//! A capture made readable: character set, document, regions, links, forms.
//!
//! - [`Page`]: what examination needs of one capture.
//! - [`Region`]: a readable piece with the way back to the bytes it came from.
//! - [`Link`], [`Form`], [`Refresh`], [`Gate`].
//! - [`plain_body`], [`raw_offsets`]: from a place in the decoded page back to the bytes of the body.
//! - [`parse`]: the only entry. Never fails: what cannot be read gives an empty page that says why.

mod charset;
mod collector;
mod document;
mod dom;
mod field;
mod form;
mod form_reader;
mod gate;
mod hidden;
mod kazakh_charset;
mod link;
mod markup;
mod raw_offset;
mod redirect;
mod reference;
mod region;
mod script;
mod shape;
mod sink;
mod tag;
#[cfg(test)]
pub(crate) mod tests;
mod text_builder;
mod token;
mod walk;
mod walk_attributes;
mod walk_special;
#[cfg(test)]
mod way_back_tests;

pub use charset::{DecodedText, decode_text};
pub use document::{parse, plain_body};
pub use form::{Field, FieldKind, Form};
pub use gate::Gate;
pub use link::{Link, LinkKind, Refresh, RefreshKind};
pub use raw_offset::raw_offsets;
pub use region::{Piece, Region, RegionKind, SourceMap};

use crate::suspect::SuspectUrl;

/// What examination needs of one capture.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it was found.
    pub url: SuspectUrl,
    /// HTTP status.
    pub status: u16,
    /// What kind of document it is.
    pub kind: PageKind,
    /// The body decoded to UTF-8; every [`Region`] maps back into it.
    pub source: String,
    /// WHATWG name of the character set that was used.
    pub charset: &'static str,
    /// Text of the title element, white space collapsed.
    pub title: String,
    /// The `lang` attribute of the document.
    pub declared_language: Option<String>,
    /// All readable pieces, in document order.
    pub regions: Vec<Region>,
    /// All links, in document order.
    pub links: Vec<Link>,
    /// All forms, in document order. Inputs outside any form stand in one form without action.
    pub forms: Vec<Form>,
    /// Where the document itself sends its visitors.
    pub refresh: Option<Refresh>,
    /// What keeps a visitor from the content.
    pub gate: Option<Gate>,
    /// URLs of scripts, pictures, style sheets and frames (resolved; unusable ones left out).
    pub assets: Vec<SuspectUrl>,
    /// Names of the limits that cut this page (depth, attributes, size).
    pub cuts: Vec<&'static str>,
}

/// What kind of document a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// HTML or XHTML.
    Html,
    /// Plain text (also JSON, XML and scripts shown as such).
    Text,
    /// Pictures, archives and other things without readable text.
    Other,
}
