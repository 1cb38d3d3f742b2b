//! Tokens on their way to the tree builder: each is aligned with its source, and nesting is kept bounded.

use super::reference::reference_at;
use super::sink::{Placement, PlacingSink};
use ego_tree::NodeId;
use html5ever::LocalName;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeSink};
use scraper::Html;
use std::cell::{Cell, RefCell};
use std::ops::Range;

/// Elements nested deeper have no children: what would be inside stands beside them, as in browsers.
const DEEPEST: u32 = 512;
/// Nodes of a tree.
const MOST_NODES: usize = 200_000;
/// How far back an end tag looks for its flattened start tag.
const FLATTENED_LOOKBACK: usize = 64;

const VOID: [&str; 14] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source",
    "track", "wbr",
];

/// Passes tokens on to the tree builder and notes where they came from.
pub(super) struct Aligner<'s> {
    builder: TreeBuilder<NodeId, PlacingSink>,
    source: &'s str,
    /// Everything before is accounted for by tokens.
    position: Cell<usize>,
    /// Where the chunk that is being fed ends.
    chunk_end: Cell<usize>,
    /// In raw text: the element's name and whether references are decoded.
    raw: RefCell<Option<(LocalName, bool)>>,
    /// The second character of a reference that stands for two.
    second: RefCell<Option<(char, Range<usize>)>>,
    /// Start tags that were closed at once for their depth; their own end tags are swallowed.
    flattened: RefCell<Vec<LocalName>>,
    deep: Cell<bool>,
    /// Within a CDATA section of foreign content.
    in_cdata: Cell<bool>,
}

impl<'s> Aligner<'s> {
    pub(super) fn new(builder: TreeBuilder<NodeId, PlacingSink>, source: &'s str) -> Self {
        Self {
            builder,
            source,
            position: Cell::new(0),
            chunk_end: Cell::new(0),
            raw: RefCell::new(None),
            second: RefCell::new(None),
            flattened: RefCell::new(Vec::new()),
            deep: Cell::new(false),
            in_cdata: Cell::new(false),
        }
    }

    /// Says where the chunk ends that is fed next.
    pub(super) fn announce(&self, end: usize) {
        self.chunk_end.set(end);
    }

    pub(super) fn is_full(&self) -> bool {
        self.builder.sink.placement().nodes > MOST_NODES
    }

    pub(super) fn met_depth_limit(&self) -> bool {
        self.deep.get()
    }

    pub(super) fn finish(self) -> (Html, Placement) {
        self.builder.sink.finish()
    }

    /// Whether the tokenizer will read a tag at `at`: all before is text, and what stands there begins one.
    pub(super) fn expects_tag(&self, at: usize) -> bool {
        let Some(rest) = self.source.get(at..) else {
            return false;
        };
        let bytes = rest.as_bytes();
        if bytes.first() != Some(&b'<') {
            return false;
        }
        let unread = self.source.get(self.position.get()..at).unwrap_or("<");
        if unread.contains('<') {
            return false;
        }
        let closes = bytes.get(1) == Some(&b'/');
        let name = bytes.get(1 + usize::from(closes)..).unwrap_or_default();
        match &*self.raw.borrow() {
            Some((raw, _)) => {
                closes
                    && name
                        .get(..raw.len())
                        .is_some_and(|n| n.eq_ignore_ascii_case(raw.as_bytes()))
                    && !name.get(raw.len()).is_some_and(u8::is_ascii_alphanumeric)
            }
            None => name.first().is_some_and(u8::is_ascii_alphabetic),
        }
    }

