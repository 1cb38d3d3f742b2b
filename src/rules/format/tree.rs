//! Parser events → a tree of nodes that keeps comments, anchors and blank lines.

use super::canonical::FormatError;
use granit_parser::{Event, Options, Parser, Placement, ScalarStyle};
use std::collections::HashMap;

/// A node with what stands around it.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) content: Content,
    pub(super) anchor: Option<String>,
    /// Comments on lines of their own before it.
    pub(super) above: Vec<Comment>,
    /// The comment behind it.
    pub(super) right: Option<String>,
    /// Whether an empty line stands before it (after its comments).
    pub(super) blank_before: bool,
}

/// A comment without its `#`, trimmed.
#[derive(Debug)]
pub(super) struct Comment {
    pub(super) text: String,
    pub(super) blank_before: bool,
    column: usize,
}

#[derive(Debug)]
pub(super) enum Content {
    Scalar {
        value: String,
        /// Written without quotes, so that it may be a number.
        plain: bool,
    },
    Alias(String),
    List(Vec<Node>, Vec<Comment>),
    /// Keys are scalars.
    Map(Vec<(Node, Node)>, Vec<Comment>),
}

impl Default for Content {
    fn default() -> Self {
        Self::Map(Vec::new(), Vec::new())
    }
}

/// A collection that is being read.
#[derive(Debug)]
struct Frame {
    node: Node,
    column: usize,
    key: Option<Node>,
}

struct Builder<'a> {
    lines: Vec<&'a str>,
    frames: Vec<Frame>,
    pending: Vec<Comment>,
    anchors: HashMap<usize, String>,
    root: Option<Node>,
}

