//! A page as conditions see it: every region folded once, every place of a term or an entity.

use super::matcher::{Costs, Found, Matcher, Searched, TermId};
use super::regions::RegionSet;
use super::signals::Signals;
use crate::entity::{Entity, EntityKind};
use crate::page::{Page, Region};
use crate::text::{
    Folded, Reading, Stream, fold_with, has_raw_kazakh_letters, is_latin_prose_word, kind,
    read_reversed, repair,
};
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
    /// The first reading of each region that has disguised words.
    readings: HashMap<usize, Reading>,
    /// Only terms that stand somewhere: most of them stand nowhere.
    terms: HashMap<TermId, Vec<Place>>,
    entities: HashMap<EntityKind, Vec<Place>>,
}

/// What the search of one region needs to know of the page.
struct RegionSearch<'s> {
    matcher: &'s Matcher,
    kazakh: bool,
    region: usize,
    /// The codes of the region.
    stream: Stream,
    /// The codes of its readings, one after the other.
    reading: Stream,
    latin: LatinWords,
    costs: Option<&'s mut Costs>,
}

/// Cyrillic words in Latin letters, and whether the page is written in Latin letters anyway.
#[derive(Default)]
struct LatinWords {
    found: Vec<(TermId, Place)>,
    words: usize,
    prose: usize,
}

impl LatinWords {
    fn count(&mut self, text: &str, stream: &Stream) {
        for word in 0..stream.word_count() {
            if stream.word_kind(word) == kind::LATIN {
                self.words += 1;
                self.prose += usize::from(is_latin_prose_word(&text[stream.word_span(word)]));
            }
        }
    }

    fn is_prose(&self) -> bool {
        self.prose >= 3 && self.prose * 25 >= self.words
    }
}

impl<'a> View<'a> {
    /// Folds and searches the regions of `kinds`.
    pub(super) fn of(
        page: &'a Page,
        entities: &[Entity],
        matcher: &Matcher,
        kinds: RegionSet,
        mut costs: Option<&mut Costs>,
    ) -> Self {
        let mut view = Self {
            page,
            signals: Signals::default(),
            folded: Vec::with_capacity(page.regions.len()),
            turned_round: memchr::memmem::find(page.source.as_bytes(), b"bidi-override").is_some(),
            terms: HashMap::new(),
            entities: HashMap::new(),
            readings: HashMap::new(),
        };
        let mut search = RegionSearch {
            matcher,
            kazakh: page
                .regions
                .iter()
                .any(|region| kinds.has(region.kind) && has_raw_kazakh_letters(&region.text)),
            region: 0,
            stream: Stream::default(),
            reading: Stream::default(),
            latin: LatinWords::default(),
            costs: costs.take(),
        };
        for (index, region) in page.regions.iter().enumerate() {
            let folded = kinds.has(region.kind).then(|| {
                let folded = fold_with(&region.text, &mut search.stream);
                search.region = index;
                view.add_region(&mut search, &folded);
                folded
            });
            view.folded.push(folded);
        }
        // In prose of other languages Latin letters are no disguise.
        if !search.latin.is_prose() {
            for (term, place) in search.latin.found {
                view.terms.entry(term).or_default().push(place);
            }
        }
        for places in view.terms.values_mut() {
            drop_contained(places);
        }
        view.entities = place_entities(entities, &view.folded);
        view
    }

    fn add_region(&mut self, search: &mut RegionSearch<'_>, folded: &Folded) {
        let searched = Searched {
            text: &folded.text,
            stream: &search.stream,
            kazakh: search.kazakh,
            near: None,
        };
        search.latin.count(&folded.text, &search.stream);
        for found in search.matcher.find(&searched, search.costs.as_deref_mut()) {
            let raw = folded.raw_span(found.span.clone());
            self.push(search.region, found, raw, None, &mut search.latin);
        }
        let readings = repair(folded, &search.stream);
        for reading in &readings {
            self.add_reading(search, folded, reading);
        }
        if let Some(first) = readings.into_iter().next() {
            self.readings.insert(search.region, first);
        }
        if self.turned_round || self.page.regions[search.region].text.contains('\u{202E}') {
            self.add_reading(search, folded, &read_reversed(folded));
        }
    }

    /// Adds what is found in a reading where it differs from the text.
    fn add_reading(&mut self, search: &mut RegionSearch<'_>, folded: &Folded, reading: &Reading) {
        let repaired: Vec<Range<usize>> = reading
            .tokens
            .iter()
            .filter(|token| token.repaired)
            .map(|token| token.span.clone())
            .collect();
        let again = fold_with(&reading.text, &mut search.reading);
        debug_assert_eq!(again.text, reading.text, "readings are folded");
        let searched = Searched {
            text: &again.text,
            stream: &search.reading,
            kazakh: search.kazakh,
            near: Some(&repaired),
        };
        for found in search.matcher.find(&searched, search.costs.as_deref_mut()) {
            let first = reading
                .tokens
                .partition_point(|token| token.span.end <= found.span.start);
            let last = reading
                .tokens
                .partition_point(|token| token.span.start < found.span.end);
            let tokens = reading.tokens.get(first..last).unwrap_or_default();
            let (Some(first), Some(last)) = (tokens.first(), tokens.last()) else {
                continue;
            };
            if search.matcher.is_strict(found.entry) || !tokens.iter().any(|token| token.repaired) {
                continue;
            }
            let span = first.folded.start..last.folded.end;
            let in_text = folded
                .tokens
                .partition_point(|token| token.span.end <= span.start)
                ..folded
                    .tokens
                    .partition_point(|token| token.span.start < span.end);
            let raw = folded.raw_span(span);
            self.push(search.region, found, raw, Some(in_text), &mut search.latin);
        }
    }

    fn push(
        &mut self,
        region: usize,
        found: Found,
        raw: Range<usize>,
        tokens: Option<Range<usize>>,
        latin: &mut LatinWords,
    ) {
        let place = Place {
            region,
            tokens: tokens.unwrap_or(found.tokens),
            raw,
            identity: found.entry as usize,
        };
        if found.latin {
            latin.found.push((found.term, place));
        } else {
            self.terms.entry(found.term).or_default().push(place);
        }
    }

    /// A region as its writer wants it to be read, where words are disguised.
    pub(super) fn reading(&self, region: usize) -> Option<&Reading> {
        self.readings.get(&region)
    }

    /// The folded text of a region, if rules look at its kind.
    pub(super) fn folded(&self, region: usize) -> Option<&Folded> {
        self.folded.get(region)?.as_ref()
    }

    /// Where a term stands, in document order.
    pub(super) fn term(&self, term: TermId) -> &[Place] {
        self.terms.get(&term).map_or(&[], Vec::as_slice)
    }

    /// The terms that stand anywhere.
    pub(super) fn present_terms(&self) -> impl Iterator<Item = usize> + '_ {
        self.terms.keys().map(|&term| term as usize)
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
