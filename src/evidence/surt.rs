//! URLs as keys of an index, in the form of the Internet Archive (SURT, `surt` 0.3 as pywb and py-wacz use it).

use regex::bytes::Regex;
use std::sync::LazyLock;
use url::{Host, Url};

/// Bytes that stay as they are in paths and queries.
const KEPT: &[u8] = b"!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~";

/// Session numbers, which say nothing about what is shown.
static SESSIONS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)^(.*)(?:jsessionid=[0-9a-z]{32})(?:&(.*))?$",
        r"(?i)^(.*)(?:phpsessid=[0-9a-z]{32})(?:&(.*))?$",
        r"(?i)^(.*)(?:sid=[0-9a-z]{32})(?:&(.*))?$",
        r"(?i)^(.*)(?:aspsessionid[a-z]{8}=[a-z]{24})(?:&(.*))?$",
        r"(?i)^(.*)(?:cfid=[^&]+&cftoken=[^&]+)(?:&(.*))?$",
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// The key of a URL; of anything else (`urn:`, `dns:`) its text in lower case.
pub(super) fn surt(text: &str) -> String {
    let parsed = Url::parse(text).ok();
    let Some((url, host)) = parsed.as_ref().and_then(|url| Some((url, url.host()?))) else {
        return plain_key(text);
    };
    let mut key = host_key(&host);
    if let Some(port) = url.port() {
        key.push(':');
        key.push_str(&port.to_string());
    }
    key.push(')');
    key.push_str(&path_key(url.path().as_bytes()));
    if let Some(query) = url.query().map(query_key).filter(|query| !query.is_empty()) {
        key.push('?');
        key.push_str(&query);
    }
    key
}

/// What has no host: path and query are still put into one form.
fn plain_key(text: &str) -> String {
    let (path, query) = match text.split_once('?') {
        Some((path, query)) => (path, query_key(query)),
        None => (text, String::new()),
    };
    let mut key = lower(&escaped(&unescaped(path.as_bytes())));
    if key.len() > 1 && key.ends_with('/') {
        key.pop();
    }
    if !query.is_empty() {
        key.push('?');
        key.push_str(&query);
    }
    key
}

fn host_key(host: &Host<&str>) -> String {
    if let Host::Ipv6(address) = host {
        return address.to_string();
    }
    let name = host.to_string().to_lowercase();
    let name = without_www(name.trim_matches('.'));
    let labels: Vec<&str> = name.rsplit('.').collect();
    labels.join(",")
}

/// Without `www.`, `www2.` …
fn without_www(name: &str) -> &str {
    name.strip_prefix("www")
        .map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()))
        .and_then(|rest| rest.strip_prefix('.'))
        .unwrap_or(name)
}

fn path_key(path: &[u8]) -> String {
    let path = unescaped(path);
    let mut kept: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/').skip(1) {
        match part {
            b"." => {}
            b".." if !kept.is_empty() => drop(kept.pop()),
            part => kept.push(part),
        }
    }
    let mut normal = b"/".to_vec();
    if let Some((last, before)) = kept.split_last() {
        for part in before.iter().filter(|part| !part.is_empty()) {
            normal.extend_from_slice(part);
            normal.push(b'/');
        }
        normal.extend_from_slice(last);
    }
    let mut key = lower(&escaped(&normal));
    if key.len() > 1 && key.ends_with('/') {
        key.pop();
    }
    key
}

fn query_key(query: &str) -> String {
    let mut query = escaped(&unescaped(query.as_bytes()));
    for session in SESSIONS.iter() {
        if let Some(found) = session.captures(&query) {
            let part = |at| found.get(at).map_or(&b""[..], |part| part.as_bytes());
            query = [part(1), part(2)].concat();
        }
    }
    let query = lower(&query);
    let mut arguments: Vec<(&str, Option<&str>)> = query
        .split('&')
        .map(|argument| match argument.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (argument, None),
        })
        .collect();
    arguments.sort_unstable();
    let written: Vec<String> = arguments
        .iter()
        .map(|(name, value)| match value {
            Some(value) => format!("{name}={value}"),
            None => (*name).to_owned(),
        })
        .collect();
    written.join("&")
}

/// Percent escapes taken off until there are none. Each round makes it shorter, and URLs have at most 8 KiB.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut text = text.to_vec();
    loop {
        let mut plain = Vec::with_capacity(text.len());
        let mut at = 0;
        while let Some(&byte) = text.get(at) {
            let digits = text.get(at + 1..at + 3).filter(|_| byte == b'%');
            let value = digits.and_then(|digits| {
                let digits = digits.to_ascii_lowercase();
                data_encoding::HEXLOWER.decode(&digits).ok()
            });
            if let Some(value) = value {
                plain.extend_from_slice(&value);
                at += 3;
            } else {
                plain.push(byte);
                at += 1;
            }
        }
        if plain.len() == text.len() {
            return plain;
        }
        text = plain;
    }
}

fn escaped(text: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(text.len());
    for &byte in text {
        if byte.is_ascii_alphanumeric() || KEPT.contains(&byte) {
            written.push(byte);
        } else {
            written.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
    }
    written
}

fn lower(text: &[u8]) -> String {
    String::from_utf8_lossy(text).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Left the URL, right what `surt.surt` 0.3.1 makes of it.
    const CASES: [(&str, &str); 22] = [
        ("http://lavka.example/", "example,lavka)/"),
        (
            "https://www.Shop.example:8443/a%20b/?Q=1&a=%D0%96",
            "example,shop:8443)/a%20b?a=%d0%96&q=1",
        ),
        (
            "http://xn--80aaa.example/%D0%96/",
            "example,xn--80aaa)/%d0%96",
        ),
        ("http://a.example/x?b=2&a=1", "example,a)/x?a=1&b=2"),
        ("http://a.example/index.html?", "example,a)/index.html"),
        ("http://a.example/A/B/../c", "example,a)/a/c"),
        ("http://192.0.2.7/x", "7,2,0,192)/x"),
        ("http://[2001:db8::1]:8080/x", "2001:db8::1:8080)/x"),
        (
            "http://a.example/x?sid=9682993c8daa2c5497996114facdc805&q",
            "example,a)/x?q",
        ),
        ("http://www2.a.example/", "example,a)/"),
        ("http://a.example//x//y", "example,a)/x/y"),
        ("http://a.example/a,b(c)", "example,a)/a,b(c)"),
        ("http://abc.onion/?a=b c", "onion,abc)/?a=b%20c"),
        ("http://a.example/?", "example,a)/"),
        (
            "http://a.example/x;jsessionid=00112233445566778899AABBCCDDEEFF",
            "example,a)/x;jsessionid=00112233445566778899aabbccddeeff",
        ),
        ("http://a.example/%7Efoo", "example,a)/~foo"),
        ("http://a.example/%25zz", "example,a)/%25zz"),
        ("http://a.example/%41%2f", "example,a)/a"),
        ("https://a.example:443/", "example,a)/"),
        ("https://a.example:80/", "example,a:80)/"),
        (
            "urn:screenshot:http://Shop.example/A?b=1",
            "urn:screenshot:http://shop.example/a?b=1",
        ),
        ("dns:Shop.example", "dns:shop.example"),
    ];

    #[test]
    fn keys_are_those_of_the_internet_archive() {
        for (url, key) in CASES {
            assert_eq!(surt(url), key, "{url}");
        }
    }

    #[test]
    fn an_escape_of_escapes_ends() {
        let nested = format!("http://a.example/%{}41", "25".repeat(4000));
        assert_eq!(surt(&nested), "example,a)/a");
    }
}
