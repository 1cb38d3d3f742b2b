//! Which conditions hold on a page, and what shows it.

use super::condition::{Condition, Operand};
use super::matcher::TermId;
use super::regions::RegionSet;
use super::signal::Signal;
use super::view::{Place, View};
use crate::entity::EntityKind;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

/// What shows that a condition holds.
#[derive(Debug, Clone)]
pub(super) enum Proof {
    /// Words or an entity.
    Place(Place),
    /// A fact of structure or host.
    Signal(Signal),
}

/// Where operands are looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scope {
    pub(super) terms: RegionSet,
    pub(super) entities: RegionSet,
}

impl Scope {
    /// The regions that a rule names, or the usual ones.
    pub(super) fn of(regions: Option<RegionSet>) -> Self {
        Self {
            terms: regions.unwrap_or_else(RegionSet::usual),
            entities: regions.unwrap_or_else(RegionSet::usual_of_entities),
        }
    }
}

/// What is known when a condition is evaluated.
#[derive(Debug)]
pub(super) struct Evaluation<'a> {
    pub(super) view: &'a View<'a>,
    /// Proofs of the rules that hold; conditions refer only to rules before theirs.
    pub(super) held: &'a BTreeMap<usize, Vec<Proof>>,
    /// Stretches of regions that prove nothing, by region.
    pub(super) hidden: &'a HashMap<usize, Vec<Range<usize>>>,
    /// Places of one block, where only that is looked at.
    pub(super) block: Option<&'a BlockPlaces>,
}

/// Terms and entities that stand in one block.
#[derive(Debug, Default)]
pub(super) struct BlockPlaces {
    terms: HashMap<TermId, Vec<Place>>,
    entities: HashMap<EntityKind, Vec<Place>>,
}

/// More proofs of one condition than this show nothing more.
const MAX_PROOFS: usize = 12;

