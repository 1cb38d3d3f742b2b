//! Page + ruleset → findings.

use super::evaluate::{Evaluation, Proof};
use super::excerpt::excerpt_around;
use super::ruleset::Rule;
use super::signals::{SignalProof, detect};
use super::source::Status;
use super::view::{Place, View};
use super::{Finding, Ruleset, Scanned};
use crate::entity::Entity;
use crate::page::{Page, RegionKind};

/// Finds every rule that holds on a page.
pub fn scan(page: &Page, entities: &[Entity], ruleset: &Ruleset) -> Scanned {
    let view = view_of(page, entities, ruleset);
    let mut scanned = Scanned::default();
    for (rule, proofs) in ruleset.rules.iter().zip(evaluate(&view, ruleset)) {
        let Some(proofs) = proofs else { continue };
        match rule.status {
            Status::Live => scanned.findings.push(finding(rule, &proofs, &view)),
            Status::Shadow => scanned.shadow.push(finding(rule, &proofs, &view)),
            Status::Draft | Status::Deprecated => {}
        }
    }
    scanned
}

/// Which rules hold on a page, whatever their status, by id.
pub(super) fn rules_that_hold(page: &Page, entities: &[Entity], ruleset: &Ruleset) -> Vec<String> {
    let view = view_of(page, entities, ruleset);
    ruleset
        .rules
        .iter()
        .zip(evaluate(&view, ruleset))
        .filter(|(_, proofs)| proofs.is_some())
        .map(|(rule, _)| rule.id.clone())
        .collect()
}

fn view_of<'a>(page: &'a Page, entities: &[Entity], ruleset: &Ruleset) -> View<'a> {
    let mut view = View::of(
        page,
        entities,
        &ruleset.matcher,
        ruleset.term_count + ruleset.brands.list.len(),
        ruleset.searched,
    );
    view.signals = detect(&view, entities, &ruleset.brands, ruleset.term_count);
    view
}

/// The proofs of each rule. Only rules that something on the page speaks for are looked at.
fn evaluate(view: &View<'_>, ruleset: &Ruleset) -> Vec<Option<Vec<Proof>>> {
    let mut wanted = vec![false; ruleset.rules.len()];
    let triggers = &ruleset.triggers;
    let mut want = |rules: Option<&Vec<usize>>| {
        for &rule in rules.into_iter().flatten() {
            wanted[rule] = true;
        }
    };
    for term in view.present_terms() {
        want(triggers.terms.get(term));
    }
    for kind in view.present_entities() {
        want(triggers.entities.get(&kind));
    }
    for signal in view.signals.present() {
        want(triggers.signals.get(&signal));
    }
    let mut held: Vec<Option<Vec<Proof>>> = vec![None; ruleset.rules.len()];
    // Rules stand in an order in which each refers only to earlier ones.
    for index in 0..ruleset.rules.len() {
        if !wanted[index] {
            continue;
        }
        let rule = &ruleset.rules[index];
        let evaluation = Evaluation { view, held: &held };
        let proofs = evaluation.prove(&rule.condition, rule.scope);
        if proofs.is_some() {
            for &dependent in triggers.rules.get(&index).into_iter().flatten() {
                wanted[dependent] = true;
            }
        }
        held[index] = proofs;
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
