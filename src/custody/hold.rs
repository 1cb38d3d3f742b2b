//! Evidence that may not be deleted.

use crate::review::Reviewer;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A legal hold on a site, placed or lifted; the latest one counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The site (host as given in the list).
    pub site: String,
    /// True while nothing of the site may be deleted.
    pub held: bool,
    /// Why: the case, the order.
    pub reason: String,
    /// Who placed or lifted it.
    pub by: Reviewer,
    /// When.
    pub at: Timestamp,
}
