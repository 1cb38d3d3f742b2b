//! What a format leaves to choose.

use super::exchange::RegisterEncoding;
use crate::block::HostName;
use serde::{Deserialize, Serialize};

/// Name of the response policy zone, if none is set.
pub const DEFAULT_RPZ_ORIGIN: &str = "rpz.tazy";

/// What formats leave to choose; the default of each is what most who carry lists out expect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// Of the response policy zone.
    pub rpz: RpzOptions,
    /// Of the Squid list.
    pub squid: SquidOptions,
    /// What Suricata does with what it recognizes.
    pub suricata: SuricataAction,
    /// In which bytes the register is written.
    pub register: RegisterEncoding,
    /// Whether CSV is for people: defanged, guarded against formulas, with a byte order mark.
    pub csv_for_people: bool,
}

/// Choices of the response policy zone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RpzOptions {
    /// The name under which name servers load the zone [default: [`DEFAULT_RPZ_ORIGIN`]]. The file does not name
    /// it, but every name in it must fit into 253 bytes together with it.
    pub origin: Option<HostName>,
    /// What is answered.
    pub action: RpzAction,
}

impl RpzOptions {
    /// The name of the zone.
    pub fn origin(&self) -> &str {
        self.origin
            .as_ref()
            .map_or(DEFAULT_RPZ_ORIGIN, HostName::as_str)
    }
}

/// What a name server answers instead of the truth (draft-vixie-dnsop-dns-rpz §3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RpzAction {
    /// There is no such name.
    #[default]
    Nxdomain,
    /// The name has no such record.
    Nodata,
    /// The address of this host, which explains the block (walled garden).
    Garden(HostName),
}

/// Choices of the Squid list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SquidOptions {
    /// What is written.
    pub part: SquidPart,
    /// Squid decrypts TLS (`ssl_bump`), so that it sees URLs of HTTPS too.
    pub decrypts_tls: bool,
}

/// What of the Squid list is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SquidPart {
    /// Lines for `squid.conf`, complete with `http_access deny`.
    #[default]
    Config,
    /// The names alone, for `acl NAME dstdomain -n "FILE"`.
    Names,
}

/// What Suricata does with what it recognizes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuricataAction {
    /// Drops the packet; needs Suricata between the two sides (IPS).
    #[default]
    Drop,
    /// Answers with a reset.
    Reject,
    /// Only tells.
    Alert,
}

impl SuricataAction {
    /// The word that rules begin with.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Reject => "reject",
            Self::Alert => "alert",
        }
    }
}
