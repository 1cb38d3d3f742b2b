//! `tazy export … --dry-run`: what would change, what would be left out, and what else would be hit.

use super::export_issue::Issue;
use super::export_write::{Unwritten, WrittenList, tell_written, write_list};
use super::{CliError, Exit, Terminal};
use crate::block::list::{Coverage, ListEntry, ListFormat};
use crate::digest::Digest;
use crate::report::{clean_line, write_json_line};
use crate::suspect::SuspectUrl;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// URLs hit beside the targets that are shown; JSON has all.
const SHOWN: usize = 50;

/// Shows it, and records nothing.
pub(super) fn tell_dry_run(
    opened: &Issue,
    formats: &[ListFormat],
    json: bool,
    terminal: &mut Terminal,
) -> Result<Exit, CliError> {
    let issued = &opened.issued;
    let beside = hit_beside(opened)?;
    let mut reports = Vec::new();
    for format in formats {
        let report = match write_list(opened, *format, &mut io::sink()) {
            Ok(report) => report,
            Err(Unwritten::Unfit(reason)) => {
                let text = format!("{} would not be written: {reason}", format.as_str());
                writeln!(terminal.err, "tazy: {}", clean_line(&text))?;
                continue;
            }
            Err(Unwritten::Failed(error)) => return Err(error),
        };
        reports.push(WrittenList {
            format: *format,
            file: None,
            digest: Digest::of(&[]),
            bytes: 0,
            report,
        });
    }
    let (diff, out) = (&issued.diff, &mut terminal.out);
    if json {
        write_json(opened, &reports, &beside, out)?;
        return Ok(Exit::Done);
    }
    writeln!(out, "Dry run: nothing is written or recorded.")?;
    let state = if issued.is_new {
        "would go out"
    } else {
        "went out already"
    };
    writeln!(
        out,
        "List {} {state}: {} entries; {} new, {} gone, {} changed since the one before",
        issued.list.serial,
        issued.list.entries.len(),
        diff.added.len(),
        diff.removed.len(),
        diff.changed.len()
    )?;
    if let Some(stopped) = &issued.stopped {
        writeln!(out, "It would be stopped: {stopped}")?;
    }
    for report in &reports {
        tell_written(opened, report, out)?;
    }
    tell_beside(&beside, out)?;
    Ok(Exit::Done)
}

/// One object for the list, one a format, one a URL that would be hit.
fn write_json(
    opened: &Issue,
    reports: &[WrittenList],
    beside: &BTreeMap<SuspectUrl, &ListEntry>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (issued, diff) = (&opened.issued, &opened.issued.diff);
    let summary = json!({"type": "list", "serial": issued.list.serial, "new": issued.is_new,
        "entries": issued.list.entries.len(), "added": diff.added.len(), "removed": diff.removed.len(),
        "changed": diff.changed.len(), "stopped": issued.stopped.as_ref().map(ToString::to_string),
        "withheld": issued.withheld});
    write_json_line(out, &summary)?;
    for report in reports {
        write_json_line(
            out,
            &json!({"type": "format", "format": report.format, "written": report.report.written,
                "omitted": report.report.omitted, "covered": report.report.covered}),
        )?;
    }
    for (url, hit) in beside {
        write_json_line(
            out,
            &json!({"type": "beside", "url": url, "item": hit.item,
                "request": hit.request, "scope": hit.target.scope(),
                "target": hit.target.live()}),
        )?;
    }
    Ok(())
}

fn tell_beside(beside: &BTreeMap<SuspectUrl, &ListEntry>, out: &mut dyn Write) -> io::Result<()> {
    if beside.is_empty() {
        writeln!(out, "No other known URL would be hit.")?;
    }
    for (url, hit) in beside.iter().take(SHOWN) {
        let text = format!("{url} (by {}, {})", hit.target, hit.item);
        writeln!(out, "  also hit: {}", clean_line(&text))?;
    }
    if beside.len() > SHOWN {
        writeln!(
            out,
            "  and {} more; --json names every one",
            beside.len() - SHOWN
        )?;
    }
    out.flush()
}

/// Every known URL that an entry would hit and that no entry is about.
fn hit_beside(opened: &Issue) -> Result<BTreeMap<SuspectUrl, &ListEntry>, CliError> {
    let coverage = Coverage::of_effects(&opened.issued.list.entries);
    let mut beside = BTreeMap::new();
    opened.store.each_known_url(|known| {
        let address = known.addresses.first().copied();
        if let Some(entry) = coverage.hits_beside(&known.url, address) {
            beside.entry(known.url).or_insert(entry);
        }
    })?;
    Ok(beside)
}
