//! What rules cost: a count that does not depend on the machine.

use super::Ruleset;
use super::matcher::Costs;
use super::scan::view_of;
use crate::entity::Entity;
use crate::page::Page;
use std::collections::{BTreeMap, BTreeSet};

/// Adds up what the entries of rules cost over pages: the bytes that had to be compared after the search
/// for all entries at once had named a candidate. The same pages and rules give the same counts.
#[derive(Debug, Default)]
pub struct CostCounter {
    entries: Costs,
    bytes: u64,
}

/// The cost of a rule or an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cost {
    /// Id of the rule, or term list and entry as written.
    pub name: String,
    /// Bytes compared.
    pub bytes: u64,
}

impl CostCounter {
    /// Counts a page.
    pub fn add(&mut self, page: &Page, entities: &[Entity], ruleset: &Ruleset) {
        self.bytes += page
            .regions
            .iter()
            .map(|r| r.text.len() as u64)
            .sum::<u64>();
        view_of(page, entities, ruleset, Some(&mut self.entries));
    }

    /// Bytes of text on the pages counted.
    pub fn text_bytes(&self) -> u64 {
        self.bytes
    }

    /// The cost of each rule, the greatest first: that of the entries of all its term lists. Lists that
    /// several rules use count for each.
    pub fn of_rules(&self, ruleset: &Ruleset) -> Vec<Cost> {
        let mut rules: BTreeMap<usize, u64> = BTreeMap::new();
        for (&entry, &bytes) in &self.entries {
            let term = ruleset.matcher.entries[entry as usize].0;
            let users = ruleset
                .triggers
                .terms
                .get(term as usize)
                .into_iter()
                .flatten();
            for rule in users.copied().collect::<BTreeSet<usize>>() {
                *rules.entry(rule).or_default() += bytes;
            }
        }
        sorted(rules.into_iter().filter_map(|(rule, bytes)| {
            let name = ruleset.rules.get(rule)?.id.clone();
            Some(Cost { name, bytes })
        }))
    }

    /// The cost of each entry that cost anything, the greatest first.
    pub fn of_entries(&self, ruleset: &Ruleset) -> Vec<Cost> {
        sorted(self.entries.iter().filter_map(|(&entry, &bytes)| {
            let (list, written) = ruleset.entry_of(entry as usize)?;
            let name = format!("{list}: {written}");
            Some(Cost { name, bytes })
        }))
    }
}

fn sorted(costs: impl Iterator<Item = Cost>) -> Vec<Cost> {
    let mut costs: Vec<Cost> = costs.collect();
    costs.sort_by(|a, b| b.bytes.cmp(&a.bytes).then_with(|| a.name.cmp(&b.name)));
    costs
}
