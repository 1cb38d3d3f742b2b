//! Links, and what sends visitors elsewhere without a click.

use crate::suspect::SuspectUrl;

/// A link as found on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, resolved against the base URL; `None` for `tel:`, `tg:`, `javascript:` and the like.
    pub url: Option<SuspectUrl>,
    /// The attribute as written (entities decoded).
    pub href: String,
    /// Its text, white space collapsed.
    pub text: String,
    /// What kind of element it is.
    pub kind: LinkKind,
}

/// What kind of element a link is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// `a` and `area`.
    Anchor,
    /// `iframe` and `frame`: shown to the visitor as part of this page.
    Frame,
    /// `link rel=canonical|alternate|next`.
    Related,
}

/// Where a document sends its visitors by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    /// Target, resolved.
    pub url: SuspectUrl,
    /// By what means.
    pub kind: RefreshKind,
    /// After how many seconds.
    pub delay_s: u32,
}

/// By what means a document sends its visitors elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshKind {
    /// `meta http-equiv=refresh`.
    Meta,
    /// A simple script: `location = "…"`, `location.href = "…"`, `location.replace("…")` at the top level.
    Script,
    /// A page with nothing but a frame that fills it.
    Frame,
}