impl Evaluation<'_> {
    /// What shows that the condition holds; `None` if it does not.
    pub(super) fn prove(&self, condition: &Condition, scope: Scope) -> Option<Vec<Proof>> {
        match condition {
            Condition::Holds(operand) => {
                some_if_any(self.places(operand, scope).take(MAX_PROOFS).cloned())
            }
            Condition::Signal(signal) => self
                .view
                .signals
                .has(*signal)
                .then(|| vec![Proof::Signal(*signal)]),
            Condition::Rule(rule) => self.held.get(rule).cloned(),
            Condition::All(of) => {
                let mut proofs = Vec::new();
                for part in of {
                    proofs.extend(self.prove(part, scope)?);
                }
                Some(proofs)
            }
            Condition::Any(of) => self.prove_at_least(1, of, scope),
            Condition::AtLeast(n, of) => self.prove_at_least(*n, of, scope),
            Condition::Not(inner) => self.prove(inner, scope).is_none().then(Vec::new),
            Condition::Near(words, of) => self.prove_near(*words, of, scope),
            Condition::SameBlock(of) => self.prove_same_block(of, scope),
            Condition::Count(n, operand) => self.prove_count(*n, operand, scope),
            Condition::Distinct(n, operand) => self.prove_distinct(*n, operand, scope),
            Condition::In(regions, inner) => self.prove(inner, Scope::of(Some(*regions))),
            Condition::InBlock(inner) => self.prove_in_block(inner, scope),
            Condition::Site(_) => None,
        }
    }

    fn prove_at_least(&self, n: usize, of: &[Condition], scope: Scope) -> Option<Vec<Proof>> {
        let mut proofs = Vec::new();
        let mut holding = 0;
        for part in of {
            if let Some(found) = self.prove(part, scope) {
                holding += 1;
                proofs.extend(found);
            }
        }
        (holding >= n).then_some(proofs)
    }

    /// Where an operand stands, in document order for each of its parts.
    fn places<'b>(
        &'b self,
        operand: &'b Operand,
        scope: Scope,
    ) -> Box<dyn Iterator<Item = &'b Place> + 'b> {
        let within = move |place: &&Place, regions: RegionSet| {
            regions.has(self.view.page.regions[place.region].kind) && !self.is_hidden(place)
        };
        match operand {
            Operand::Term(term) => Box::new(
                self.term(*term)
                    .iter()
                    .filter(move |place| within(place, scope.terms)),
            ),
            Operand::Entity(kinds) => Box::new(
                kinds
                    .iter()
                    .flat_map(|kind| self.entity(*kind))
                    .filter(move |place| within(place, scope.entities)),
            ),
            Operand::Any(of) => Box::new(of.iter().flat_map(move |part| self.places(part, scope))),
        }
    }

    fn term(&self, term: TermId) -> &[Place] {
        match self.block {
            Some(block) => block.terms.get(&term).map_or(&[], Vec::as_slice),
            None => self.view.term(term),
        }
    }

    fn entity(&self, kind: EntityKind) -> &[Place] {
        match self.block {
            Some(block) => block.entities.get(&kind).map_or(&[], Vec::as_slice),
            None => self.view.entity(kind),
        }
    }

    fn is_hidden(&self, place: &Place) -> bool {
        self.hidden.get(&place.region).is_some_and(|spans| {
            spans
                .iter()
                .any(|span| span.start <= place.raw.start && place.raw.end <= span.end)
        })
    }

    /// The first block within which the condition holds. Places are dealt out to their blocks once, so that
    /// the work is that of the places, however many blocks there are.
    fn prove_in_block(&self, inner: &Condition, scope: Scope) -> Option<Vec<Proof>> {
        let mut blocks: BTreeMap<u32, BlockPlaces> = BTreeMap::new();
        let (mut terms, mut kinds) = (HashSet::new(), HashSet::new());
        inner.visit_operands(&mut |operand| {
            operand.visit_terms(&mut |term| {
                terms.insert(term);
            });
            operand.visit_entities(&mut |kind| {
                kinds.insert(kind);
            });
        });
        for term in terms {
            for place in self.view.term(term) {
                let block = blocks.entry(self.view.region(place).block).or_default();
                block.terms.entry(term).or_default().push(place.clone());
            }
        }
        for kind in kinds {
            for place in self.view.entity(kind) {
                let block = blocks.entry(self.view.region(place).block).or_default();
                block.entities.entry(kind).or_default().push(place.clone());
            }
        }
        blocks.values().find_map(|block| {
            let within = Evaluation {
                block: Some(block),
                ..*self
            };
            within.prove(inner, scope)
        })
    }

    fn sorted_places<'b>(&'b self, operand: &'b Operand, scope: Scope) -> Vec<&'b Place> {
        let mut places: Vec<&Place> = self.places(operand, scope).collect();
        places.sort_by_key(|place| (place.region, place.tokens.start));
        places
    }

    fn prove_near(&self, words: usize, of: &[Operand], scope: Scope) -> Option<Vec<Proof>> {
        let lists: Vec<Vec<&Place>> = of
            .iter()
            .map(|operand| self.sorted_places(operand, scope))
            .collect();
        let (first, others) = lists.split_first()?;
        first.iter().find_map(|place| {
            let mut proofs = vec![Proof::Place((*place).clone())];
            for other in others {
                proofs.push(Proof::Place(nearest_within(other, place, words)?.clone()));
            }
            Some(proofs)
        })
    }

    fn prove_same_block(&self, of: &[Operand], scope: Scope) -> Option<Vec<Proof>> {
        let block = |place: &Place| self.view.region(place).block;
        let lists: Vec<Vec<&Place>> = of
            .iter()
            .map(|operand| self.sorted_places(operand, scope))
            .collect();
        let (first, others) = lists.split_first()?;
        // The first place of each block stands for all of them.
        let mut tried = HashSet::new();
        first.iter().find_map(|place| {
            if !tried.insert(block(place)) {
                return None;
            }
            let mut proofs = vec![Proof::Place((*place).clone())];
            for other in others {
                let there = other
                    .iter()
                    .find(|there| block(there) == block(place) && !overlap(there, place))?;
                proofs.push(Proof::Place((*there).clone()));
            }
            Some(proofs)
        })
    }

    fn prove_count(&self, n: usize, operand: &Operand, scope: Scope) -> Option<Vec<Proof>> {
        let mut seen = HashSet::new();
        let places: Vec<&Place> = self
            .places(operand, scope)
            .filter(|place| seen.insert(self.view.source_start(place)))
            .take(n.max(MAX_PROOFS))
            .collect();
        (places.len() >= n).then(|| proofs_of(places))
    }

    fn prove_distinct(&self, n: usize, operand: &Operand, scope: Scope) -> Option<Vec<Proof>> {
        let mut seen = HashSet::new();
        let places: Vec<&Place> = self
            .places(operand, scope)
            .filter(|place| seen.insert(place.identity))
            .take(n.max(MAX_PROOFS))
            .collect();
        (places.len() >= n).then(|| proofs_of(places))
    }
}

fn proofs_of(places: Vec<&Place>) -> Vec<Proof> {
    places
        .into_iter()
        .take(MAX_PROOFS)
        .map(|place| Proof::Place(place.clone()))
        .collect()
}

fn some_if_any(places: impl Iterator<Item = Place>) -> Option<Vec<Proof>> {
    let proofs: Vec<Proof> = places.map(Proof::Place).collect();
    (!proofs.is_empty()).then_some(proofs)
}

fn overlap(a: &Place, b: &Place) -> bool {
    a.region == b.region && a.raw.start < b.raw.end && b.raw.start < a.raw.end
}

/// The first of `places` (sorted) with at most `words` words between it and `place`.
fn nearest_within<'a>(places: &[&'a Place], place: &Place, words: usize) -> Option<&'a Place> {
    // No place is longer than a phrase with its gaps.
    const LONGEST: usize = 64;
    let from = place.tokens.start.saturating_sub(words + LONGEST);
    let start =
        places.partition_point(|other| (other.region, other.tokens.start) < (place.region, from));
    places[start..]
        .iter()
        .take_while(|other| {
            other.region == place.region && other.tokens.start <= place.tokens.end + words
        })
        .find(|other| {
            let between = if other.tokens.start >= place.tokens.end {
                other.tokens.start - place.tokens.end
            } else {
                place.tokens.start.saturating_sub(other.tokens.end)
            };
            between <= words && !overlap(other, place)
        })
        .copied()
}
