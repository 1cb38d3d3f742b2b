//! Escaped text for HTML and XML.

use super::clean::is_printable;
use std::fmt::{Display, Write as _};

/// Markup in the making. Everything that is not written by this program goes through [`Markup::text`] or
/// [`Markup::attribute`].
#[derive(Debug, Default)]
pub(super) struct Markup {
    pub(super) out: String,
}

impl Markup {
    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: impl Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.out, "{markup}");
    }

    /// Text, escaped for content and attributes alike; what XML 1.0 forbids is left out.
    pub(super) fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\'' => self.out.push_str("&#39;"),
                c if is_printable(c) => self.out.push(c),
                _ => {}
            }
        }
    }

    /// ` name="value"`
    pub(super) fn attribute(&mut self, name: &str, value: &str) {
        self.raw(format_args!(" {name}=\""));
        self.text(value);
        self.out.push('"');
    }
}
