//! Page + ruleset → findings.

use super::evaluate::{Evaluation, Proof};
use super::matcher::Costs;
use super::model::collect_features;
use super::ruleset::Rule;
use super::signals::{SignalProof, detect};
use super::source::Status;
use super::view::{Place, View};
use super::{Finding, Ruleset, Scanned, Silenced};
use crate::entity::Entity;
use crate::page::{Page, RegionKind};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;

/// Finds every rule that holds on a page.
pub fn scan(page: &Page, entities: &[Entity], ruleset: &Ruleset) -> Scanned {
    let view = view_of(page, entities, ruleset, None);
    let mut scanned = Scanned::default();
    for (index, held) in hold(&view, ruleset) {
        let Some(rule) = ruleset.rules.get(index) else {
            continue;
        };
        let (proofs, why) = match held {
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
    let view = view_of(page, entities, ruleset, None);
    hold(&view, ruleset)
        .into_iter()
        .filter(|(_, held)| matches!(held, Held::Yes(_)))
        .filter_map(|(index, _)| Some(ruleset.rules.get(index)?.id.clone()))
        .collect()
}

pub(super) fn view_of<'a>(
    page: &'a Page,
    entities: &[Entity],
    ruleset: &Ruleset,
    costs: Option<&mut Costs>,
) -> View<'a> {
    let mut view = View::of(page, entities, &ruleset.matcher, ruleset.searched, costs);
    view.signals = detect(&view, entities, &ruleset.brands, ruleset.term_names.len());
    view
}

/// A rule that holds, or would.
#[derive(Debug)]
enum Held {
    Yes(Vec<Proof>),
    /// It would but for an override.
    Silenced(Vec<Proof>, String),
}

/// The rules that hold, overrides considered, in their order.
fn hold(view: &View<'_>, ruleset: &Ruleset) -> BTreeMap<usize, Held> {
    let (held, mut silenced) = evaluate(view, ruleset, &HashMap::new());
    let mut all: BTreeMap<usize, Held> = held
        .into_iter()
        .map(|(index, proofs)| (index, Held::Yes(proofs)))
        .collect();
    let exempt = exempt_spans(view, ruleset);
    if let Some(why) = exempt.why {
        // What an exempt text supports falls with it; what speaks against stays.
        let (mut without, more) = evaluate(view, ruleset, &exempt.spans);
        silenced.extend(more);
        for (index, held) in &mut all {
            let speaks_for = ruleset.rules[*index].category.is_some();
            let Held::Yes(proofs) = held else { continue };
            if !speaks_for {
                continue;
            }
            *held = match without.remove(index) {
                Some(proofs) => Held::Yes(proofs),
                None => Held::Silenced(std::mem::take(proofs), why.clone()),
            };
        }
    }
    for (index, proofs, why) in silenced {
        all.insert(index, Held::Silenced(proofs, why));
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

/// The proofs of each rule that holds. Only rules that something on the page speaks for are looked at.
fn evaluate(
    view: &View<'_>,
    ruleset: &Ruleset,
    hidden: &HashMap<usize, Vec<Range<usize>>>,
) -> (BTreeMap<usize, Vec<Proof>>, SilencedRules) {
    // Rules stand in an order in which each refers only to earlier ones: taken in that order, all that one
    // refers to is known.
    let mut wanted = wake(view, ruleset);
    let mut held = BTreeMap::new();
    let mut silenced = Vec::new();
    let host = view.page.url.host();
    while let Some(index) = wanted.pop_first() {
        let Some(rule) = ruleset.rules.get(index) else {
            continue;
        };
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
        held.insert(index, proofs);
        let dependents = ruleset.triggers.rules.get(&index).into_iter().flatten();
        wanted.extend(dependents.filter(|&&dependent| dependent > index));
    }
    (held, silenced)
}

/// The rules that something on the page speaks for.
fn wake(view: &View<'_>, ruleset: &Ruleset) -> BTreeSet<usize> {
    let triggers = &ruleset.triggers;
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
