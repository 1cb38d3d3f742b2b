//! JSON schemas of the files that blocking rests on (JSON Schema 2020-12).

use super::source::ProfileFile;
use crate::block::guard::{NetworksFile, PlatformsFile, ProtectedFile};
use schemars::schema_for;

/// A kind of file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockFileKind {
    /// `jurisdictions/*.yaml`
    Jurisdiction,
    /// `blocking/protected/*.yaml`
    Protected,
    /// `blocking/platforms.yaml`
    Platforms,
    /// `blocking/networks.yaml`
    Networks,
}

impl BlockFileKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::Jurisdiction,
        Self::Protected,
        Self::Platforms,
        Self::Networks,
    ];

    /// Its name on the command line and in `docs/schema`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jurisdiction => "jurisdiction",
            Self::Protected => "protected",
            Self::Platforms => "platforms",
            Self::Networks => "networks",
        }
    }

    /// The kind of a file by its path relative to the rules directory, if blocking reads it and nothing else.
    pub fn of_file(path: &str) -> Option<Self> {
        match path {
            "blocking/platforms.yaml" => Some(Self::Platforms),
            "blocking/networks.yaml" => Some(Self::Networks),
            _ if path.starts_with("blocking/protected/") => Some(Self::Protected),
            _ if path.starts_with("jurisdictions/") => Some(Self::Jurisdiction),
            _ => None,
        }
    }

    /// The schema.
    pub fn schema(self) -> serde_json::Value {
        let mut schema = match self {
            Self::Jurisdiction => schema_for!(ProfileFile),
            Self::Protected => schema_for!(ProtectedFile),
            Self::Platforms => schema_for!(PlatformsFile),
            Self::Networks => schema_for!(NetworksFile),
        };
        schema.insert("title".to_owned(), format!("tazy {}", self.as_str()).into());
        schema.to_value()
    }
}
