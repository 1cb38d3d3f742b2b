//! Nodes → text.

use super::scalar::{literal_lines, write_scalar};
use super::shape::{Path, is_always_block, is_spaced, sort_entries};
use super::tree::{Comment, Content, Node};

/// Columns that a collection on one line may reach; scalars are never broken.
const WIDTH: usize = 110;

/// Writes a document.
pub(super) fn print_tree(mut root: Node) -> String {
    sort_tree(&mut root, &mut Vec::new());
    let mut printer = Printer { out: String::new() };
    printer.comments(&root.above, 0, true);
    if root.blank_before && !root.above.is_empty() {
        printer.blank_line();
    }
    match &root.content {
        Content::List(..) | Content::Map(..) => printer.members(&root, 0, false, &mut Vec::new()),
        Content::Scalar { value, plain } => {
            printer.out.push_str(&write_scalar(value, *plain, false));
            printer.end_line(None);
        }
        Content::Alias(_) => {}
    }
    printer.out
}

fn sort_tree<'a>(node: &'a mut Node, path: &mut Path<'a>) {
    match &mut node.content {
        Content::List(items, _) => {
            for item in items {
                path.push("*");
                sort_tree(item, &mut path.clone());
                path.pop();
            }
        }
        Content::Map(entries, _) => {
            sort_entries(entries, path);
            for (key, value) in entries {
                let mut path = path.clone();
                path.push(key.word());
                sort_tree(value, &mut path);
            }
        }
        _ => {}
    }
}

impl Node {
    /// The text of a scalar.
    pub(super) fn word(&self) -> &str {
        match &self.content {
            Content::Scalar { value, .. } => value,
            _ => "",
        }
    }

    /// The node on one line; `None` if comments or line breaks forbid it.
    fn one_line(&self, in_brackets: bool) -> Option<String> {
        let anchor = match &self.anchor {
            Some(name) => format!("&{name} "),
            None => String::new(),
        };
        Some(anchor + &self.content_on_one_line(in_brackets)?)
    }

    fn content_on_one_line(&self, in_brackets: bool) -> Option<String> {
        let member = |node: &Node| {
            let bare = node.above.is_empty() && node.right.is_none();
            bare.then(|| node.one_line(true)).flatten()
        };
        match &self.content {
            Content::Scalar { value, plain } => Some(write_scalar(value, *plain, in_brackets)),
            Content::Alias(name) => Some(format!("*{name}")),
            Content::List(items, below) if below.is_empty() => {
                let items: Vec<String> = items.iter().map(member).collect::<Option<_>>()?;
                Some(format!("[{}]", items.join(", ")))
            }
            Content::Map(entries, below) if below.is_empty() => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| Some(format!("{}: {}", member(key)?, member(value)?)))
                    .collect::<Option<_>>()?;
                Some(format!("{{{}}}", entries.join(", ")))
            }
            _ => None,
        }
    }

    fn is_empty(&self) -> bool {
        match &self.content {
            Content::List(items, below) => items.is_empty() && below.is_empty(),
            Content::Map(entries, below) => entries.is_empty() && below.is_empty(),
            _ => false,
        }
    }
}

struct Printer {
    out: String,
}

impl Printer {
    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn blank_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
    }

    fn end_line(&mut self, comment: Option<&str>) {
        if let Some(text) = comment {
            self.out.push_str("  # ");
            self.out.push_str(text);
        }
        while self.out.ends_with(' ') {
            self.out.pop();
        }
        self.out.push('\n');
    }

    fn comments(&mut self, comments: &[Comment], indent: usize, is_first: bool) {
        for (index, comment) in comments.iter().enumerate() {
            if comment.blank_before && !(is_first && index == 0) {
                self.blank_line();
            }
            self.indent(indent);
            self.out.push('#');
            if !comment.text.is_empty() {
                self.out.push(' ');
                self.out.push_str(&comment.text);
            }
            self.out.push('\n');
        }
    }

    /// What stands before a member: comments and empty lines. The first one stands at once.
    fn before(&mut self, node: &Node, indent: usize, is_first: bool, spaced: bool) {
        if spaced && !is_first {
            self.blank_line();
        }
        self.comments(&node.above, indent, is_first);
        if node.blank_before && !(is_first && node.above.is_empty()) {
            self.blank_line();
        }
    }

    /// The members of a collection, a line each; `inline` if the first goes on behind a dash.
    fn members<'a>(&mut self, node: &'a Node, indent: usize, inline: bool, path: &mut Path<'a>) {
        let below = match &node.content {
            Content::List(items, below) => {
                let spaced = is_spaced(path);
                path.push("*");
                for (index, item) in items.iter().enumerate() {
                    if !(inline && index == 0) {
                        self.before(item, indent, index == 0, spaced);
                        self.indent(indent);
                    }
                    self.out.push('-');
                    self.member(item, indent, true, None, path);
                }
                path.pop();
                below
            }
            Content::Map(entries, below) => {
                for (index, (key, value)) in entries.iter().enumerate() {
                    path.push(key.word());
                    if !(inline && index == 0) {
                        let is_block =
                            matches!(value.content, Content::List(..) | Content::Map(..));
                        let spaced = path.len() == 1 && is_block;
                        self.before(key, indent, index == 0, spaced);
                        self.indent(indent);
                    }
                    self.out.push_str(&key.one_line(true).unwrap_or_default());
                    self.out.push(':');
                    self.member(value, indent, false, key.right.as_deref(), path);
                    path.pop();
                }
                below
            }
            _ => return,
        };
        self.comments(below, indent, false);
    }

    /// A member behind its dash or key.
    fn member<'a>(
        &mut self,
        node: &'a Node,
        indent: usize,
        in_list: bool,
        key_comment: Option<&str>,
        path: &mut Path<'a>,
    ) {
        let comment = node.right.as_deref().or(key_comment);
        let is_scalar = matches!(node.content, Content::Scalar { .. } | Content::Alias(_));
        let literal = match &node.content {
            Content::Scalar { value, .. } => literal_lines(value),
            _ => None,
        };
        if let (Some((style, lines)), None) = (literal, &node.anchor) {
            self.out.push(' ');
            self.out.push_str(style);
            self.end_line(comment);
            for line in lines {
                if !line.is_empty() {
                    self.indent(indent + 2);
                }
                self.out.push_str(line);
                self.out.push('\n');
            }
            return;
        }
        let on_one_line = node.one_line(false).filter(|text| {
            let column = self.out.len() - self.out.rfind('\n').map_or(0, |at| at + 1);
            let here = self.out[self.out.len() - column..].chars().count();
            let fits = here + 1 + text.chars().count() <= WIDTH;
            is_scalar || node.is_empty() || (fits && !is_always_block(path))
        });
        if let Some(text) = on_one_line {
            self.out.push(' ');
            self.out.push_str(&text);
            self.end_line(comment);
            return;
        }
        if let Some(name) = &node.anchor {
            self.out.push_str(" &");
            self.out.push_str(name);
        }
        if in_list && node.anchor.is_none() && comment.is_none() {
            self.out.push(' ');
            self.members(node, indent + 2, true, path);
        } else {
            self.end_line(comment);
            self.members(node, indent + 2, false, path);
        }
    }
}
