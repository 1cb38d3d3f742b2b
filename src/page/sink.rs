//! scraper's tree with a record of where its nodes came from.

use super::text_builder::MappedText;
use ego_tree::NodeId;
use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, LocalName, QualName};
use scraper::{Html, HtmlTreeSink};
use std::borrow::Cow;
use std::cell::{Ref, RefCell, RefMut};
use std::collections::HashMap;
use std::ops::Range;

/// How far ahead in the stream a text is looked for when the tree builder dropped white space before it.
const LOOKAHEAD: usize = 4_096;

/// Where nodes came from.
#[derive(Debug, Default)]
pub(super) struct Placement {
    /// All character data in source order.
    pub(super) stream: MappedText,
    /// Start of each element's tag.
    pub(super) tags: HashMap<NodeId, usize>,
    /// Spans of the stream that make up a text node.
    pub(super) texts: HashMap<NodeId, Vec<Range<usize>>>,
    /// Source of comments.
    pub(super) comments: HashMap<NodeId, Range<usize>>,
    /// The form of a field.
    pub(super) form_owners: HashMap<NodeId, NodeId>,
    /// Nodes made.
    pub(super) nodes: usize,
    /// The start tag that is being processed.
    pub(super) tag: Option<(LocalName, usize)>,
    /// The element made for it.
    pub(super) tag_node: Option<NodeId>,
    /// The comment that is being processed.
    pub(super) comment: Range<usize>,
    /// Where in the stream the text token begins that is being processed.
    pub(super) token_start: usize,
    /// Where in the stream the next text is expected.
    cursor: usize,
    depths: HashMap<NodeId, u32>,
}

impl Placement {
    /// How deep a node was when it was attached.
    pub(super) fn depth(&self, node: NodeId) -> u32 {
        self.depths.get(&node).copied().unwrap_or_default()
    }

    /// Finds the span of the stream that a text came from.
    fn locate(&mut self, text: &str) -> Range<usize> {
        let stream = &self.stream.text;
        let ahead = |from: usize| {
            let mut end = (from + LOOKAHEAD.max(text.len())).min(stream.len());
            while !stream.is_char_boundary(end) {
                end -= 1;
            }
            let window = stream.get(from..end).unwrap_or_default();
            window.find(text).map(|found| from + found)
        };
        let expected = stream
            .get(self.cursor..)
            .is_some_and(|rest| rest.starts_with(text));
        let found = if expected {
            Some(self.cursor)
        } else {
            ahead(self.cursor).or_else(|| ahead(self.token_start))
        };
        let start = found.unwrap_or_else(|| {
            let start = self.stream.text.len();
            self.stream.push_atom(text, 0..0);
            start
        });
        self.cursor = start + text.len();
        start..self.cursor
    }

    fn add_text(&mut self, node: NodeId, span: Range<usize>) {
        let spans = self.texts.entry(node).or_default();
        match spans.last_mut() {
            Some(last) if last.end == span.start => last.end = span.end,
            _ => spans.push(span),
        }
    }
}

/// [`HtmlTreeSink`] with a [`Placement`].
#[derive(Debug)]
pub(super) struct PlacingSink {
    inner: HtmlTreeSink,
    placement: RefCell<Placement>,
}

impl Default for PlacingSink {
    fn default() -> Self {
        Self {
            inner: HtmlTreeSink::new(Html::new_document()),
            placement: RefCell::default(),
        }
    }
}

impl PlacingSink {
    pub(super) fn placement(&self) -> Ref<'_, Placement> {
        self.placement.borrow()
    }

    pub(super) fn placement_mut(&self) -> RefMut<'_, Placement> {
        self.placement.borrow_mut()
    }

    fn note_depth(&self, node: NodeId, parent: NodeId) {
        let mut placement = self.placement.borrow_mut();
        let depth = placement.depth(parent) + 1;
        placement.depths.insert(node, depth);
    }

    fn parent_of(&self, node: NodeId) -> Option<NodeId> {
        let html = self.inner.0.borrow();
        html.tree.get(node)?.parent().map(|parent| parent.id())
    }
}

impl TreeSink for PlacingSink {
    type Handle = NodeId;
    type Output = (Html, Placement);
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self::Output {
        (self.inner.finish(), self.placement.into_inner())
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        self.inner.get_document()
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        self.inner.elem_name(target)
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeId {
        let local = name.local.clone();
        let node = self.inner.create_element(name, attributes, flags);
        let mut placement = self.placement.borrow_mut();
        placement.nodes += 1;
        let tag_start = match &placement.tag {
            Some((tag, start)) if *tag == local => Some(*start),
            _ => None,
        };
        if let Some(start) = tag_start {
            // The parser repeats open formatting elements first; the last of the name is the tag's own.
            if let Some(earlier) = placement.tag_node.replace(node) {
                placement.tags.remove(&earlier);
            }
            placement.tags.insert(node, start);
        }
        node
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        let node = self.inner.create_comment(text);
        let mut placement = self.placement.borrow_mut();
        placement.nodes += 1;
        let span = placement.comment.clone();
        placement.comments.insert(node, span);
        node
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.inner.create_pi(target, data)
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(node) => {
                self.note_depth(node, *parent);
                self.inner.append(parent, NodeOrText::AppendNode(node));
            }
            NodeOrText::AppendText(text) => {
                let span = self.placement.borrow_mut().locate(&text);
                self.inner.append(parent, NodeOrText::AppendText(text));
                let node = {
                    let html = self.inner.0.borrow();
                    html.tree
                        .get(*parent)
                        .and_then(|p| p.last_child())
                        .map(|n| n.id())
                };
                if let Some(node) = node {
                    self.placement.borrow_mut().add_text(node, span);
                }
            }
        }
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(node) => {
                if let Some(parent) = self.parent_of(*sibling) {
                    self.note_depth(node, parent);
                }
                self.inner
                    .append_before_sibling(sibling, NodeOrText::AppendNode(node));
            }
            NodeOrText::AppendText(text) => {
                let span = self.placement.borrow_mut().locate(&text);
                self.inner
                    .append_before_sibling(sibling, NodeOrText::AppendText(text));
                let node = {
                    let html = self.inner.0.borrow();
                    html.tree
                        .get(*sibling)
                        .and_then(|s| s.prev_sibling())
                        .map(|n| n.id())
                };
                if let Some(node) = node {
                    self.placement.borrow_mut().add_text(node, span);
                }
            }
        }
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        if self.parent_of(*element).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, name: StrTendril, public: StrTendril, system: StrTendril) {
        self.inner.append_doctype_to_document(name, public, system);
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        self.inner.get_template_contents(target)
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.inner.set_quirks_mode(mode);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        self.inner.add_attrs_if_missing(target, attributes);
        let mut placement = self.placement.borrow_mut();
        if let Some((_, start)) = placement.tag {
            placement.tags.entry(*target).or_insert(start);
        }
    }

    fn associate_with_form(
        &self,
        target: &NodeId,
        form: &NodeId,
        _nodes: (&NodeId, Option<&NodeId>),
    ) {
        self.placement
            .borrow_mut()
            .form_owners
            .insert(*target, *form);
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.inner.remove_from_parent(target);
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        self.inner.reparent_children(node, new_parent);
    }
}
