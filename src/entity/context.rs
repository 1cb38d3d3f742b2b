//! What stands around a place in a text, and where found entities go.

use super::{Entity, EntityKind};
use std::collections::HashMap;
use std::ops::Range;

/// Entities of one page.
const MOST_ENTITIES: usize = 2_000;
/// Times the same value is noted in one region.
const MOST_REPEATS: u8 = 3;

/// Collects entities within bounds.
#[derive(Debug, Default)]
pub(super) struct Collection {
    pub(super) entities: Vec<Entity>,
    region: usize,
    repeats: HashMap<(EntityKind, String), u8>,
}

impl Collection {
    /// The entities that follow are of this region.
    pub(super) fn enter(&mut self, region: usize) {
        self.region = region;
        self.repeats.clear();
    }

    pub(super) fn is_full(&self) -> bool {
        self.entities.len() >= MOST_ENTITIES
    }

    pub(super) fn add(&mut self, kind: EntityKind, value: String, span: Range<usize>) {
        if self.is_full() || value.is_empty() || span.is_empty() {
            return;
        }
        let repeats = self.repeats.entry((kind, value.clone())).or_default();
        if *repeats >= MOST_REPEATS {
            return;
        }
        *repeats += 1;
        self.entities.push(Entity {
            kind,
            value,
            region: self.region,
            span,
        });
    }
}

/// Up to `bytes` bytes before `at`, in lower case.
pub(super) fn before(text: &str, at: usize, bytes: usize) -> String {
    let mut start = at.saturating_sub(bytes);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    lower_case(text.get(start..at).unwrap_or_default())
}

/// Up to `bytes` bytes from `at` on, in lower case.
pub(super) fn after(text: &str, at: usize, bytes: usize) -> String {
    let mut end = (at + bytes).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    lower_case(text.get(at..end).unwrap_or_default())
}

/// Lower case, letter by letter, where that keeps the number of bytes: offsets stay those of the text.
fn lower_case(text: &str) -> String {
    text.chars()
        .map(|c| {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(l), None) if l.len_utf8() == c.len_utf8() => l,
                _ => c,
            }
        })
        .collect()
}

/// The character that ends at `at`.
pub(super) fn char_before(text: &str, at: usize) -> Option<char> {
    text.get(..at)?.chars().next_back()
}

/// The character that begins at `at`.
pub(super) fn char_at(text: &str, at: usize) -> Option<char> {
    text.get(at..)?.chars().next()
}

/// Bytes at the start of `text` that satisfy `accept`.
pub(super) fn run_length(text: &str, accept: impl Fn(u8) -> bool) -> usize {
    text.bytes().position(|b| !accept(b)).unwrap_or(text.len())
}

/// All places where `needle` stands, without overlap.
pub(super) fn places<'a>(text: &'a str, needle: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(needle).map(|(at, _)| at)
}
