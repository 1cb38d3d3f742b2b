//! How blocks are asked for: `[block]`.

use super::ConfigError;
use serde::Deserialize;
use std::path::Path;

/// Longer texts are none of settings.
const MAX_TEXT: usize = 2000;

/// `[block]`, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BlockOptions {
    /// Code of the jurisdiction [default: kz].
    pub jurisdiction: Option<String>,
    /// Where the unit is reached, as documents and lists name it.
    pub contact: Option<String>,
}

impl BlockOptions {
    /// Code of the jurisdiction.
    pub fn jurisdiction(&self) -> &str {
        self.jurisdiction.as_deref().unwrap_or("kz")
    }

    pub(super) fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let texts = [
            ("jurisdiction", &self.jurisdiction),
            ("contact", &self.contact),
        ];
        for (key, text) in texts {
            let is_wrong = |text: &String| {
                text.trim().is_empty()
                    || text.len() > MAX_TEXT
                    || text.chars().any(char::is_control)
            };
            if text.as_ref().is_some_and(is_wrong) {
                return Err(ConfigError::new(
                    format!("{}: block.{key}", path.display()),
                    "write a line of text, or leave the setting out",
                ));
            }
        }
        Ok(())
    }
}
