//! The URL type that cannot print a live link by accident, and its canonical form.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt::{self, Write as _};
use url::{Host, Url};

/// Query parameters that only follow visitors around; two URLs that differ in them show the same page.
const TRACKING_PARAMETERS: &[&str] = &[
    "fbclid",
    "gclid",
    "yclid",
    "ysclid",
    "dclid",
    "msclkid",
    "igshid",
    "mc_cid",
    "mc_eid",
    "_openstat",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "utm_term",
    "utm_content",
    "utm_id",
];
/// Longer URLs are refused: nothing legitimate needs them and each is kept in memory.
const MAX_URL_LENGTH: usize = 8 * 1024;

/// An absolute `http` or `https` URL in canonical form.
///
/// Canonical: WHATWG-normalized (lower-case host, IDNA, default port and dot segments removed), without
/// fragment, user name, password and tracking parameters, with unreserved characters unescaped and
/// percent escapes in upper case (RFC 3986 §6.2.2). `Display` is **defanged** (`hxxps://host[.]kz/path`);
/// the live form has to be asked for with [`SuspectUrl::as_str`]. JSON carries the live form.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SuspectUrl(Url);

/// Why a text is not a URL that can be visited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlProblem {
    /// Empty or blank.
    #[error("the line is empty")]
    Empty,
    /// The WHATWG parser refused it.
    #[error("not a URL ({0}); write it like https://example.kz/page")]
    Malformed(String),
    /// A scheme that tazy does not fetch.
    #[error("only http and https are visited, not {0:?}")]
    Scheme(String),
    /// A host that no name server can know, such as a bare word.
    #[error("{0:?} is not a host name; write it like example.kz")]
    Host(String),
    /// A mail address or a name in a messenger.
    #[error(
        "{0:?} is an e-mail address or a messenger name; channels are written like https://t.me/s/name"
    )]
    Mailbox(String),
    /// Longer than 8 KiB.
    #[error("the URL is longer than {MAX_URL_LENGTH} bytes")]
    TooLong,
}

impl SuspectUrl {
    /// Reads a URL as a person wrote it: a scheme may be missing (`http` is assumed) and the text may be
    /// defanged (`hxxp`, `[.]`, `(.)`).
    pub fn from_written(text: &str) -> Result<Self, UrlProblem> {
        let text = text
            .trim()
            .trim_matches(|c| matches!(c, '<' | '>' | '"' | '«' | '»' | '\u{feff}'));
        if text.is_empty() {
            return Err(UrlProblem::Empty);
        }
        let fanged = refang(text);
        let with_scheme = if has_scheme(&fanged) {
            fanged
        } else if fanged
            .split(['/', '?'])
            .next()
            .is_some_and(|host| host.contains('@'))
        {
            // It would be read as a user name in front of a host that nobody reported.
            return Err(UrlProblem::Mailbox(fanged));
        } else {
            format!("http://{fanged}")
        };
        let parsed = Self::parse(&with_scheme)?;
        if let Some(Host::Domain(name)) = parsed.0.host()
            && !name.contains('.')
            && name != "localhost"
        {
            return Err(UrlProblem::Host(name.to_owned()));
        }
        Ok(parsed)
    }

    /// Parses an absolute URL and canonicalizes it.
    pub fn parse(text: &str) -> Result<Self, UrlProblem> {
        if text.len() > MAX_URL_LENGTH {
            return Err(UrlProblem::TooLong);
        }
        let url = Url::parse(text).map_err(|error| UrlProblem::Malformed(error.to_string()))?;
        Self::from_url(url)
    }

    /// Resolves `reference` (RFC 3986 §5) against this URL.
    pub fn join(&self, reference: &str) -> Result<Self, UrlProblem> {
        if reference.len() > MAX_URL_LENGTH {
            return Err(UrlProblem::TooLong);
        }
        let url = self
            .0
            .join(reference)
            .map_err(|error| UrlProblem::Malformed(error.to_string()))?;
        Self::from_url(url)
    }

    fn from_url(mut url: Url) -> Result<Self, UrlProblem> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(UrlProblem::Scheme(url.scheme().to_owned()));
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(UrlProblem::Host(String::new()));
        }
        url.set_fragment(None);
        // For http and https these setters cannot fail: the URL has a host.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        drop_tracking_parameters(&mut url);
        let path = normalize_escapes(url.path());
        if path != url.path() {
            url.set_path(&path);
        }
        Ok(Self(url))
    }

    /// The live URL, for machine formats and for fetching; never for a person's screen.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The parsed URL.
    pub fn as_url(&self) -> &Url {
        &self.0
    }

    /// Host in lower case, IDNA-encoded; IPv6 addresses in brackets.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// Host with its port where that is not the scheme's own: the key of politeness and robots.txt.
    pub fn authority(&self) -> String {
        match self.0.port() {
            Some(port) => format!("{}:{port}", self.host()),
            None => self.host().to_owned(),
        }
    }

    /// The registrable domain of the host (Public Suffix List), the host itself where there is none.
    pub fn registrable_domain(&self) -> &str {
        registrable_domain(self.host())
    }

    /// The URL as a person may see it: `hxxps://host[.]kz/path`.
    pub fn defanged(&self) -> String {
        let scheme = if self.0.scheme() == "https" {
            "hxxps"
        } else {
            "hxxp"
        };
        let mut text = format!("{scheme}://{}", self.host().replace('.', "[.]"));
        if let Some(port) = self.0.port() {
            let _ = write!(text, ":{port}");
        }
        text.push_str(&self.0[url::Position::BeforePath..]);
        text
    }
}

