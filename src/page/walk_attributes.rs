//! What attributes say: links, pictures, meta data, frames.

use super::link::LinkKind;
use super::markup::push_without_markup;
use super::region::RegionKind;
use super::script::{counter_calls, revealed};
use super::text_builder::{MappedText, TextBuilder};
use super::walk::Walker;
use ego_tree::{NodeId, NodeRef};
use scraper::Node;
use scraper::node::Element;

/// `name` and `property` values of meta elements whose content people read.
const READABLE_META: [&str; 11] = [
    "description",
    "keywords",
    "og:title",
    "og:description",
    "og:site_name",
    "twitter:title",
    "twitter:description",
    "author",
    "application-name",
    "dc.title",
    "news_keywords",
];

impl Walker<'_> {
    /// Reads the attributes of one element.
    pub(super) fn read_attributes(&mut self, node: NodeRef<'_, Node>, element: &Element) {
        let id = node.id();
        match element.name() {
            "html" => {
                self.out.language = element
                    .attr("lang")
                    .map(|l| l.trim().to_ascii_lowercase())
                    .filter(|l| !l.is_empty());
            }
            "base" => {
                if let Some(base) = element
                    .attr("href")
                    .and_then(|h| self.out.base.join(h.trim()).ok())
                {
                    self.out.base = base;
                }
            }
            "meta" => self.read_meta(id, element),
            "a" | "area" => self.read_link(id, element, LinkKind::Anchor),
            "link" => self.read_related(element),
            "iframe" | "frame" => self.read_frame(id, element),
            "img" | "image" => self.read_picture(id, element),
            "embed" | "source" | "video" | "audio" | "object" => {
                for name in ["src", "data", "poster"] {
                    if let Some(reference) = element.attr(name) {
                        self.add_asset(reference);
                    }
                }
            }
            "form" | "input" | "select" | "textarea" | "button" => self.read_control(node, element),
            "body" => {
                if let Some(code) = element.attr("onload") {
                    self.out.scripts.push(code.to_owned());
                }
            }
            _ => {}
        }
        for name in ["title", "aria-label"] {
            self.add_attribute(id, element, name, RegionKind::Alt);
        }
        for (name, value) in element.attrs() {
            if name.starts_with("data-") && value.len() >= 24 {
                self.read_data(id, element, name, value);
            }
        }
    }

    /// Text that a `data-` attribute holds in Base64 or percent-encoding, for a script to write.
    fn read_data(&mut self, id: NodeId, element: &Element, name: &str, value: &str) {
        let Some(text) = revealed(value, false) else {
            return;
        };
        if let Some(mapped) = self.attribute(id, element, name) {
            let mut whole = MappedText::default();
            whole.push_atom(&text, mapped.map.source_span(0..mapped.text.len()));
            self.add_literal(&whole, RegionKind::Script, true);
        }
    }

    fn read_meta(&mut self, id: NodeId, element: &Element) {
        let content = element.attr("content");
        let refreshes = element
            .attr("http-equiv")
            .is_some_and(|e| e.trim().eq_ignore_ascii_case("refresh"));
        if refreshes && self.out.meta_refresh.is_none() {
            self.out.meta_refresh = content.map(str::to_owned);
        }
        let name = element
            .attr("name")
            .or_else(|| element.attr("property"))
            .or_else(|| element.attr("itemprop"))
            .unwrap_or_default()
            .to_ascii_lowercase();
        if READABLE_META.contains(&name.as_str()) {
            self.add_attribute(id, element, "content", RegionKind::Meta);
        }
    }

    fn read_link(&mut self, id: NodeId, element: &Element, kind: LinkKind) {
        // An element without a tag of its own is the parser's repetition of one that was not closed.
        if let Some(href) = element.attr("href")
            && self.dom.tags.contains_key(&id)
        {
            self.add_link(href, kind);
            if href.len() > 1 && !href.starts_with("javascript:void") {
                self.add_attribute(id, element, "href", RegionKind::Href);
            }
        }
        self.add_attribute(id, element, "alt", RegionKind::Alt);
    }

    fn read_related(&mut self, element: &Element) {
        let Some(href) = element.attr("href") else {
            return;
        };
        let relation = element.attr("rel").unwrap_or_default().to_ascii_lowercase();
        let mut words = relation.split_ascii_whitespace();
        if words.clone().any(|w| {
            matches!(
                w,
                "stylesheet" | "icon" | "apple-touch-icon" | "preload" | "manifest"
            )
        }) {
            self.add_asset(href);
        } else if words.any(|w| matches!(w, "canonical" | "alternate" | "next" | "prev")) {
            self.add_link(href, LinkKind::Related);
        }
    }

    fn read_frame(&mut self, id: NodeId, element: &Element) {
        if let Some(source) = element.attr("src").or_else(|| element.attr("data-src")) {
            self.add_asset(source);
            self.add_link(source, LinkKind::Frame);
            let name = if element.attr("src").is_some() {
                "src"
            } else {
                "data-src"
            };
            self.add_attribute(id, element, name, RegionKind::Href);
        }
        if let Some(document) = self.attribute(id, element, "srcdoc") {
            let mut builder = TextBuilder::default();
            push_without_markup(&mut builder, &document);
            self.collector.add(RegionKind::Text, builder.take());
        }
    }

    fn read_picture(&mut self, id: NodeId, element: &Element) {
        self.add_attribute(id, element, "alt", RegionKind::Alt);
        for name in ["src", "data-src"] {
            let Some(source) = element.attr(name) else {
                continue;
            };
            self.add_asset(source);
            if counter_calls(source).next().is_some() {
                self.add_attribute(id, element, name, RegionKind::Script);
                break;
            }
            if let Some(mapped) = self.attribute(id, element, name)
                && let Some(file) = readable_file_name(&mapped)
            {
                self.collector.add(RegionKind::Alt, file);
                break;
            }
        }
    }

    fn read_control(&mut self, node: NodeRef<'_, Node>, element: &Element) {
        match element.name() {
            "form" => {
                let block = self.collector.block();
                self.forms.open_form(node.id(), element, block);
            }
            "input" | "select" => self.read_field(node, element),
            _ => {}
        }
        let kind = element
            .attr("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        let id = node.id();
        self.add_attribute(id, element, "placeholder", RegionKind::Form);
        if element.name() == "input" {
            if matches!(kind.as_str(), "submit" | "button" | "reset") {
                self.add_attribute(id, element, "value", RegionKind::Form);
            } else if kind != "hidden" {
                self.add_attribute(id, element, "name", RegionKind::Form);
            }
        }
    }
}

/// The last segment of a picture's path, if it reads like words rather than like a number or a digest.
fn readable_file_name(reference: &MappedText) -> Option<MappedText> {
    let text = &reference.text;
    if text.starts_with("data:") || text.len() > 2_048 {
        return None;
    }
    let end = text.find(['?', '#']).unwrap_or(text.len());
    let start = text.get(..end)?.rfind('/').map_or(0, |at| at + 1);
    let name = text.get(start..end)?;
    let stem_end = name.rfind('.').unwrap_or(name.len());
    let stem = name.get(..stem_end)?;
    let mut mapped = MappedText::default();
    if stem.contains('%') {
        let decoded = percent_decoded(stem)?;
        let source = reference.map.source_span(start..start + stem_end);
        mapped.push_atom(&decoded, source);
    } else {
        mapped.push_mapped(reference, start..start + stem_end);
    }
    let letters = mapped.text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = mapped.text.chars().filter(char::is_ascii_digit).count();
    (letters >= 3 && letters > digits * 2).then_some(mapped)
}

/// Percent-decoded text, if it is UTF-8.
pub(super) fn percent_decoded(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = (byte == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(decoded).ok()
}
