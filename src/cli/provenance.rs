//! By whom, for whom and with what a run is made.

use super::CliError;
use super::open::system_clock;
use super::scan::block_on;
use crate::config::{EvidenceOptions, ScanOptions};
use crate::digest::Digest;
use crate::fetch::ClockOffset;
use crate::store::{Provenance, StoreOptions};

/// For whom a scan collects evidence; kept with the run and printed on every document made of it.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "For whom (kept as evidence)")]
pub(super) struct OrderOptions {
    /// Number of the assignment or case
    #[arg(long, value_name = "NUMBER", value_parser = line)]
    assignment: Option<String>,
    /// Who ordered the collection
    #[arg(long, value_name = "NAME", value_parser = line)]
    ordered_by: Option<String>,
    /// On which legal basis, in words
    #[arg(long, value_name = "TEXT", value_parser = line)]
    legal_basis: Option<String>,
    /// Who runs it [default: `operator` under [evidence] in tazy.toml]
    #[arg(long, value_name = "NAME", value_parser = line)]
    operator: Option<String>,
}

fn line(written: &str) -> Result<String, &'static str> {
    let text = written.trim();
    if text.is_empty() || text.len() > 2000 || text.chars().any(char::is_control) {
        return Err("write one line of text");
    }
    Ok(text.to_owned())
}

impl OrderOptions {
    /// Everything that is known of the run's circumstances before it begins.
    pub(super) fn provenance(
        self,
        desk: &EvidenceOptions,
        options: &ScanOptions,
    ) -> Result<Provenance, CliError> {
        let settings = serde_json::to_string(&options.without_secrets())
            .map_err(|error| CliError::failure(format!("settings cannot be recorded: {error}")))?;
        Ok(Provenance {
            assignment: self.assignment,
            legal_basis: self.legal_basis,
            ordered_by: self.ordered_by,
            operator: self.operator.or_else(|| desk.operator.clone()),
            unit: desk.unit.clone(),
            account: first_set(&["USER", "LOGNAME", "USERNAME"]),
            host: host_name(),
            system: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            program_digest: program_digest(),
            settings_digest: Digest::of(settings.as_bytes()),
            settings,
            utc_offset: jiff::tz::TimeZone::system()
                .to_offset(system_clock().now())
                .to_string(),
            clock: match &desk.ntp_server {
                Some(server) => Some(block_on(ClockOffset::measure(server, &*system_clock()))?),
                None => None,
            },
            vantage: desk.vantage.clone(),
        })
    }
}

/// How a store writes captures here.
pub(super) fn store_options(desk: &EvidenceOptions) -> StoreOptions {
    let mut info = Vec::new();
    let mut state = |name: &str, value: Option<String>| {
        info.extend(value.map(|value| (name.to_owned(), value)));
    };
    state("operator", desk.operator.clone());
    state("publisher", desk.unit.clone());
    state("hostname", host_name());
    state("ip", desk.vantage.egress_ip.clone());
    StoreOptions {
        rotate_at: Some(desk.rotate_bytes()),
        info,
        ..StoreOptions::default()
    }
}

fn first_set(names: &[&str]) -> Option<String> {
    let value = |name: &&str| std::env::var(name).ok();
    names
        .iter()
        .filter_map(value)
        .find(|value| line(value).is_ok())
}

fn host_name() -> Option<String> {
    ["/proc/sys/kernel/hostname", "/etc/hostname"]
        .iter()
        .find_map(|path| std::fs::read_to_string(path).ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| line(name).is_ok())
        .or_else(|| first_set(&["HOSTNAME", "COMPUTERNAME"]))
}

/// Digest of the file that is running; a file that cannot be read is not known.
fn program_digest() -> Option<Digest> {
    let path = std::env::current_exe().ok()?;
    let bytes = std::fs::read(path).ok()?;
    Some(Digest::of(&bytes))
}
