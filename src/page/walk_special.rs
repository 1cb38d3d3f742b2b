//! Elements whose content is no running text: titles, scripts, text areas, frames; and comments.

use super::markup::{hrefs_in_markup, push_without_markup};
use super::region::RegionKind;
use super::script::{counter_calls, readable_literals};
use super::text_builder::{MappedText, TextBuilder};
use super::walk::Walker;
use ego_tree::{NodeId, NodeRef};
use scraper::Node;
use scraper::node::Element;

/// Bytes of markup that scripts write and that is read for its forms and links.
const LONGEST_WRITTEN: usize = 512 * 1024;

/// What scripts write into a document with.
const WRITERS: [&str; 6] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "textContent",
    "innerText",
];

impl Walker<'_> {
    /// Text of a comment, without its markup.
    pub(super) fn add_comment(&mut self, node: NodeId) {
        let Some(span) = self.dom.comments.get(&node) else {
            return;
        };
        let whole = self.source.get(span.clone()).unwrap_or_default();
        let inner = whole.strip_prefix("<!--").unwrap_or_default();
        let inner_end = inner.trim_end_matches('>').trim_end_matches('-').len();
        let Some(text) = inner.get(..inner_end) else {
            return;
        };
        if text.starts_with("[if") || text.chars().filter(|c| c.is_alphabetic()).count() < 4 {
            return;
        }
        let mut plain = MappedText::default();
        plain.push_plain(text, span.start + 4);
        let mut builder = TextBuilder::default();
        push_without_markup(&mut builder, &plain);
        self.collector.add(RegionKind::Hidden, builder.take());
        for href in hrefs_in_markup(&plain) {
            self.collector.add(RegionKind::Href, href);
        }
    }

    /// Elements whose content is not read as text of the page. True if their children are to be skipped.
    pub(super) fn open_special(&mut self, node: NodeRef<'_, Node>, element: &Element) -> bool {
        match element.name() {
            "title" => {
                let is_document_title = self.out.title.is_empty()
                    && node
                        .parent()
                        .is_some_and(|p| p.value().as_element().is_none_or(|e| e.name() != "svg"));
                if is_document_title {
                    let mut builder = TextBuilder::default();
                    builder.push_all(&self.raw_text(node));
                    builder.text().clone_into(&mut self.out.title);
                    self.collector.add_alone(RegionKind::Title, builder.take());
                }
                is_document_title
            }
            "style" => true,
            "script" => {
                self.read_script(node, element);
                true
            }
            "br" => {
                let at = self.dom.tags.get(&node.id()).copied().unwrap_or_default();
                self.separate('\n', at);
                true
            }
            "textarea" => {
                self.read_field(node, element);
                let mut builder = TextBuilder::default();
                builder.push_all(&self.raw_text(node));
                self.collector.add(RegionKind::Form, builder.take());
                self.read_attributes(node, element);
                true
            }
            "iframe" | "noembed" | "noframes" | "xmp" | "plaintext" => {
                self.read_attributes(node, element);
                let mut builder = TextBuilder::default();
                push_without_markup(&mut builder, &self.raw_text(node));
                let shown = matches!(element.name(), "xmp" | "plaintext");
                let kind = if shown && self.hidden.is_none() {
                    RegionKind::Text
                } else {
                    RegionKind::Hidden
                };
                self.collector.add(kind, builder.take());
                true
            }
            _ => false,
        }
    }

    fn read_script(&mut self, node: NodeRef<'_, Node>, element: &Element) {
        if let Some(source) = element.attr("src") {
            self.add_asset(source);
            if counter_calls(source).next().is_some() {
                self.add_attribute(node.id(), element, "src", RegionKind::Script);
            }
        }
        let code = self.raw_text(node);
        if code.text.trim().is_empty() {
            return;
        }
        let kind = element
            .attr("type")
            .unwrap_or_default()
            .to_ascii_lowercase();
        self.collector.break_block(false);
        let region = if kind.contains("ld+json") {
            RegionKind::StructuredData
        } else {
            RegionKind::Script
        };
        let writes = WRITERS.iter().any(|writer| code.text.contains(writer));
        for content in readable_literals(&code, region == RegionKind::StructuredData) {
            self.add_literal(&content, region, writes);
        }
        for call in counter_calls(&code.text) {
            let mut mapped = MappedText::default();
            mapped.push_mapped(&code, call);
            self.collector.add(RegionKind::Script, mapped);
        }
        self.collector.break_block(false);
        if kind.is_empty() || kind.contains("javascript") || kind == "module" {
            self.out.scripts.push(code.text);
        }
    }

    /// Adds a literal of a script, and what its markup links to.
    pub(super) fn add_literal(&mut self, content: &MappedText, region: RegionKind, written: bool) {
        let mut builder = TextBuilder::default();
        push_without_markup(&mut builder, content);
        let index = self.collector.regions.len();
        self.collector.add(region, builder.take());
        if written && self.collector.regions.len() > index {
            self.out.written.push(index);
        }
        if !content.text.contains('<') {
            return;
        }
        for href in hrefs_in_markup(content) {
            self.collector.add(RegionKind::Href, href);
        }
        if written && self.out.written_markup.len() + content.text.len() <= LONGEST_WRITTEN {
            self.out.written_markup.push_str(&content.text);
        }
    }

    /// The character data directly within an element.
    pub(super) fn raw_text(&self, node: NodeRef<'_, Node>) -> MappedText {
        let mut mapped = MappedText::default();
        for child in node.children() {
            for span in self.dom.texts.get(&child.id()).into_iter().flatten() {
                mapped.push_mapped(&self.dom.stream, span.clone());
            }
        }
        mapped
    }
}
