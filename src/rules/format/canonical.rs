//! Formatting that proves itself: what it cannot keep, it refuses to touch.

use super::print::print_tree;
use super::tree::read_tree;

/// Why a file cannot be formatted; it stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{line}: {message}")]
pub struct FormatError {
    /// Line, from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// The canonical form of a rule file. It has the same content and the same comments, and is its own canonical
/// form; a file for which that fails is refused.
pub fn format_yaml(text: &str) -> Result<String, FormatError> {
    let content = content_of(text)?;
    let formatted = print_tree(read_tree(text)?);
    let refuse = |what: &str| FormatError {
        line: 0,
        message: format!("cannot be formatted without {what}; please report it"),
    };
    if content_of(&formatted).ok() != Some(content) {
        return Err(refuse("changing what it says"));
    }
    if comments_of(&formatted)? != comments_of(text)? {
        return Err(refuse("losing a comment"));
    }
    if print_tree(read_tree(&formatted)?) != formatted {
        return Err(refuse("changing again the next time"));
    }
    Ok(formatted)
}

fn content_of(text: &str) -> Result<serde_json::Value, FormatError> {
    serde_saphyr::from_str(text).map_err(|error| FormatError {
        line: error
            .location()
            .map_or(0, |location| usize::try_from(location.line()).unwrap_or(0)),
        message: error
            .without_snippet()
            .to_string()
            .lines()
            .next()
            .unwrap_or("not YAML")
            .to_owned(),
    })
}

/// Sorted: comments move with the keys that they stand at.
fn comments_of(text: &str) -> Result<Vec<String>, FormatError> {
    let tree = read_tree(text)?;
    let mut all = Vec::new();
    tree.comments(&mut all);
    let mut all: Vec<String> = all.into_iter().map(str::to_owned).collect();
    all.sort();
    Ok(all)
}
