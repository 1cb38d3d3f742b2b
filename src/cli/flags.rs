//! `tazy flags`

use super::open::{RulesOption, StoreOption, system_clock};
use super::time::{Since, parse_since};
use super::{CliError, Exit, Terminal};
use crate::flag::Flag;
use crate::id::FlagId;
use crate::report::{
    FlagEvidence, RequestSummary, StandingFlag, Style, clean_line, explain_flag, flag_table,
    write_json_line,
};
use crate::review::ReviewStatus;
use crate::rules::Category;
use crate::store::{FlagFilter, Store, StoreError};
use crate::suspect::SuspectUrl;
use crate::verdict::Band;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::io::Write;

const LIST_EXAMPLES: &str = "\
Examples:
  tazy flags list --band urgent
  tazy flags list --category drug_sale --since 7d
  tazy flags list --host shop.example
  tazy flags list --status open             what waits for a decision
  tazy flags list --json | jq -r .site";

const SHOW_EXAMPLES: &str = "\
Examples:
  tazy flags show f-3f0c9a1b22d4
  tazy flags show f-3f0                      the beginning of an id is enough
  tazy flags show shop.example               or the site
  tazy flags show shop.example --json";

/// Arguments of `tazy flags`.
#[derive(Debug, clap::Args)]
pub(super) struct FlagsCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List flags, the most urgent first
    #[command(after_help = LIST_EXAMPLES)]
    List(ListCommand),
    /// Show one flag with everything that speaks for and against it
    #[command(after_help = SHOW_EXAMPLES)]
    Show(ShowCommand),
}

#[derive(Debug, clap::Args)]
struct ListCommand {
    #[command(flatten)]
    store: StoreOption,
    #[command(flatten)]
    rules: RulesOption,
    /// Only flags with this category in review or above
    #[arg(long, value_name = "NAME", value_parser = category_parser())]
    category: Option<Category>,
    /// Only flags of this band or a more urgent one
    #[arg(long, value_name = "BAND", value_parser = band_parser())]
    band: Option<Band>,
    /// Only flags of this host and the hosts below it
    #[arg(long, value_name = "HOST", value_parser = parse_host)]
    host: Option<String>,
    /// Only flags seen since: a date like 2026-11-01 (UTC), or how long ago: 24h, 7d, 2w
    #[arg(long, value_name = "WHEN", value_parser = parse_since)]
    since: Option<Since>,
    /// Only flags that stand so: nobody decided yet (or deferred until now), confirmed, dismissed, deferred
    #[arg(long, value_name = "STATUS", value_parser = status_parser())]
    status: Option<ReviewStatus>,
    /// Print one JSON object a flag
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct ShowCommand {
    /// Id of the flag, the beginning of one, or the site
    #[arg(value_name = "ID|SITE")]
    id: String,
    #[command(flatten)]
    store: StoreOption,
    #[command(flatten)]
    rules: RulesOption,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

impl FlagsCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Verb::List(command) => command.run(terminal),
            Verb::Show(command) => command.run(terminal),
        }
    }
}

