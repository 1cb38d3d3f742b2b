//! Why a target may not be asked for.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Sorts of objections.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectionCode {
    /// A name of the protected lists: government, bank, medium, much-used site, harm reduction.
    ProtectedName,
    /// A whole public suffix.
    PublicSuffix,
    /// A whole platform that many people share.
    SharedPlatform,
    /// An address of a network that many tenants share.
    SharedNetwork,
    /// An address at which unrelated sites were seen.
    UnrelatedNeighbors,
    /// A hop that only redirects to where the content is.
    RedirectHop,
}

impl ObjectionCode {
    /// All codes.
    pub const ALL: [Self; 6] = [
        Self::ProtectedName,
        Self::PublicSuffix,
        Self::SharedPlatform,
        Self::SharedNetwork,
        Self::UnrelatedNeighbors,
        Self::RedirectHop,
    ];

    /// Its code in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProtectedName => "protected_name",
            Self::PublicSuffix => "public_suffix",
            Self::SharedPlatform => "shared_platform",
            Self::SharedNetwork => "shared_network",
            Self::UnrelatedNeighbors => "unrelated_neighbors",
            Self::RedirectHop => "redirect_hop",
        }
    }

    /// Whether a supervisor may set it aside with a reason. Protected names and public suffixes never.
    pub fn can_be_set_aside(self) -> bool {
        !matches!(self, Self::ProtectedName | Self::PublicSuffix)
    }
}

/// Why a target may not be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// What sort.
    pub code: ObjectionCode,
    /// What speaks against it, and what could be asked for instead.
    pub message: String,
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.code.as_str())
    }
}
