//! `pages/pages.jsonl`: the pages, for readers that show them (WACZ 1.2.0).

use crate::capture::{Capture, Manifest};
use crate::digest::Digest;
use crate::page::{PageKind, RegionKind, parse};
use jiff::Timestamp;
use serde::Serialize;

/// Text of a page that readers may search, bytes; the whole is in the WARC file.
const MOST_TEXT: usize = 64 << 10;

#[derive(Serialize)]
struct Heading {
    format: &'static str,
    id: &'static str,
    title: &'static str,
    #[serde(rename = "hasText")]
    has_text: bool,
}

#[derive(Serialize)]
struct PageLine<'a> {
    id: &'a str,
    url: &'a str,
    ts: Timestamp,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    text: &'a str,
    digest: Digest,
}

/// The list of pages in the making.
#[derive(Debug)]
pub(super) struct Pages {
    lines: String,
    count: usize,
    first: Option<(String, Timestamp)>,
    entry: Option<(String, Timestamp)>,
}

impl Pages {
    /// None yet.
    pub(super) fn new() -> Result<Self, serde_json::Error> {
        let heading = Heading {
            format: "json-pages-1.0",
            id: "pages",
            title: "All Pages",
            has_text: true,
        };
        Ok(Self {
            lines: serde_json::to_string(&heading)? + "\n",
            count: 0,
            first: None,
            entry: None,
        })
    }

    /// Adds a capture if it is a page: an HTML document that was sent whole.
    pub(super) fn add(&mut self, capture: &Capture, entry: &str) -> Result<(), serde_json::Error> {
        let manifest = &capture.manifest;
        let page = parse(capture);
        if page.kind != PageKind::Html || !(200..300).contains(&manifest.status) {
            return Ok(());
        }
        let shown = page
            .regions
            .iter()
            .filter(|region| matches!(region.kind, RegionKind::Heading | RegionKind::Text));
        let mut text = String::new();
        for region in shown {
            text.push_str(&region.text);
            text.push('\n');
            if text.len() > MOST_TEXT {
                break;
            }
        }
        let end = (0..=MOST_TEXT.min(text.len()))
            .rev()
            .find(|&end| text.is_char_boundary(end));
        text.truncate(end.unwrap_or_default());
        let line = PageLine {
            id: manifest.id.as_str(),
            url: manifest.url.as_str(),
            ts: manifest.requested_at,
            title: &page.title,
            text: text.trim_end(),
            digest: manifest.payload_digest,
        };
        self.lines.push_str(&serde_json::to_string(&line)?);
        self.lines.push('\n');
        self.count += 1;
        let found = || Some((manifest.url.as_str().to_owned(), manifest.requested_at));
        if self.first.is_none() {
            self.first = found();
        }
        if manifest.url.as_str() == entry {
            // The latest visit is the one that the flag stands for.
            self.entry = found();
        }
        Ok(())
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The page to show first: the entry of the site if it was fetched, else the first page, else `entry` as it
    /// was asked for.
    pub(super) fn main_page(&self, entry: &str, captures: &[&Manifest]) -> (String, Timestamp) {
        let asked = || {
            let asked = captures.iter().find(|m| m.url.as_str() == entry);
            let time = asked.or(captures.first()).map(|m| m.requested_at);
            (entry.to_owned(), time.unwrap_or(Timestamp::UNIX_EPOCH))
        };
        let page = self.entry.clone().or_else(|| self.first.clone());
        page.unwrap_or_else(asked)
    }

    /// The file.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.lines.into_bytes()
    }
}
