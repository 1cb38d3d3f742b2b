//! The order in which rules are evaluated, and what wakes each.

use super::condition::{Condition, Operand};
use super::ruleset::{Rule, RuleError, Triggers};

/// Sorts rules so that each refers only to earlier ones, and renumbers the references. Indices in
/// conditions are indices into `rules` as given.
pub(super) fn order_rules(rules: Vec<Rule>) -> Result<Vec<Rule>, RuleError> {
    let references: Vec<Vec<usize>> = rules
        .iter()
        .map(|rule| references_of(&rule.condition))
        .collect();
    let mut place: Vec<Option<usize>> = vec![None; rules.len()];
    let mut order = Vec::with_capacity(rules.len());
    // Each round places the rules whose references are placed; a round without progress is a cycle.
    while order.len() < rules.len() {
        let before = order.len();
        for index in 0..rules.len() {
            let ready = references[index]
                .iter()
                .all(|&other| place.get(other).copied().flatten().is_some());
            if place[index].is_none() && ready {
                place[index] = Some(order.len());
                order.push(index);
            }
        }
        if order.len() == before {
            let stuck = (0..rules.len())
                .find(|&index| place[index].is_none())
                .unwrap_or(0);
            return Err(RuleError {
                file: rules[stuck].file.clone(),
                line: rules[stuck].line,
                message: format!("{}: rules refer to each other in a circle", rules[stuck].id),
            });
        }
    }
    let mut slots: Vec<Option<Rule>> = rules.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(slots.len());
    for index in order {
        if let Some(mut rule) = slots[index].take() {
            renumber(&mut rule.condition, &place);
            ordered.push(rule);
        }
    }
    Ok(ordered)
}

fn references_of(condition: &Condition) -> Vec<usize> {
    let mut references = Vec::new();
    condition.visit(&mut |part| {
        if let Condition::Rule(rule) = part {
            references.push(*rule);
        }
    });
    references
}

fn renumber(condition: &mut Condition, place: &[Option<usize>]) {
    match condition {
        Condition::Rule(rule) => *rule = place.get(*rule).copied().flatten().unwrap_or(usize::MAX),
        Condition::All(of) | Condition::Any(of) | Condition::AtLeast(_, of) => {
            for part in of {
                renumber(part, place);
            }
        }
        Condition::Not(inner) | Condition::In(_, inner) | Condition::InBlock(inner) => {
            renumber(inner, place);
        }
        _ => {}
    }
}

/// Which rules each term, entity, signal and rule speaks for.
pub(super) fn triggers_of(rules: &[Rule], term_count: usize) -> Triggers {
    let mut triggers = Triggers {
        terms: vec![Vec::new(); term_count],
        ..Triggers::default()
    };
    for (index, rule) in rules.iter().enumerate() {
        rule.condition
            .visit_operands(&mut |operand| wake_by_operand(operand, index, &mut triggers));
        rule.condition.visit(&mut |part| match part {
            Condition::Signal(signal) => {
                triggers.signals.entry(*signal).or_default().push(index);
            }
            Condition::Rule(rule) => triggers.rules.entry(*rule).or_default().push(index),
            _ => {}
        });
    }
    triggers
}

fn wake_by_operand(operand: &Operand, rule: usize, triggers: &mut Triggers) {
    let terms = &mut triggers.terms;
    operand.visit_terms(&mut |term| {
        if let Some(rules) = terms.get_mut(term as usize) {
            rules.push(rule);
        }
    });
    operand.visit_entities(&mut |kind| {
        triggers.entities.entry(kind).or_default().push(rule);
    });
}
