//! Capture → page.

use super::charset::decode_text;
use super::dom::parse_dom;
use super::form::Form;
use super::gate::gate;
use super::redirect::refresh;
use super::region::{Region, RegionKind, SourceMap};
use super::text_builder::{MappedText, TextBuilder};
use super::walk::{Walked, walk};
use super::walk_attributes::percent_decoded;
use super::{Page, PageKind};
use crate::capture::Capture;
use crate::fetch::decode_body;
use crate::suspect::SuspectUrl;
use std::borrow::Cow;

/// Decoded bytes of a body that are examined.
const LARGEST_BODY: usize = 16 * 1024 * 1024;

/// Reads a capture. Never fails.
pub fn parse(capture: &Capture) -> Page {
    let manifest = &capture.manifest;
    let (body, incomplete) = plain_body(capture);
    let content_type = manifest.content_type.as_deref();
    let kind = page_kind(content_type, &body);
    let (source, charset) = if kind == PageKind::Other {
        (String::new(), "UTF-8")
    } else {
        let text = decode_text(content_type, &body);
        (text.text, text.charset)
    };
    let mut page = Page {
        url: manifest.url.clone(),
        status: manifest.status,
        kind,
        source,
        charset,
        title: String::new(),
        declared_language: None,
        regions: Vec::new(),
        links: Vec::new(),
        forms: Vec::new(),
        refresh: None,
        gate: None,
        assets: Vec::new(),
        cuts: Vec::new(),
    };
    match kind {
        PageKind::Html => fill_html(&mut page),
        PageKind::Text => page.regions = paragraphs(&page.source),
        PageKind::Other => page.cuts.push("not_text"),
    }
    if incomplete {
        page.cuts.push("body");
    }
    let block = page.regions.last().map_or(0, |r| r.block + 1);
    page.regions.extend(place_regions(&page.url, block));
    page
}

/// The body without its content coding as [`parse`] reads it (at most 16 MiB), and whether something of it is missing.
pub fn plain_body(capture: &Capture) -> (Cow<'_, [u8]>, bool) {
    match capture.manifest.content_encoding.as_deref() {
        None => {
            let end = capture.body.len().min(LARGEST_BODY);
            let body = capture.body.get(..end).unwrap_or_default();
            (Cow::Borrowed(body), end < capture.body.len())
        }
        coding => {
            let decoded = decode_body(coding, &capture.body, LARGEST_BODY);
            (Cow::Owned(decoded.bytes), decoded.incomplete)
        }
    }
}

fn fill_html(page: &mut Page) {
    let dom = parse_dom(&page.source);
    let mut walked = walk(&page.source, &dom, &page.url);
    show_written_text(&mut walked);
    let visible = visible_text(&walked);
    let words = visible.split_whitespace().count();
    page.refresh = refresh(&walked, words).filter(|r| r.url != page.url);
    page.gate = gate(&walked, &page.source, &visible, words);
    page.cuts.extend(dom.cuts.iter().chain(&walked.cuts));
    page.title = walked.title;
    page.declared_language = walked.language;
    page.regions = walked.regions;
    page.links = walked.links;
    page.forms = walked.forms;
    page.assets = walked.assets;
}

/// A page with next to no text of its own is what its scripts write: their literals are read as its text.
fn show_written_text(walked: &mut Walked) {
    const FEW_WORDS: usize = 25;
    if visible_text(walked).split_whitespace().count() >= FEW_WORDS {
        return;
    }
    for &index in &walked.written {
        if let Some(region) = walked.regions.get_mut(index)
            && region.kind == RegionKind::Script
        {
            region.kind = RegionKind::Text;
        }
    }
    let markup = std::mem::take(&mut walked.written_markup);
    if !markup.is_empty() {
        let block = walked.regions.last().map_or(0, |r| r.block);
        let written = walk(&markup, &parse_dom(&markup), &walked.base);
        walked.links.extend(written.links);
        walked
            .forms
            .extend(written.forms.into_iter().map(|form| Form { block, ..form }));
    }
}

