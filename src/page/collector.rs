//! Regions as they are collected: blocks are numbered, and their number is bounded.

use super::region::{Region, RegionKind};
use super::text_builder::{MappedText, TextBuilder};

/// Regions of one page; afterwards text runs together in one block instead of getting lost.
const MOST_REGIONS: usize = 20_000;

/// Regions collected so far, and the block that is open.
#[derive(Debug, Default)]
pub(super) struct Collector {
    /// Finished regions.
    pub(super) regions: Vec<Region>,
    /// Text of the open block.
    pub(super) open: TextBuilder,
    /// Hidden text of the open block.
    pub(super) hidden: TextBuilder,
    /// The end of the last finished block: what stands before a field may be its label.
    pub(super) tail: String,
    block: u32,
    used: bool,
    heading: bool,
}

impl Collector {
    /// Number of the open block.
    pub(super) fn block(&self) -> u32 {
        self.block
    }

    pub(super) fn is_full(&self) -> bool {
        self.regions.len() >= MOST_REGIONS
    }

    /// Adds a region to the open block.
    pub(super) fn add(&mut self, kind: RegionKind, mapped: MappedText) {
        if mapped.text.is_empty() || self.is_full() {
            return;
        }
        self.used = true;
        self.regions.push(Region {
            kind,
            block: self.block,
            text: mapped.text,
            map: mapped.map,
        });
    }

    /// Ends the open block; the next text begins another, as a heading or not.
    pub(super) fn break_block(&mut self, heading_follows: bool) {
        if self.is_full() {
            self.open.separate('\n', 0..0);
            self.hidden.separate('\n', 0..0);
            return;
        }
        self.flush();
        self.heading = heading_follows;
    }

    fn flush(&mut self) {
        if !self.open.is_empty() {
            self.tail = last_chars(self.open.text(), 80).to_owned();
        }
        let kind = if self.heading {
            RegionKind::Heading
        } else {
            RegionKind::Text
        };
        let text = self.open.take();
        self.add(kind, text);
        let hidden = self.hidden.take();
        self.add(RegionKind::Hidden, hidden);
        if self.used {
            self.block += 1;
            self.used = false;
        }
    }

    /// Hidden text ends here, the block goes on.
    pub(super) fn break_hidden(&mut self) {
        if self.is_full() {
            self.hidden.separate('\n', 0..0);
        } else {
            let hidden = self.hidden.take();
            self.add(RegionKind::Hidden, hidden);
        }
    }

    /// Adds a region that is a block of its own.
    pub(super) fn add_alone(&mut self, kind: RegionKind, mapped: MappedText) {
        self.break_block(self.heading);
        self.add(kind, mapped);
        self.break_block(self.heading);
    }

    /// Ends collecting.
    pub(super) fn finish(mut self) -> Vec<Region> {
        let rest = [
            (RegionKind::Text, self.open.take()),
            (RegionKind::Hidden, self.hidden.take()),
        ];
        for (kind, mapped) in rest {
            if !mapped.text.is_empty() {
                self.regions.push(Region {
                    kind,
                    block: self.block,
                    text: mapped.text,
                    map: mapped.map,
                });
            }
        }
        self.regions
    }

    /// What stands before the current place in running text.
    pub(super) fn preceding_text(&self) -> &str {
        if self.open.is_empty() {
            &self.tail
        } else {
            last_chars(self.open.text(), 80)
        }
    }
}

/// The last `count` characters.
fn last_chars(text: &str, count: usize) -> &str {
    text.char_indices()
        .rev()
        .nth(count.saturating_sub(1))
        .map_or(text, |(at, _)| text.get(at..).unwrap_or(text))
}
