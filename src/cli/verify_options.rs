//! From where and how blocks are measured: options of `tazy verify`, over tazy.toml.

use super::open::StoreOption;
use super::review::{author, desk_options};
use super::{CliError, Terminal};
use crate::app::VerifyPlan;
use crate::config::{
    DeskOptions, VantageOptions, VerifyOptions, parse_control, parse_resolver, read_override,
};
use crate::reach::{MeasureSettings, Reach, Vantage, read_reaches};
use crate::suspect::SuspectUrl;
use crate::verify::Fingerprints;
use std::path::{Path, PathBuf};

/// What every measurement takes.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Measuring")]
pub(super) struct MeasureOptions {
    /// Also ask this name server: ADDR, or ADDR,country=KZ for a provider's own; may be repeated
    #[arg(long, value_name = "ADDR", value_parser = known_resolver)]
    resolver: Vec<String>,
    /// Also measure through this SOCKS5 exit, e.g. helsinki=socks5h://127.0.0.1:9050,country=FI; may be repeated
    #[arg(long, value_name = "NAME=PROXY", value_parser = VantageOptions::from_written)]
    vantage: Vec<VantageOptions>,
    /// A site over https that nobody blocks [default: <https://example.com/>]
    #[arg(long, value_name = "URL", value_parser = known_control)]
    control_url: Option<String>,
    /// How many times everything is tried [default: 3]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=10))]
    tries: Option<u8>,
    /// Seconds between two tries [default: 10]
    #[arg(long = "pause", value_name = "S", value_parser = seconds)]
    pause_s: Option<f64>,
    /// Seconds that one step may take [default: 8]
    #[arg(long = "timeout", value_name = "S", value_parser = seconds)]
    timeout_s: Option<f64>,
    /// Use this address for this host and port without asking a name server; may be repeated, HOST may be *
    #[arg(long, value_name = "HOST:PORT:ADDR")]
    resolve: Vec<String>,
    /// Permit connections to loopback and private addresses (laboratories only)
    #[arg(long)]
    allow_private: bool,
}

impl MeasureOptions {
    /// What was typed over what is written; lists are added to.
    fn over(&self, mut written: VerifyOptions) -> VerifyOptions {
        written.resolvers.extend(self.resolver.iter().cloned());
        written.vantages.extend(self.vantage.iter().cloned());
        VerifyOptions {
            control_url: self.control_url.clone().or(written.control_url),
            tries: self.tries.or(written.tries),
            pause_s: self.pause_s.or(written.pause_s),
            timeout_s: self.timeout_s.or(written.timeout_s),
            ..written
        }
    }

    /// Every vantage, and how it measures.
    pub(super) fn ready(
        &self,
        desk: &DeskOptions,
    ) -> Result<(Vec<Vantage>, MeasureSettings), CliError> {
        let options = self.over(desk.verify.clone());
        let overrides = self.resolve.iter().map(|written| read_override(written));
        let overrides = overrides
            .collect::<Result<Vec<_>, _>>()
            .map_err(|reason| CliError::usage(format!("--resolve: {reason}")))?;
        let vantages = options.vantages(&desk.evidence.vantage)?;
        Ok((vantages, options.settings(self.allow_private, overrides)?))
    }
}

/// Who asks, and what is taken in.
#[derive(Debug, clap::Args)]
pub(super) struct LookOptions {
    /// Take in measurements of another machine (tazy verify measure --json); may be repeated
    #[arg(long, value_name = "FILE")]
    pub(super) import: Vec<PathBuf>,
    /// Also look at this clean site: is it hit by the block, too? May be repeated
    #[arg(long, value_name = "URL", value_parser = known_url)]
    pub(super) sibling: Vec<SuspectUrl>,
    /// Who asks [default: `author` under [review] in tazy.toml, else $USER]
    #[arg(long, value_name = "NAME")]
    pub(super) author: Option<String>,
}

impl LookOptions {
    /// The plan: `measured` says from where is measured and how.
    pub(super) fn plan(
        &self,
        (vantages, settings): (Vec<Vantage>, MeasureSettings),
        desk: &DeskOptions,
        rules: Option<&Path>,
    ) -> Result<VerifyPlan, CliError> {
        let fingerprints = Fingerprints::load(rules).map_err(CliError::failure)?;
        let mut imported = Vec::new();
        for path in &self.import {
            imported.extend(read_import(path)?);
        }
        Ok(VerifyPlan {
            vantages,
            settings,
            fingerprints: fingerprints.with_block_pages(&desk.verify.block_pages),
            imported,
            siblings: self.sibling.clone(),
            by: author(self.author.as_deref(), desk)?,
        })
    }
}

/// The measurements of a file, or why they cannot be relied on.
pub(super) fn read_import(path: &Path) -> Result<Vec<Reach>, CliError> {
    let place = path.display();
    let bytes =
        std::fs::read(path).map_err(|error| CliError::failure(format!("{place}: {error}")))?;
    read_reaches(&bytes, super::open::system_clock().now()).map_err(|problem| {
        CliError::failure(format!("{place}: {problem}")).with_hint(
            "make it on the other machine: tazy verify measure URL --json --name NAME --country CC --asn AS1 > FILE",
        )
    })
}

/// The settings of the desk, from the file that was named or from the store's directory.
pub(super) fn desk_of(config: Option<&Path>, store: &StoreOption) -> Result<DeskOptions, CliError> {
    desk_options(config, store)
}

/// Tells something on standard error; a closed one changes nothing.
pub(super) fn tell(terminal: &mut Terminal, text: &str) {
    use std::io::Write;
    let _ = writeln!(terminal.err, "tazy: {}", crate::report::clean_line(text));
}

fn known_resolver(written: &str) -> Result<String, String> {
    parse_resolver(written).map(|_| written.to_owned())
}

fn known_control(written: &str) -> Result<String, String> {
    parse_control(written).map(|url| url.as_str().to_owned())
}

pub(super) fn known_url(written: &str) -> Result<SuspectUrl, String> {
    SuspectUrl::from_written(written).map_err(|error| error.to_string())
}

fn seconds(written: &str) -> Result<f64, String> {
    let wrong = "give seconds from 0 to 600";
    let seconds: f64 = written.parse().map_err(|_| wrong)?;
    if (0.0..=600.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err(wrong.to_owned())
    }
}
