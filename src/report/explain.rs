//! One flag with everything that speaks for and against it.

use super::decisions::decision_text;
use super::flags::standing_text;
use super::words::{counted, minute_text, score_text};
use super::{
    RequestSummary, RuleTitles, Style, band_word, category_title, clean_line, defang_site,
    fit_width, mark_excerpt,
};
use crate::capture::Manifest;
use crate::flag::Flag;
use crate::page::RegionKind;
use crate::review::Standing;
use crate::rules::{Finding, Witness};
use crate::verdict::{Band, CategoryScore};
use serde::Serialize;
use std::io::{self, Write};

/// Columns of a URL or an identifier on a line of its own.
const WIDE: usize = 200;

/// A flag with what is kept of its captures (the object that `tazy flags show --json` prints).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlagEvidence {
    /// The flag.
    #[serde(flatten)]
    pub flag: Flag,
    /// Where it stands.
    #[serde(flatten)]
    pub standing: Standing,
    /// Manifests of its captures that the store still has, in order.
    pub manifests: Vec<Manifest>,
    /// Block requests about it, the first drafted first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub block_requests: Vec<RequestSummary>,
}

/// Writes a flag so that a person can check every step: what was found where, with which weight, and what
/// spoke against it.
pub fn explain_flag(
    out: &mut dyn Write,
    evidence: &FlagEvidence,
    titles: &RuleTitles,
    style: Style,
) -> io::Result<()> {
    let flag = &evidence.flag;
    let site = style.heading(&fit_width(&defang_site(&flag.site), WIDE));
    let band = style.band(flag.band, band_word(flag.band));
    writeln!(out, "{}  {site}  {band}", clean_line(flag.id.as_str()))?;
    writeln!(
        out,
        "  entry     {}",
        fit_width(&flag.entry.defanged(), WIDE)
    )?;
    writeln!(
        out,
        "  raised    {}, last seen {}, {}",
        minute_text(flag.raised),
        minute_text(flag.seen),
        counted(flag.visits as usize, "visit")
    )?;
    writeln!(out, "  rules     {}", fit_width(&flag.ruleset, 40))?;
    write_standing(out, &evidence.standing)?;
    for request in &evidence.block_requests {
        writeln!(
            out,
            "  block     {}  {}",
            clean_line(request.request.as_str()),
            request.state
        )?;
    }
    let (shown, faint): (Vec<_>, Vec<_>) = flag
        .categories
        .iter()
        .partition(|category| category.band > Band::Clear);
    for category in shown {
        write_category(out, category, titles, style)?;
    }
    if !faint.is_empty() {
        let names: Vec<String> = faint
            .iter()
            .map(|category| format!("{} {}", category.category, score_text(category.score)))
            .collect();
        writeln!(
            out,
            "\n{}",
            style.faint(&format!("Also considered: {}", names.join(", ")))
        )?;
    }
    write_entities(out, flag, style)?;
    write_captures(out, evidence, style)
}

fn write_standing(out: &mut dyn Write, standing: &Standing) -> io::Result<()> {
    write!(out, "  status    {}", standing_text(standing))?;
    if let Some(decision) = &standing.decision {
        write!(out, ": {}", decision_text(decision))?;
    }
    writeln!(out)
}

fn write_category(
    out: &mut dyn Write,
    category: &CategoryScore,
    titles: &RuleTitles,
    style: Style,
) -> io::Result<()> {
    let title = style.heading(category_title(category.category));
    let band = style.band(category.band, band_word(category.band));
    let (name, score) = (category.category, score_text(category.score));
    writeln!(out, "\n{title} ({name})  score {score}, {band}")?;
    for finding in &category.findings {
        write_finding(out, finding, titles, style)?;
    }
    if category.against.is_empty() {
        return writeln!(out, "  {}", style.faint("Nothing spoke against it."));
    }
    writeln!(out, "  {}", style.heading("Against"))?;
    for finding in &category.against {
        write_finding(out, finding, titles, style)?;
    }
    Ok(())
}

fn write_finding(
    out: &mut dyn Write,
    finding: &Finding,
    titles: &RuleTitles,
    style: Style,
) -> io::Result<()> {
    let title = titles.title(&finding.rule);
    let rule = style.faint(&format!("({})", clean_line(&finding.rule)));
    writeln!(out, "  {:+.1}  {title}  {rule}", finding.weight)?;
    write_place(out, &place_of(finding), style)?;
    // What stands on other pages of the site, for rules over whole sites.
    for place in &finding.also {
        write_place(out, place, style)?;
    }
    Ok(())
}

fn place_of(finding: &Finding) -> Witness {
    Witness {
        url: finding.url.clone(),
        region: finding.region,
        excerpt: finding.excerpt.clone(),
        marks: finding.marks.clone(),
        span: finding.span,
    }
}

fn write_place(out: &mut dyn Write, place: &Witness, style: Style) -> io::Result<()> {
    let excerpt = mark_excerpt(&place.excerpt, &place.marks, style);
    if !excerpt.is_empty() {
        writeln!(out, "        {excerpt}")?;
    }
    let (start, end) = place.span;
    let line = format!(
        "{}  {}, bytes {start}–{end}",
        fit_width(&place.url.defanged(), WIDE),
        region_word(place.region)
    );
    writeln!(out, "        {}", style.faint(&line))
}

/// The region by its name in JSON.
fn region_word(region: RegionKind) -> String {
    serde_json::to_value(region)
        .ok()
        .and_then(|value| value.as_str().map(|name| name.replace('_', " ")))
        .unwrap_or_default()
}

fn write_entities(out: &mut dyn Write, flag: &Flag, style: Style) -> io::Result<()> {
    if flag.entities.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", style.heading("Identifiers"))?;
    for entity in &flag.entities {
        let kind = serde_json::to_value(entity.kind).ok();
        let kind = kind
            .as_ref()
            .and_then(serde_json::Value::as_str)
            .unwrap_or_default();
        let (value, url) = (
            fit_width(&entity.value, 100),
            fit_width(&entity.url.defanged(), WIDE),
        );
        writeln!(out, "  {kind:<17} {value}  {}", style.faint(&url))?;
    }
    Ok(())
}

fn write_captures(out: &mut dyn Write, evidence: &FlagEvidence, style: Style) -> io::Result<()> {
    let (kept, named) = (evidence.manifests.len(), evidence.flag.captures.len());
    writeln!(out, "\n{}", style.heading("Captures"))?;
    for manifest in &evidence.manifests {
        writeln!(
            out,
            "  {}  {}  {}  {} bytes  {}",
            clean_line(manifest.id.as_str()),
            minute_text(manifest.requested_at),
            manifest.status,
            manifest.body_bytes,
            fit_width(&manifest.url.defanged(), WIDE)
        )?;
        let position = manifest.warc.as_ref().map_or_else(
            || "no WARC record".to_owned(),
            |warc| {
                format!(
                    "{} at {}, {} bytes",
                    clean_line(&warc.file),
                    warc.offset,
                    warc.length
                )
            },
        );
        let place = format!("{}  {position}", manifest.payload_digest);
        writeln!(out, "        {}", style.faint(&place))?;
    }
    if kept < named {
        writeln!(
            out,
            "  {} not in this store",
            counted(named - kept, "capture")
        )?;
    }
    Ok(())
}
