//! Source → tree, with the place in the source of every tag, text and comment.
//!
//! html5ever gives no positions, so the source is fed in chunks that end where a tag or a text ends, and each
//! token is aligned with the source it came from before the tree builder takes it.

use super::sink::PlacingSink;
use super::tag::tag_at;
use super::text_builder::MappedText;
use super::token::Aligner;
use ego_tree::NodeId;
use html5ever::TokenizerResult;
use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{TreeBuilder, TreeBuilderOpts};
use scraper::Html;
use std::collections::HashMap;
use std::ops::Range;

/// A parsed document and where its pieces are in the source.
#[derive(Debug)]
pub(super) struct Dom {
    /// The tree.
    pub(super) html: Html,
    /// All character data in source order; texts are spans of it.
    pub(super) stream: MappedText,
    /// Start of the tag of each element that has one; elements the parser made up have none.
    pub(super) tags: HashMap<NodeId, usize>,
    /// The spans of [`Dom::stream`] that make up a text node.
    pub(super) texts: HashMap<NodeId, Vec<Range<usize>>>,
    /// Source of comments, with their delimiters.
    pub(super) comments: HashMap<NodeId, Range<usize>>,
    /// The form that the parser associated a field with.
    pub(super) form_owners: HashMap<NodeId, NodeId>,
    /// Where parsing stopped for the limit of nodes; the rest of the source is not in the tree.
    pub(super) stopped_at: Option<usize>,
    /// Limits that were met.
    pub(super) cuts: Vec<&'static str>,
}

/// Parses a document. Time and memory are linear in the source for all practical purposes.
pub(super) fn parse_dom(source: &str) -> Dom {
    let options = TreeBuilderOpts {
        scripting_enabled: false,
        ..TreeBuilderOpts::default()
    };
    let builder = TreeBuilder::new(PlacingSink::default(), options);
    let tokenizer = Tokenizer::new(
        Aligner::new(builder, source),
        TokenizerOpts {
            discard_bom: false,
            ..TokenizerOpts::default()
        },
    );
    let queue = BufferQueue::default();
    let mut attributes_cut = false;
    let mut at = 0;
    while at < source.len() && !tokenizer.sink.is_full() {
        let chunk = next_chunk(source, at, &tokenizer.sink);
        tokenizer.sink.announce(chunk.end);
        feed(
            &tokenizer,
            &queue,
            source.get(at..chunk.fed).unwrap_or_default(),
        );
        if chunk.fed < chunk.end {
            attributes_cut = true;
            feed(&tokenizer, &queue, ">");
        }
        at = chunk.end;
    }
    let stopped_at = (at < source.len()).then_some(at);
    tokenizer.end();
    let deep = tokenizer.sink.met_depth_limit();
    let cuts = [
        ("attributes", attributes_cut),
        ("depth", deep),
        ("nodes", stopped_at.is_some()),
    ];
    let (html, placement) = tokenizer.sink.finish();
    Dom {
        html,
        stream: placement.stream,
        tags: placement.tags,
        texts: placement.texts,
        comments: placement.comments,
        form_owners: placement.form_owners,
        stopped_at,
        cuts: cuts
            .into_iter()
            .filter_map(|(name, met)| met.then_some(name))
            .collect(),
    }
}

fn feed(tokenizer: &Tokenizer<Aligner<'_>>, queue: &BufferQueue, text: &str) {
    queue.push_back(StrTendril::from_slice(text));
    // Scripts are never run and the character set is already settled: both signals only mean "go on".
    while !matches!(tokenizer.feed(queue), TokenizerResult::Done) {}
}

/// What is fed next: `at..fed`, standing for the source `at..end`.
struct Chunk {
    fed: usize,
    end: usize,
}

fn next_chunk(source: &str, at: usize, aligner: &Aligner<'_>) -> Chunk {
    if aligner.expects_tag(at) {
        let tag = tag_at(source, at);
        return Chunk {
            fed: tag.cut.unwrap_or(tag.end),
            end: tag.end,
        };
    }
    let rest = source.as_bytes().get(at + 1..).unwrap_or_default();
    let begins_with_end = source.as_bytes().get(at) == Some(&b'>');
    let end = match memchr::memchr2(b'<', b'>', rest) {
        _ if begins_with_end => at + 1,
        Some(found) if rest.get(found) == Some(&b'>') => at + 1 + found + 1,
        Some(found) => at + 1 + found,
        None => source.len(),
    };
    Chunk { fed: end, end }
}
