//! Page + ruleset → findings.

use super::evaluate::{Evaluation, Proof};
use super::model::collect_features;
use super::ruleset::Rule;
use super::signals::{SignalProof, detect};
use super::source::Status;
use super::view::{Place, View};
use super::{Finding, Ruleset, Scanned, Silenced};
use crate::entity::Entity;
use crate::page::{Page, RegionKind};
use std::collections::HashMap;
use std::ops::Range;

/// Finds every rule that holds on a page.
pub fn scan(page: &Page, entities: &[Entity], ruleset: &Ruleset) -> Scanned {
    let view = view_of(page, entities, ruleset);
    let mut scanned = Scanned::default();
    for (rule, held) in ruleset.rules.iter().zip(hold(&view, ruleset)) {
        let (proofs, why) = match held {
            Held::No => continue,
            Held::Yes(proofs) => (proofs, None),
            Held::Silenced(proofs, why) => (proofs, Some(why)),
        };
        match (rule.status, why) {
            _ if rule.is_part => scanned.parts.push(finding(rule, &proofs, &view)),
            (Status::Live, None) => scanned.findings.push(finding(rule, &proofs, &view)),
            (Status::Shadow, None) => scanned.shadow.push(finding(rule, &proofs, &view)),
            (Status::Live, Some(why)) => scanned.silenced.push(Silenced {
                finding: finding(rule, &proofs, &view),
                why,
            }),
            _ => {}
        }
    }
    scanned.features = collect_features(&view, &scanned.findings, ruleset);
    scanned
}

/// Which rules hold on a page, whatever their status, by id.
pub(super) fn rules_that_hold(page: &Page, entities: &[Entity], ruleset: &Ruleset) -> Vec<String> {
    let view = view_of(page, entities, ruleset);
    ruleset
        .rules
        .iter()
        .zip(hold(&view, ruleset))
        .filter(|(_, held)| matches!(held, Held::Yes(_)))
        .map(|(rule, _)| rule.id.clone())
        .collect()
}

fn view_of<'a>(page: &'a Page, entities: &[Entity], ruleset: &Ruleset) -> View<'a> {
    let mut view = View::of(
        page,
        entities,
        &ruleset.matcher,
        ruleset.term_names.len() + ruleset.brands.list.len(),
        ruleset.searched,
    );
    view.signals = detect(&view, entities, &ruleset.brands, ruleset.term_names.len());
    view
}

/// Whether a rule holds.
#[derive(Debug)]
enum Held {
    No,
    Yes(Vec<Proof>),
    /// It would but for an override.
    Silenced(Vec<Proof>, String),
}

/// Which rules hold, overrides considered.
fn hold(view: &View<'_>, ruleset: &Ruleset) -> Vec<Held> {
    let (held, mut silenced) = evaluate(view, ruleset, &HashMap::new());
    let mut all: Vec<Held> = held
        .into_iter()
        .map(|proofs| proofs.map_or(Held::No, Held::Yes))
        .collect();
    let exempt = exempt_spans(view, ruleset);
    if let Some(why) = exempt.why {
        // What an exempt text supports falls with it; what speaks against stays.
        let (without, more) = evaluate(view, ruleset, &exempt.spans);
        silenced.extend(more);
        for (index, proofs) in without.into_iter().enumerate() {
            let speaks_for = ruleset.rules[index].category.is_some();
            if speaks_for && proofs.is_none() {
                all[index] = match std::mem::replace(&mut all[index], Held::No) {
                    Held::Yes(proofs) => Held::Silenced(proofs, why.clone()),
                    other => other,
                };
            } else if let (true, Some(proofs)) = (speaks_for, proofs)
                && matches!(all[index], Held::Yes(_))
            {
                all[index] = Held::Yes(proofs);
            }
        }
    }
    for (index, proofs, why) in silenced {
        all[index] = Held::Silenced(proofs, why);
    }
    all
}

/// Stretches of the page that an override exempts.
#[derive(Debug, Default)]
struct ExemptSpans {
    spans: HashMap<usize, Vec<Range<usize>>>,
    /// The overrides, in words; `None` if none of their texts is there.
    why: Option<String>,
}

/// More occurrences of one exempt text than this in a region stay as they are.
const MAX_EXEMPT: usize = 64;

fn exempt_spans(view: &View<'_>, ruleset: &Ruleset) -> ExemptSpans {
    let mut exempt = ExemptSpans::default();
    let mut reasons: Vec<&str> = Vec::new();
    for text in &ruleset.overrides.texts {
        let finder = memchr::memmem::Finder::new(&text.folded);
        for region in 0..view.page.regions.len() {
            let Some(folded) = view.folded(region) else {
                continue;
            };
            for start in finder.find_iter(folded.text.as_bytes()).take(MAX_EXEMPT) {
                let raw = folded.raw_span(start..start + text.folded.len());
                exempt.spans.entry(region).or_default().push(raw);
                if !reasons.contains(&text.why.as_str()) {
                    reasons.push(&text.why);
                }
            }
        }
    }
    if !reasons.is_empty() {
        exempt.why = Some(reasons.join("; "));
    }
    exempt
}

/// Rules that an override silences, with what would prove them and why it does not.
type SilencedRules = Vec<(usize, Vec<Proof>, String)>;

/// The proofs of each rule. Only rules that something on the page speaks for are looked at.
fn evaluate(
    view: &View<'_>,
    ruleset: &Ruleset,
    hidden: &HashMap<usize, Vec<Range<usize>>>,
) -> (Vec<Option<Vec<Proof>>>, SilencedRules) {
    let mut wanted = wake(view, ruleset);
    let mut held: Vec<Option<Vec<Proof>>> = vec![None; ruleset.rules.len()];
    let mut silenced = Vec::new();
    let host = view.page.url.host();
    // Rules stand in an order in which each refers only to earlier ones.
    for index in 0..ruleset.rules.len() {
        if !wanted[index] {
            continue;
        }
        let rule = &ruleset.rules[index];
        let evaluation = Evaluation {
            view,
            held: &held,
            hidden,
            block: None,
        };
        let Some(proofs) = evaluation.prove(&rule.condition, rule.scope) else {
            continue;
        };
        if let Some(why) = rule.silenced_on(host) {
            silenced.push((index, proofs, why));
            continue;
        }
        for &dependent in ruleset.triggers.rules.get(&index).into_iter().flatten() {
            wanted[dependent] = true;
        }
        held[index] = Some(proofs);
    }
    (held, silenced)
}

/// The rules that something on the page speaks for.
fn wake(view: &View<'_>, ruleset: &Ruleset) -> Vec<bool> {
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
    wanted
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
        also: Vec::new(),
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
    if let Some(region) = view.page.regions.get(region) {
        finding.show(region, span, others);
    }
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