/// The registrable domain of `host` by the Public Suffix List, or `host` itself for addresses and suffixes.
pub fn registrable_domain(host: &str) -> &str {
    if host.starts_with('[') || host.parse::<std::net::Ipv4Addr>().is_ok() {
        return host;
    }
    psl::domain_str(host).unwrap_or(host)
}

fn refang(text: &str) -> String {
    let mut fanged = text.to_owned();
    for dot in ["[.]", "(.)", "{.}", "[dot]", "(dot)"] {
        fanged = fanged.replace(dot, ".");
    }
    fanged = fanged.replace("[:]", ":").replace("[://]", "://");
    let lower = fanged.to_ascii_lowercase();
    if lower.starts_with("hxxp") {
        fanged.replace_range(..4, "http");
    }
    fanged
}

fn has_scheme(text: &str) -> bool {
    text.find("://").is_some_and(|end| {
        end > 0
            && text[..end]
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}

fn drop_tracking_parameters(url: &mut Url) {
    let Some(query) = url.query() else { return };
    let is_tracking = |pair: &&str| {
        let name = pair.split('=').next().unwrap_or_default();
        TRACKING_PARAMETERS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
    };
    if query.is_empty() {
        url.set_query(None);
    } else if query.split('&').any(|pair| is_tracking(&pair)) {
        let kept: Vec<&str> = query.split('&').filter(|pair| !is_tracking(pair)).collect();
        let kept = kept.join("&");
        url.set_query((!kept.is_empty()).then_some(kept.as_str()));
    }
}

/// RFC 3986 §6.2.2: unreserved characters are written plain, other escapes in upper case.
fn normalize_escapes(path: &str) -> String {
    let bytes = path.as_bytes();
    let mut out = String::with_capacity(path.len());
    let mut i = 0;
    while i < bytes.len() {
        let escape = (bytes[i] == b'%')
            .then(|| bytes.get(i + 1..i + 3))
            .flatten();
        let value = escape
            .and_then(|hex| std::str::from_utf8(hex).ok())
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        if let Some(value) = value {
            if value.is_ascii_alphanumeric() || matches!(value, b'-' | b'.' | b'_' | b'~') {
                out.push(char::from(value));
            } else {
                let _ = write!(out, "%{value:02X}");
            }
            i += 3;
        } else {
            // The WHATWG serializer leaves only ASCII in a path.
            out.push(char::from(bytes[i]));
            i += 1;
        }
    }
    out
}

impl fmt::Display for SuspectUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.defanged())
    }
}

impl fmt::Debug for SuspectUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.defanged())
    }
}

impl Serialize for SuspectUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SuspectUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> String {
        SuspectUrl::from_written(text)
            .expect("a URL")
            .as_str()
            .to_owned()
    }

    #[test]
    fn a_suspect_never_prints_a_live_link() {
        let url = SuspectUrl::from_written("https://shop.kz/a?b=1").unwrap();
        assert_eq!(url.to_string(), "hxxps://shop[.]kz/a?b=1");
        assert_eq!(format!("{url:?}"), "hxxps://shop[.]kz/a?b=1");
    }

    #[test]
    fn spellings_of_one_page_become_one_url() {
        for written in [
            "shop.kz",
            "HTTP://Shop.KZ:80",
            "http://shop.kz/#top",
            "hxxp://shop[.]kz/",
            "hXXp[://]shop(dot)kz",
            "http://user:pw@shop.kz/./",
            "<http://shop.kz/?utm_source=tg&fbclid=1>",
        ] {
            assert_eq!(canonical(written), "http://shop.kz/", "{written}");
        }
        assert_eq!(
            canonical("shop.kz/%7euser/%d1%82"),
            "http://shop.kz/~user/%D1%82"
        );
        assert_eq!(
            canonical("shop.kz/?b=2&utm_term=x&a=1"),
            "http://shop.kz/?b=2&a=1"
        );
    }

    #[test]
    fn international_hosts_are_idna_encoded() {
        assert_eq!(
            SuspectUrl::from_written("магазин.қаз").unwrap().host(),
            "xn--80aairftm.xn--80ao21a"
        );
    }

    #[test]
    fn what_is_no_web_address_is_refused_with_a_reason() {
        assert_eq!(
            SuspectUrl::from_written("  ").unwrap_err(),
            UrlProblem::Empty
        );
        assert!(matches!(
            SuspectUrl::from_written("ftp://x.kz"),
            Err(UrlProblem::Scheme(_))
        ));
        assert!(matches!(
            SuspectUrl::from_written("слово"),
            Err(UrlProblem::Host(_))
        ));
        for name in ["a@shop.kz", "@shop_kz_bot"] {
            assert!(matches!(
                SuspectUrl::from_written(name),
                Err(UrlProblem::Mailbox(_))
            ));
        }
        assert!(matches!(
            SuspectUrl::from_written("http://"),
            Err(UrlProblem::Malformed(_))
        ));
        assert_eq!(
            SuspectUrl::parse(&format!("http://a.kz/{}", "a".repeat(9000))),
            Err(UrlProblem::TooLong)
        );
    }

    #[test]
    fn the_registrable_domain_follows_the_public_suffix_list() {
        assert_eq!(registrable_domain("a.b.gov.kz"), "b.gov.kz");
        assert_eq!(registrable_domain("m.shop.kz"), "shop.kz");
        assert_eq!(registrable_domain("127.0.0.1"), "127.0.0.1");
    }
}
