//! Which elements read as one block although they contain others: rows of tables, list items, small cards.

use super::dom::Dom;
use ego_tree::NodeId;
use ego_tree::iter::Edge;
use scraper::Node;
use std::collections::HashSet;

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 54] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frameset",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "legend",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "search",
    "section",
    "select",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "xmp",
];

/// Whether an element breaks running text.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.binary_search(&name).is_ok()
}

/// Whether an element is a heading.
pub(super) fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Most bytes of text in a row, in a list item and in a card that read as one block.
const ROW: usize = 4_000;
const ITEM: usize = 800;
const CARD: usize = 400;

#[derive(Debug, Default)]
struct Content {
    text: usize,
    paragraphs: usize,
    /// Rows, items, options or forms within.
    items: usize,
    blocks: usize,
}

/// Elements that read as one block. One pass over the tree.
pub(super) fn joined_elements(dom: &Dom) -> HashSet<NodeId> {
    let mut joined = HashSet::new();
    let mut open: Vec<Content> = vec![Content::default()];
    for edge in dom.html.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(_) => {
                    let length: usize = dom
                        .texts
                        .get(&node.id())
                        .map_or(0, |spans| spans.iter().map(|s| s.end - s.start).sum());
                    if let Some(content) = open.last_mut() {
                        content.text += length;
                    }
                }
                Node::Element(_) => open.push(Content::default()),
                _ => {}
            },
            Edge::Close(node) => {
                let Node::Element(element) = node.value() else {
                    continue;
                };
                let Some(content) = open.pop() else { continue };
                let name = element.name();
                if reads_as_one(name, &content) {
                    joined.insert(node.id());
                }
                if let Some(outer) = open.last_mut() {
                    if !matches!(name, "script" | "style") {
                        outer.text += content.text;
                    }
                    outer.paragraphs += content.paragraphs + usize::from(name == "p");
                    let is_item = matches!(
                        name,
                        "li" | "tr" | "option" | "dd" | "dt" | "form" | "textarea"
                    );
                    outer.items += content.items + usize::from(is_item);
                    outer.blocks += content.blocks + usize::from(is_block(name));
                }
            }
        }
    }
    joined
}

fn reads_as_one(name: &str, content: &Content) -> bool {
    if content.items > 0 || content.blocks == 0 {
        return false;
    }
    match name {
        "tr" => content.text <= ROW,
        "li" | "dd" | "dt" => content.text <= ITEM,
        "div" | "section" | "article" | "figure" | "td" => {
            content.text <= CARD && content.paragraphs <= 1
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_blocks_are_in_order() {
        assert!(BLOCKS.is_sorted());
        assert!(is_block("tr") && !is_block("span"));
    }
}
