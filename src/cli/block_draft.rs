//! `tazy block draft`

use super::block_guard::scope_parser;
use super::block_profile::load_block_rules;
use super::evidence::ActorOptions;
use super::evidence_log::sign_after_decision;
use super::flags::find_flag;
use super::open::{RulesOption, system_clock};
use super::{CliError, Exit, Terminal};
use crate::app::{DraftError, DraftSettings, draft_request};
use crate::block::guard::ObjectionCode;
use crate::block::profile::BlockRules;
use crate::block::{
    BlockRequest, BlockTarget, HostName, Override, Purpose, RequestError, ScopeKind,
};
use crate::document::Language;
use crate::id::RequestId;
use crate::report::{clean_line, write_json_line, write_request};
use crate::review::Reviewer;
use crate::store::{Store, StoreError};
use crate::suspect::SuspectUrl;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use jiff::civil::Date;
use std::io::Write;

const EXAMPLES: &str = "\
Examples:
  tazy block draft shop.example --authority information_committee
  tazy block draft shop.example mirror.example --authority information_committee \\
      --scope host --scope-reason 'every page of the host sells drugs'
  tazy block draft shop.example --authority information_committee --dry-run
  tazy block draft shop2.example --parent b-3f0c9a1b22d4      it moved or came back

The scope is one URL unless you say otherwise; wider needs --scope-reason. The reasons are the note of the
decision, or --reasons. Who can be addressed, and on what grounds: tazy block profile.

An objection (a shared platform, an address with unrelated sites) is set aside by a supervisor with
--override CODE --supervisor NAME --override-reason TEXT. Protected names never are.";

/// Arguments of `tazy block draft`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DraftCommand {
    /// Ids of confirmed flags, beginnings of them, or sites
    #[arg(value_name = "FLAG", required = true)]
    flags: Vec<String>,
    /// Whom it is addressed to, by its id in the profile [default: that of --parent]
    #[arg(long, value_name = "ID")]
    authority: Option<String>,
    /// Who exactly, where the profile leaves it open: the abuse desk of a host or registrar
    #[arg(long, value_name = "TEXT")]
    addressee: Option<String>,
    /// What is asked for
    #[arg(long, value_name = "PURPOSE", value_parser = purpose_parser(), default_value = "block")]
    purpose: Purpose,
    /// How wide
    #[arg(long, value_name = "SCOPE", value_parser = scope_parser(), default_value = "url")]
    scope: ScopeKind,
    /// Exactly this URL (with --scope url), host or address, instead of what the findings show
    #[arg(long = "target", value_name = "TARGET")]
    targets: Vec<String>,
    /// Why one URL is not enough
    #[arg(long, value_name = "TEXT")]
    scope_reason: Option<String>,
    /// A provision it rests on, by its id in the profile [default: those of the category]
    #[arg(long = "ground", value_name = "ID")]
    grounds: Vec<String>,
    /// The reasons in words [default: the note of the decision]
    #[arg(long, value_name = "TEXT")]
    reasons: Option<String>,
    /// Language of the documents; several times for several [default: those of the addressee]
    #[arg(long = "language", value_name = "CODE", value_parser = language_parser())]
    languages: Vec<Language>,
    /// Code of the jurisdiction [default: `jurisdiction` under [block] in tazy.toml, else kz]
    #[arg(long, value_name = "CODE")]
    jurisdiction: Option<String>,
    /// When the block is to be looked at again
    #[arg(long, value_name = "DATE")]
    review_by: Option<Date>,
    /// The request whose site came back or moved; its addressee and grounds are taken over
    #[arg(long, value_name = "REQUEST")]
    parent: Option<String>,
    /// The draft that this one replaces
    #[arg(long, value_name = "REQUEST")]
    supersede: Option<String>,
    /// An objection that a supervisor sets aside
    #[arg(
        long = "override",
        value_name = "CODE",
        requires = "supervisor",
        requires = "override_reason"
    )]
    overrides: Vec<String>,
    /// Who sets it aside
    #[arg(long, value_name = "NAME")]
    supervisor: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    override_reason: Option<String>,
    /// Show the draft, and what speaks against it, without recording it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    rules: RulesOption,
    #[command(flatten)]
    actor: ActorOptions,
    /// Print the request as one JSON object
    #[arg(long)]
    json: bool,
}

