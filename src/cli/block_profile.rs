//! `tazy block profile`

use super::open::RulesOption;
use super::{CliError, Exit, Terminal};
use crate::block::profile::{Authority, BlockRules, BlockRulesError, Profile};
use crate::document::Language;
use crate::report::{clean_line, write_json_line};
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  tazy block profile                 which jurisdictions there are
  tazy block profile kz              who is addressed, on what grounds, within how long, what a lawyer must confirm
  tazy block profile kz --json | jq '.authorities[].id'";

/// Arguments of `tazy block profile`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ProfileCommand {
    /// Code of the jurisdiction; none lists them
    #[arg(value_name = "CODE")]
    jurisdiction: Option<String>,
    #[command(flatten)]
    rules: RulesOption,
    /// Print one JSON object a jurisdiction
    #[arg(long)]
    json: bool,
}

impl ProfileCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let rules = load_block_rules(&self.rules)?;
        let shown: Vec<&Profile> = match &self.jurisdiction {
            None => rules.profiles.iter().collect(),
            Some(code) => vec![
                rules
                    .profile(code)
                    .ok_or_else(|| no_profile(code, &rules))?,
            ],
        };
        let out = &mut terminal.out;
        for profile in &shown {
            if self.json {
                write_json_line(out, profile)?;
            } else if self.jurisdiction.is_some() {
                write_profile(out, profile)?;
            } else {
                let name = name_in(profile.title.get(&Language::En), &profile.jurisdiction);
                let count = profile.authorities.len();
                writeln!(
                    out,
                    "{:<4} {name}: {count} addressees",
                    profile.jurisdiction
                )?;
            }
        }
        out.flush()?;
        Ok(Exit::Done)
    }
}

/// The rules of blocking, or everything that is wrong with them.
pub(super) fn load_block_rules(option: &RulesOption) -> Result<BlockRules, CliError> {
    option.source(None)?;
    BlockRules::load(option.directory()).map_err(|errors| {
        let lines = errors.iter().map(BlockRulesError::to_string);
        let told: Vec<String> = lines.map(|line| clean_line(&line)).collect();
        let message = format!(
            "the rules of blocking cannot be used:\n  {}",
            told.join("\n  ")
        );
        CliError::failure(message).with_hint("mend them and try `tazy rules check`")
    })
}

fn no_profile(code: &str, rules: &BlockRules) -> CliError {
    let codes: Vec<&str> = rules
        .profiles
        .iter()
        .map(|p| p.jurisdiction.as_str())
        .collect();
    CliError::usage(format!("there is no jurisdiction {}", clean_line(code)))
        .with_hint(format!("write one of: {}", codes.join(", ")))
}

fn name_in(title: Option<&String>, otherwise: &str) -> String {
    clean_line(title.map_or(otherwise, String::as_str))
}

/// What is printed beside data that nobody confirmed.
fn mark(confirmed: bool) -> &'static str {
    if confirmed { "" } else { "  [to be confirmed]" }
}

fn write_profile(out: &mut impl Write, profile: &Profile) -> std::io::Result<()> {
    let name = name_in(profile.title.get(&Language::En), &profile.jurisdiction);
    let languages: Vec<&str> = profile.languages.iter().map(|l| l.as_str()).collect();
    writeln!(out, "{name} ({})", profile.jurisdiction)?;
    writeln!(
        out,
        "languages {}, time zone {}",
        languages.join(", "),
        profile.time_zone
    )?;
    writeln!(out, "\nAddressees")?;
    for authority in &profile.authorities {
        write_authority(out, authority)?;
    }
    writeln!(out, "\nGrounds")?;
    for (category, provisions) in &profile.grounds {
        writeln!(out, "  {category}")?;
        for id in provisions {
            let titles = profile.provisions.get(id);
            let title = titles.and_then(|titles| {
                let first = profile.languages.first();
                titles.get(&Language::En).or_else(|| titles.get(first?))
            });
            let confirmed = mark(profile.confirmed_provisions.contains(id));
            writeln!(out, "    {id}: {}{confirmed}", name_in(title, id))?;
        }
    }
    writeln!(out, "\nCalendar")?;
    for (year, source) in &profile.calendar_sources {
        let days = profile
            .holidays
            .iter()
            .filter(|day| day.year() == *year)
            .count();
        let confirmed = mark(source.confirmed);
        writeln!(
            out,
            "  {year}: {days} days off; {}{confirmed}",
            clean_line(&source.source)
        )?;
    }
    let hours: Vec<String> = profile
        .verify_after_hours
        .iter()
        .map(u32::to_string)
        .collect();
    writeln!(
        out,
        "\nVerification {} h after a block takes effect, then every {} days; review after {} days",
        hours.join(", "),
        profile.verify_every_days,
        profile.review_days
    )?;
    if !profile.to_confirm.is_empty() {
        writeln!(out, "\nA lawyer must confirm")?;
        for text in &profile.to_confirm {
            writeln!(out, "  - {}", clean_line(text))?;
        }
    }
    Ok(())
}

fn write_authority(out: &mut impl Write, authority: &Authority) -> std::io::Result<()> {
    writeln!(out, "  {} ({})", authority.id, authority.role.as_str())?;
    for (language, title) in &authority.title {
        writeln!(out, "    {language}  {}", clean_line(title))?;
    }
    let places = [&authority.address, &authority.email, &authority.channel];
    for place in places.into_iter().flatten() {
        writeln!(out, "    {}", clean_line(place))?;
    }
    if !authority.categories.is_empty() {
        let categories: Vec<&str> = authority.categories.iter().map(|c| c.as_str()).collect();
        writeln!(out, "    decides about {}", categories.join(", "))?;
    }
    if !authority.documents.is_empty() {
        writeln!(out, "    documents: {}", authority.documents.join(", "))?;
    }
    for deadline in &authority.deadlines {
        writeln!(
            out,
            "    {} within {} after {}: {}{}",
            deadline.act,
            deadline.within,
            deadline.after,
            clean_line(&deadline.source),
            mark(deadline.confirmed)
        )?;
    }
    Ok(())
}
