//! What a URL looks like with everything that varies taken out: how traps are recognized.

use crate::suspect::SuspectUrl;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Query parameters that carry a session.
const SESSION_KEYS: &[&str] = &[
    "phpsessid",
    "jsessionid",
    "sessionid",
    "session_id",
    "sessid",
    "aspsessionid",
    "asp.net_sessionid",
    "cfid",
    "cftoken",
    "oscsid",
    "zenid",
    "xtsid",
];
/// Parameters that carry a session if their value looks like one.
const SESSION_LIKE_KEYS: &[&str] = &["sid", "s", "session", "token", "nonce", "_"];
/// Parameters that show the same goods in another order or form.
const FACET_KEYS: &[&str] = &[
    "sort",
    "order",
    "orderby",
    "dir",
    "sortby",
    "sort_by",
    "order_by",
    "view",
    "limit",
    "per_page",
    "perpage",
    "display",
    "mode",
    "currency",
    "filter",
    "min_price",
    "max_price",
    "price_from",
    "price_to",
    "replytocom",
    "print",
    "share",
    "ref",
    "back",
    "backurl",
    "return",
    "return_to",
];
const PAGE_KEYS: &[&str] = &[
    "page",
    "paged",
    "pg",
    "offset",
    "start",
    "pagen",
    "from_page",
];
const DATE_KEYS: &[&str] = &[
    "year",
    "month",
    "day",
    "date",
    "week",
    "ymd",
    "calendar",
    "cal",
    "tribe-bar-date",
    "event_date",
];

/// What kind of trap a URL of some shape can be part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspicion {
    /// Ends in a date: a calendar goes on for ever.
    Calendar,
    /// A numbered page of a list.
    Paging,
    /// The same page in another order or form.
    Parameters,
}

/// Identity and shape of a URL.
#[derive(Debug)]
pub(super) struct Shape {
    /// The same for URLs that show the same page: without session identifiers, parameters in order.
    pub(super) identity: u128,
    /// True if a session identifier was taken out.
    pub(super) had_session: bool,
    /// The same for URLs that differ only in numbers, dates, hexadecimal names and parameter values.
    pub(super) hash: u64,
    /// The same for URLs that differ only in their query.
    pub(super) path_hash: u64,
    pub(super) suspicion: Option<Suspicion>,
}

impl Shape {
    pub(super) fn of(url: &SuspectUrl) -> Self {
        let parsed = url.as_url();
        let written = parsed.path();
        let path = without_path_session(written);
        let query = parsed.query().unwrap_or_default();
        let mut pairs: Vec<(&str, &str)> = query
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .collect();
        let all = pairs.len();
        pairs.retain(|(key, value)| !is_session(key, value));
        let had_session = pairs.len() < all || path.len() < written.len();
        pairs.sort_unstable();
        pairs.dedup();
        let place = (parsed.scheme(), parsed.host_str(), parsed.port());
        let mut keys: Vec<String> = pairs.iter().map(|(key, _)| generalized(key)).collect();
        keys.dedup();
        let pattern: Vec<String> = path.split('/').map(generalized).collect();
        Self {
            identity: wide_hash(&(place, &path, &pairs)),
            had_session,
            hash: narrow_hash(&(place, &pattern, &keys)),
            path_hash: narrow_hash(&(place, &pattern)),
            suspicion: suspicion(&path, &pairs),
        }
    }
}

/// Java's `;jsessionid=…` at the end of a path segment.
fn without_path_session(path: &str) -> String {
    let lower = path.to_ascii_lowercase();
    let Some(start) = lower.find(";jsessionid=") else {
        return path.to_owned();
    };
    let end = path[start..]
        .find('/')
        .map_or(path.len(), |slash| start + slash);
    format!("{}{}", &path[..start], &path[end..])
}

fn is_session(key: &str, value: &str) -> bool {
    let key = key.to_ascii_lowercase();
    let looks_random = value.len() >= 16
        && value
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && value.bytes().any(|b| b.is_ascii_digit());
    SESSION_KEYS.contains(&key.as_str())
        || (looks_random && SESSION_LIKE_KEYS.contains(&key.as_str()))
}

/// Hexadecimal names become `#`, every run of digits `0`.
fn generalized(segment: &str) -> String {
    let is_name = segment.len() >= 8
        && segment.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
        && segment.bytes().any(|b| b.is_ascii_digit())
        && segment.bytes().any(|b| b.is_ascii_alphabetic());
    if is_name {
        return "#".to_owned();
    }
    let mut pattern = String::with_capacity(segment.len());
    for c in segment.chars() {
        if !c.is_ascii_digit() {
            pattern.push(c);
        } else if !pattern.ends_with('0') {
            pattern.push('0');
        }
    }
    pattern
}

fn suspicion(path: &str, pairs: &[(&str, &str)]) -> Option<Suspicion> {
    let has = |known: &[&str], need_digit: bool| {
        pairs.iter().any(|(key, value)| {
            let key = key.to_ascii_lowercase();
            let stem = key.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
            let stem = stem.split(['[', '%']).next().unwrap_or_default();
            (known.contains(&key.as_str()) || known.contains(&stem))
                && (!need_digit || value.bytes().any(|b| b.is_ascii_digit()))
        })
    };
    if ends_in_date(path) || has(DATE_KEYS, true) {
        Some(Suspicion::Calendar)
    } else if has(FACET_KEYS, false) {
        Some(Suspicion::Parameters)
    } else if ends_in_page_number(path) || has(PAGE_KEYS, true) {
        Some(Suspicion::Paging)
    } else {
        None
    }
}

