//! `tazy verify measure` and `import`

use super::open::{RulesOption, StoreOption, system_clock};
use super::scan::block_on;
use super::verify::{Output, run_looks};
use super::verify_options::{LookOptions, MeasureOptions, desk_of, known_url, read_import, tell};
use super::{CliError, Exit, Terminal};
use crate::app::VerifyTarget;
use crate::config::{DeskOptions, read_desk_file};
use crate::reach::{Reach, measure};
use crate::report::{write_json_line, write_reach};
use crate::suspect::SuspectUrl;
use std::io::Write;
use std::net::IpAddr;
use std::path::PathBuf;

const MEASURE_EXAMPLES: &str = "\
Examples:
  tazy verify measure https://shop.example/
  tazy verify measure shop.example --json --name almaty --country KZ --asn AS9198 > almaty.jsonl

On the machine with the store: tazy verify import almaty.jsonl";

/// Arguments of `tazy verify measure`.
#[derive(Debug, clap::Args)]
#[command(after_help = MEASURE_EXAMPLES)]
pub(super) struct MeasureCommand {
    /// What to ask for
    #[arg(value_name = "URL", required = true, value_parser = known_url)]
    urls: Vec<SuspectUrl>,
    /// Name of this machine as a vantage
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Country of this machine, two letters
    #[arg(long, value_name = "CC")]
    country: Option<String>,
    /// Autonomous system of this machine: AS9198
    #[arg(long, value_name = "AS")]
    asn: Option<String>,
    /// Address under which this machine appears to sites
    #[arg(long, value_name = "ADDR")]
    egress_ip: Option<IpAddr>,
    #[command(flatten)]
    measure: MeasureOptions,
    /// Read settings from this file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print one JSON object a vantage, for `tazy verify import` and other programs
    #[arg(long)]
    json: bool,
}

/// Arguments of `tazy verify import`.
#[derive(Debug, clap::Args)]
pub(super) struct ImportCommand {
    /// Measurements of other machines
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    store: StoreOption,
    /// This was measured, too, and is a clean site: is it hit by the block? May be repeated
    #[arg(long, value_name = "URL", value_parser = known_url)]
    sibling: Vec<SuspectUrl>,
    /// Who asks [default: `author` under [review] in tazy.toml, else $USER]
    #[arg(long, value_name = "NAME")]
    author: Option<String>,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// End with exit code 3 if something in force is reached from within the country
    #[arg(long)]
    fail_on_open: bool,
    /// Print one JSON object a look
    #[arg(long)]
    json: bool,
}

impl MeasureCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let mut desk = match &self.config {
            Some(path) => read_desk_file(path)?,
            None => DeskOptions::default(),
        };
        let here = &mut desk.evidence.vantage;
        here.name = self.name.clone().or(here.name.take());
        here.country = self.country.clone().or(here.country.take());
        here.asn = self.asn.clone().or(here.asn.take());
        let egress = self.egress_ip.map(|address| address.to_string());
        here.egress_ip = egress.or(here.egress_ip.take());
        let (vantages, settings) = self.measure.ready(&desk)?;
        let clock = system_clock();
        for url in &self.urls {
            for vantage in &vantages {
                let reach = block_on(measure(url, vantage, &settings, &clock))?
                    .map_err(CliError::failure)?;
                self.show(&reach, terminal)?;
            }
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }

    fn show(&self, reach: &Reach, terminal: &mut Terminal) -> Result<(), CliError> {
        if !self.json {
            write_reach(&mut terminal.out, reach)?;
            return Ok(());
        }
        let facts = &reach.vantage;
        if facts.country.is_none() || (facts.asn.is_none() && facts.egress_ip.is_none()) {
            tell(
                terminal,
                "nobody can take this in without knowing where it was measured: add --name, --country and --asn",
            );
        }
        write_json_line(&mut terminal.out, reach)?;
        Ok(())
    }
}

impl ImportCommand {
    pub(super) fn run(
        self,
        rules: &RulesOption,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let desk = desk_of(self.config.as_deref(), &self.store)?;
        let mut imported = Vec::new();
        for path in &self.files {
            imported.extend(read_import(path)?);
        }
        let look = LookOptions {
            import: Vec::new(),
            sibling: self.sibling.clone(),
            author: self.author.clone(),
        };
        let (_, settings) = MeasureOptions::default().ready(&desk)?;
        let mut plan = look.plan((Vec::new(), settings), &desk, rules.directory())?;
        let store = self.store.open_existing(terminal)?;
        let targets = self.targets_of(&store.request_files()?, &imported, terminal)?;
        plan.imported = imported;
        let output = Output {
            json: self.json,
            fail_on_open: self.fail_on_open,
            store: self.store.as_typed(),
        };
        run_looks(&store, &targets, &plan, &output, terminal)
    }

    /// The items that were measured; what is no item is told.
    fn targets_of(
        &self,
        files: &[crate::dossier::RequestFile],
        imported: &[Reach],
        terminal: &mut Terminal,
    ) -> Result<Vec<VerifyTarget>, CliError> {
        use crate::block::ItemState;
        let mut targets = Vec::new();
        for file in files.iter().filter(|file| file.superseded_by.is_none()) {
            for item in &file.request.items {
                let state = file.state(&item.id);
                let is_watched = state.is_in_force()
                    || matches!(
                        state,
                        ItemState::Lifting | ItemState::Lifted | ItemState::Removed
                    );
                let target = VerifyTarget::of(file, item);
                let host = target.url().map(|url| url.host().to_owned());
                let is_measured = imported
                    .iter()
                    .any(|reach| Some(reach.input.host()) == host.as_deref());
                if is_watched && is_measured {
                    targets.push(target);
                }
            }
        }
        if targets.is_empty() {
            return Err(
                CliError::failure("none of what was measured is blocked by order")
                    .with_hint("see what is in force: tazy verify list"),
            );
        }
        for reach in imported {
            let host = reach.input.host();
            let is_of = |target: &VerifyTarget| target.url().is_some_and(|own| own.host() == host);
            let is_sibling = self.sibling.iter().any(|url| url.host() == host);
            if !is_sibling && !targets.iter().any(is_of) {
                tell(
                    terminal,
                    &format!("{} is left out: it is not blocked by order", reach.input),
                );
            }
        }
        Ok(targets)
    }
}
