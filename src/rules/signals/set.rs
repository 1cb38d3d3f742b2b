//! The signals that hold on one page.

use crate::page::{Page, RegionKind};
use crate::rules::signal::Signal;
use std::collections::BTreeMap;
use std::ops::Range;

/// The signals that hold on one page, each with the first thing that shows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    proofs: BTreeMap<Signal, SignalProof>,
}

/// What shows a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SignalProof {
    /// A part of a region, bytes of its text.
    Region { region: usize, span: Range<usize> },
    /// Something that stands in no region.
    Note(RegionKind, String),
}

impl Signals {
    pub(crate) fn has(&self, signal: Signal) -> bool {
        self.proofs.contains_key(&signal)
    }

    pub(crate) fn proof(&self, signal: Signal) -> Option<&SignalProof> {
        self.proofs.get(&signal)
    }

    pub(crate) fn present(&self) -> impl Iterator<Item = Signal> + '_ {
        self.proofs.keys().copied()
    }

    /// Adds a signal shown by a note; the first proof of a signal stays.
    pub(super) fn note(&mut self, signal: Signal, kind: RegionKind, text: impl Into<String>) {
        self.proofs
            .entry(signal)
            .or_insert_with(|| SignalProof::Note(kind, text.into()));
    }

    /// Adds a signal shown by a whole region.
    pub(super) fn region(&mut self, signal: Signal, page: &Page, region: usize) {
        let length = page.regions.get(region).map_or(0, |r| r.text.len());
        self.part(signal, region, 0..length);
    }

    /// Adds a signal shown by a part of a region.
    pub(super) fn part(&mut self, signal: Signal, region: usize, span: Range<usize>) {
        self.proofs
            .entry(signal)
            .or_insert(SignalProof::Region { region, span });
    }
}