impl DraftCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let (author, desk) = self.actor.read()?;
        let rules = load_block_rules(&self.rules)?;
        let store = self.actor.store.open_existing(terminal)?;
        let flags = self
            .flags
            .iter()
            .map(|written| find_flag(&store, written))
            .collect::<Result<Vec<_>, _>>()?;
        let parent = match &self.parent {
            Some(written) => Some(super::block::find_request(&store, written)?.request),
            None => None,
        };
        let supersedes = match &self.supersede {
            Some(written) => Some(super::block::find_request(&store, written)?.request.id),
            None => None,
        };
        let unit = desk.evidence.unit.clone().ok_or_else(|| {
            CliError::usage("no unit is named that asks for the block")
                .with_hint("write `unit = \"…\"` under [evidence] in tazy.toml of the store")
        })?;
        let jurisdiction = self.jurisdiction.clone();
        let settings = DraftSettings {
            jurisdiction: jurisdiction
                .or_else(|| parent.as_ref().map(|parent| parent.jurisdiction.clone()))
                .unwrap_or_else(|| desk.block.jurisdiction().to_owned()),
            unit,
            contact: desk.block.contact.clone(),
            ..self.settings(parent.as_ref(), supersedes)?
        };
        let now = system_clock().now();
        let request = draft_request(&store, &rules, &flags, settings, author, now)
            .map_err(|error| self.refused(error))?;
        if self.dry_run {
            return self.show(&store, &request, &rules, terminal);
        }
        store
            .record_request(&request, &rules)
            .map_err(|error| self.refused(error.into()))?;
        sign_after_decision(&store, &desk, terminal);
        if self.json {
            write_json_line(&mut terminal.out, &request)?;
            return Ok(Exit::Done);
        }
        let store = self.actor.store.as_typed();
        let items = request.items.len();
        let plural = if items == 1 { "" } else { "s" };
        writeln!(
            terminal.out,
            "Drafted {} with {items} target{plural}.",
            request.id
        )?;
        writeln!(
            terminal.out,
            "Next, by another person: tazy block show {id}{store}, then tazy block approve {id}{store}",
            id = request.id
        )?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }

    /// What was typed; unit and jurisdiction are filled in by the caller.
    fn settings(
        &self,
        parent: Option<&BlockRequest>,
        supersedes: Option<RequestId>,
    ) -> Result<DraftSettings, CliError> {
        let authority = self.authority.clone();
        let authority = authority
            .or_else(|| parent.map(|parent| parent.authority.clone()))
            .ok_or_else(|| {
                CliError::usage("nobody is named whom it is addressed to")
                    .with_hint("name one with --authority ID; see tazy block profile")
            })?;
        let mut grounds = self.grounds.clone();
        if let (true, Some(parent)) = (grounds.is_empty(), parent) {
            grounds = parent
                .items
                .first()
                .map(|item| item.grounds.clone())
                .unwrap_or_default();
        }
        let targets = self.targets.iter().map(|written| self.target(written));
        Ok(DraftSettings {
            purpose: self.purpose,
            jurisdiction: String::new(),
            authority,
            addressee: self.addressee.clone().or_else(|| parent?.addressee.clone()),
            languages: self.languages.clone(),
            unit: String::new(),
            contact: None,
            scope: self.scope,
            targets: targets.collect::<Result<_, _>>()?,
            scope_reason: self.scope_reason.clone(),
            grounds,
            reasons: self.reasons.clone(),
            overrides: self.overrides()?,
            review_by: self.review_by,
            supersedes,
            parent: parent.map(|parent| parent.id.clone()),
        })
    }

    fn target(&self, written: &str) -> Result<BlockTarget, CliError> {
        let wrong = |error: String| CliError::usage(format!("--target: {error}"));
        Ok(match self.scope {
            ScopeKind::Url => BlockTarget::Url(
                SuspectUrl::from_written(written).map_err(|error| wrong(error.to_string()))?,
            ),
            ScopeKind::Address => BlockTarget::Address(
                written
                    .trim()
                    .parse()
                    .map_err(|_| wrong(format!("{} is no address", clean_line(written))))?,
            ),
            ScopeKind::Host | ScopeKind::HostAndBelow => {
                let name = written.replace("[.]", ".");
                let host = HostName::parse(&name).map_err(|error| wrong(error.to_string()))?;
                if self.scope == ScopeKind::Host {
                    BlockTarget::Host(host)
                } else {
                    BlockTarget::HostAndBelow(host)
                }
            }
        })
    }

    fn overrides(&self) -> Result<Vec<Override>, CliError> {
        let (Some(supervisor), Some(reason)) = (&self.supervisor, &self.override_reason) else {
            return Ok(Vec::new());
        };
        let supervisor = Reviewer::named(supervisor)
            .map_err(|error| CliError::usage(format!("--supervisor: {error}")))?;
        let set = self.overrides.iter().map(|code| {
            let known = ObjectionCode::ALL
                .into_iter()
                .find(|known| known.as_str() == code);
            match known {
                Some(code) if code.can_be_set_aside() => Ok(Override {
                    objection: code.as_str().to_owned(),
                    supervisor: supervisor.clone(),
                    reason: reason.clone(),
                }),
                Some(code) => Err(CliError::usage(format!(
                    "--override: nobody can set {} aside",
                    code.as_str()
                ))),
                None => {
                    let codes = ObjectionCode::ALL.map(ObjectionCode::as_str).join(", ");
                    Err(
                        CliError::usage(format!("--override: there is no {}", clean_line(code)))
                            .with_hint(format!("codes: {codes}")),
                    )
                }
            }
        });
        set.collect()
    }

    fn show(
        &self,
        store: &Store,
        request: &BlockRequest,
        rules: &BlockRules,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        if self.json {
            write_json_line(&mut terminal.out, request)?;
            return Ok(Exit::Done);
        }
        write_request(&mut terminal.out, request)?;
        for item in &request.items {
            let missing = item.missing_facts();
            let objections = item.standing_objections(store.objections(item, &rules.protection)?);
            for missing in missing {
                writeln!(terminal.out, "{}: missing: {missing}", item.target)?;
            }
            for objection in objections {
                writeln!(
                    terminal.out,
                    "{}: {}",
                    item.target,
                    clean_line(&objection.to_string())
                )?;
            }
        }
        writeln!(terminal.out, "Nothing was recorded.")?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }

    fn refused(&self, error: DraftError) -> CliError {
        let store = self.actor.store.as_typed();
        let hint = match &error {
            DraftError::NotConfirmed { flag, .. } => {
                format!("tazy flags show {flag}{store}, then tazy review confirm {flag}{store}")
            }
            DraftError::Jurisdiction { .. }
            | DraftError::Authority { .. }
            | DraftError::NotCompetent { .. }
            | DraftError::Ground(_) => "see who decides about what: tazy block profile".to_owned(),
            DraftError::ManySites => "draft one request a site".to_owned(),
            DraftError::NotFresh { .. } => {
                format!("tazy scan SITE{store}, then decide about it again")
            }
            DraftError::Elsewhere { .. } | DraftError::NoAddress(_) => {
                "see what was found where: tazy flags show SITE".to_owned()
            }
            DraftError::Store(StoreError::RequestRefused(error)) => match error {
                RequestError::Missing { .. } => {
                    "say it, or look at all of it: --dry-run".to_owned()
                }
                RequestError::Objections { .. } => {
                    "ask for something narrower (--scope, --target), or see tazy block guard"
                        .to_owned()
                }
                RequestError::NotConfirmed { .. } => format!("tazy review show SITE{store}"),
                _ => return CliError::failure(error),
            },
            DraftError::Store(_) | DraftError::Host(_) => return CliError::failure(error),
        };
        CliError::failure(error).with_hint(hint)
    }
}

fn purpose_parser() -> impl TypedValueParser<Value = Purpose> {
    PossibleValuesParser::new(["block", "removal"]).map(|word| match word.as_str() {
        "removal" => Purpose::Removal,
        _ => Purpose::Block,
    })
}

/// Languages by their codes.
pub(super) fn language_parser() -> impl TypedValueParser<Value = Language> {
    PossibleValuesParser::new(Language::ALL.map(Language::as_str)).try_map(|code| {
        let found = Language::ALL
            .into_iter()
            .find(|language| language.as_str() == code);
        found.ok_or("there is no such language")
    })
}
