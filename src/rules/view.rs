//! A page as conditions see it: every region folded once, every place of a term or an entity.

use super::matcher::{Found, Matcher, Searched, TermId};
use super::regions::RegionSet;
use super::signals::Signals;
use crate::entity::{Entity, EntityKind};
use crate::page::{Page, Region};
use crate::text::{Folded, Reading, fold, has_kazakh_letters, read_reversed, repair};
use std::collections::HashMap;
use std::ops::Range;

/// A place where a term or an entity stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// Index into the page's regions.
    pub(super) region: usize,
    /// Words of the region, folded.
    pub(super) tokens: Range<usize>,
    /// Bytes of the region's text.
    pub(super) raw: Range<usize>,
    /// Which entry of the term it is, or which different value of the entity.
    pub(super) identity: usize,
}

/// A page as conditions see it.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) page: &'a Page,
    /// Set when everything else is known: signals look at places too.
    pub(super) signals: Signals,
    folded: Vec<Option<Folded>>,
    /// A style sheet of the page turns text round.
    turned_round: bool,
    terms: Vec<Vec<Place>>,
    entities: HashMap<EntityKind, Vec<Place>>,
}

impl<'a> View<'a> {
    /// Folds and searches the regions of `kinds`.
    pub(super) fn of(
        page: &'a Page,
        entities: &[Entity],
        matcher: &Matcher,
        term_count: usize,
        kinds: RegionSet,
    ) -> Self {
        let folded: Vec<Option<Folded>> = page
            .regions
            .iter()
            .map(|region| kinds.has(region.kind).then(|| fold(&region.text)))
            .collect();
        let kazakh = folded
            .iter()
            .flatten()
            .any(|folded| has_kazakh_letters(&folded.text));
        let mut view = Self {
            page,
            signals: Signals::default(),
            folded: Vec::new(),
            turned_round: memchr::memmem::find(page.source.as_bytes(), b"bidi-override").is_some(),
            terms: vec![Vec::new(); term_count],
            entities: place_entities(entities, &folded),
        };
        for (index, folded) in folded.iter().enumerate() {
            if let Some(folded) = folded {
                view.add_region(index, folded, matcher, kazakh);
            }
        }
        for places in &mut view.terms {
            drop_contained(places);
        }
        view.folded = folded;
        view
    }

    fn add_region(&mut self, region: usize, folded: &Folded, matcher: &Matcher, kazakh: bool) {
        let words: Vec<Range<usize>> = folded.tokens.iter().map(|t| t.span.clone()).collect();
        let searched = Searched {
            text: &folded.text,
            words: &words,
            kazakh,
        };
        for found in matcher.find(&searched) {
            let raw = folded.raw_span(found.span.clone());
            self.push(region, found, raw, None);
        }
        for reading in repair(folded) {
            self.add_reading(region, folded, &reading, matcher, kazakh);
        }
        if self.turned_round || self.page.regions[region].text.contains('\u{202E}') {
            self.add_reading(region, folded, &read_reversed(folded), matcher, kazakh);
        }
    }

    /// Adds what is found in a reading where it differs from the text.
    fn add_reading(
        &mut self,
        region: usize,
        folded: &Folded,
        reading: &Reading,
        matcher: &Matcher,
        kazakh: bool,
    ) {
        let words: Vec<Range<usize>> = reading.tokens.iter().map(|t| t.span.clone()).collect();
        let searched = Searched {
            text: &reading.text,
            words: &words,
            kazakh,
        };
        for found in matcher.find(&searched) {
            let Some(tokens) = reading.tokens.get(found.tokens.clone()) else {
                continue;
            };
            let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
                continue;
            };
            if !tokens.iter().any(|token| token.repaired) {
                continue;
            }
            let span = first.folded.start..last.folded.end;
            let in_text = folded
                .tokens
                .partition_point(|token| token.span.end <= span.start)
                ..folded
                    .tokens
                    .partition_point(|token| token.span.start < span.end);
            self.push(region, found, folded.raw_span(span), Some(in_text));
        }
    }

    fn push(
        &mut self,
        region: usize,
        found: Found,
        raw: Range<usize>,
        tokens: Option<Range<usize>>,
    ) {
        if let Some(places) = self.terms.get_mut(found.term as usize) {
            places.push(Place {
                region,
                tokens: tokens.unwrap_or(found.tokens),
                raw,
                identity: found.entry as usize,
            });
        }
    }

    /// The folded text of a region, if rules look at its kind.
    pub(super) fn folded(&self, region: usize) -> Option<&Folded> {
        self.folded.get(region)?.as_ref()
    }

    /// Where a term stands, in document order.
    pub(super) fn term(&self, term: TermId) -> &[Place] {
        self.terms.get(term as usize).map_or(&[], Vec::as_slice)
    }

    /// The terms that stand anywhere.
    pub(super) fn present_terms(&self) -> impl Iterator<Item = usize> + '_ {
        self.terms
            .iter()
            .enumerate()
            .filter(|(_, places)| !places.is_empty())
            .map(|(term, _)| term)
    }

    /// Where entities of a kind stand, in document order.
    pub(super) fn entity(&self, kind: EntityKind) -> &[Place] {
        self.entities.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// The kinds of entities that stand anywhere.
    pub(super) fn present_entities(&self) -> impl Iterator<Item = EntityKind> + '_ {
        self.entities.keys().copied()
    }

    /// The region of a place.
    pub(super) fn region(&self, place: &Place) -> &'a Region {
        &self.page.regions[place.region]
    }

    /// Where a place begins in the page's source: the same words in two regions begin at one place.
    pub(super) fn source_start(&self, place: &Place) -> usize {
        self.region(place).map.source_span(place.raw.clone()).start
    }
}

fn place_entities(
    entities: &[Entity],
    folded: &[Option<Folded>],
) -> HashMap<EntityKind, Vec<Place>> {
    let mut values: HashMap<(EntityKind, &str), usize> = HashMap::new();
    let mut places: HashMap<EntityKind, Vec<Place>> = HashMap::new();
    for entity in entities {
        let fresh = values.len();
        let identity = *values.entry((entity.kind, &entity.value)).or_insert(fresh);
        let tokens = match folded.get(entity.region) {
            Some(Some(folded)) => {
                let start = folded.token_at_raw(entity.span.start);
                start..folded.token_at_raw(entity.span.end).max(start + 1)
            }
            Some(None) => 0..0,
            None => continue,
        };
        places.entry(entity.kind).or_default().push(Place {
            region: entity.region,
            tokens,
            raw: entity.span.clone(),
            identity,
        });
    }
    for list in places.values_mut() {
        list.sort_by_key(|place| (place.region, place.tokens.start, place.raw.start));
    }
    places
}

/// Sorts places and drops those within a longer place of the same term (`пвп` in `альфа пвп`).
fn drop_contained(places: &mut Vec<Place>) {
    places.sort_by_key(|place| (place.region, place.raw.start, usize::MAX - place.raw.end));
    let mut reached = (usize::MAX, 0);
    places.retain(|place| {
        let inside = reached.0 == place.region && place.raw.end <= reached.1;
        if !inside {
            reached = (place.region, place.raw.end);
        }
        !inside
    });
}
