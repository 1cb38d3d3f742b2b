//! Settings as written.

use crate::fetch::{Profile, RobotsMode};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// When a page is rendered in a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Render {
    /// Where the page needs it and a browser is there.
    #[default]
    Auto,
    /// Every page.
    Always,
    /// No page.
    Never,
}

/// Settings of a scan as written: on the command line, or under `[scan]` in a file with the same names.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, clap::Args)]
#[serde(deny_unknown_fields, default)]
#[command(next_help_heading = "Courtesy and limits")]
pub struct ScanOptions {
    /// Requests a second to one host [default: 1]
    #[arg(long, value_name = "N")]
    pub rate: Option<f64>,
    /// Requests a second to all hosts together [default: 50]
    #[arg(long, value_name = "N")]
    pub global_rate: Option<u32>,
    /// Sites visited at the same time [default: 16]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<usize>,
    /// Pages fetched from one site at most [default: 20]
    #[arg(long, value_name = "N")]
    pub max_pages: Option<usize>,
    /// Links followed from the entry page at most; 0 fetches the entry page alone [default: 3]
    #[arg(long, value_name = "N")]
    pub max_depth: Option<usize>,
    /// Seconds that one request may take [default: 20]
    #[arg(long = "timeout", value_name = "S")]
    pub timeout_s: Option<f64>,
    /// Seconds that one site may take, waiting included [default: 900]
    #[arg(long = "site-timeout", value_name = "S")]
    pub site_timeout_s: Option<f64>,
    /// Whether robots.txt binds the scan. `investigate` records it and goes on; the rates stay the same
    /// [default: respect]
    #[arg(long, value_name = "MODE", value_parser = robots_parser())]
    pub robots: Option<RobotsMode>,
    /// As whom sites are visited, for the whole scan [default: honest]
    #[arg(long, value_name = "NAME", value_parser = profile_parser(), help_heading = "Reaching sites")]
    pub profile: Option<String>,
    /// When pages are rendered in a browser [default: auto]
    #[arg(long, value_enum, value_name = "WHEN", help_heading = "Reaching sites")]
    pub render: Option<Render>,
    /// Send every request through this proxy: http://, socks5:// or socks5h://HOST:PORT
    #[arg(long, value_name = "URL", help_heading = "Reaching sites")]
    pub proxy: Option<String>,
    /// Use this address for this host and port without asking a name server; may be repeated, HOST may be *
    #[arg(long, value_name = "HOST:PORT:ADDR", help_heading = "Reaching sites")]
    pub resolve: Vec<String>,
    /// Permit loopback and private addresses (laboratories only)
    #[arg(long, help_heading = "Reaching sites")]
    pub allow_private: bool,
    /// Fetch in spite of an invalid certificate, recording why it is invalid
    #[arg(long, help_heading = "Reaching sites")]
    pub insecure_evidence: bool,
    /// Local changes to rules: disabled, re-weighed, exempt hosts and texts [default: overrides.yaml beside
    /// tazy.toml, if it is there]
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub overrides: Option<PathBuf>,
}

impl ScanOptions {
    /// These settings as they may be kept: without name and password of a proxy.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let without = |written: &String| {
            let mut url = url::Url::parse(written).ok()?;
            // Neither fails for the schemes that proxies have.
            let _ = url.set_username("");
            let _ = url.set_password(None);
            Some(url.to_string())
        };
        Self {
            proxy: self.proxy.as_ref().and_then(without),
            ..self.clone()
        }
    }

    /// These settings, completed by `lower` where they say nothing.
    #[must_use]
    pub fn over(self, lower: Self) -> Self {
        Self {
            rate: self.rate.or(lower.rate),
            global_rate: self.global_rate.or(lower.global_rate),
            concurrency: self.concurrency.or(lower.concurrency),
            max_pages: self.max_pages.or(lower.max_pages),
            max_depth: self.max_depth.or(lower.max_depth),
            timeout_s: self.timeout_s.or(lower.timeout_s),
            site_timeout_s: self.site_timeout_s.or(lower.site_timeout_s),
            robots: self.robots.or(lower.robots),
            profile: self.profile.or(lower.profile),
            render: self.render.or(lower.render),
            proxy: self.proxy.or(lower.proxy),
            resolve: if self.resolve.is_empty() {
                lower.resolve
            } else {
                self.resolve
            },
            allow_private: self.allow_private || lower.allow_private,
            insecure_evidence: self.insecure_evidence || lower.insecure_evidence,
            overrides: self.overrides.or(lower.overrides),
        }
    }
}

fn robots_parser() -> impl TypedValueParser<Value = RobotsMode> {
    PossibleValuesParser::new(["respect", "investigate"]).map(|mode| match mode.as_str() {
        "investigate" => RobotsMode::Investigate,
        _ => RobotsMode::Respect,
    })
}

fn profile_parser() -> PossibleValuesParser {
    PossibleValuesParser::new(Profile::ALL.map(|profile| profile.name))
}
