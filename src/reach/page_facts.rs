//! What is kept of a page: enough to recognize a block page and to compare two answers, and no more.

use super::record::HttpResponse;
use crate::digest::Digest;
use crate::fetch::decode_body;
use crate::suspect::SuspectUrl;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, LOCATION};
use http::response::Parts;
use std::borrow::Cow;

/// Names of header lines that are kept.
const MAX_HEADER_NAMES: usize = 64;
/// Decoded bytes that are looked at.
const MAX_DECODED: usize = 1 << 20;
/// Characters of a title that are kept.
const MAX_TITLE: usize = 200;
/// Characters of the text that are kept.
const MAX_EXCERPT: usize = 400;

/// The facts of an answer to a request for `url`.
pub(super) fn facts_of(url: &SuspectUrl, head: &Parts, body: &[u8], is_cut: bool) -> HttpResponse {
    let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
    let mut names: Vec<String> = head.headers.keys().map(ToString::to_string).collect();
    names.sort();
    names.truncate(MAX_HEADER_NAMES);
    let is_redirect = head.status.is_redirection();
    let location = header(LOCATION).filter(|_| is_redirect);
    let decoded = decode_body(header(CONTENT_ENCODING), body, MAX_DECODED).bytes;
    let text = text_of(&decoded, header(CONTENT_TYPE));
    let title = between(&text, "<title", "</title")
        .and_then(|title| title.split_once('>'))
        .map(|(_, title)| plain(title, MAX_TITLE));
    let shown = after_tag(&text, "<body").unwrap_or(&text);
    HttpResponse {
        code: head.status.as_u16(),
        body_is_truncated: is_cut,
        x_header_names: names,
        x_location: location.and_then(|reference| url.join(reference).ok()),
        x_body_sha256: Digest::of(body),
        x_body_length: body.len() as u64,
        x_title: title.filter(|title| !title.is_empty()),
        x_excerpt: Some(plain(shown, MAX_EXCERPT)).filter(|excerpt| !excerpt.is_empty()),
    }
}

/// The text in the charset that its header names, in UTF-8, or else in windows-1251, as block pages of the
/// region without a charset are.
fn text_of<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let named = content_type
        .and_then(|value| {
            value
                .to_ascii_lowercase()
                .split_once("charset=")
                .map(|(_, c)| c.to_owned())
        })
        .map(|label| label.trim_matches(['"', '\'', ' ', ';']).to_owned())
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()));
    match (named, std::str::from_utf8(bytes)) {
        (Some(encoding), _) => encoding.decode(bytes).0,
        (None, Ok(text)) => Cow::Borrowed(text),
        // A body that was cut may end within a character.
        (None, Err(error)) if error.error_len().is_none() => String::from_utf8_lossy(bytes),
        (None, Err(_)) => encoding_rs::WINDOWS_1251.decode(bytes).0,
    }
}

/// What stands between two marks, whatever their case.
fn between<'a>(text: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let rest = &text[find(text, begin)? + begin.len()..];
    Some(&rest[..find(rest, end).unwrap_or(rest.len())])
}

fn after_tag<'a>(text: &'a str, tag: &str) -> Option<&'a str> {
    let rest = &text[find(text, tag)?..];
    rest.split_once('>').map(|(_, after)| after)
}

/// Where an ASCII mark stands, whatever its case.
fn find(text: &str, mark: &str) -> Option<usize> {
    let (text, mark) = (text.as_bytes(), mark.as_bytes());
    text.windows(mark.len())
        .position(|window| window.eq_ignore_ascii_case(mark))
}

/// Text without tags, scripts, styles and control characters, white space joined, up to `limit` characters.
fn plain(html: &str, limit: usize) -> String {
    let mut out = String::new();
    let mut count = 0;
    let mut rest = html;
    while count < limit && !rest.is_empty() {
        let (text, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
        for c in text.chars() {
            let is_space = c.is_whitespace() || c.is_control();
            if count < limit && !(is_space && (out.is_empty() || out.ends_with(' '))) {
                out.push(if is_space { ' ' } else { c });
                count += 1;
            }
        }
        if !out.is_empty() && !out.ends_with(' ') && count < limit {
            out.push(' ');
            count += 1;
        }
        rest = after_element(after);
    }
    out.trim_end().to_owned()
}

/// What follows the tag at the beginning, with the content of scripts and styles.
fn after_element(tag: &str) -> &str {
    let is = |name: &str| {
        tag.get(..name.len())
            .is_some_and(|begin| begin.eq_ignore_ascii_case(name))
    };
    let end = ["<script", "<style"].iter().find(|name| is(name));
    let skipped = match end {
        Some(name) => find(tag, &format!("</{}", &name[1..])).map_or("", |at| &tag[at..]),
        None => tag,
    };
    skipped.split_once('>').map_or("", |(_, after)| after)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn facts(content_type: &str, body: &[u8]) -> HttpResponse {
        let url = SuspectUrl::parse("http://shop.example/a").unwrap();
        let answer = http::Response::builder()
            .status(302)
            .header("Content-Type", content_type)
            .header("Location", "//block.example/why?from=1")
            .header("X-Two", "1")
            .body(())
            .unwrap();
        facts_of(&url, &answer.into_parts().0, body, false)
    }

    #[test]
    fn title_text_and_target_of_a_redirect_are_kept() {
        let page = b"<HTML><head><TITLE>\n Access <b>denied</b>\n</TITLE><style>p{}</style></head>\
            <body class=x><script>var a = '<p>';</script><p>By order  of the court</p></body>";
        let found = facts("text/html", page);
        assert_eq!(found.x_title.as_deref(), Some("Access denied"));
        assert_eq!(found.x_excerpt.as_deref(), Some("By order of the court"));
        let location = found.x_location.unwrap();
        assert_eq!(location.host(), "block.example");
        assert_eq!(found.x_header_names, ["content-type", "location", "x-two"]);
        assert_eq!(found.x_body_sha256, Digest::of(page));
    }

    #[test]
    fn pages_without_a_charset_are_read_as_the_region_writes_them() {
        let text = "<title>Страница заблокирована</title>";
        let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
        for (content_type, body) in [
            ("text/html", bytes.as_ref()),
            ("text/html; charset=windows-1251", bytes.as_ref()),
            ("text/html; charset=\"utf-8\"", text.as_bytes()),
            ("text/html", text.as_bytes()),
        ] {
            let title = facts(content_type, body).x_title;
            assert_eq!(
                title.as_deref(),
                Some("Страница заблокирована"),
                "{content_type}"
            );
        }
    }

    proptest! {
        #[test]
        fn whatever_a_site_sends_is_cut_to_size(body in proptest::collection::vec(any::<u8>(), 0..4000)) {
            let found = facts("text/html", &body);
            prop_assert!(found.x_title.unwrap_or_default().chars().count() <= MAX_TITLE);
            let excerpt = found.x_excerpt.unwrap_or_default();
            prop_assert!(excerpt.chars().count() <= MAX_EXCERPT && !excerpt.contains(char::is_control));
        }
    }
}
