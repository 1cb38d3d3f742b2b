//! One list by itself.

use super::expression::problems_of;
use crate::rules::ruleset::RuleError;
use crate::rules::source::TermSource;
use crate::text::fold;
use std::collections::HashMap;

/// Checks a term list: the same entry twice, costly or mistaken expressions.
pub(in crate::rules) fn check_terms(
    file: &str,
    name: &str,
    list: &TermSource,
    lints: &mut Vec<RuleError>,
) {
    let mut seen: HashMap<String, u64> = HashMap::new();
    for entry in &list.any {
        let line = entry.referenced.line();
        let mut say = |message: String| {
            lints.push(RuleError {
                file: file.to_owned(),
                line: usize::try_from(line).unwrap_or(0),
                message: format!("{name}: {:?} {message}", entry.value),
            });
        };
        if let Some(first) = seen.insert(key_of(&entry.value), line) {
            say(format!("stands in the list already, line {first}"));
        }
        if let Some(pattern) = entry.value.trim().strip_prefix("re:") {
            for problem in problems_of(pattern) {
                say(format!("— {problem}"));
            }
        }
    }
}

/// What makes two entries the same.
pub(super) fn key_of(entry: &str) -> String {
    if entry.starts_with("re:") {
        entry.to_owned()
    } else {
        fold(entry).text
    }
}
