//! Color on a terminal, and what stands for it without.

use crate::verdict::Band;

/// Whether output may carry color.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    color: bool,
}

impl Style {
    /// Without color.
    pub const PLAIN: Self = Self { color: false };
    /// With color.
    pub const COLORED: Self = Self { color: true };

    /// The style of a terminal.
    pub fn of(color: bool) -> Self {
        Self { color }
    }

    /// Whether color is used.
    pub fn is_colored(self) -> bool {
        self.color
    }

    /// A heading.
    pub fn heading(self, text: &str) -> String {
        self.paint("1", text)
    }

    /// Something of less weight.
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }

    /// The words that matched.
    pub fn marked(self, text: &str) -> String {
        if self.color {
            self.paint("1;7", text)
        } else {
            format!("[[{text}]]")
        }
    }

    /// Text in the color of a band.
    pub fn band(self, band: Band, text: &str) -> String {
        match band {
            Band::Urgent => self.paint("1;31", text),
            Band::Review => self.paint("33", text),
            Band::Clear => self.paint("32", text),
        }
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}
