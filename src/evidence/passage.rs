//! The words that a finding stands on, shown in the page as it was received.

use crate::capture::Capture;
use crate::id::CaptureId;
use crate::page::{Page, RegionKind, plain_body, raw_offsets};
use crate::suspect::SuspectUrl;
use serde::Serialize;
use std::ops::Range;

/// How much of the page stands on each side of the marked words, bytes.
const AROUND: usize = 80;
/// A span may cover a whole page (a fact of structure): so much of it is shown, bytes.
const MOST_MARKED: usize = 400;

/// A place of a page, cut out of its source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Passage {
    /// The capture whose body it is.
    pub capture: CaptureId,
    /// Its page.
    pub url: SuspectUrl,
    /// What part of the page it is.
    pub region: RegionKind,
    /// Bytes from (inclusive) and to (exclusive) in the body decoded to UTF-8.
    pub decoded: (usize, usize),
    /// Line of the decoded source, from 1.
    pub line: usize,
    /// Character of that line, from 1.
    pub column: usize,
    /// What stands before the marked words in the source, markup and all.
    pub before: String,
    /// The marked words.
    pub marked: String,
    /// Whether the middle of the marked words is left out, because they are many.
    pub shortened: bool,
    /// What stands after them.
    pub after: String,
    /// The same place in the body as it was received.
    pub raw: RawPlace,
}

/// Where a passage stands in the bytes that were received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RawPlace {
    /// Bytes of the body after its content coding was removed.
    Body {
        /// The first byte.
        start: usize,
        /// The byte after the last.
        end: usize,
        /// The character set that they are in.
        charset: &'static str,
        /// The content coding that was removed; `None` if these are the bytes of the wire themselves.
        #[serde(skip_serializing_if = "Option::is_none")]
        coding: Option<String>,
    },
    /// The place is in the page's address, not in its body.
    Address,
    /// Characters and bytes of this character set do not go together one by one.
    NotMappable {
        /// The character set.
        charset: &'static str,
    },
}

/// Cuts the places `wanted` (region and span as findings carry them) out of a page that still has its content.
/// A place that does not lie within the page gives `None`.
pub(super) fn cut_passages(
    capture: &Capture,
    page: &Page,
    wanted: &[(RegionKind, (usize, usize))],
) -> Vec<Option<Passage>> {
    let mut offsets: Vec<usize> = wanted
        .iter()
        .filter(|(region, _)| !is_address(*region))
        .flat_map(|(_, (start, end))| [*start, *end])
        .filter(|offset| *offset <= page.source.len())
        .collect();
    offsets.sort_unstable();
    offsets.dedup();
    let raw = if offsets.is_empty() {
        Some(Vec::new())
    } else {
        let (body, _) = plain_body(capture);
        raw_offsets(&body, &page.source, page.charset, &offsets)
    };
    let raw_of = |offset: usize| Some(raw.as_ref()?[offsets.binary_search(&offset).ok()?]);
    let cut = |&(region, (start, end)): &(RegionKind, (usize, usize))| {
        let coding = capture.manifest.content_encoding.clone();
        let (text, place) = if is_address(region) {
            (address_text(page, region)?, RawPlace::Address)
        } else {
            let place = match (raw_of(start), raw_of(end)) {
                (Some(start), Some(end)) => RawPlace::Body {
                    start,
                    end,
                    charset: page.charset,
                    coding,
                },
                _ => RawPlace::NotMappable {
                    charset: page.charset,
                },
            };
            (page.source.as_str(), place)
        };
        cut_out(text, start..end).map(|cut| Passage {
            capture: capture.manifest.id.clone(),
            url: page.url.clone(),
            region,
            decoded: (start, end),
            line: cut.line,
            column: cut.column,
            before: cut.before,
            marked: cut.marked,
            shortened: cut.shortened,
            after: cut.after,
            raw: place,
        })
    };
    wanted.iter().map(cut).collect()
}

fn is_address(region: RegionKind) -> bool {
    matches!(region, RegionKind::Url | RegionKind::Host)
}

fn address_text(page: &Page, region: RegionKind) -> Option<&str> {
    let found = page.regions.iter().find(|found| found.kind == region);
    found.map(|found| found.text.as_str())
}

struct Cut {
    line: usize,
    column: usize,
    before: String,
    marked: String,
    shortened: bool,
    after: String,
}

/// `None` for a span that does not lie within `text` on boundaries of characters, or is empty.
fn cut_out(text: &str, span: Range<usize>) -> Option<Cut> {
    let marked = text.get(span.clone()).filter(|marked| !marked.is_empty())?;
    let (before, after) = (&text[..span.start], &text[span.end..]);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let half = MOST_MARKED / 2;
    let shortened = marked.len() > MOST_MARKED;
    let marked = if shortened {
        format!(
            "{} … {}",
            first_bytes(marked, half),
            last_bytes(marked, half)
        )
    } else {
        marked.to_owned()
    };
    Some(Cut {
        line: memchr::memchr_iter(b'\n', before.as_bytes()).count() + 1,
        column: before[line_start..].chars().count() + 1,
        before: last_bytes(before, AROUND).to_owned(),
        marked,
        shortened,
        after: first_bytes(after, AROUND).to_owned(),
    })
}

fn first_bytes(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

fn last_bytes(text: &str, bytes: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(bytes))..]
}