/// `/2024/05`, `/2024/05/17`, `/2024-05`, `/2024-05-17` at the end of a path.
fn ends_in_date(path: &str) -> bool {
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let last = segments.next().unwrap_or_default();
    let (second, third) = (segments.next(), segments.next());
    let mut parts = last.split('-');
    let written_in_one = parts.next().is_some_and(is_year)
        && parts.next().is_some_and(is_day_or_month)
        && parts.all(is_day_or_month);
    written_in_one
        || (is_day_or_month(last)
            && (second.is_some_and(is_year)
                || (second.is_some_and(is_day_or_month) && third.is_some_and(is_year))))
}

fn is_year(text: &str) -> bool {
    text.len() == 4
        && text
            .parse()
            .is_ok_and(|year: u32| (1900..=2199).contains(&year))
}

fn is_day_or_month(text: &str) -> bool {
    matches!(text.len(), 1 | 2)
        && text
            .parse()
            .is_ok_and(|number: u32| (1..=31).contains(&number))
}

/// `/page/7`, `/page7`, `/page-7.html` at the end of a path.
fn ends_in_page_number(path: &str) -> bool {
    let mut segments = path.trim_end_matches('/').rsplit('/');
    let last = segments.next().unwrap_or_default().to_ascii_lowercase();
    let last = last.split('.').next().unwrap_or_default();
    let word = last.trim_end_matches(|c: char| c.is_ascii_digit());
    let has_number = word.len() < last.len();
    let word = word.trim_end_matches(['-', '_']);
    has_number
        && (word == "page"
            || (word.is_empty() && segments.next().is_some_and(|before| before == "page")))
}

fn narrow_hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Two hashes with different beginnings: a site must not be able to hide a page behind a collision that
/// it finds by chance among millions of URLs.
fn wide_hash(value: &impl Hash) -> u128 {
    let mut hasher = DefaultHasher::new();
    1_u8.hash(&mut hasher);
    value.hash(&mut hasher);
    (u128::from(hasher.finish()) << 64) | u128::from(narrow_hash(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(path: &str) -> Shape {
        Shape::of(&SuspectUrl::parse(&format!("http://shop.example{path}")).unwrap())
    }

    #[test]
    fn sessions_and_the_order_of_parameters_do_not_make_another_page() {
        let same = [
            "/a?x=1&y=2",
            "/a?y=2&x=1",
            "/a?PHPSESSID=0123456789abcdef&x=1&y=2",
            "/a;jsessionid=AB12?x=1&y=2",
            "/a?x=1&sid=f00f00f00f00f00f1&y=2&x=1",
        ];
        for path in same {
            assert_eq!(shape(path).identity, shape(same[0]).identity, "{path}");
        }
        for path in ["/a?x=1&y=3", "/a?x=1", "/b?x=1&y=2", "/a?x=1&y=2&sid=7"] {
            assert_ne!(shape(path).identity, shape(same[0]).identity, "{path}");
        }
        assert!(shape(same[2]).had_session && shape(same[3]).had_session);
        assert!(!shape("/a?sid=7").had_session);
    }

    #[test]
    fn numbers_names_and_values_do_not_make_another_shape() {
        for (one, other) in [
            ("/p/1.html", "/p/20017.html"),
            ("/x/0badcafe11", "/x/deadbeef00112233"),
            ("/cal/2024/05/17", "/cal/1999/1/2"),
            ("/i.php?id=1&cat=shoes", "/i.php?cat=hats&id=2"),
        ] {
            assert_eq!(shape(one).hash, shape(other).hash, "{one} {other}");
        }
        assert_ne!(shape("/p/1.html").hash, shape("/q/1.html").hash);
        assert_ne!(shape("/p/red").hash, shape("/p/blue").hash);
        assert_eq!(shape("/a?x=1").path_hash, shape("/a?y=1").path_hash);
    }

    #[test]
    fn calendars_paging_and_facets_are_recognized() {
        use Suspicion::{Calendar, Paging, Parameters};
        for (path, expected) in [
            ("/events/2031/02", Some(Calendar)),
            ("/events/2031/02/17/", Some(Calendar)),
            ("/events/2031-02-17", Some(Calendar)),
            ("/cal.php?month=2&year=2031", Some(Calendar)),
            ("/news/2024/05/06/a-title", None),
            ("/p/2024/77", None),
            ("/shop?page=7", Some(Paging)),
            ("/shop/?PAGEN_1=3", Some(Paging)),
            ("/shop/page/12/", Some(Paging)),
            ("/shop/page-12.html", Some(Paging)),
            ("/shop?page=about", None),
            ("/shop?sort=price&page=2", Some(Parameters)),
            ("/shop?filter%5Bcolor%5D=red", Some(Parameters)),
            ("/index.php?route=product&id=5", None),
            ("/p/123.html", None),
        ] {
            assert_eq!(shape(path).suspicion, expected, "{path}");
        }
    }
}
