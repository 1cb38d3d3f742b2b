//! Page + ruleset → findings.

use super::evaluate::{Evaluation, Proof};
use super::excerpt::excerpt_around;
use super::matcher::Costs;
use super::ruleset::Rule;
use super::signals::{SignalProof, detect};
use super::source::Status;
use super::view::{Place, View};
use super::{Finding, Ruleset};
use crate::entity::Entity;
use crate::page::{Page, RegionKind};
use std::collections::{BTreeMap, BTreeSet};

/// Finds every live rule that holds on a page.
pub fn scan(page: &Page, entities: &[Entity], ruleset: &Ruleset) -> Vec<Finding> {
    let view = view_of(page, entities, ruleset, None);
    evaluate(&view, ruleset)
        .into_iter()
        .filter_map(|(index, proofs)| Some((ruleset.rules.get(index)?, proofs)))
        .filter(|(rule, _)| rule.status == Status::Live)
        .map(|(rule, proofs)| finding(rule, &proofs, &view))
        .collect()
}

/// Which rules hold on a page, whatever their status, by id.
pub(super) fn rules_that_hold(page: &Page, entities: &[Entity], ruleset: &Ruleset) -> Vec<String> {
    let view = view_of(page, entities, ruleset, None);
    evaluate(&view, ruleset)
        .into_keys()
        .filter_map(|index| Some(ruleset.rules.get(index)?.id.clone()))
        .collect()
}

pub(super) fn view_of<'a>(
    page: &'a Page,
    entities: &[Entity],
    ruleset: &Ruleset,
    costs: Option<&mut Costs>,
) -> View<'a> {
    let mut view = View::of(page, entities, &ruleset.matcher, ruleset.searched, costs);
    view.signals = detect(&view, entities, &ruleset.brands, ruleset.term_count);
    view
}

/// The proofs of each rule that holds. Only rules that something on the page speaks for are looked at.
fn evaluate(view: &View<'_>, ruleset: &Ruleset) -> BTreeMap<usize, Vec<Proof>> {
    let triggers = &ruleset.triggers;
    // Rules stand in an order in which each refers only to earlier ones: taken in that order, all that one
    // refers to is known.
    let mut wanted: BTreeSet<usize> = BTreeSet::new();
    for term in view.present_terms() {
        wanted.extend(triggers.terms.get(term).into_iter().flatten());
    }
    for kind in view.present_entities() {
        wanted.extend(triggers.entities.get(&kind).into_iter().flatten());
    }
    for signal in view.signals.present() {
        wanted.extend(triggers.signals.get(&signal).into_iter().flatten());
    }
    let mut held = BTreeMap::new();
    while let Some(index) = wanted.pop_first() {
        let Some(rule) = ruleset.rules.get(index) else {
            continue;
        };
        let evaluation = Evaluation { view, held: &held };
        if let Some(proofs) = evaluation.prove(&rule.condition, rule.scope) {
            held.insert(index, proofs);
            let dependents = triggers.rules.get(&index).into_iter().flatten();
            wanted.extend(dependents.filter(|&&dependent| dependent > index));
        }
    }
    held
}

fn finding(rule: &Rule, proofs: &[Proof], view: &View<'_>) -> Finding {
    let mut finding = Finding {
        rule: rule.id.clone(),
        category: rule.category,
        lowers: rule.lowers.clone(),
        evidence: rule.evidence.clone(),
        weight: rule.weight,
        url: view.page.url.clone(),
        region: RegionKind::Text,
        excerpt: String::new(),
        marks: Vec::new(),
        span: (0, 0),
    };
    let places: Vec<&Place> = proofs
        .iter()
        .filter_map(|proof| match proof {
            Proof::Place(place) => Some(place),
            Proof::Signal(_) => None,
        })
        .collect();
    let best = places
        .iter()
        .min_by_key(|place| visibility(view.region(place).kind));
    if let Some(best) = best {
        let others: Vec<_> = places
            .iter()
            .filter(|place| place.region == best.region)
            .map(|place| place.raw.clone())
            .collect();
        show_region(&mut finding, view, best.region, &best.raw, &others);
    } else if let Some(proof) = proofs.iter().find_map(|proof| match proof {
        Proof::Signal(signal) => view.signals.proof(*signal),
        Proof::Place(_) => None,
    }) {
        match proof {
            SignalProof::Region { region, span } => {
                show_region(&mut finding, view, *region, span, &[]);
            }
            SignalProof::Note(kind, note) => {
                finding.region = *kind;
                finding.excerpt.clone_from(note);
            }
        }
    }
    finding
}

fn show_region(
    finding: &mut Finding,
    view: &View<'_>,
    region: usize,
    span: &std::ops::Range<usize>,
    others: &[std::ops::Range<usize>],
) {
    let Some(region) = view.page.regions.get(region) else {
        return;
    };
    finding.region = region.kind;
    let excerpt = excerpt_around(&region.text, span, others);
    finding.excerpt = excerpt.text;
    finding.marks = excerpt.marks;
    // Spans of URL and host count in their own text.
    let source = if matches!(region.kind, RegionKind::Url | RegionKind::Host) {
        span.clone()
    } else {
        region.map.source_span(span.clone())
    };
    finding.span = (source.start, source.end);
}

/// What a person sees first is shown first.
fn visibility(kind: RegionKind) -> u8 {
    match kind {
        RegionKind::Text | RegionKind::Heading => 0,
        RegionKind::Title | RegionKind::LinkText | RegionKind::Form => 1,
        RegionKind::Alt | RegionKind::Meta | RegionKind::Href => 2,
        _ => 3,
    }
}
