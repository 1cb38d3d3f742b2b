//! Who collects evidence for whom, how its time is proven, and how long it is kept: `[evidence]` and
//! `[retention]`.

use super::ConfigError;
use crate::store::Vantage;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// WARC files are closed at this size if nothing else is set, MiB.
const DEFAULT_ROTATE_MB: u64 = 1024;
/// Longer texts are none of settings.
const MAX_TEXT: usize = 2000;
/// A policy that keeps for longer keeps for ever.
const MAX_DAYS: u32 = 36_500;

/// `[evidence]`, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvidenceOptions {
    /// The unit whose evidence it is, as documents name it.
    pub unit: Option<String>,
    /// Who runs tazy here.
    pub operator: Option<String>,
    /// Name of the log, such as `cyber.unit.example/tazy`; chosen once, when the log's key is made.
    pub origin: Option<String>,
    /// From where this machine looks at the Internet.
    pub vantage: Vantage,
    /// NTP server that this machine's clock is compared with when a run begins, `HOST` or `HOST:PORT`.
    pub ntp_server: Option<String>,
    /// Time stamp authority (RFC 3161), `http://…` or `https://…`.
    pub timestamp_authority: Option<String>,
    /// Certificates (PEM) that the authority's tokens must lead to.
    pub timestamp_roots: Option<PathBuf>,
    /// WARC files are closed when they have grown to this many MiB [default: 1024].
    pub rotate_mb: Option<u64>,
    /// Whether visits that raised nothing keep excerpts and personal identifiers.
    pub keep_clear_details: bool,
    /// Whether sites that are flagged are photographed in a browser, where one is there.
    pub screenshots: Option<bool>,
}

/// `[retention]`: days after which content is deleted, by where its flag stands. What has no number is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionOptions {
    /// Sites at which nothing was flagged.
    pub clear_days: Option<u32>,
    /// Sites whose flag was dismissed.
    pub dismissed_days: Option<u32>,
    /// Sites whose flag waits for a decision.
    pub undecided_days: Option<u32>,
    /// Sites whose flag was confirmed.
    pub confirmed_days: Option<u32>,
}

impl EvidenceOptions {
    /// Size at which a WARC file is closed, bytes.
    pub fn rotate_bytes(&self) -> u64 {
        self.rotate_mb.unwrap_or(DEFAULT_ROTATE_MB) << 20
    }

    pub(super) fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let refuse = |key: &str, reason: &str| {
            let place = format!("{}: evidence.{key}", path.display());
            Err(ConfigError::new(place, reason))
        };
        let vantage = &self.vantage;
        let texts = [
            ("unit", &self.unit),
            ("operator", &self.operator),
            ("vantage.name", &vantage.name),
            ("vantage.egress_ip", &vantage.egress_ip),
            ("vantage.country", &vantage.country),
            ("vantage.asn", &vantage.asn),
            ("vantage.second", &vantage.second),
        ];
        for (key, text) in texts {
            let is_wrong = |text: &String| {
                text.trim().is_empty()
                    || text.len() > MAX_TEXT
                    || text.chars().any(char::is_control)
            };
            if text.as_ref().is_some_and(is_wrong) {
                return refuse(key, "write a line of text, or leave the setting out");
            }
        }
        let is_wrong = |name: &String| {
            name.is_empty() || name.contains('+') || name.contains(char::is_whitespace)
        };
        if self.origin.as_ref().is_some_and(is_wrong) {
            return refuse(
                "origin",
                "the name of a log has no white space and no `+`; write it like cyber.unit.example/tazy",
            );
        }
        if let Some(address) = &vantage.egress_ip
            && address.parse::<std::net::IpAddr>().is_err()
        {
            return refuse("vantage.egress_ip", "this is not an address");
        }
        if let Some(authority) = &self.timestamp_authority
            && !url::Url::parse(authority).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        {
            return refuse(
                "timestamp_authority",
                "write it like https://tsa.example/tsr",
            );
        }
        if self
            .rotate_mb
            .is_some_and(|size| !(1..=65_536).contains(&size))
        {
            return refuse("rotate_mb", "give 1 to 65536 MiB");
        }
        Ok(())
    }
}

impl RetentionOptions {
    pub(super) fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let days = [
            ("clear_days", self.clear_days),
            ("dismissed_days", self.dismissed_days),
            ("undecided_days", self.undecided_days),
            ("confirmed_days", self.confirmed_days),
        ];
        for (key, days) in days {
            if days.is_some_and(|days| !(1..=MAX_DAYS).contains(&days)) {
                return Err(ConfigError::new(
                    format!("{}: retention.{key}", path.display()),
                    "give 1 to 36500 days, or leave it out to keep for ever",
                ));
            }
        }
        Ok(())
    }
}
