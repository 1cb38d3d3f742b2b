//! Block requests on a terminal.

use super::flags::new_table;
use super::words::minute_text;
use super::{Style, clean_line, fit_width};
use crate::block::guard::predicted_effect;
use crate::block::{BlockAct, BlockItem, BlockRequest, BlockStep};
use crate::document::Language;
use crate::dossier::RequestFile;
use crate::id::{ItemId, RequestId};
use comfy_table::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A request and where it stands, on one line.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RequestSummary {
    /// Which request.
    pub request: RequestId,
    /// `ordered`, or `2 ordered, 1 refused`.
    pub state: String,
}

impl RequestSummary {
    /// Where a request stands.
    pub fn of(file: &RequestFile) -> Self {
        Self {
            request: file.request.id.clone(),
            state: states_text(file),
        }
    }
}

/// Columns of a target in a table.
const TARGET_COLUMNS: usize = 60;
/// Targets of one request that a table names.
const SHOWN_TARGETS: usize = 3;

/// A table of requests, in the order given.
pub fn request_table(files: &[RequestFile], style: Style) -> String {
    let header = ["Request", "Addressee", "Targets", "State", "Drafted", "By"];
    let mut table = new_table(style, &header);
    for file in files {
        let request = &file.request;
        let mut targets: Vec<String> = request
            .items
            .iter()
            .take(SHOWN_TARGETS)
            .map(|item| fit_width(&item.target.to_string(), TARGET_COLUMNS))
            .collect();
        if request.items.len() > SHOWN_TARGETS {
            targets.push(format!("and {} more", request.items.len() - SHOWN_TARGETS));
        }
        table.add_row([
            Cell::new(clean_line(request.id.as_str())),
            Cell::new(fit_width(&request.authority, 40)),
            Cell::new(targets.join("\n")),
            Cell::new(states_text(file)),
            Cell::new(minute_text(request.drafted)),
            Cell::new(fit_width(request.author.as_str(), 30)),
        ]);
    }
    table.to_string()
}

