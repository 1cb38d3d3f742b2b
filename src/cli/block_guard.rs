//! `tazy block guard`

use super::block_profile::load_block_rules;
use super::open::{RulesOption, StoreOption};
use super::{CliError, Exit, Terminal};
use crate::block::guard::{Objection, Protection, collateral, predicted_effect};
use crate::block::{BlockTarget, HostName, ScopeKind};
use crate::document::Language;
use crate::report::{clean_line, write_json_line};
use crate::store::{Store, StoreError};
use crate::suspect::SuspectUrl;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::Write;
use std::net::IpAddr;

const EXAMPLES: &str = "\
Examples:
  tazy block guard https://shop.example/catalog      one page: what would operators really block?
  tazy block guard shop.example                      one host
  tazy block guard shop.example --scope host_and_below
  tazy block guard 203.0.113.7                       one address
  tazy block guard t.me --json";

/// Other URLs that are shown to people; JSON counts all and names these.
const SHOWN: usize = 20;

/// Arguments of `tazy block guard`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct GuardCommand {
    /// What would be blocked: a URL, a host name or an address
    #[arg(value_name = "URL|HOST|ADDRESS")]
    target: String,
    /// How wide [default: url, host or address, as it is written]
    #[arg(long, value_name = "SCOPE", value_parser = scope_parser())]
    scope: Option<ScopeKind>,
    #[command(flatten)]
    rules: RulesOption,
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// What is printed.
#[derive(Debug, Serialize)]
struct Guarded {
    #[serde(flatten)]
    target: BlockTarget,
    allowed: bool,
    objections: Vec<Objected>,
    effect: BlockTarget,
    effect_is_wider: bool,
    effect_text: String,
    /// `None` where there is no store to look in.
    others: Option<usize>,
    #[serde(rename = "examples")]
    shown: Vec<SuspectUrl>,
}

#[derive(Debug, Serialize)]
struct Objected {
    #[serde(flatten)]
    objection: Objection,
    can_be_set_aside: bool,
}

impl GuardCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let rules = load_block_rules(&self.rules)?;
        let target = target_of(&self.target, self.scope)?;
        let store = match self.store.directory().is_dir() {
            true => Some(self.store.open_existing(terminal)?),
            false => None,
        };
        let guarded = guard(&rules.protection, target, store.as_ref())?;
        if self.json {
            write_json_line(&mut terminal.out, &guarded)?;
        } else {
            guarded.write(&mut terminal.out)?;
        }
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}

fn guard(
    protection: &Protection,
    target: BlockTarget,
    store: Option<&Store>,
) -> Result<Guarded, StoreError> {
    let mut objections = protection.objections_to_target(&target);
    let effect = predicted_effect(&target);
    let (mut others, mut shown) = (None, Vec::new());
    if let Some(store) = store {
        let mut count = 0;
        let mut hosts = BTreeSet::new();
        // Many captures of one URL are one URL; what is counted is bounded by what the store knows.
        let mut seen = BTreeSet::new();
        store.each_known_url(|known| {
            for hit in collateral(&target, &[], [known]) {
                if seen.insert(crate::digest::Digest::of(hit.url.as_str().as_bytes())) {
                    hosts.insert(hit.url.host().to_owned());
                    count += 1;
                    if shown.len() < SHOWN {
                        shown.push(hit.url);
                    }
                }
            }
        })?;
        others = Some(count);
        let hosts = hosts.iter().map(String::as_str);
        objections.extend(protection.objection_to_neighbors(&target, hosts));
    }
    Ok(Guarded {
        allowed: objections.is_empty(),
        objections: objections
            .into_iter()
            .map(|objection| Objected {
                can_be_set_aside: objection.code.can_be_set_aside(),
                objection,
            })
            .collect(),
        effect_is_wider: effect.is_wider,
        effect_text: effect.title(Language::En),
        effect: effect.hits,
        target,
        others,
        shown,
    })
}

impl Guarded {
    fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let scope = self.target.scope().as_str();
        writeln!(
            out,
            "{} (scope {scope})",
            clean_line(&self.target.to_string())
        )?;
        writeln!(out, "effect: {}", clean_line(&self.effect_text))?;
        if self.objections.is_empty() {
            writeln!(out, "objections: none")?;
        }
        for Objected {
            objection,
            can_be_set_aside,
        } in &self.objections
        {
            let by = if *can_be_set_aside {
                "a supervisor can set it aside with a reason"
            } else {
                "nobody can set it aside"
            };
            writeln!(
                out,
                "objection: {}; {by}",
                clean_line(&objection.to_string())
            )?;
        }
        match self.others {
            None => writeln!(out, "other URLs: no store to look in (--store DIR)")?,
            Some(0) => writeln!(out, "other URLs: none known in the store")?,
            Some(count) => {
                writeln!(
                    out,
                    "other URLs known in the store that would be hit: {count}"
                )?;
                for url in &self.shown {
                    writeln!(out, "  {}", clean_line(&url.to_string()))?;
                }
                if count > self.shown.len() {
                    writeln!(out, "  … and {} more", count - self.shown.len())?;
                }
            }
        }
        Ok(())
    }
}

/// A target as a person writes it, with the scope that was asked for.
pub(super) fn target_of(written: &str, scope: Option<ScopeKind>) -> Result<BlockTarget, CliError> {
    let refuse = |problem: String| {
        CliError::usage(clean_line(&problem))
            .with_hint("write https://shop.example/page, shop.example or 203.0.113.7")
    };
    let text = written.trim().replace("[.]", ".");
    let is_url = text.contains('/') || text.starts_with("hxxp");
    let address = text.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    let scope = scope.unwrap_or(match (is_url, address) {
        (true, _) => ScopeKind::Url,
        (false, Some(_)) => ScopeKind::Address,
        (false, None) => ScopeKind::Host,
    });
    let name = || {
        let host = match SuspectUrl::from_written(&text) {
            Ok(url) if is_url => url.host().to_owned(),
            _ => text.trim_start_matches("*.").to_owned(),
        };
        HostName::parse(&host).map_err(|problem| refuse(problem.to_string()))
    };
    Ok(match scope {
        ScopeKind::Url => {
            let url = SuspectUrl::from_written(&text);
            BlockTarget::Url(url.map_err(|problem| refuse(problem.to_string()))?)
        }
        ScopeKind::Host => BlockTarget::Host(name()?),
        ScopeKind::HostAndBelow => BlockTarget::HostAndBelow(name()?),
        ScopeKind::Address => BlockTarget::Address(
            address.ok_or_else(|| refuse(format!("{text} is not an address")))?,
        ),
    })
}

/// `--scope`
pub(super) fn scope_parser() -> impl TypedValueParser<Value = ScopeKind> {
    PossibleValuesParser::new(ScopeKind::ALL.map(ScopeKind::as_str)).try_map(|name| {
        let mut scopes = ScopeKind::ALL.into_iter();
        let named = scopes.find(|scope| scope.as_str() == name);
        named.ok_or("there is no such scope")
    })
}
