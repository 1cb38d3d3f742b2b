//! Tree → regions, links, forms: one pass in document order, without recursion.

use super::collector::Collector;
use super::dom::Dom;
use super::form::Form;
use super::form_reader::FormReader;
use super::hidden::HiddenStyles;
use super::link::{Link, LinkKind};
use super::markup::push_without_markup;
use super::region::{Region, RegionKind};
use super::shape::{is_block, is_heading, joined_elements};
use super::tag::value_span;
use super::text_builder::{MappedText, TextBuilder};
use crate::suspect::SuspectUrl;
use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::Node;
use scraper::node::Element;
use std::collections::HashSet;

/// Links, and assets, of one page.
pub(super) const MOST_LINKS: usize = 5_000;
/// Bytes of one attribute that become a region.
const LONGEST_ATTRIBUTE: usize = 4_096;

/// What the walk found.
#[derive(Debug)]
pub(super) struct Walked {
    pub(super) title: String,
    pub(super) language: Option<String>,
    pub(super) regions: Vec<Region>,
    pub(super) links: Vec<Link>,
    pub(super) forms: Vec<Form>,
    pub(super) assets: Vec<SuspectUrl>,
    /// Content of `meta http-equiv=refresh`.
    pub(super) meta_refresh: Option<String>,
    /// Code of inline scripts and of the body's load handler.
    pub(super) scripts: Vec<String>,
    /// Regions that are literals of scripts which write into the document.
    pub(super) written: Vec<usize>,
    /// Markup in those literals.
    pub(super) written_markup: String,
    /// The base URL.
    pub(super) base: SuspectUrl,
    pub(super) cuts: Vec<&'static str>,
}

/// An element whose text is wanted by itself too.
struct Capture {
    node: NodeId,
    kind: RegionKind,
    builder: TextBuilder,
    /// The link it belongs to.
    link: Option<usize>,
}

pub(super) struct Walker<'a> {
    pub(super) source: &'a str,
    pub(super) dom: &'a Dom,
    pub(super) collector: Collector,
    styles: HiddenStyles,
    joined: HashSet<NodeId>,
    joining: usize,
    /// The element that hides what is being read.
    pub(super) hidden: Option<NodeId>,
    skipping: Option<NodeId>,
    captures: Vec<Capture>,
    pub(super) forms: FormReader,
    seen_assets: HashSet<String>,
    pub(super) out: Walked,
}

/// Reads a document.
pub(super) fn walk(source: &str, dom: &Dom, url: &SuspectUrl) -> Walked {
    let mut walker = Walker {
        source,
        dom,
        collector: Collector::default(),
        styles: HiddenStyles::default(),
        joined: joined_elements(dom),
        joining: 0,
        hidden: None,
        skipping: None,
        captures: Vec::new(),
        forms: FormReader::default(),
        seen_assets: HashSet::new(),
        out: Walked {
            title: String::new(),
            language: None,
            regions: Vec::new(),
            links: Vec::new(),
            forms: Vec::new(),
            assets: Vec::new(),
            meta_refresh: None,
            scripts: Vec::new(),
            written: Vec::new(),
            written_markup: String::new(),
            base: url.clone(),
            cuts: Vec::new(),
        },
    };
    walker.read_styles();
    for edge in dom.html.tree.root().traverse() {
        match edge {
            Edge::Open(node) => walker.open(node),
            Edge::Close(node) => walker.close(node),
        }
    }
    walker.finish()
}

