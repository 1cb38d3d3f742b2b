//! What was measured, as it is recorded and exchanged.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Everything that one vantage measured about one URL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reach {
    /// Name of the vantage.
    pub vantage: String,
    /// When it was begun.
    pub measured: Timestamp,
}
