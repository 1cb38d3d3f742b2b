//! A tag's own source: where its attributes are, read as the tokenizer reads them (HTML standard §13.2.5.32 on).

use std::ops::Range;

/// Attributes beyond this many are cut: the tokenizer compares each with all before it.
pub(super) const MOST_ATTRIBUTES: usize = 512;

/// An attribute in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttributeSpan {
    /// The name as written.
    pub(super) name: Range<usize>,
    /// The value without quotes.
    pub(super) value: Range<usize>,
}

/// A start tag in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TagSpan {
    /// Its first attributes, at most [`MOST_ATTRIBUTES`].
    pub(super) attributes: Vec<AttributeSpan>,
    /// Offset behind its `>`, or the end of the source.
    pub(super) end: usize,
    /// Where it must be cut because it has more attributes.
    pub(super) cut: Option<usize>,
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0C)
}

/// Reads the tag whose `<` is at `start`.
pub(super) fn tag_at(source: &str, start: usize) -> TagSpan {
    let bytes = source.as_bytes();
    let find = |from: usize, stop: &dyn Fn(u8) -> bool| {
        bytes
            .get(from..)
            .and_then(|rest| rest.iter().position(|&b| stop(b)))
            .map_or(bytes.len(), |at| from + at)
    };
    let mut tag = TagSpan {
        attributes: Vec::new(),
        end: bytes.len(),
        cut: None,
    };
    let mut at = find(start + 1, &|b| is_blank(b) || b == b'/' || b == b'>');
    loop {
        at = find(at, &|b| !is_blank(b) && b != b'/');
        match bytes.get(at) {
            None => return tag,
            Some(b'>') => {
                tag.end = at + 1;
                return tag;
            }
            Some(_) => {}
        }
        let name = at..find(at + 1, &|b| is_blank(b) || matches!(b, b'/' | b'>' | b'='));
        let equals = find(name.end, &|b| !is_blank(b));
        let mut value = name.end..name.end;
        at = name.end;
        if bytes.get(equals) == Some(&b'=') {
            let open = find(equals + 1, &|b| !is_blank(b));
            match bytes.get(open) {
                Some(&quote @ (b'"' | b'\'')) => {
                    value = open + 1..find(open + 1, &|b| b == quote);
                    at = (value.end + 1).min(bytes.len());
                }
                Some(b'>') | None => at = open,
                Some(_) => {
                    value = open..find(open, &|b| is_blank(b) || b == b'>');
                    at = value.end;
                }
            }
        }
        if tag.attributes.len() < MOST_ATTRIBUTES {
            tag.attributes.push(AttributeSpan { name, value });
        } else {
            tag.cut.get_or_insert(name.start);
        }
    }
}

/// The value span of the first attribute named `name` (lower case) of the tag at `start`.
pub(super) fn value_span(source: &str, start: usize, name: &str) -> Option<Range<usize>> {
    tag_at(source, start)
        .attributes
        .into_iter()
        .find(|a| {
            source
                .get(a.name.clone())
                .is_some_and(|n| n.eq_ignore_ascii_case(name))
        })
        .map(|a| a.value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_whatever_their_quotes() {
        let source = r#"x<a HREF = 'q>1' title=b/c alt="d e" checked>"#;
        let value = |name| value_span(source, 1, name).map(|v| &source[v]);
        assert_eq!(value("href"), Some("q>1"));
        assert_eq!(value("title"), Some("b/c"));
        assert_eq!(value("alt"), Some("d e"));
        assert_eq!(value("checked"), Some(""));
        assert_eq!(value("src"), None);
        assert_eq!(tag_at(source, 1).end, source.len());
    }

    #[test]
    fn too_many_attributes_are_cut() {
        let source = format!("<p {}>", "a ".repeat(2_000));
        let tag = tag_at(&source, 0);
        assert_eq!(tag.attributes.len(), MOST_ATTRIBUTES);
        assert_eq!(tag.cut, Some(3 + 2 * MOST_ATTRIBUTES));
        assert_eq!(tag.end, source.len());
    }

    #[test]
    fn an_unclosed_tag_ends_with_the_source() {
        assert_eq!(tag_at("<a b='c", 0).end, 7);
    }
}
