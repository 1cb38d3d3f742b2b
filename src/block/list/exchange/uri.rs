//! URLs as RFC 3986 knows them.

use crate::suspect::SuspectUrl;
use std::fmt::Write as _;

/// The same URL without the signs that browsers let through and RFC 3986 does not (`|`, `\\`, `^`, `[` and `]` outside
/// of a host, a `%` that begins no escape): formats that ask for a URI refuse them.
pub(super) fn strict_uri(url: &SuspectUrl) -> String {
    let text = url.as_str();
    let start = url.as_url()[..url::Position::BeforePath].len();
    let (place, rest) = text.split_at(start);
    let mut uri = place.to_owned();
    for (at, byte) in rest.bytes().enumerate() {
        let is_escape = || {
            let digits = rest.as_bytes().get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        let fits = byte.is_ascii_alphanumeric()
            || b"-._~:/?@!$&'()*+,;=".contains(&byte)
            || (byte == b'%' && is_escape());
        if fits {
            uri.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::strict_uri;
    use crate::suspect::SuspectUrl;

    #[test]
    fn only_what_is_no_uri_is_escaped() {
        for (written, strict) in [
            (
                "https://a.example/x?y=%D1&z='(1)';",
                "https://a.example/x?y=%D1&z=%27(1)%27;",
            ),
            (
                "https://a.example/a|b?c=\\d^]&e=%zz%",
                "https://a.example/a%7Cb?c=%5Cd%5E%5D&e=%25zz%25",
            ),
            (
                "http://[2001:db8::1]:8080/?[",
                "http://[2001:db8::1]:8080/?%5B",
            ),
        ] {
            let url = SuspectUrl::parse(written).unwrap();
            assert_eq!(strict_uri(&url), strict);
        }
    }
}
