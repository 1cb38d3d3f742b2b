//! The main job: a list of suspects to flags in the store.

use super::{App, Stop};
use crate::fetch::{FetchSettings, RobotsMode, SetupError};
use crate::flag::Visit;
use crate::frontier::{HostBudget, PolitenessSettings};
use crate::id::RunId;
use crate::store::{RunState, StoreError};
use crate::suspect::{Suspect, SuspectUrl};

/// How a scan goes about its list.
#[derive(Debug, Clone, Default)]
pub struct ScanSettings {
    /// Sites visited at once; 0 means the default.
    pub concurrency: usize,
    /// What one site may cost.
    pub budget: HostBudget,
    /// How gently hosts are asked.
    pub politeness: PolitenessSettings,
    /// Whether robots.txt binds the run.
    pub robots: RobotsMode,
    /// How requests are made.
    pub fetch: FetchSettings,
}

impl ScanSettings {
    /// Sites visited at once where nothing else is asked for.
    pub const DEFAULT_CONCURRENCY: usize = 16;
}

/// What happens during a scan, told to its observer in order.
#[derive(Debug)]
pub enum ScanEvent<'a> {
    /// A visit begins.
    SiteStarted {
        /// Host as given in the list.
        site: &'a str,
    },
    /// A request ended, well or badly.
    PageFetched {
        /// Host as given in the list.
        site: &'a str,
        /// What was asked for.
        url: &'a SuspectUrl,
        /// The word under which the outcome is counted.
        outcome: &'a str,
        /// Pages fetched so far.
        pages: usize,
    },
    /// A visit is committed: nothing can lose it any more.
    SiteFinished {
        /// What was found.
        visit: &'a Visit,
    },
}

/// How a scan ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanSummary {
    /// The run.
    pub run: RunId,
    /// Sites finished by this process.
    pub sites: usize,
    /// … of which flagged.
    pub flagged: usize,
    /// … of which clear.
    pub clear: usize,
    /// … of which could not be judged.
    pub gated: usize,
    /// … of which gave nothing.
    pub unreachable: usize,
    /// Sites of the list that are not finished.
    pub remaining: usize,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
}

/// tazy itself failed.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The settings of requests cannot be used.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A thread of ours died.
    #[error("internal failure while visiting a site: {0}")]
    Internal(String),
}

/// Visits every site of the list and commits each as it ends.
///
/// With `resume`, `suspects` is ignored and the sites of that run that are not committed are visited.
/// The observer is called on the caller's task, in order.
pub async fn scan(
    app: &App,
    suspects: Vec<Suspect>,
    resume: Option<RunState>,
    settings: ScanSettings,
    stop: Stop,
    observer: &mut dyn FnMut(ScanEvent<'_>),
) -> Result<ScanSummary, ScanError> {
    let _ = (app, suspects, resume, settings, stop, observer);
    todo!()
}
