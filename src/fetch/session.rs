//! Cookies of one visit. They are kept in memory and forgotten with it.

use super::Response;
use crate::suspect::SuspectUrl;
use cookie_store::{CookieStore, RawCookie};

/// Cookies kept for a visit.
const MAX_COOKIES: usize = 50;
/// `Set-Cookie` lines read from one answer.
const MAX_LINES: usize = 50;
/// Name and value together, bytes.
const MAX_COOKIE: usize = 4 << 10;
/// The whole `Cookie` header, bytes: servers refuse more.
const MAX_HEADER: usize = 8 << 10;

/// The cookies of one visit (RFC 6265), bounded in number and size.
#[derive(Debug, Default)]
pub struct Session {
    store: CookieStore,
}

impl Session {
    /// A session without cookies.
    pub fn new() -> Self {
        Self::default()
    }

    /// The `Cookie` header for a request to `url`: longer paths first (RFC 6265 §5.4), `None` without any.
    pub fn cookie_header(&self, url: &SuspectUrl) -> Option<String> {
        let mut cookies = self.store.matches(url.as_url());
        cookies.sort_by(|a, b| {
            let length = |cookie: &cookie_store::Cookie<'_>| cookie.path.as_ref().len();
            length(b)
                .cmp(&length(a))
                .then_with(|| a.name().cmp(b.name()))
        });
        let mut header = String::new();
        for cookie in cookies {
            let pair = format!("{}={}", cookie.name(), cookie.value());
            if header.len() + pair.len() + 2 <= MAX_HEADER {
                if !header.is_empty() {
                    header.push_str("; ");
                }
                header.push_str(&pair);
            }
        }
        (!header.is_empty()).then_some(header)
    }

    /// Keeps the cookies that an answer sets.
    pub fn remember(&mut self, response: &Response) {
        let lines = response
            .headers
            .iter()
            .filter(|header| header.name.eq_ignore_ascii_case("set-cookie"))
            .take(MAX_LINES);
        for line in lines {
            if let Ok(text) = std::str::from_utf8(&line.value)
                && let Ok(cookie) = RawCookie::parse(text.to_owned())
            {
                self.keep(&cookie, &response.url);
            }
        }
    }

    fn keep(&mut self, cookie: &RawCookie<'_>, url: &SuspectUrl) {
        let sendable = |text: &str| !text.bytes().any(|b| b < 0x20 || b == 0x7f);
        if cookie.name().len() + cookie.value().len() > MAX_COOKIE
            || !sendable(cookie.name())
            || !sendable(cookie.value())
            || cookie.domain().is_some_and(is_public_suffix)
            || self.store.iter_any().count() >= MAX_COOKIES
        {
            return;
        }
        // A cookie for another domain or a past date is dropped by the store, as it should.
        let _ = self.store.insert_raw(cookie, url.as_url());
    }
}

/// `Domain=kz` would reach every site of the country.
fn is_public_suffix(domain: &str) -> bool {
    let domain = domain.trim_start_matches('.').to_ascii_lowercase();
    psl::suffix_str(&domain) == Some(domain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::Header;
    use jiff::Timestamp;
    use std::time::Duration;

    fn url(text: &str) -> SuspectUrl {
        SuspectUrl::parse(text).unwrap()
    }

    fn answer(from: &str, cookies: &[&str]) -> Response {
        Response {
            url: url(from),
            started: Timestamp::UNIX_EPOCH,
            duration: Duration::ZERO,
            version: "HTTP/1.1",
            status: 200,
            request_headers: Vec::new(),
            headers: cookies
                .iter()
                .map(|cookie| Header {
                    name: "Set-Cookie".into(),
                    value: cookie.as_bytes().to_vec(),
                })
                .collect(),
            body: Vec::new(),
            truncated: None,
            remote_addr: None,
            tls: None,
            provenance: crate::fetch::Provenance::default(),
        }
    }

    #[test]
    fn cookies_go_back_to_the_host_and_path_that_set_them() {
        let mut session = Session::new();
        session.remember(&answer(
            "https://shop.example/a/b",
            &[
                "pass=1; Path=/; Secure",
                "deep=2; Path=/a",
                "gone=3; Max-Age=0",
            ],
        ));
        assert_eq!(
            session
                .cookie_header(&url("https://shop.example/a/c"))
                .as_deref(),
            Some("deep=2; pass=1")
        );
        assert_eq!(session.cookie_header(&url("http://shop.example/")), None);
        assert_eq!(session.cookie_header(&url("https://other.example/")), None);
    }

    #[test]
    fn cookies_for_other_domains_and_public_suffixes_are_dropped() {
        let mut session = Session::new();
        session.remember(&answer(
            "http://shop.com.kz/",
            &[
                "a=1; Domain=kz",
                "b=2; Domain=com.kz",
                "c=3; Domain=bank.kz",
                "d=4; Domain=shop.com.kz",
            ],
        ));
        assert_eq!(
            session
                .cookie_header(&url("http://m.shop.com.kz/"))
                .as_deref(),
            Some("d=4")
        );
    }

    #[test]
    fn a_flood_of_cookies_is_bounded() {
        let mut session = Session::new();
        let long = format!("x={}", "y".repeat(MAX_COOKIE));
        session.remember(&answer("http://shop.example/", &[&long]));
        assert_eq!(session.cookie_header(&url("http://shop.example/")), None);
        for round in 0..10 {
            let many: Vec<String> = (0..200)
                .map(|n| format!("c{round}_{n}={}", "v".repeat(1_000)))
                .collect();
            let many: Vec<&str> = many.iter().map(String::as_str).collect();
            session.remember(&answer("http://shop.example/", &many));
        }
        assert_eq!(session.store.iter_any().count(), MAX_COOKIES);
        let header = session.cookie_header(&url("http://shop.example/")).unwrap();
        assert!(header.len() <= MAX_HEADER);
    }
}