fn states_text(file: &RequestFile) -> String {
    if let Some(later) = &file.superseded_by {
        return format!("replaced by {later}");
    }
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for item in &file.request.items {
        *counts.entry(file.state(&item.id).as_str()).or_default() += 1;
    }
    match counts.first_key_value() {
        Some((state, _)) if counts.len() == 1 => (*state).to_owned(),
        _ => {
            let parts = counts
                .iter()
                .map(|(state, count)| format!("{count} {state}"));
            parts.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Writes a request: what is asked of whom, and on what each target rests.
pub fn write_request(out: &mut dyn Write, request: &BlockRequest) -> io::Result<()> {
    let to = request.addressee.as_deref().unwrap_or(&request.authority);
    writeln!(
        out,
        "{}  {} to {} ({}), drafted by {} at {}",
        clean_line(request.id.as_str()),
        match request.purpose {
            crate::block::Purpose::Block => "block request",
            crate::block::Purpose::Removal => "removal request",
        },
        clean_line(to),
        clean_line(&request.jurisdiction),
        clean_line(request.author.as_str()),
        minute_text(request.drafted)
    )?;
    writeln!(out, "  unit      {}", clean_line(&request.unit))?;
    if let Some(contact) = &request.contact {
        writeln!(out, "  contact   {}", clean_line(contact))?;
    }
    writeln!(out, "  look again {}", request.review_by)?;
    for (word, other) in [
        ("replaces", &request.supersedes),
        ("follows", &request.parent),
    ] {
        if let Some(other) = other {
            writeln!(out, "  {word:<9} {}", clean_line(other.as_str()))?;
        }
    }
    request
        .items
        .iter()
        .try_for_each(|item| write_item(out, item, None))
}

/// Writes a request with everything that followed.
pub fn write_request_file(out: &mut dyn Write, file: &RequestFile) -> io::Result<()> {
    write_request(out, &file.request)?;
    if let Some(later) = &file.superseded_by {
        writeln!(out, "\nReplaced by {}.", clean_line(later.as_str()))?;
    }
    writeln!(out, "\nWhere each target stands:")?;
    for item in &file.request.items {
        let state = file.state(&item.id).as_str();
        let measured = file.verifications_of(&item.id).last();
        let measured = measured.map_or_else(String::new, |verification| {
            format!(
                ", measured {}: {}",
                minute_text(verification.at),
                verification.verdict.as_str()
            )
        });
        writeln!(
            out,
            "  {}  {state}{measured}  {}",
            clean_line(item.id.as_str()),
            fit_width(&item.target.to_string(), 200)
        )?;
    }
    if !file.steps.is_empty() {
        writeln!(out, "\nWhat happened:")?;
    }
    file.steps.iter().try_for_each(|step| write_step(out, step))
}

fn write_item(out: &mut dyn Write, item: &BlockItem, state: Option<&str>) -> io::Result<()> {
    writeln!(
        out,
        "\n{}  {}  {}{}",
        clean_line(item.id.as_str()),
        item.target.scope().as_str(),
        fit_width(&item.target.to_string(), 200),
        state.map_or_else(String::new, |state| format!("  {state}"))
    )?;
    writeln!(
        out,
        "  flag      {} ({}), confirmed by {} at {}",
        clean_line(item.flag.as_str()),
        item.category,
        clean_line(item.decided_by.as_str()),
        minute_text(item.decided)
    )?;
    let effect = predicted_effect(&item.target).title(Language::En);
    writeln!(out, "  effect    {}", clean_line(&effect))?;
    writeln!(out, "  grounds   {}", clean_line(&item.grounds.join(", ")))?;
    writeln!(out, "  reasons   {}", clean_line(&item.reasons))?;
    if let Some(reason) = &item.scope_reason {
        writeln!(out, "  scope     {}", clean_line(reason))?;
    }
    for url in item.urls.iter().take(10) {
        writeln!(out, "  shown at  {}", fit_width(&url.to_string(), 200))?;
    }
    writeln!(
        out,
        "  evidence  {} captures, {} findings{}",
        item.evidence.len(),
        item.findings.len(),
        match &item.bundle {
            Some(bundle) => format!(", bundle {}", bundle.digest),
            None => "; no bundle yet: tazy evidence export".to_owned(),
        }
    )?;
    for set in &item.overrides {
        writeln!(
            out,
            "  set aside {} by {}: {}",
            clean_line(&set.objection),
            clean_line(set.supervisor.as_str()),
            clean_line(&set.reason)
        )?;
    }
    Ok(())
}

fn write_step(out: &mut dyn Write, step: &BlockStep) -> io::Result<()> {
    let mut line = format!(
        "  {}  {} by {}",
        minute_text(step.at),
        step.act.as_str(),
        clean_line(step.by.as_str())
    );
    if let Some(paper) = step.act.paper() {
        let _ = write!(
            line,
            ", № {} of {}, {}",
            clean_line(&paper.number),
            paper.date,
            clean_line(&paper.organ)
        );
        if let Some(digest) = &paper.digest {
            let _ = write!(line, ", {digest}");
        }
    }
    if !step.items.is_empty() {
        let items: Vec<&str> = step.items.iter().map(ItemId::as_str).collect();
        let _ = write!(line, " ({})", clean_line(&items.join(", ")));
    }
    let reason = match &step.act {
        BlockAct::Refuse { reason, .. }
        | BlockAct::Withdraw { reason }
        | BlockAct::Removed { reason }
        | BlockAct::Lift { reason }
        | BlockAct::Expire { reason } => Some(reason),
        BlockAct::Appealed { upheld, .. } => {
            line.push_str(if *upheld { ", upheld" } else { ", rejected" });
            None
        }
        _ => None,
    };
    for text in reason.into_iter().chain(&step.note) {
        let _ = write!(line, ": {}", clean_line(text));
    }
    writeln!(out, "{line}")
}