impl ListCommand {
    fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let filter = FlagFilter {
            category: self.category,
            band: self.band,
            host: self.host,
            since: self.since.map(|since| since.resolve(system_clock().now())),
            status: self.status,
        };
        let flags = standing_flags(&store, &filter)?;
        if self.json {
            for flag in &flags {
                write_json_line(&mut terminal.out, flag)?;
            }
            return Ok(Exit::Done);
        }
        if flags.is_empty() {
            let text = if filter == FlagFilter::default() {
                "No flags in this store yet. Make some: tazy scan --list FILE"
            } else {
                "No flag fits. Leave a filter out to see more."
            };
            writeln!(terminal.out, "{text}")?;
        } else {
            let table = flag_table(
                &flags,
                &self.rules.load_titles()?,
                Style::of(terminal.color),
            );
            writeln!(terminal.out, "{table}")?;
            let plural = if flags.len() == 1 { "" } else { "s" };
            let (id, store) = (clean_line(flags[0].flag.id.as_str()), self.store.as_typed());
            writeln!(
                terminal.out,
                "{} flag{plural}. Next: tazy flags show {id}{store}",
                flags.len()
            )?;
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

impl ShowCommand {
    fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let flag = find_flag(&store, &self.id)?;
        let mut manifests = Vec::new();
        for capture in &flag.captures {
            match store.manifest(capture) {
                Ok(manifest) => manifests.push(manifest),
                // The explanation says how many are missing.
                Err(StoreError::Unknown { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let evidence = FlagEvidence {
            standing: store.standing(&flag)?,
            block_requests: store
                .requests_about(&flag.id)?
                .iter()
                .map(RequestSummary::of)
                .collect(),
            flag,
            manifests,
        };
        if self.json {
            write_json_line(&mut terminal.out, &evidence)?;
        } else {
            let titles = self.rules.load_titles()?;
            explain_flag(
                &mut terminal.out,
                &evidence,
                &titles,
                Style::of(terminal.color),
            )?;
            terminal.out.flush()?;
        }
        Ok(Exit::Done)
    }
}

/// Flags with where they stand, the highest band and score first.
pub(super) fn standing_flags(
    store: &Store,
    filter: &FlagFilter,
) -> Result<Vec<StandingFlag>, StoreError> {
    let flags = store.flags(filter)?.into_iter();
    flags
        .map(|flag| {
            let standing = store.standing(&flag)?;
            Ok(StandingFlag { flag, standing })
        })
        .collect()
}

/// The flag with this id, of this site, or the only one whose id begins so.
pub(super) fn find_flag(store: &Store, written: &str) -> Result<Flag, CliError> {
    let id = FlagId::from_written(written);
    match store.flag(&id) {
        Err(StoreError::Unknown { .. }) => {}
        found => return Ok(found?),
    }
    if let Ok(url) = SuspectUrl::from_written(written)
        && let Some(flag) = store.flag_of_site(&url.authority())?
    {
        return Ok(flag);
    }
    let unknown = || {
        CliError::from(StoreError::Unknown {
            kind: "flag",
            id: clean_line(written),
        })
    };
    if !id.as_str().starts_with("f-") {
        return Err(unknown());
    }
    let mut fitting = store.flags(&FlagFilter::default())?;
    fitting.retain(|flag| flag.id.as_str().starts_with(id.as_str()));
    match (fitting.pop(), fitting.len()) {
        (None, _) => Err(unknown()),
        (Some(flag), 0) => Ok(flag),
        (Some(last), others) => {
            let mut ids: Vec<&str> = fitting
                .iter()
                .take(4)
                .map(|flag| flag.id.as_str())
                .collect();
            ids.push(last.id.as_str());
            let message = format!("{} flags begin with {}", others + 1, clean_line(written));
            Err(CliError::failure(message)
                .with_hint(format!("write more of the id: {}", ids.join(", "))))
        }
    }
}

pub(super) fn category_parser() -> impl TypedValueParser<Value = Category> {
    PossibleValuesParser::new(Category::ALL.map(Category::as_str))
        .try_map(|name| Category::named(&name).ok_or("there is no such category"))
}

pub(super) fn status_parser() -> impl TypedValueParser<Value = ReviewStatus> {
    PossibleValuesParser::new(ReviewStatus::ALL.map(ReviewStatus::as_str))
        .try_map(|name| ReviewStatus::named(&name).ok_or("there is no such status"))
}

fn band_parser() -> impl TypedValueParser<Value = Band> {
    PossibleValuesParser::new(["review", "urgent"]).map(|name| match name.as_str() {
        "urgent" => Band::Urgent,
        _ => Band::Review,
    })
}

/// A host as anybody may write it: with a scheme, defanged, in Cyrillic.
fn parse_host(written: &str) -> Result<String, String> {
    SuspectUrl::from_written(written)
        .map(|url| url.host().to_owned())
        // A domain above all hosts (`kz`) is no URL and a fair question all the same.
        .or_else(|problem| {
            let is_label = !written.is_empty() && written.chars().all(char::is_alphanumeric);
            is_label
                .then(|| written.to_lowercase())
                .ok_or_else(|| problem.to_string())
        })
}