impl Walker<'_> {
    fn read_styles(&mut self) {
        for node in self.dom.html.tree.nodes() {
            if node
                .value()
                .as_element()
                .is_some_and(|e| e.name() == "style")
            {
                let sheet = self.raw_text(node);
                self.styles.read(&sheet.text);
            }
        }
    }

    fn open(&mut self, node: NodeRef<'_, Node>) {
        if self.skipping.is_some() {
            return;
        }
        match node.value() {
            Node::Text(_) => self.add_text(node.id()),
            Node::Comment(_) => self.add_comment(node.id()),
            Node::Element(element) => self.open_element(node, element),
            _ => {}
        }
    }

    fn add_text(&mut self, node: NodeId) {
        for span in self.dom.texts.get(&node).into_iter().flatten() {
            let stream = &self.dom.stream;
            if self.hidden.is_some() {
                self.collector.hidden.push(stream, span.clone());
            } else {
                self.collector.open.push(stream, span.clone());
                for capture in &mut self.captures {
                    capture.builder.push(stream, span.clone());
                }
            }
        }
    }

    fn open_element(&mut self, node: NodeRef<'_, Node>, element: &Element) {
        let name = element.name();
        if self.hidden.is_none() && (is_never_shown(name) || self.styles.hide(element)) {
            self.hidden = Some(node.id());
        }
        if is_block(name) {
            self.open_block(node.id(), name);
        }
        if self.open_special(node, element) {
            self.skipping = Some(node.id());
            return;
        }
        self.read_attributes(node, element);
        if self.captures.len() < 8 && self.hidden.is_none() {
            self.open_capture(node, element);
        }
    }

    fn open_block(&mut self, node: NodeId, name: &str) {
        if self.joining > 0 {
            let separator = if matches!(name, "td" | "th") {
                '\t'
            } else {
                '\n'
            };
            let at = self.dom.tags.get(&node).copied().unwrap_or_default();
            self.separate(separator, at);
        } else {
            self.collector.break_block(is_heading(name));
            for capture in &mut self.captures {
                capture.builder.separate('\n', 0..0);
            }
        }
        if self.joined.contains(&node) {
            self.joining += 1;
        }
    }

    pub(super) fn separate(&mut self, separator: char, at: usize) {
        if self.hidden.is_some() {
            self.collector.hidden.separate(separator, at..at);
            return;
        }
        self.collector.open.separate(separator, at..at);
        for capture in &mut self.captures {
            capture.builder.separate(separator, at..at);
        }
    }

    fn open_capture(&mut self, node: NodeRef<'_, Node>, element: &Element) {
        let kind = match element.name() {
            "a" => RegionKind::LinkText,
            "label" | "button" | "legend" | "option" => RegionKind::Form,
            name if is_heading(name) && self.joining > 0 => RegionKind::Heading,
            _ => return,
        };
        if element.name() == "label" {
            self.forms.open_label(node.id(), element);
        }
        let link = (kind == RegionKind::LinkText && element.attr("href").is_some())
            .then(|| self.out.links.len().checked_sub(1))
            .flatten();
        self.captures.push(Capture {
            node: node.id(),
            kind,
            builder: TextBuilder::default(),
            link,
        });
    }

    /// The mapped value of an attribute.
    pub(super) fn attribute(
        &self,
        node: NodeId,
        element: &Element,
        name: &str,
    ) -> Option<MappedText> {
        let value = element.attr(name)?;
        let tag = self.dom.tags.get(&node).copied();
        let mapped = tag
            .and_then(|start| value_span(self.source, start, name))
            .map(|span| MappedText::of_attribute(self.source, span))
            .unwrap_or_default();
        if mapped.text == value {
            return Some(mapped);
        }
        let mut whole = MappedText::default();
        let at = tag.unwrap_or_default();
        whole.push_atom(value, at..at);
        Some(whole)
    }

    /// Adds an attribute as a region, white space collapsed.
    pub(super) fn add_attribute(
        &mut self,
        node: NodeId,
        element: &Element,
        name: &str,
        kind: RegionKind,
    ) {
        let Some(mapped) = self.attribute(node, element, name) else {
            return;
        };
        if mapped.text.len() > LONGEST_ATTRIBUTE {
            self.cut("attribute_length");
            return;
        }
        let mut builder = TextBuilder::default();
        builder.push_all(&mapped);
        let in_place = matches!(kind, RegionKind::Href | RegionKind::Script);
        let kind = if self.hidden.is_some() && !in_place {
            RegionKind::Hidden
        } else {
            kind
        };
        self.collector.add(kind, builder.take());
    }

    fn cut(&mut self, name: &'static str) {
        if !self.out.cuts.contains(&name) {
            self.out.cuts.push(name);
        }
    }

    pub(super) fn add_link(&mut self, href: &str, kind: LinkKind) {
        if self.out.links.len() >= MOST_LINKS {
            self.cut("links");
            return;
        }
        self.out.links.push(Link {
            url: self.out.base.join(href.trim()).ok(),
            href: href.trim().to_owned(),
            text: String::new(),
            kind,
        });
    }

    pub(super) fn add_asset(&mut self, reference: &str) {
        if self.out.assets.len() >= MOST_LINKS || reference.starts_with("data:") {
            return;
        }
        if let Ok(url) = self.out.base.join(reference.trim())
            && self.seen_assets.insert(url.as_str().to_owned())
        {
            self.out.assets.push(url);
        }
    }

    /// Reads an input, select or textarea.
    pub(super) fn read_field(&mut self, node: NodeRef<'_, Node>, element: &Element) {
        let owner = self.dom.form_owners.get(&node.id()).copied();
        self.forms.read_field(node, element, &self.collector, owner);
    }

    fn close(&mut self, node: NodeRef<'_, Node>) {
        if let Some(skipped) = self.skipping {
            if skipped != node.id() {
                return;
            }
            self.skipping = None;
        }
        let Node::Element(element) = node.value() else {
            return;
        };
        let name = element.name();
        while self.captures.last().is_some_and(|c| c.node == node.id()) {
            self.close_capture();
        }
        if is_block(name) {
            if self.joined.contains(&node.id()) {
                self.joining = self.joining.saturating_sub(1);
            }
            if self.joining > 0 {
                let at = self.dom.tags.get(&node.id()).copied().unwrap_or_default();
                self.separate('\n', at);
            } else {
                self.collector.break_block(false);
            }
        }
        if self.hidden == Some(node.id()) {
            self.hidden = None;
            self.collector.break_hidden();
        }
    }

    fn close_capture(&mut self) {
        let Some(mut capture) = self.captures.pop() else {
            return;
        };
        if let Some(link) = capture.link.and_then(|index| self.out.links.get_mut(index)) {
            capture.builder.text().clone_into(&mut link.text);
        }
        if capture.kind == RegionKind::Form {
            self.forms.close_label(capture.node, capture.builder.text());
        }
        self.collector.add(capture.kind, capture.builder.take());
    }

    fn finish(mut self) -> Walked {
        self.collector.break_block(false);
        if self.collector.is_full() {
            self.cut("regions");
        }
        if let Some(start) = self.dom.stopped_at {
            let mut rest = MappedText::default();
            rest.push_plain(self.source.get(start..).unwrap_or_default(), start);
            push_without_markup(&mut self.collector.open, &rest);
        }
        self.out.forms = self.forms.finish(&self.out.base);
        self.out.regions = self.collector.finish();
        self.out
    }
}

fn is_never_shown(name: &str) -> bool {
    matches!(name, "noscript" | "template" | "noframes" | "noembed")
}
