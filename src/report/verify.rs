//! Whether blocks hold, for people.

use super::flags::new_table;
use super::words::minute_text;
use super::{Style, clean_line, defang_site, fit_width};
use crate::block::{BlockItem, ItemState};
use crate::dossier::{Proposal, ProposalKind};
use crate::id::{ItemId, RequestId};
use crate::reach::{Answer, DnsQuery, Failure, Purpose, Reach, TlsHandshake};
use crate::verify::{BlockVerdict, Confidence, Verification};
use comfy_table::{Attribute, Cell, Color};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use std::io::{self, Write};

/// The latest look at an item (the object of `tazy verify list --json`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LatestLook {
    /// The item.
    pub item: ItemId,
    /// Its request.
    pub request: RequestId,
    /// Host as given in the list of suspects.
    pub site: String,
    /// The target, live.
    pub target: String,
    /// The target, defanged.
    #[serde(skip)]
    pub shown: String,
    /// Where the item stands.
    pub state: ItemState,
    /// What was seen, if anybody looked.
    pub verdict: Option<BlockVerdict>,
    /// How sure.
    pub confidence: Option<Confidence>,
    /// Since when that is so.
    pub since: Option<Timestamp>,
    /// When was looked.
    pub at: Option<Timestamp>,
    /// Names of the vantages.
    pub vantages: Vec<String>,
    /// Vantages in the country that reach it.
    pub open_from: Vec<String>,
}

impl LatestLook {
    /// An item that nobody has looked at.
    pub fn unseen(request: &RequestId, item: &BlockItem, state: ItemState) -> Self {
        Self {
            item: item.id.clone(),
            request: request.clone(),
            site: item.site.clone(),
            target: item.target.live(),
            shown: item.target.to_string(),
            state,
            verdict: None,
            confidence: None,
            since: None,
            at: None,
            vantages: Vec::new(),
            open_from: Vec::new(),
        }
    }

    /// With what was seen.
    #[must_use]
    pub fn with(self, look: &Verification, since: Timestamp) -> Self {
        let names = look.reaches.iter().map(|reach| reach.vantage.name.clone());
        Self {
            verdict: Some(look.verdict),
            confidence: Some(look.confidence),
            since: Some(since),
            at: Some(look.at),
            vantages: names.collect(),
            open_from: look.open_from.clone(),
            ..self
        }
    }
}

/// A look that is to be taken (the object of `tazy verify due --json`).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DueLook {
    /// The item.
    pub item: ItemId,
    /// Its request.
    pub request: RequestId,
    /// Host as given in the list of suspects.
    pub site: String,
    /// The target, live.
    pub target: String,
    /// The target, defanged.
    #[serde(skip)]
    pub shown: String,
    /// When.
    pub due: Timestamp,
    /// Whether that is past.
    pub is_due: bool,
    /// What it counts from: `order`, `effect`, `removed`, `lifted`.
    pub after: &'static str,
}

/// A table of latest looks.
pub fn look_table(looks: &[LatestLook], style: Style) -> String {
    let header = [
        "Target", "Item", "State", "Verdict", "Sure", "Since", "Vantages",
    ];
    let mut table = new_table(style, &header);
    for look in looks {
        let verdict = look.verdict.map_or("not looked at", BlockVerdict::as_str);
        let verdict = Cell::new(verdict);
        table.add_row([
            Cell::new(fit_width(&look.shown, 60)),
            Cell::new(fit_width(look.item.as_str(), 20)),
            Cell::new(look.state.as_str()),
            match (style.is_colored(), look.verdict) {
                (true, Some(BlockVerdict::Reachable)) => {
                    verdict.fg(Color::Red).add_attribute(Attribute::Bold)
                }
                (true, Some(verdict_of)) if verdict_of.is_blocked() => verdict.fg(Color::Green),
                _ => verdict,
            },
            Cell::new(look.confidence.map_or("", Confidence::as_str)),
            Cell::new(look.since.map(minute_text).unwrap_or_default()),
            Cell::new(fit_width(&look.vantages.join(", "), 60)),
        ]);
    }
    table.to_string()
}

/// A table of looks to be taken.
pub fn due_look_table(looks: &[DueLook], style: Style) -> String {
    let mut table = new_table(style, &["Target", "Item", "Request", "Due", "", "After"]);
    for look in looks {
        table.add_row([
            Cell::new(fit_width(&look.shown, 60)),
            Cell::new(fit_width(look.item.as_str(), 20)),
            Cell::new(fit_width(look.request.as_str(), 20)),
            Cell::new(minute_text(look.due)),
            Cell::new(if look.is_due { "due" } else { "" }),
            Cell::new(look.after),
        ]);
    }
    table.to_string()
}

