//! Lists of suspects as they are sent: one URL a line or CSV, in the encodings that offices use.

use super::Suspect;

/// What was read from a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuspectList {
    /// Suspects in the order of the list, each URL once.
    pub suspects: Vec<Suspect>,
    /// Lines that were skipped, and why.
    pub problems: Vec<LineProblem>,
    /// Lines that repeat an earlier URL.
    pub repeated: usize,
    /// The encoding that was detected, by its WHATWG name.
    pub encoding: &'static str,
}

/// A line that was skipped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineProblem {
    /// Line number, from 1.
    pub line: usize,
    /// The line as read (shortened).
    pub text: String,
    /// What is wrong and what to write instead.
    pub reason: String,
}

/// Reads a list: one URL a line with `#` comments, or CSV with a header that names a `url` column.
pub fn read_list(bytes: &[u8]) -> SuspectList {
    let _ = bytes;
    todo!()
}
