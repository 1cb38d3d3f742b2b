//! Runs: which list is being worked on, and what is left of it.

use super::Provenance;
use crate::fetch::RobotsMode;
use crate::id::RunId;
use crate::suspect::Suspect;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A run as it was begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Which run.
    pub id: RunId,
    /// When it was begun.
    pub started: Timestamp,
    /// The whole list.
    pub suspects: Vec<Suspect>,
    /// As whom sites are visited.
    pub profile: String,
    /// Whether robots.txt binds it.
    pub robots: RobotsMode,
    /// Version of the program.
    pub program: String,
    /// Version of the ruleset.
    pub ruleset: String,
    /// By whom, for whom, with what and from where; runs of older versions do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

/// A run that was begun and not finished.
#[derive(Debug, Clone, PartialEq)]
pub struct RunState {
    /// The run as begun.
    pub run: Run,
    /// Sites that are committed.
    pub finished_sites: Vec<String>,
}

/// Journal record: every site of the run's list is committed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFinished {
    /// Which run.
    pub run: RunId,
}

/// A run with whether it was finished.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRecord {
    /// The run as begun.
    pub run: Run,
    /// Whether every site of its list is committed.
    pub finished: bool,
}