/// One look with its reasons.
pub fn write_look(out: &mut dyn Write, look: &Verification, style: Style) -> io::Result<()> {
    let verdict = format!(
        "{} ({} confidence)",
        look.verdict.as_str(),
        look.confidence.as_str()
    );
    writeln!(
        out,
        "{}  {}  {}",
        minute_text(look.at),
        style.heading(&clean_line(&look.target.to_string())),
        style.heading(&verdict)
    )?;
    for reason in &look.reasons {
        writeln!(out, "  {}", clean_line(reason))?;
    }
    for sibling in &look.siblings {
        writeln!(
            out,
            "  beside it: {} {} ({})",
            clean_line(&sibling.url.to_string()),
            sibling.verdict.as_str(),
            sibling.confidence.as_str()
        )?;
    }
    Ok(())
}

/// What one vantage measured, in short.
pub fn write_reach(out: &mut dyn Write, reach: &Reach) -> io::Result<()> {
    writeln!(
        out,
        "{} from {} ({}), {} tries",
        clean_line(&reach.input.to_string()),
        clean_line(&reach.vantage.name),
        clean_line(&reach.vantage.via),
        reach.tries
    )?;
    for line in event_lines(reach) {
        writeln!(out, "  {}", clean_line(&line))?;
    }
    Ok(())
}

/// Each sort of event once.
fn event_lines(reach: &Reach) -> Vec<String> {
    let names = reach.queries.iter().map(query_line);
    let connects = reach.tcp_connect.iter().map(|connect| {
        let what = match &connect.x_not_connected {
            Some(kind) => format!("not connected to, {kind}"),
            None => end_of(connect.status.failure.as_ref()),
        };
        let role = role_of(connect.x_purpose);
        format!("TCP {}:{}: {what}{role}", connect.ip, connect.port)
    });
    let hands = reach.tls_handshakes.iter().map(hands_line);
    let pages = reach.requests.iter().map(|page| {
        let what = match &page.response {
            Some(answer) => {
                let title = answer.x_title.as_ref();
                let title = title.map(|title| format!(", {title:?}"));
                format!("status {}{}", answer.code, title.unwrap_or_default())
            }
            None => end_of(page.failure.as_ref()),
        };
        format!("GET {} at {}: {what}", page.request.url, page.address)
    });
    let mut told = BTreeSet::new();
    let lines = names.chain(connects).chain(hands).chain(pages);
    lines.filter(|line| told.insert(line.clone())).collect()
}

fn query_line(query: &DnsQuery) -> String {
    let told = query.answers.iter().filter_map(Answer::address);
    let told: Vec<String> = told.map(|address| address.to_string()).collect();
    let server = query.resolver_address.as_deref().unwrap_or(&query.engine);
    let what = match &query.failure {
        None => told.join(", "),
        failure => end_of(failure.as_ref()),
    };
    let role = role_of(query.x_purpose);
    format!("DNS {} at {server}: {what}{role}", query.query_type)
}

fn hands_line(hands: &TlsHandshake) -> String {
    let certificate = match (&hands.failure, &hands.x_invalid_reason) {
        (None, None) => ", verified".to_owned(),
        (_, Some(reason)) => format!(", {reason}"),
        (Some(_), None) => String::new(),
    };
    let (what, role) = (end_of(hands.failure.as_ref()), role_of(hands.x_purpose));
    format!(
        "TLS {} at {}: {what}{certificate}{role}",
        hands.server_name, hands.address
    )
}

fn end_of(failure: Option<&Failure>) -> String {
    failure.map_or("ok", Failure::in_words).to_owned()
}

fn role_of(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Target => "",
        Purpose::ControlName => " with the control's name",
        Purpose::TargetNameAtControl => " with the site's name at the control",
        Purpose::Control => " (control)",
    }
}

/// Sites that came back or moved, with the commands to type next.
pub fn write_proposals(out: &mut dyn Write, proposals: &[Proposal], store: &str) -> io::Result<()> {
    for proposal in proposals {
        let site = clean_line(&defang_site(&proposal.site));
        let parent = clean_line(proposal.parent.as_str());
        let line = match proposal.kind {
            ProposalKind::Back => format!("{site} is reached again after the block of {parent}."),
            ProposalKind::Mirror => {
                let grounds = grounds(proposal);
                format!("{site} looks like a mirror of what {parent} blocks{grounds}.")
            }
        };
        writeln!(out, "{line}")?;
        for command in proposal.next() {
            writeln!(out, "  {}{store}", clean_line(&command))?;
        }
    }
    Ok(())
}

fn grounds(proposal: &Proposal) -> String {
    let mut grounds = Vec::new();
    if proposal.is_redirected {
        grounds.push("the blocked site sends its visitors there".to_owned());
    }
    for shared in &proposal.shared {
        let value = clean_line(&shared.value);
        grounds.push(format!(
            "{} {value} ({} sites have it)",
            shared.kind.as_str(),
            shared.sites
        ));
    }
    if grounds.is_empty() {
        String::new()
    } else {
        format!(": {}", grounds.join("; "))
    }
}
