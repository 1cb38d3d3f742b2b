//! View + findings → facts.

use super::features::{FactSource, Features, features_of};
use crate::page::RegionKind;
use crate::rules::signals::SignalProof;
use crate::rules::view::{Place, View};
use crate::rules::{Finding, Ruleset};
use std::collections::BTreeSet;

/// What the model sees of a page.
pub(in crate::rules) fn collect_features(
    view: &View<'_>,
    findings: &[Finding],
    ruleset: &Ruleset,
) -> Features {
    let mut facts = FactSource::default();
    for term in view.present_terms() {
        // Terms beyond the lists are the names of brands.
        let name = ruleset.term_names.get(term).map_or("brand", String::as_str);
        let places = u32::try_from(term).map_or(&[][..], |term| view.term(term));
        note_term(&mut facts, name, places, view);
    }
    for signal in view.signals.present() {
        let place = match view.signals.proof(signal) {
            Some(SignalProof::Region { region, span }) => Some((*region, span.clone())),
            _ => None,
        };
        facts.note("signal", signal.as_str(), "", place);
    }
    for kind in view.present_entities() {
        let first = view.entity(kind).first();
        let place = first.map(|place| (place.region, place.raw.clone()));
        facts.note("entity", kind.as_str(), "", place);
    }
    for finding in findings {
        facts.note("rule", &finding.rule, "", None);
    }
    features_of(facts, view)
}

/// A list stands there: at all, with several different entries, and in which kinds of regions.
fn note_term(facts: &mut FactSource, name: &str, places: &[Place], view: &View<'_>) {
    let Some(first) = places.first() else { return };
    let at = |place: &Place| Some((place.region, place.raw.clone()));
    facts.note("term", name, "", at(first));
    let entries: BTreeSet<usize> = places.iter().map(|place| place.identity).collect();
    if entries.len() > 1 {
        facts.note("term", name, ">1", at(first));
    }
    if entries.len() > 3 {
        facts.note("term", name, ">3", at(first));
    }
    let mut seen: BTreeSet<RegionKind> = BTreeSet::new();
    for place in places {
        let kind = view.region(place).kind;
        if seen.insert(kind) {
            facts.note("term", name, detail_of(kind), at(place));
        }
    }
}

fn detail_of(kind: RegionKind) -> &'static str {
    match kind {
        RegionKind::Title => "@title",
        RegionKind::Meta => "@meta",
        RegionKind::Heading => "@heading",
        RegionKind::Text => "@text",
        RegionKind::LinkText => "@link_text",
        RegionKind::Href => "@href",
        RegionKind::Form => "@form",
        RegionKind::Alt => "@alt",
        RegionKind::Hidden => "@hidden",
        RegionKind::Script => "@script",
        RegionKind::StructuredData => "@structured_data",
        RegionKind::Url => "@url",
        RegionKind::Host => "@host",
    }
}

/// The names of all facts that these rules can find, for a model in the making.
pub(in crate::rules) fn fact_names(ruleset: &Ruleset) -> Vec<String> {
    const DETAILS: [&str; 16] = [
        "",
        ">1",
        ">3",
        "@title",
        "@meta",
        "@heading",
        "@text",
        "@link_text",
        "@href",
        "@form",
        "@alt",
        "@hidden",
        "@script",
        "@structured_data",
        "@url",
        "@host",
    ];
    let lists = ruleset.term_names.iter().map(String::as_str);
    let terms = lists.chain(std::iter::once("brand"));
    let terms = terms.flat_map(|list| DETAILS.map(|detail| format!("term:{list}{detail}")));
    let signals = crate::rules::signal::Signal::ALL.iter();
    let signals = signals.map(|signal| format!("signal:{}", signal.as_str()));
    let entities = crate::entity::EntityKind::ALL.iter();
    let entities = entities.map(|kind| format!("entity:{}", kind.as_str()));
    let rules = ruleset.rules.iter().map(|rule| format!("rule:{}", rule.id));
    terms.chain(signals).chain(entities).chain(rules).collect()
}
