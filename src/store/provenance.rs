//! By whom, for whom, with what and from where a run collected evidence.

use crate::digest::Digest;
use crate::fetch::ClockOffset;
use serde::{Deserialize, Serialize};

/// What a capture's reader may ask about the run that made it (checklist of docs/evidence.md, items 1, 2, 5).
/// What nobody stated is absent, never guessed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// Number of the assignment or case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignment: Option<String>,
    /// Legal basis, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<String>,
    /// Who ordered it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordered_by: Option<String>,
    /// Who ran it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    /// The unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Account of the operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Name of the machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Operating system and processor, such as `linux x86_64`.
    pub system: String,
    /// Digest of the program file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program_digest: Option<Digest>,
    /// Settings in force, as JSON; a proxy's password is left out.
    pub settings: String,
    /// Digest of that text.
    pub settings_digest: Digest,
    /// Offset of the machine's local time from UTC, such as `+05:00`.
    pub utc_offset: String,
    /// How far the machine's clock was off when the run began, where a time server is configured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<ClockOffset>,
    /// From where the machine looks at the Internet.
    #[serde(default)]
    pub vantage: Vantage,
}

/// What tazy does not ask the network about, as its operator states it (`[evidence.vantage]`).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vantage {
    /// What this place is called, such as `almaty-fixed-line`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Address under which sites see this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub egress_ip: Option<String>,
    /// Country of that address, two letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Autonomous system of that address, such as `AS9198`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asn: Option<String>,
    /// Why there is no second vantage, or which one it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub second: Option<String>,
}