/// Reads one document.
pub(super) fn read_tree(text: &str) -> Result<Node, FormatError> {
    let mut options = Options::default();
    options.emit_anchor_events = true;
    let mut builder = Builder {
        lines: text.lines().collect(),
        frames: Vec::new(),
        pending: Vec::new(),
        anchors: HashMap::new(),
        root: None,
    };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| FormatError {
            line: error.marker().line(),
            message: error.to_string(),
        })?;
        let (line, column) = (span.start.line(), span.start.col());
        builder
            .take(event, line, column)
            .map_err(|message| FormatError {
                line,
                message: message.to_owned(),
            })?;
    }
    let mut root = builder.root.unwrap_or_default();
    root.add_below(builder.pending);
    // What stands at the head of a file belongs to the file, whichever key comes first.
    if let Content::Map(entries, _) = &mut root.content
        && let Some((first, _)) = entries.first_mut()
    {
        root.above.append(&mut first.above);
        root.blank_before = std::mem::take(&mut first.blank_before);
    }
    Ok(root)
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, line: usize, column: usize) -> Result<(), &'static str> {
        match event {
            Event::Comment(text, placement) => {
                self.add_comment(&text, placement, line, column);
                Ok(())
            }
            Event::Anchor(id, name) => {
                self.anchors.insert(id, name.to_string());
                self.name_anchor(&name);
                Ok(())
            }
            Event::Scalar(value, style, _, tag) => {
                refuse_tag(tag.is_some())?;
                let content = Content::Scalar {
                    value: value.into_owned(),
                    plain: style == ScalarStyle::Plain,
                };
                let node = self.node(content, line);
                self.add(node)
            }
            Event::Alias(id) => {
                let name = self.anchors.get(&id).cloned().unwrap_or_default();
                let node = self.node(Content::Alias(name), line);
                self.add(node)
            }
            Event::SequenceStart(_, _, tag) => {
                refuse_tag(tag.is_some())?;
                self.open(Content::List(Vec::new(), Vec::new()), line, column)
            }
            Event::MappingStart(_, _, tag) => {
                refuse_tag(tag.is_some())?;
                self.open(Content::Map(Vec::new(), Vec::new()), line, column)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::DocumentStart(explicit, _) if explicit || self.root.is_some() => {
                Err("a rule file is one document without markers (---)")
            }
            _ => Ok(()),
        }
    }

    fn is_blank(&self, line: usize) -> bool {
        line.checked_sub(2)
            .and_then(|above| self.lines.get(above))
            .is_some_and(|text| text.trim().is_empty())
    }

    fn node(&self, content: Content, line: usize) -> Node {
        Node {
            content,
            blank_before: self.is_blank(line),
            ..Node::default()
        }
    }

    fn add_comment(&mut self, text: &str, placement: Placement, line: usize, column: usize) {
        let text = text.trim().to_owned();
        if placement == Placement::Right
            && let Some(node) = self.latest()
            && node.right.is_none()
        {
            node.right = Some(text);
            return;
        }
        self.pending.push(Comment {
            text,
            blank_before: self.is_blank(line),
            column,
        });
    }

    /// The node that was read last.
    fn latest(&mut self) -> Option<&mut Node> {
        let Some(frame) = self.frames.last_mut() else {
            return self.root.as_mut();
        };
        if frame.key.is_some() {
            return frame.key.as_mut();
        }
        match &mut frame.node.content {
            Content::List(items, _) => items.last_mut(),
            Content::Map(entries, _) => entries.last_mut().map(|(_, value)| value),
            _ => None,
        }
    }

    /// Anchors are told right after the node that carries them.
    fn name_anchor(&mut self, name: &str) {
        // A collection is open now, a scalar was added already.
        let just_opened = self.frames.last_mut().filter(|frame| {
            frame.key.is_none()
                && match &frame.node.content {
                    Content::List(items, _) => items.is_empty(),
                    Content::Map(entries, _) => entries.is_empty(),
                    _ => false,
                }
        });
        if let Some(frame) = just_opened {
            frame.node.anchor = Some(name.to_owned());
        } else if let Some(node) = self.latest() {
            node.anchor = Some(name.to_owned());
        }
    }

    fn open(&mut self, content: Content, line: usize, column: usize) -> Result<(), &'static str> {
        let mut node = self.node(content, line);
        if let Some(frame) = self.frames.last() {
            let is_map = matches!(frame.node.content, Content::Map(..));
            if is_map && frame.key.is_none() {
                return Err("keys are words; a list or map as a key is not supported");
            }
            if !is_map {
                node.above = std::mem::take(&mut self.pending);
            }
        }
        self.frames.push(Frame {
            node,
            column,
            key: None,
        });
        Ok(())
    }

    fn close(&mut self) -> Result<(), &'static str> {
        let Some(frame) = self.frames.pop() else {
            return Err("a collection ends that never began");
        };
        let mut node = frame.node;
        // Comments that stand as deep as its members belong to it, the others to what follows.
        let mine = self
            .pending
            .iter()
            .take_while(|comment| comment.column >= frame.column)
            .count();
        if !self.frames.is_empty() {
            node.add_below(self.pending.drain(..mine).collect());
        }
        self.add(node)
    }

    fn add(&mut self, mut node: Node) -> Result<(), &'static str> {
        let Some(frame) = self.frames.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match (&mut frame.node.content, frame.key.take()) {
            (Content::Map(entries, _), Some(mut key)) => {
                if !matches!(node.content, Content::List(..) | Content::Map(..)) {
                    key.above.append(&mut self.pending);
                }
                entries.push((key, node));
            }
            (Content::Map(..), None) => {
                if !matches!(node.content, Content::Scalar { .. }) {
                    return Err("keys are words; an alias as a key is not supported");
                }
                node.above = std::mem::take(&mut self.pending);
                frame.key = Some(node);
            }
            (Content::List(items, _), _) => {
                if matches!(node.content, Content::Scalar { .. } | Content::Alias(_)) {
                    node.above = std::mem::take(&mut self.pending);
                } else if let Content::Map(entries, _) = &mut node.content
                    && let Some((first, _)) = entries.first_mut()
                {
                    // A comment between the dash and the first key stands above the dash.
                    node.above.append(&mut first.above);
                }
                items.push(node);
            }
            _ => return Err("a scalar has no members"),
        }
        Ok(())
    }
}

fn refuse_tag(tagged: bool) -> Result<(), &'static str> {
    if tagged {
        Err("tags (!name) have no place in rule files")
    } else {
        Ok(())
    }
}

impl Node {
    fn add_below(&mut self, mut comments: Vec<Comment>) {
        match &mut self.content {
            Content::List(_, below) | Content::Map(_, below) => below.append(&mut comments),
            _ => self.above.append(&mut comments),
        }
    }

    /// The comments of a node and of everything in it.
    pub(super) fn comments<'a>(&'a self, all: &mut Vec<&'a str>) {
        all.extend(self.above.iter().map(|comment| comment.text.as_str()));
        all.extend(self.right.as_deref());
        match &self.content {
            Content::List(items, below) => {
                for item in items {
                    item.comments(all);
                }
                all.extend(below.iter().map(|comment| comment.text.as_str()));
            }
            Content::Map(entries, below) => {
                for (key, value) in entries {
                    key.comments(all);
                    value.comments(all);
                }
                all.extend(below.iter().map(|comment| comment.text.as_str()));
            }
            _ => {}
        }
    }
}