    /// Aligns character data with the source and adds it to the stream.
    fn place_text(&self, text: &str) {
        let mut placement = self.builder.sink.placement_mut();
        placement.token_start = placement.stream.text.len();
        let mut at = self.position.get();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let source = self.source.get(at..).unwrap_or_default();
            if let Some(skipped) = self.cdata_mark(source) {
                at += skipped;
                continue;
            }
            let decodes = self.decodes();
            let (letter, tail) = rest.split_at(c.len_utf8());
            if let Some((_, span)) = self.second.take().filter(|(second, _)| *second == c) {
                placement.stream.push_atom(letter, span);
                rest = tail;
                continue;
            }
            let reference = (decodes && source.starts_with('&'))
                .then(|| reference_at(source, false))
                .flatten();
            if let Some(reference) = reference.filter(|r| r.first == c) {
                let span = at..at + reference.length;
                at = span.end;
                placement.stream.push_atom(letter, span.clone());
                self.second
                    .replace(reference.second.map(|second| (second, span)));
                rest = tail;
                continue;
            }
            let same = common_prefix(rest, source, decodes);
            if same > 0 {
                placement.stream.push_plain(&rest[..same], at);
                at += same;
                rest = &rest[same..];
            } else if c == '\n' && source.starts_with('\r') {
                let length = if source.starts_with("\r\n") { 2 } else { 1 };
                placement.stream.push_atom("\n", at..at + length);
                at += length;
                rest = tail;
            } else if c == '\u{fffd}' && source.starts_with('\0') {
                placement.stream.push_atom(letter, at..at + 1);
                at += 1;
                rest = tail;
            } else if let Some(skipped) = unseen_length(source) {
                at += skipped;
            } else {
                placement.stream.push_atom(rest, at..at);
                break;
            }
        }
        self.position.set(at);
    }

    /// A null character, which becomes a replacement character or nothing.
    fn place_null(&self) {
        let position = self.position.get();
        let source = self.source.get(position..).unwrap_or_default();
        let start = position + self.cdata_mark(source).unwrap_or(0);
        let rest = self.source.get(start..self.chunk_end.get());
        let found = rest.and_then(|r| r.find('\0'));
        let mut placement = self.builder.sink.placement_mut();
        placement.token_start = placement.stream.text.len();
        let span = found.map_or(start..start, |at| start + at..start + at + 1);
        self.position.set(span.end);
        placement.stream.push_atom("\u{fffd}", span);
    }

    /// Whether character references are decoded here.
    fn decodes(&self) -> bool {
        let raw = self.raw.borrow();
        !self.in_cdata.get() && raw.as_ref().is_none_or(|(_, decodes)| *decodes)
    }

    /// Bytes of a CDATA section's delimiter, which gives no token.
    fn cdata_mark(&self, source: &str) -> Option<usize> {
        let mark = if self.in_cdata.get() {
            "]]>"
        } else {
            "<![CDATA["
        };
        let found = self.raw.borrow().is_none() && source.starts_with(mark);
        if found {
            self.in_cdata.set(!self.in_cdata.get());
        }
        found.then_some(mark.len())
    }

    fn place_tag(&self, tag: &Tag) {
        self.in_cdata.set(false);
        let position = self.position.get();
        let end = self.chunk_end.get();
        let source = self.source.get(position..end).unwrap_or_default();
        let start = position + source.find('<').unwrap_or(0);
        self.position.set(end);
        let mut placement = self.builder.sink.placement_mut();
        placement.tag_node = None;
        placement.tag = (tag.kind == TagKind::StartTag).then(|| (tag.name.clone(), start));
    }

    /// Closes a start tag that went too deep, so that what follows stands beside it.
    fn flatten(&self, name: &LocalName, line: u64) {
        let too_deep = {
            let placement = self.builder.sink.placement();
            placement
                .tag_node
                .is_some_and(|node| placement.depth(node) > DEEPEST)
        };
        if !too_deep || VOID.contains(&&**name) {
            return;
        }
        self.deep.set(true);
        self.flattened.borrow_mut().push(name.clone());
        self.builder.sink.placement_mut().tag = None;
        let end = Tag {
            kind: TagKind::EndTag,
            name: name.clone(),
            self_closing: false,
            attrs: Vec::new(),
            had_duplicate_attributes: false,
        };
        let _ = self.builder.process_token(Token::TagToken(end), line);
    }

    /// True if this end tag belongs to a flattened start tag.
    fn swallow(&self, name: &LocalName) -> bool {
        let mut flattened = self.flattened.borrow_mut();
        let from = flattened.len().saturating_sub(FLATTENED_LOOKBACK);
        let found = flattened
            .iter()
            .skip(from)
            .rposition(|n| n == name)
            .map(|index| from + index);
        if let Some(index) = found {
            flattened.truncate(index);
        }
        found.is_some()
    }

    fn process_tag(&self, tag: Tag, line: u64) -> TokenSinkResult<NodeId> {
        self.place_tag(&tag);
        let name = tag.name.clone();
        let starts = tag.kind == TagKind::StartTag;
        if !starts {
            let was_raw = self.raw.take().is_some();
            if !was_raw && self.swallow(&name) {
                return TokenSinkResult::Continue;
            }
        }
        let result = self.builder.process_token(Token::TagToken(tag), line);
        match &result {
            TokenSinkResult::RawData(kind) => {
                self.raw
                    .replace(Some((name, matches!(kind, RawKind::Rcdata))));
            }
            TokenSinkResult::Plaintext => {
                self.raw.replace(Some((name, false)));
            }
            _ if starts => self.flatten(&name, line),
            _ => {}
        }
        result
    }
}

impl TokenSink for Aligner<'_> {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match token {
            Token::ParseError(_) => TokenSinkResult::Continue,
            Token::TagToken(tag) => self.process_tag(tag, line),
            token => {
                match &token {
                    Token::CharacterTokens(text) => self.place_text(text),
                    Token::NullCharacterToken => self.place_null(),
                    Token::CommentToken(_) => {
                        let span = self.position.get()..self.chunk_end.get();
                        self.position.set(span.end);
                        self.builder.sink.placement_mut().comment = span;
                    }
                    Token::DoctypeToken(_) => self.position.set(self.chunk_end.get()),
                    _ => {}
                }
                self.builder.process_token(token, line)
            }
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Bytes at the start of both that are the same, up to a whole character and, if `decodes`, before an `&`
/// that begins a reference.
fn common_prefix(text: &str, source: &str, decodes: bool) -> usize {
    let mut same = text
        .bytes()
        .zip(source.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    while !text.is_char_boundary(same) {
        same -= 1;
    }
    if !decodes {
        return same;
    }
    let mut from = 0;
    while let Some(found) = text.get(from..same).and_then(|t| t.find('&')) {
        let at = from + found;
        if source
            .get(at..)
            .is_some_and(|s| reference_at(s, false).is_some())
        {
            return at;
        }
        from = at + 1;
    }
    same
}

/// Bytes of source that give no token.
fn unseen_length(source: &str) -> Option<usize> {
    ["</>", "\0", "\u{feff}", "\n"]
        .iter()
        .find(|unseen| source.starts_with(**unseen))
        .map(|unseen| unseen.len())
}
