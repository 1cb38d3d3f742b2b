//! Rust source as far as the checks need it: which words are code, and which modules it names.

/// A source file: its path under `src/` (or `tests/`) and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// The top-level module, `lib` and `main` for the two roots.
    pub(crate) fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs")
    }

    /// How many modules down from the crate it is: 1 for `clock.rs` and `page/mod.rs`, 2 for `page/form.rs`.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") {
            parts - 1
        } else {
            parts
        }
    }

    pub(crate) fn is_test(&self) -> bool {
        ["/tests.rs", "_tests.rs"]
            .iter()
            .any(|end| self.path.ends_with(end))
            || self.path.contains("/tests/")
    }

    /// The text without comments, literals and what is compiled for tests only; lines stay where they are.
    pub(crate) fn code(&self) -> String {
        without_tests(&without_comments_and_literals(&self.text))
    }

    /// Top-level modules that it names, through `crate::` or through `super::` up to the root, with the line.
    pub(crate) fn imports(&self) -> Vec<(usize, String)> {
        let code = self.code();
        let climb = "super::".repeat(self.depth());
        let through_crate = code.match_indices("crate::").filter_map(|(at, word)| {
            let is_part =
                code[..at].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'));
            (!is_part).then_some(at + word.len())
        });
        let through_super = code.match_indices(climb.as_str()).filter_map(|(at, word)| {
            let climbs_higher = code[..at].ends_with("super::");
            (!climbs_higher).then_some(at + word.len())
        });
        let mut found = Vec::new();
        for from in through_crate.chain(through_super) {
            let rest = code[from..].trim_start();
            let names = match rest.strip_prefix('{') {
                Some(group) => group_heads(group),
                None => vec![head(rest)],
            };
            found.extend(names.into_iter().map(|name| (line_of(&code, from), name)));
        }
        found
    }
}

pub(crate) fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// The modules of `lib.rs`, in its order.
pub(crate) fn module_order(lib: &str) -> Vec<String> {
    without_comments_and_literals(lib)
        .lines()
        .filter_map(|line| {
            line.trim()
                .strip_prefix("pub mod ")?
                .strip_suffix(';')
                .map(str::to_owned)
        })
        .collect()
}

fn head(path: &str) -> String {
    path.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

/// The first names of `a::b, c::{d, e}, f}` …
fn group_heads(group: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let mut heads = vec![head(group.trim_start())];
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => heads.push(head(group[at + 1..].trim_start())),
            _ => {}
        }
    }
    heads.retain(|name| !name.is_empty());
    heads
}

fn without_comments_and_literals(text: &str) -> String {
    let mut out = text.as_bytes().to_vec();
    let mut at = 0;
    while at < out.len() {
        let end = literal_end(text.as_bytes(), at);
        blank(&mut out[at..end]);
        at = end.max(at + 1);
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes.iter_mut().filter(|byte| **byte != b'\n') {
        *byte = b' ';
    }
}

/// The end of the comment or literal that begins at `at`; `at` itself if none does.
fn literal_end(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let after = |needle: &[u8], from: usize| {
        let windows = bytes.get(from..).unwrap_or_default().windows(needle.len());
        let place = windows.into_iter().position(|window| window == needle);
        place.map_or(bytes.len(), |place| from + place + needle.len())
    };
    match rest[0] {
        b'/' if rest.starts_with(b"//") => after(b"\n", at),
        b'/' if rest.starts_with(b"/*") => after(b"*/", at),
        b'"' => text_end(bytes, at),
        b'\'' => character_end(bytes, at),
        b'r' if !is_part_of_word(bytes, at) => {
            let marks = rest[1..].iter().take_while(|byte| **byte == b'#').count();
            if rest.get(1 + marks) == Some(&b'"') {
                after(
                    format!("\"{}", "#".repeat(marks)).as_bytes(),
                    at + marks + 2,
                )
            } else {
                at
            }
        }
        _ => at,
    }
}

/// Whether the `r` at `at` ends or continues a word, other than the `b` of a byte string.
fn is_part_of_word(bytes: &[u8], at: usize) -> bool {
    let is_word = |at: Option<usize>| {
        let byte = at.and_then(|at| bytes.get(at));
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    let before = at.checked_sub(1);
    let is_byte_string = before.is_some_and(|at| bytes[at] == b'b') && !is_word(at.checked_sub(2));
    is_word(before) && !is_byte_string
}

fn text_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < bytes.len() && bytes[end] != b'"' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    (end + 1).min(bytes.len())
}

/// A character literal; a lifetime has no closing mark after one character.
fn character_end(bytes: &[u8], at: usize) -> usize {
    let is_escape = bytes.get(at + 1) == Some(&b'\\');
    // The escaped character itself may be a quotation mark.
    let from = at + if is_escape { 3 } else { 2 };
    let longest = if is_escape { 9 } else { 4 };
    let close = bytes
        .get(from..)
        .unwrap_or_default()
        .iter()
        .take(longest)
        .position(|byte| *byte == b'\'');
    let is_wide = bytes.get(at + 1).is_some_and(|byte| *byte >= 0x80);
    match close {
        Some(place) if place == 0 || is_escape || is_wide => from + place + 1,
        _ => at,
    }
}

/// Blanks every item that is compiled for tests only.
fn without_tests(code: &str) -> String {
    let mut code = code.to_owned();
    while let Some(start) = code.find("#[cfg(test)]") {
        let body = code[start..]
            .find(['{', ';'])
            .map_or(code.len(), |place| start + place);
        let end = if code[body..].starts_with('{') {
            closing_brace(&code, body)
        } else {
            body
        };
        let blanked: String = code[start..end]
            .chars()
            .map(|c| if c == '\n' { '\n' } else { ' ' })
            .collect();
        code.replace_range(start..end, &blanked);
    }
    code
}

fn closing_brace(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}
