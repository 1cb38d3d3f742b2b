//! Tags, and which of them may stand in a paper.

use super::{Class, Language};

/// Attribute by which a tag says where it stood in its template; put in by [`super::scan`].
pub(super) const PLACE: &str = "l";

/// A tag as written.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) is_end: bool,
    pub(super) attributes: Vec<(&'a str, &'a str)>,
    /// Bytes from `<` to `>`.
    pub(super) length: usize,
}

impl<'a> Tag<'a> {
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(known, _)| *known == name)
            .map(|(_, value)| *value)
    }
}

/// Reads the tag that `text` begins with.
pub(super) fn read_tag(text: &str) -> Result<Tag<'_>, String> {
    let is_end = text[1..].starts_with('/');
    let start = 1 + usize::from(is_end);
    let is_name = |c: char| c.is_ascii_alphanumeric();
    let length = text[start..]
        .find(|c| !is_name(c))
        .unwrap_or(text.len() - start);
    let name = &text[start..start + length];
    if name.is_empty() {
        return Err("`<` begins a tag; write &lt; for the sign itself".to_owned());
    }
    let mut at = start + length;
    let mut attributes = Vec::new();
    loop {
        let rest = &text[at..];
        let trimmed = rest.trim_start();
        at += rest.len() - trimmed.len();
        for end in [">", "/>"] {
            if trimmed.starts_with(end) && !(is_end && end == "/>") {
                return Ok(Tag {
                    name,
                    is_end,
                    attributes,
                    length: at + end.len(),
                });
            }
        }
        let (attribute, length) = read_attribute(trimmed).ok_or_else(|| {
            format!("<{name}>: write its attributes like class=\"note\", and end it with >")
        })?;
        if attributes.iter().any(|(known, _)| *known == attribute.0) {
            return Err(format!("<{name}>: {} stands in it twice", attribute.0));
        }
        attributes.push(attribute);
        at += length;
    }
}

/// `name="value"`, and its length.
fn read_attribute(text: &str) -> Option<((&str, &str), usize)> {
    let equals = text.find('=')?;
    let name = &text[..equals];
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let value = text[equals + 1..].strip_prefix('"')?;
    let end = value.find('"')?;
    is_name.then(|| ((name, &value[..end]), equals + 1 + end + 2))
}

/// Tags and the attributes that each may have.
const TAGS: [(&str, &[&str]); 19] = [
    ("p", &["class", "lang"]),
    ("h1", &["class", "lang"]),
    ("h2", &["class", "lang"]),
    ("h3", &["class", "lang"]),
    ("ul", &["lang"]),
    ("ol", &["lang"]),
    ("li", &[]),
    ("table", &["class", "lang"]),
    ("thead", &[]),
    ("tbody", &[]),
    ("tr", &[]),
    ("th", &["class", "lang", "width", "colspan"]),
    ("td", &["class", "lang", "width", "colspan"]),
    ("strong", &[]),
    ("em", &[]),
    ("code", &[]),
    ("br", &[]),
    ("hr", &["class"]),
    ("img", &["class", "alt"]),
];

/// Whether the tag may stand in a paper.
pub(super) fn check_tag(tag: &Tag<'_>) -> Result<(), String> {
    let name = tag.name;
    let Some((_, known)) = TAGS.iter().find(|(known, _)| *known == name) else {
        let names: Vec<&str> = TAGS.iter().map(|(name, _)| *name).collect();
        return Err(format!(
            "<{name}> is not understood, and DOCX would lose it; there are {}",
            names.join(", ")
        ));
    };
    for (attribute, value) in tag.attributes.iter().filter(|(name, _)| *name != PLACE) {
        if !known.contains(attribute) {
            return Err(format!("<{name}> cannot have the attribute {attribute}"));
        }
        check_value(name, attribute, value)?;
    }
    if name == "img" && (tag.attribute("class") != Some("qr") || tag.attribute("alt").is_none()) {
        return Err("a picture is written <img class=\"qr\" alt=\"what it says\">".to_owned());
    }
    Ok(())
}

fn check_value(tag: &str, attribute: &str, value: &str) -> Result<(), String> {
    let is_good = match (tag, attribute) {
        ("hr", "class") => value == "page-break",
        ("img", "class") => value == "qr",
        (_, "class") => value
            .split_whitespace()
            .all(|name| Class::named(name).is_some()),
        (_, "lang") => Language::named(value).is_some(),
        (_, "width") => percent(value).is_some(),
        (_, "colspan") => value
            .parse::<u8>()
            .is_ok_and(|span| (1..=20).contains(&span)),
        _ => true,
    };
    let hint = match attribute {
        "class" if tag == "hr" => "it is page-break or nothing",
        "class" => "there are note, signature, right, center, small, two-columns",
        "lang" => "there are ru, kk, en",
        "width" => "write it like width=\"20%\"",
        _ => "write a number from 1 to 20",
    };
    if is_good {
        Ok(())
    } else {
        Err(format!("<{tag}> {attribute}={value:?}: {hint}"))
    }
}

/// `20%`
pub(super) fn percent(value: &str) -> Option<u8> {
    let number = value.strip_suffix('%')?.parse().ok()?;
    (1..=100).contains(&number).then_some(number)
}

/// Whether the tag has no end.
pub(super) fn is_void(name: &str) -> bool {
    matches!(name, "br" | "hr" | "img")
}
