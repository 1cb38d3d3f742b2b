//! One rule by itself.

use crate::rules::nearest::unknown_name;
use crate::rules::ruleset::{Rule, RuleError};
use crate::rules::scoring::Scoring;
use crate::rules::source::{ExampleSource, Status};
use crate::text::fold;
use std::collections::{BTreeSet, HashSet};

const MIN_EXAMPLES: usize = 3;

/// Checks one rule against the rules of the house.
pub(in crate::rules) fn check_rule(
    rule: &Rule,
    scoring: &Scoring,
    legal_basis: &BTreeSet<String>,
    lints: &mut Vec<RuleError>,
) {
    let mut say = |message: String| {
        lints.push(RuleError {
            file: rule.file.clone(),
            line: rule.line,
            message: format!("{}: {message}", rule.id),
        });
    };
    if rule.status == Status::Deprecated {
        return;
    }
    for (language, title) in [
        ("ru", &rule.titles.ru),
        ("kk", &rule.titles.kk),
        ("en", &rule.titles.en),
    ] {
        if title.trim().is_empty() {
            say(format!("no {language} title"));
        }
        // One alphabet a word; in English no other than Latin is expected anyway.
        if fold(title).tokens.iter().any(|token| token.mixed_script) {
            say(format!(
                "the {language} title has a word with both Latin and Cyrillic letters: {title:?}"
            ));
        }
    }
    if rule.version == 0 {
        say("versions count from 1".to_owned());
    }
    check_examples(rule, &mut say);
    check_evidence(rule, scoring, &mut say);
    for id in &rule.legal_basis {
        if !legal_basis.contains(id) {
            say(unknown_name(
                "legal basis",
                id,
                legal_basis.iter().map(String::as_str),
            ));
        }
    }
}

fn check_examples(rule: &Rule, say: &mut impl FnMut(String)) {
    for (what, examples) in [("match", &rule.matching), ("no_match", &rule.no_match)] {
        if examples.len() < MIN_EXAMPLES {
            say(format!(
                "{} {what} examples; at least {MIN_EXAMPLES} are needed",
                examples.len()
            ));
        }
    }
    let text = |example: &ExampleSource| match example {
        ExampleSource::Text(text) => Some(text.trim().to_owned()),
        _ => None,
    };
    let matching: HashSet<String> = rule.matching.iter().filter_map(text).collect();
    if matching.len() < rule.matching.iter().filter_map(text).count() {
        say("an example stands twice under match".to_owned());
    }
    if let Some(both) = rule
        .no_match
        .iter()
        .filter_map(text)
        .find(|t| matching.contains(t))
    {
        say(format!("{both:?} cannot both match and not match"));
    }
}

fn check_evidence(rule: &Rule, scoring: &Scoring, say: &mut impl FnMut(String)) {
    if let Some(category) = rule.category {
        if rule.legal_basis.is_empty() {
            say("no legal_basis; name the act and article, as in rules/jurisdictions".to_owned());
        }
        if rule.weight <= 0.0 {
            say(
                "evidence for a category needs a positive weight; use lowers for evidence against"
                    .to_owned(),
            );
        }
        if !scoring.evidence.contains_key(&rule.evidence) {
            say(format!(
                "evidence {:?} has no cap in scoring.yaml",
                rule.evidence
            ));
        }
        if !rule.id.starts_with(category.as_str()) {
            say(format!("the id starts with the category: {category}.…"));
        }
    } else {
        if rule.weight >= 0.0 {
            say("evidence against needs a negative weight".to_owned());
        }
        if !scoring.against.contains_key(&rule.evidence) {
            say(format!(
                "evidence {:?} has no cap under against in scoring.yaml",
                rule.evidence
            ));
        }
    }
}
