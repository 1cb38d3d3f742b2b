//! Lists of endings as sets of numbers: whether a word ends in one of a list is one bit.

use super::forms::{AFTER_E, AFTER_Y, DOUBLED, REGULAR};
use super::{kazakh, russian};
use crate::text::transliteration::latin_spellings;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A list of endings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::text) struct EndingList(u8);

/// Bits for all endings of all lists.
type Members = [u64; 8];

struct Registry {
    lists: Vec<(&'static [&'static str], Members)>,
    ids: HashMap<&'static str, u16>,
    longest: usize,
    /// Endings in Latin letters; one spelling may stand for several.
    latin: HashMap<String, Vec<u16>>,
}

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| {
    let own: &[&[&str]] = &[REGULAR, AFTER_E, AFTER_Y, DOUBLED, kazakh::SOFTENED];
    let mut registry = Registry {
        lists: Vec::new(),
        ids: HashMap::new(),
        longest: 0,
        latin: HashMap::new(),
    };
    for &list in own.iter().chain(russian::LISTS) {
        let mut members = [0; 8];
        for &ending in list {
            let fresh = u16::try_from(registry.ids.len()).unwrap_or(u16::MAX);
            let id = *registry.ids.entry(ending).or_insert(fresh);
            if let Some(word) = members.get_mut(usize::from(id / 64)) {
                *word |= 1 << (id % 64);
            }
            registry.longest = registry.longest.max(ending.len());
        }
        registry.lists.push((list, members));
    }
    for (&ending, &id) in &registry.ids {
        for spelling in latin_spellings(ending) {
            registry.latin.entry(spelling).or_default().push(id);
        }
    }
    registry
});

/// The number of an ending, if any list has it.
pub(super) fn id_of(rest: &str) -> Option<u16> {
    let registry = &*REGISTRY;
    if rest.len() > registry.longest {
        return None;
    }
    registry.ids.get(rest).copied()
}

/// The numbers of the endings that Latin letters may stand for.
pub(super) fn latin_ids(rest: &str) -> &'static [u16] {
    let registry = &*REGISTRY;
    if rest.len() > 2 * registry.longest {
        return &[];
    }
    registry.latin.get(rest).map_or(&[], Vec::as_slice)
}

impl EndingList {
    /// The list with these endings, one of the constants of this module.
    pub(super) fn of(list: &'static [&'static str]) -> Self {
        let at = REGISTRY.lists.iter().position(|(known, _)| *known == list);
        Self(at.and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX))
    }

    /// Whether the ending of that number is in the list.
    pub(super) fn has(self, id: Option<u16>) -> bool {
        let Some(id) = id else { return false };
        REGISTRY
            .lists
            .get(usize::from(self.0))
            .is_some_and(|(_, members)| members[usize::from(id / 64)] >> (id % 64) & 1 != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_its_endings_and_no_other() {
        let registry = &*REGISTRY;
        assert!(registry.ids.len() <= 512, "the bits suffice");
        for (list, _) in &registry.lists {
            let set = EndingList::of(list);
            for ending in registry.ids.keys() {
                assert_eq!(set.has(id_of(ending)), list.contains(ending), "{ending}");
            }
        }
    }
}
