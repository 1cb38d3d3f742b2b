//! `[block]`: how blocks are asked for, what stands in the head of lists, and how fast they may grow.

use super::ConfigError;
use serde::Deserialize;
use std::path::Path;

/// Longer texts are none of a list's head.
const MAX_TEXT: usize = 200;
/// Jurisdiction, if none is set.
const DEFAULT_JURISDICTION: &str = "kz";
/// Title of lists, if none is set.
const DEFAULT_TITLE: &str = "tazy block list";

/// `[block]`, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BlockOptions {
    /// Code of the jurisdiction [default: kz].
    pub jurisdiction: Option<String>,
    /// Title of the lists [default: tazy block list].
    pub title: Option<String>,
    /// The unit that issues them [default: `unit` under `[evidence]`].
    pub unit: Option<String>,
    /// Where the unit is reached, as documents and lists name it.
    pub contact: Option<String>,
    /// New entries, percent of the list before, above which a list does not go out by itself [default: 20].
    pub growth_percent: Option<u32>,
    /// New entries that are never too many [default: 10].
    pub growth_entries: Option<u32>,
    /// Name of the response policy zone [default: rpz.tazy].
    pub rpz_origin: Option<String>,
}

impl BlockOptions {
    /// Code of the jurisdiction.
    pub fn jurisdiction(&self) -> &str {
        self.jurisdiction.as_deref().unwrap_or(DEFAULT_JURISDICTION)
    }

    /// Title of the lists.
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or(DEFAULT_TITLE)
    }

    pub(super) fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let refuse = |key: &str, reason: String| {
            let place = format!("{}: block.{key}", path.display());
            Err(ConfigError::new(place, reason))
        };
        let texts = [
            ("jurisdiction", &self.jurisdiction),
            ("title", &self.title),
            ("unit", &self.unit),
            ("contact", &self.contact),
        ];
        for (key, text) in texts {
            let is_wrong = |text: &String| {
                text.trim().is_empty()
                    || text.chars().count() > MAX_TEXT
                    || text.chars().any(char::is_control)
            };
            if text.as_ref().is_some_and(is_wrong) {
                return refuse(
                    key,
                    format!("write one line of up to {MAX_TEXT} characters, or leave it out"),
                );
            }
        }
        if self.growth_percent.is_some_and(|percent| percent > 10_000) {
            return refuse("growth_percent", "give 0 to 10000 percent".to_owned());
        }
        if let Some(origin) = &self.rpz_origin
            && let Err(problem) = crate::block::HostName::parse(origin)
        {
            return refuse("rpz_origin", problem.to_string());
        }
        Ok(())
    }
}
