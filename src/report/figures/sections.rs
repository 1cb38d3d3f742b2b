//! Figures as tables.

use crate::app::StoreFigures;
use crate::figures::{Counts, Figures, Measure, Number, Span};
use crate::report::defang_site;
use std::collections::BTreeMap;

/// A table of a report, as plain words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Section {
    /// Its heading.
    pub(super) title: &'static str,
    /// What has to be known to read it.
    pub(super) note: &'static str,
    /// Names of its columns.
    pub(super) header: Vec<String>,
    /// Its rows.
    pub(super) rows: Vec<Vec<String>>,
    /// The same as bars, where that shows something.
    pub(super) chart: Option<Chart>,
}

/// Bars in groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    /// Names of the bars of a group.
    pub(super) series: Vec<&'static str>,
    /// Groups with the height of each bar.
    pub(super) groups: Vec<(String, Vec<usize>)>,
}

/// Measures that are drawn.
const DRAWN: [Measure; 3] = [
    Measure::Flagged,
    Measure::Confirmed,
    Measure::VerifiedBlocked,
];

/// The heading of a report.
pub(super) fn title_of(figures: &Figures) -> String {
    format!("Figures of {}", figures.period)
}

/// What a report rests on, a sentence each.
pub(super) fn basis_of(found: &StoreFigures) -> Vec<String> {
    let mut basis = vec![format!(
        "From the first {} records of the journal. Every number lists the dossiers behind it (--format csv or json; below in HTML and DOCX).",
        found.log_size
    )];
    if found.deleted > 0 {
        basis.push(format!(
            "{} records were deleted by retention since; they are not counted.",
            found.deleted
        ));
    }
    basis.push("Operations (groups of sites) are not recorded yet and not counted.".to_owned());
    basis
}

/// Every table of a report.
pub(super) fn sections_of(figures: &Figures) -> Vec<Section> {
    vec![
        totals(figures),
        grouped("By category", "Category", &figures.by_category),
        grouped("By month", "Month", &figures.by_month),
        grouped("By language", "Language", &figures.by_language),
        times(figures),
        rules(figures),
    ]
}

fn totals(figures: &Figures) -> Section {
    let rows = Measure::ALL.into_iter().map(|measure| {
        let count = figures.count(measure).to_string();
        vec![measure.title().to_owned(), count]
    });
    Section {
        title: "Over all",
        note: "Sites for the first three rows of work, flags for decisions, targets of requests from \"submitted\" on.",
        header: vec!["What".to_owned(), "How many".to_owned()],
        rows: rows.collect(),
        chart: None,
    }
}

fn grouped(title: &'static str, of: &str, groups: &BTreeMap<String, Counts>) -> Section {
    let is_used = |measure: &Measure| groups.values().any(|counts| counts.contains_key(measure));
    let used: Vec<Measure> = Measure::ALL.into_iter().filter(is_used).collect();
    let count = |counts: &Counts, measure: &Measure| counts.get(measure).map_or(0, |n| n.count);
    let rows = groups.iter().map(|(group, counts)| {
        let numbers = used
            .iter()
            .map(|measure| count(counts, measure).to_string());
        std::iter::once(group.clone()).chain(numbers).collect()
    });
    let bars = groups.iter().map(|(group, counts)| {
        let heights = DRAWN.iter().map(|measure| count(counts, measure)).collect();
        (group.clone(), heights)
    });
    let names = used.iter().map(|measure| measure.title().to_owned());
    Section {
        title,
        note: "A site that is counted in two groups is counted once over all.",
        header: std::iter::once(of.to_owned()).chain(names).collect(),
        rows: rows.collect(),
        chart: (!groups.is_empty()).then(|| Chart {
            series: DRAWN.map(Measure::title).to_vec(),
            groups: bars.collect(),
        }),
    }
}

fn times(figures: &Figures) -> Section {
    let rows = Span::ALL.into_iter().filter_map(|span| {
        let time = figures.times.get(&span)?;
        Some(vec![
            span.title().to_owned(),
            time.dossiers.len().to_string(),
            minutes_text(time.median_minutes),
            minutes_text(time.ninetieth_minutes),
        ])
    });
    Section {
        title: "How long it took",
        note: "What ended in the period. Papers count from the end of their day, or from when they were recorded if that is earlier. Percentiles are the nearest rank.",
        header: ["From … to", "Cases", "Half within", "Nine of ten within"]
            .map(str::to_owned)
            .to_vec(),
        rows: rows.collect(),
        chart: None,
    }
}

fn rules(figures: &Figures) -> Section {
    let rows = figures.rules.iter().map(|(rule, right)| {
        vec![
            rule.clone(),
            right.confirmed.count.to_string(),
            right.dismissed.count.to_string(),
            format!("{:.1} %", right.precision * 100.0),
            format!("{:.1} to {:.1} %", right.low * 100.0, right.high * 100.0),
        ]
    });
    Section {
        title: "Precision of rules",
        note: "Flags in whose findings a rule stood when they were decided: confirmed for its family among those and the ones dismissed as honest, with the Wilson 95 % interval.",
        header: [
            "Rule",
            "Confirmed",
            "Dismissed",
            "Precision",
            "95 % interval",
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: rows.collect(),
        chart: None,
    }
}

/// The dossiers behind every number, as people may see them.
pub(super) fn dossiers_of(figures: &Figures) -> impl Iterator<Item = (String, String)> {
    figures
        .numbers()
        .map(|(name, number)| (name, shown(number)))
}

fn shown(number: &Number) -> String {
    let dossiers: Vec<String> = number.dossiers.iter().map(|d| defang_site(d)).collect();
    dossiers.join(", ")
}

/// `3 d 4 h`, `5 h 10 min`, `12 min`.
pub(super) fn minutes_text(minutes: u64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours) {
        (0, 0) => format!("{rest} min"),
        (0, _) => format!("{hours} h {rest} min"),
        _ => format!("{days} d {hours} h"),
    }
}
