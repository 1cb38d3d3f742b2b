//! What one run found at one site.

use crate::id::{CaptureId, FlagId, RunId};
use crate::page::Gate;
use crate::suspect::SuspectUrl;
use crate::verdict::{CategoryScore, NamedEntity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The one-word answer for a site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SiteVerdict {
    /// A flag was raised for a person to review.
    Flagged,
    /// Judged; nothing raised.
    Clear,
    /// Could not be judged: captcha, login, needs a browser, forbidden by robots.txt.
    Gated,
    /// Nothing was fetched.
    Unreachable,
}

/// What one run found at one site (the object that `tazy scan --json` prints).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    /// Host as given in the list.
    pub site: String,
    /// The first URL asked for.
    pub entry: SuspectUrl,
    /// The run.
    pub run: RunId,
    /// The answer.
    pub verdict: SiteVerdict,
    /// Every category with findings, highest score first.
    pub categories: Vec<CategoryScore>,
    /// Identifiers found, each kind and value once.
    pub entities: Vec<NamedEntity>,
    /// Pages judged.
    pub pages: usize,
    /// Bytes received.
    pub bytes: u64,
    /// How often each outcome came (status code, or kind of refusal or failure).
    pub outcomes: BTreeMap<String, u32>,
    /// Why it could not be judged, where that is the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<Gate>,
    /// What did not give a page, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<Attempt>,
    /// Crawler traps met, in words, each with a count and an example.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub traps: Vec<String>,
    /// Where the entry page sent its visitors, if to another host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub landed_on: Option<SuspectUrl>,
    /// Captures made, in order.
    #[serde(default)]
    pub captures: Vec<CaptureId>,
    /// Captures of what a browser loaded while pages were photographed; nothing is judged by them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub loaded: Vec<CaptureId>,
    /// Version of the ruleset.
    pub ruleset: String,
    /// Shadow rules that held, with the number of pages: counted so that they can be judged, never grounds.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub shadow: BTreeMap<String, usize>,
    /// Words of pages and identifiers of people were left out, because nothing was found. Never so in what a
    /// scan prints.
    #[serde(default, skip_serializing_if = "is_false")]
    pub minimized: bool,
    /// When the visit began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// The flag, if one was raised.
    pub flag: Option<FlagId>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_false(value: &bool) -> bool {
    !value
}

/// A request that gave no page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// What was asked for.
    pub url: SuspectUrl,
    /// Kind, as counted in `outcomes`.
    pub outcome: String,
    /// What happened, in words.
    pub detail: String,
}
