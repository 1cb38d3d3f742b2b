//! All packs together: what nobody uses, and what is said twice.

use super::terms::key_of;
use crate::rules::condition::Condition;
use crate::rules::matcher::TermId;
use crate::rules::ruleset::{Rule, RuleError};
use crate::rules::source::{PackSource, Status};
use crate::text::fold;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

/// The lists of all packs, by the number that conditions know them by.
#[derive(Debug, Default)]
pub(in crate::rules) struct ListedTerms {
    lists: HashMap<TermId, List>,
}

#[derive(Debug)]
struct List {
    name: String,
    file: String,
    line: usize,
    /// Digests of what makes entries the same: cheaper to compare than the entries.
    entries: BTreeSet<u64>,
    /// A word of fewer than four letters, if there is one.
    short: Option<String>,
}

/// Letters from which on a word tells something by itself.
const TELLING_LETTERS: usize = 4;
/// From this weight on a rule says so much that a short word alone is too little for it.
const HEAVY: f64 = 1.0;

impl ListedTerms {
    /// Takes note of the lists as they were numbered.
    pub(in crate::rules) fn of(
        packs: &[(String, PackSource)],
        ids: &HashMap<String, TermId>,
    ) -> Self {
        let mut lists = HashMap::new();
        for (file, pack) in packs {
            for (name, list) in &pack.terms {
                let Some(id) = ids.get(name) else { continue };
                let entries = list.value.any.iter().map(|entry| entry.value.as_str());
                lists.insert(
                    *id,
                    List {
                        name: name.clone(),
                        file: file.clone(),
                        line: usize::try_from(list.referenced.line()).unwrap_or(0),
                        entries: entries
                            .clone()
                            .map(|entry| hash_of(&key_of(entry)))
                            .collect(),
                        short: entries
                            .filter(|entry| is_short(entry))
                            .map(str::to_owned)
                            .next(),
                    },
                );
            }
        }
        Self { lists }
    }
}

fn hash_of(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

/// No word of so few letters is longer, with the signs of an entry.
const SHORT_BYTES: usize = 24;

/// A single word of a few letters: `меф`, `=гаш`.
fn is_short(entry: &str) -> bool {
    if entry.starts_with("re:") || entry.len() > SHORT_BYTES {
        return false;
    }
    let folded = fold(entry);
    let [token] = folded.tokens.as_slice() else {
        return false;
    };
    let word = &folded.text[token.span.clone()];
    word.chars().all(char::is_alphabetic) && word.chars().count() < TELLING_LETTERS
}

/// Checks what can only be seen when everything is read.
pub(in crate::rules) fn check_whole(
    rules: &[Rule],
    listed: &ListedTerms,
    lints: &mut Vec<RuleError>,
) {
    let mut used: HashSet<TermId> = HashSet::new();
    for rule in rules {
        let terms = terms_of(&rule.condition);
        used.extend(&terms);
        if rule.status != Status::Deprecated && !rule.is_part {
            check_short_words(rule, listed, lints);
            check_contained(rule, &terms, listed, lints);
        }
    }
    let say = |list: &List, message: String| RuleError {
        file: list.file.clone(),
        line: list.line,
        message: format!("{}: {message}", list.name),
    };
    let mut by_entries: HashMap<&BTreeSet<u64>, &List> = HashMap::new();
    let mut ids: Vec<&TermId> = listed.lists.keys().collect();
    ids.sort();
    for id in ids {
        let list = &listed.lists[id];
        if !used.contains(id) {
            lints.push(say(list, "no rule uses the list; delete it".to_owned()));
        }
        if let Some(first) = by_entries.get(&list.entries) {
            let message = format!(
                "the same entries as {} ({}:{}); keep one of them",
                first.name, first.file, first.line
            );
            lints.push(say(list, message));
        } else {
            by_entries.insert(&list.entries, list);
        }
    }
    check_same_conditions(rules, lints);
}

fn problem_of(rule: &Rule, message: &str) -> RuleError {
    RuleError {
        file: rule.file.clone(),
        line: rule.line,
        message: format!("{}: {message}", rule.id),
    }
}

fn terms_of(condition: &Condition) -> BTreeSet<TermId> {
    let mut terms = BTreeSet::new();
    condition.visit_operands(&mut |operand| {
        operand.visit_terms(&mut |term| {
            terms.insert(term);
        });
    });
    terms
}

fn check_short_words(rule: &Rule, listed: &ListedTerms, lints: &mut Vec<RuleError>) {
    if rule.category.is_none() || rule.weight < HEAVY {
        return;
    }
    let mut alone = Vec::new();
    sufficient_terms(&rule.condition, &mut alone);
    let short = alone.iter().find_map(|term| {
        let list = listed.lists.get(term)?;
        Some((list, list.short.as_ref()?))
    });
    if let Some((list, word)) = short {
        lints.push(problem_of(
            rule,
            &format!(
                "{word:?} of {} is enough for it by itself; ask for something beside so short a word, or \
                 give the rule a weight below {HEAVY}",
                list.name
            ),
        ));
    }
}

/// The lists of which one entry is enough for the condition.
fn sufficient_terms(condition: &Condition, terms: &mut Vec<TermId>) {
    match condition {
        Condition::Holds(operand)
        | Condition::Count(1, operand)
        | Condition::Distinct(1, operand) => {
            operand.visit_terms(&mut |term| terms.push(term));
        }
        Condition::Any(of) | Condition::AtLeast(1, of) => {
            for part in of {
                sufficient_terms(part, terms);
            }
        }
        Condition::All(of) => {
            // What must not be there is no context.
            let positive: Vec<&Condition> = of
                .iter()
                .filter(|part| !matches!(part, Condition::Not(_)))
                .collect();
            if let [only] = positive.as_slice() {
                sufficient_terms(only, terms);
            }
        }
        Condition::In(_, inner) | Condition::InBlock(inner) => sufficient_terms(inner, terms),
        _ => {}
    }
}

/// A list within another list of the same rule changes nothing, or lets one word count as two.
fn check_contained(
    rule: &Rule,
    terms: &BTreeSet<TermId>,
    listed: &ListedTerms,
    lints: &mut Vec<RuleError>,
) {
    let lists: Vec<&List> = terms.iter().filter_map(|id| listed.lists.get(id)).collect();
    for small in &lists {
        let within = lists.iter().find(|large| {
            large.entries.len() > small.entries.len() && small.entries.is_subset(&large.entries)
        });
        if let Some(large) = within {
            lints.push(problem_of(
                rule,
                &format!(
                    "every entry of {} is in {} too; use one of them, or part them",
                    small.name, large.name
                ),
            ));
        }
    }
}

/// Two rules that hold on the same pages for the same category.
fn check_same_conditions(rules: &[Rule], lints: &mut Vec<RuleError>) {
    let mut seen: HashMap<String, &Rule> = HashMap::new();
    for rule in rules
        .iter()
        .filter(|rule| rule.status == Status::Live && !rule.is_part)
    {
        let key = format!(
            "{:?} {:?} {:?} {:?}",
            rule.category, rule.lowers, rule.scope, rule.condition
        );
        if let Some(first) = seen.get(&key) {
            lints.push(problem_of(
                rule,
                &format!(
                    "the same condition as {} ({}:{}); one rule with the weight of both says more",
                    first.id, first.file, first.line
                ),
            ));
        } else {
            seen.insert(key, rule);
        }
    }
}
