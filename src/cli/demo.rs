//! `tazy demo`

use super::open::{RulesOption, open_store, store_as_typed, system_clock};
use super::scan::{block_on, write_results};
use super::session::{Display, Work, run_session};
use super::{CliError, Exit, Terminal};
use crate::app::demo::{DemoServer, FixtureSite, fixture_sites};
use crate::app::{App, ScanSettings};
use crate::fetch::{AddressGuard, FetchSettings};
use crate::flag::Visit;
use crate::frontier::PolitenessSettings;
use crate::report::{defang_site, verdict_word};
use crate::rules::Ruleset;
use crate::store::StoreOptions;
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// Requests a second and host; the demo asks only itself.
const DEMO_RATE: f64 = 50.0;

/// Arguments of `tazy demo`.
#[derive(Debug, clap::Args)]
pub(super) struct DemoCommand {
    /// Directory of the demo's store
    #[arg(long, value_name = "DIR", default_value = "tazy-demo")]
    store: PathBuf,
    #[command(flatten)]
    display: Display,
}

impl DemoCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let ruleset = RulesOption::default().load()?;
        let store = open_store(&self.store, StoreOptions::default(), terminal)?;
        block_on(self.scan_fixtures(ruleset, store, terminal))?
    }

    async fn scan_fixtures(
        &self,
        ruleset: Ruleset,
        store: crate::store::Store,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let sites = fixture_sites().map_err(CliError::failure)?;
        let mut comparison = Comparison::new(&sites);
        let server = DemoServer::start(sites).await.map_err(|error| {
            CliError::failure(format!("the demo's server on loopback: {error}"))
        })?;
        let app = App {
            store: Arc::new(store),
            ruleset: Arc::new(ruleset),
            clock: system_clock(),
            resolver: server.resolver(),
        };
        let suspects = server.suspects();
        let _ = writeln!(
            terminal.err,
            "{} built-in sites are served on loopback and visited by the real crawler. Nothing leaves this machine.",
            suspects.len()
        );
        let display = self.display;
        let mut compare = |visit: &Visit| comparison.take(visit);
        let work = Work::List(suspects);
        let ended =
            run_session(&app, work, demo_settings(), display, terminal, &mut compare).await?;
        if let Some(error) = ended.unwritten {
            return Err(error.into());
        }
        let store = store_as_typed(&self.store);
        if ended.summary.interrupted {
            let _ = writeln!(
                terminal.err,
                "Stopped. The demo can be run again: tazy demo"
            );
            return Ok(Exit::Interrupted);
        }
        comparison.tell(terminal);
        write_results(
            &ended.summary,
            ended.report,
            &store,
            self.display.json,
            terminal,
        )?;
        Ok(if comparison.differences.is_empty() {
            Exit::Done
        } else {
            Exit::Failure
        })
    }
}

/// The demo's server listens on loopback and is asked by nobody else.
fn demo_settings() -> ScanSettings {
    ScanSettings {
        politeness: PolitenessSettings {
            rate_per_host: DEMO_RATE,
            global_rate: 1000,
            allow_any_rate: true,
            ..PolitenessSettings::default()
        },
        fetch: FetchSettings {
            guard: AddressGuard {
                allow_private: true,
            },
            ..FetchSettings::default()
        },
        ..ScanSettings::default()
    }
}

/// What was expected of each site, and what came.
struct Comparison {
    expected: HashMap<String, (String, Option<String>)>,
    as_expected: usize,
    known_misses: Vec<String>,
    differences: Vec<String>,
}

impl Comparison {
    fn new(sites: &[FixtureSite]) -> Self {
        let expected = sites.iter().map(|site| {
            let expected = &site.expected;
            (
                site.host.clone(),
                (expected.verdict.clone(), expected.known_miss.clone()),
            )
        });
        Self {
            expected: expected.collect(),
            as_expected: 0,
            known_misses: Vec::new(),
            differences: Vec::new(),
        }
    }

    fn take(&mut self, visit: &Visit) {
        let Some((expected, known_miss)) = self.expected.get(&visit.site) else {
            return;
        };
        let came = verdict_word(visit.verdict);
        if came == expected {
            self.as_expected += 1;
            return;
        }
        let difference = format!("{}: {came}, expected {expected}", defang_site(&visit.site));
        match known_miss {
            Some(reason) => self
                .known_misses
                .push(format!("{difference} (known: {reason})")),
            None => self.differences.push(difference),
        }
    }

    /// Standard error may be closed; the exit code tells too.
    fn tell(&self, terminal: &mut Terminal) {
        let all = self.expected.len();
        let _ = writeln!(
            terminal.err,
            "{} of {all} sites were judged as expected.",
            self.as_expected
        );
        for line in self.known_misses.iter().chain(&self.differences) {
            let _ = writeln!(terminal.err, "  {line}");
        }
    }
}