/// All text that a visitor sees, in lower case.
fn visible_text(walked: &Walked) -> String {
    let mut visible = String::new();
    for region in &walked.regions {
        if matches!(region.kind, RegionKind::Text | RegionKind::Heading) {
            visible.push_str(&region.text.to_lowercase());
            visible.push('\n');
        }
    }
    visible
}

/// Text files: a region a paragraph, lines kept apart.
fn paragraphs(source: &str) -> Vec<Region> {
    let mut whole = MappedText::default();
    whole.push_plain(source, 0);
    let mut regions: Vec<Region> = Vec::new();
    let mut builder = TextBuilder::default();
    let mut finish = |builder: &mut TextBuilder| {
        if builder.is_empty() {
            return;
        }
        let taken = builder.take();
        let block = u32::try_from(regions.len()).unwrap_or(u32::MAX);
        regions.push(Region {
            kind: RegionKind::Text,
            block,
            text: taken.text,
            map: taken.map,
        });
    };
    let mut start = 0;
    for line in source.split_inclusive('\n') {
        if line.trim().is_empty() {
            finish(&mut builder);
        } else {
            let length = line.trim_end().len();
            builder.push(&whole, start..start + length);
            builder.separate('\n', start + length..start + line.len());
        }
        start += line.len();
    }
    finish(&mut builder);
    regions
}

/// The page's address as text: its URL and its host.
fn place_regions(url: &SuspectUrl, block: u32) -> [Region; 2] {
    let region = |kind, text| Region {
        kind,
        block,
        text,
        map: SourceMap::plain(0),
    };
    let readable = percent_decoded(url.as_str()).unwrap_or_else(|| url.as_str().to_owned());
    [
        region(RegionKind::Url, readable),
        region(RegionKind::Host, idna::domain_to_unicode(url.host()).0),
    ]
}

/// Judges by the declared type, and by the first bytes where that says little or lies.
fn page_kind(content_type: Option<&str>, body: &[u8]) -> PageKind {
    let declared = content_type
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
        .unwrap_or_default();
    let head = body.get(..body.len().min(1_024)).unwrap_or_default();
    if is_binary(head) {
        return PageKind::Other;
    }
    if declared.contains("html") || looks_like_html(head) {
        return PageKind::Html;
    }
    match declared.as_str() {
        ""
        | "application/octet-stream"
        | "application/json"
        | "application/xml"
        | "application/javascript"
        | "application/x-javascript"
        | "unknown/unknown" => PageKind::Text,
        other
            if other.starts_with("text/")
                || other.ends_with("+xml")
                || other.ends_with("+json") =>
        {
            PageKind::Text
        }
        _ => PageKind::Other,
    }
}

fn looks_like_html(head: &[u8]) -> bool {
    let text: String = head
        .iter()
        .filter(|&&b| b != 0)
        .map(|&b| char::from(b.to_ascii_lowercase()))
        .collect();
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || !c.is_ascii());
    [
        "<!doctype html",
        "<html",
        "<head",
        "<body",
        "<!--",
        "<title",
        "<meta",
        "<div",
        "<script",
        "<p>",
        "<h1",
        "<table",
        "<a ",
    ]
    .iter()
    .any(|mark| start.starts_with(mark))
        || ["<html", "<body", "</p>", "</div>", "</a>", "<br>"]
            .iter()
            .any(|mark| text.contains(mark))
}

/// Signatures of pictures, archives and documents, or many zero bytes that are not UTF-16.
fn is_binary(head: &[u8]) -> bool {
    const SIGNATURES: [&[u8]; 12] = [
        b"\x89PNG",
        b"GIF8",
        b"\xFF\xD8\xFF",
        b"PK\x03\x04",
        b"%PDF",
        b"\x1F\x8B",
        b"RIFF",
        b"\x7FELF",
        b"MZ\x90",
        b"\x00\x00\x01\x00",
        b"OggS",
        b"wOF",
    ];
    if SIGNATURES
        .iter()
        .any(|signature| head.starts_with(signature))
    {
        return true;
    }
    let zeros = memchr::memchr_iter(0, head).count();
    let is_utf16 =
        head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") || zeros * 3 > head.len();
    zeros > 0 && zeros * 50 > head.len() && !is_utf16
}
