//! URLs under suspicion, where they came from, and how lists of them are read.
//!
//! - [`SuspectUrl`]: an `http` or `https` URL in canonical form that prints itself defanged, so that no
//!   report or console can contain a live link by accident.
//! - [`Suspect`]: such a URL with who reported it and on what basis.
//! - [`read_list`]: lists in every format and encoding that investigators are sent.

mod list;
mod url;

pub use self::list::{LineProblem, SuspectList, read_list};
pub use self::url::{SuspectUrl, UrlProblem, registrable_domain};

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
