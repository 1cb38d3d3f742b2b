//! What tazy does, put together from the modules before it.
//!
//! - [`App`]: every collaborator, built once in `cli`.
//! - [`scan`]: the main job: a list of suspects to flags in the store.
//! - [`demo`]: the fixture sites served on loopback.
//! - [`eval`]: detection measured on labelled data. [`export_manifest`]: decided flags as such data.
//! - [`fit`]: labelled data to a statistical model.
//! - [`seal_log`]: everything recorded so far, signed and time-stamped.
//! - [`rule_stats`]: what decisions say of each rule. [`replay`]: what changed rules would do to what was
//!   decided. [`weigh_promotion`]: whether a rule may go live.
//! - [`draft_request`]: confirmed flags to a block request.
//! - [`write_papers`]: the papers of a block request as files.
//! - [`awaited_acts`]: deadlines over all requests.
//! - [`issue_list`]: the list that goes out, with its number; [`published_list`]: the one that went out last.
//! - [`verify_blocks`]: whether it is, measured and recorded.
//!
//! The only loop of the program, a page's links returning to the frontier, is closed in `visit.rs`.

mod awaited;
mod chain;
pub mod demo;
mod draft;
mod draft_site;
pub mod eval;
mod export;
mod figures;
pub mod fit;
mod list_issue;
mod log;
mod papers;
mod photograph;
mod plan;
mod promote;
mod published;
mod replay;
mod scan;
mod single;
mod stats;
mod stop;
mod verify;
mod visit;

pub use awaited::{Awaited, awaited_acts};
pub use draft::{DraftError, DraftSettings, draft_request};
pub use export::{ExportError, Exported, export_manifest};
pub use figures::{Recomputed, StoreFigures, figures_at, recompute};
pub use list_issue::{
    IssueError, IssueSettings, IssuedList, Withheld, issue_list, list_at, weigh_issue,
};
pub use log::{LogSettings, SealedLog, Stamp, age_in_words, seal_log};
pub use papers::{PaperFile, PaperFormat, PaperOrder, PapersError, WrittenPapers, write_papers};
pub use promote::{Promotion, live_text, weigh_promotion};
pub use published::{PublishError, PublishedList, published_list};
pub use replay::{Outlook, Replay, ReplayKind, ReplaySettings, ReplayWork, Replayed, replay};
pub use scan::{ScanError, ScanEvent, ScanSettings, ScanSummary, scan};
pub use single::{SingleError, fetch_single};
pub use stats::{Hygiene, RuleStats, StatsSettings, rule_stats};
pub use stop::Stop;
pub use verify::{VerifyError, VerifyPlan, VerifyTarget, named_targets, target_of, verify_blocks};

use crate::clock::Clock;
use crate::fetch::Resolver;
use crate::rules::Ruleset;
use crate::store::Store;
use std::sync::Arc;

/// Every collaborator of a command.
#[derive(Debug)]
pub struct App {
    /// Everything on disk.
    pub store: Arc<Store>,
    /// All rules.
    pub ruleset: Arc<Ruleset>,
    /// The machine's clock, or a test's.
    pub clock: Arc<dyn Clock>,
    /// The machine's resolver, or the demo's.
    pub resolver: Arc<dyn Resolver>,
}
