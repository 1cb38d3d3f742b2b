//! A URL under suspicion with where it came from.

use super::SuspectUrl;
use serde::{Deserialize, Serialize};

/// A URL under suspicion with where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspect {
    /// What to visit first.
    pub url: SuspectUrl,
    /// Who reported it, as written in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_by: Option<String>,
    /// On what basis (complaint number, case), as written in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
}

impl Suspect {
    /// A suspect about whose origin nothing is known.
    pub fn bare(url: SuspectUrl) -> Self {
        Self {
            url,
            reported_by: None,
            basis: None,
        }
    }
}
