//! A rule that holds on a page.

use super::{Category, Family};
use crate::page::RegionKind;
use crate::suspect::SuspectUrl;
use serde::{Deserialize, Serialize};

/// A rule that holds on a page, with what shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Rule id, such as `drug_sale.stash_offer.ru`.
    pub rule: String,
    /// What it speaks for; `None` for evidence against (see `lowers`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Which families it speaks against, for negative evidence.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lowers: Vec<Family>,
    /// The kind of evidence (goods, price, contact …): contributions of one kind are capped together.
    pub evidence: String,
    /// Log-odds; negative for evidence against.
    pub weight: f64,
    /// The page.
    pub url: SuspectUrl,
    /// Where on the page.
    pub region: RegionKind,
    /// The words with a little around them; the matched ones are marked by `marks`.
    pub excerpt: String,
    /// Byte spans within `excerpt` of what matched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<(usize, usize)>,
    /// Byte span in the page's body decoded to UTF-8 (in the URL or host for those regions).
    pub span: (usize, usize),
}

/// What rules find on a page.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scanned {
    /// Live rules that hold.
    pub findings: Vec<Finding>,
    /// Shadow rules that hold: counted so that they can be judged, never grounds for anything.
    pub shadow: Vec<Finding>,
}

/// Text around a match, as findings carry it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// One line, white space collapsed, at most about 160 characters.
    pub text: String,
    /// Byte spans of what matched.
    pub marks: Vec<(usize, usize)>,
}
