//! What a paper cannot be made without.

use super::{PaperFacts, PaperKind};
use crate::block::BlockItem;
use crate::document::Language;

/// What is missing for a paper in these languages, each with what to do.
pub(super) fn missing_for(
    kind: PaperKind,
    languages: &[Language],
    facts: &PaperFacts<'_>,
) -> Vec<String> {
    let mut missing = Vec::new();
    let request = facts.request;
    if let Some(act) = kind.follows_from()
        && concerned(kind, facts).next().is_none()
    {
        missing.push(format!(
            "the act that it follows from: record `{act}` first"
        ));
    }
    if request.unit.trim().is_empty() {
        missing.push("the unit that asks (`unit` under [evidence] in tazy.toml)".to_owned());
    }
    for item in concerned(kind, facts) {
        let site = item.site.replace('.', "[.]");
        let mut need = |what: String| missing.push(format!("{site}: {what}"));
        for fact in item.missing_facts() {
            need(fact);
        }
        if kind.needs_bundle() && item.bundle.is_none() {
            need("an evidence bundle (tazy evidence export, then draft again)".to_owned());
        }
        for ground in &item.grounds {
            for language in languages {
                let heading = facts.profile.provisions.get(ground);
                if heading.and_then(|heading| heading.get(language)).is_none() {
                    need(format!(
                        "the heading of {ground} in {language} (rules/jurisdictions/{}.yaml)",
                        facts.profile.jurisdiction
                    ));
                }
            }
        }
    }
    for language in languages {
        let title = facts
            .authority()
            .and_then(|found| found.title.get(language));
        if title.is_none() && request.addressee.is_none() {
            missing.push(format!(
                "the name of the addressee {} in {language} (rules/jurisdictions/{}.yaml, or --addressee)",
                request.authority, facts.profile.jurisdiction
            ));
        }
    }
    missing.dedup();
    missing
}

/// The items that a paper is about: all, or those of the act that it follows from.
pub(super) fn concerned<'a>(
    kind: PaperKind,
    facts: &PaperFacts<'a>,
) -> impl Iterator<Item = &'a BlockItem> {
    let facts = *facts;
    facts.request.items.iter().filter(move |item| {
        kind.follows_from()
            .is_none_or(|act| facts.has_step(item, act))
    })
}
