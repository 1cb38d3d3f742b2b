//! What lists match, by those who read them: running name servers, the engine of a blocker, and small readers of
//! our own where there is none.

use std::net::IpAddr;
use tazy::suspect::SuspectUrl;

/// The Public Suffix List, as tazy has it.
struct Suffixes;

impl adblock::url_parser::ResolvesDomain for Suffixes {
    fn get_host_domain(&self, host: &str) -> (usize, usize) {
        (
            host.len() - tazy::suspect::registrable_domain(host).len(),
            host.len(),
        )
    }
}

/// The engine of Brave's blocker over a filter list.
pub(crate) struct Blocker(adblock::Engine);

impl Blocker {
    pub(crate) fn of(list: &str) -> Self {
        // Set once for all tests; a second time is refused.
        let _ = adblock::url_parser::set_domain_resolver(Box::new(Suffixes));
        let mut filters = adblock::FilterSet::new(true);
        filters.add_filter_list(list.to_owned(), adblock::lists::ParseOptions::default());
        Self(adblock::Engine::new_with_filter_set(filters))
    }

    /// Whether the page itself, and a picture of it shown elsewhere, are blocked; both or none.
    pub(crate) fn blocks(&self, url: &SuspectUrl) -> bool {
        let [page, picture] = [
            ("document", url.as_str()),
            ("image", "https://other.example/"),
        ]
        .map(|(sort, source)| {
            let request =
                adblock::request::Request::new(url.as_str(), source, sort, "GET").unwrap();
            self.0.check_network_request(&request).filter.is_some()
        });
        assert_eq!(page, picture, "{url}");
        page
    }
}

/// Names and addresses of URLs, without brackets.
fn host_of(url: &SuspectUrl) -> &str {
    url.host().trim_matches(['[', ']'])
}

/// hosts(5): the name has to be the whole name.
pub(crate) fn hosts_blocks(list: &str, url: &SuspectUrl) -> bool {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let mut names = lines.flat_map(|line| line.split_whitespace().skip(1));
    names.any(|name| name.eq_ignore_ascii_case(url.host()))
}

/// Squid's `dstdomain`, `url_regex` and `dst`, of those that `http_access deny` names.
pub(crate) fn squid_blocks(list: &str, url: &SuspectUrl) -> bool {
    let denied: Vec<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("http_access deny "))
        .collect();
    list.lines()
        .filter_map(|line| line.strip_prefix("acl "))
        .any(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            let matches = match words[1..] {
                ["dstdomain", "-n", name] => match name.strip_prefix('.') {
                    Some(parent) => format!(".{}", url.host()).ends_with(&format!(".{parent}")),
                    None => name == url.host(),
                },
                ["url_regex", pattern] => {
                    regex::Regex::new(pattern).unwrap().is_match(url.as_str())
                }
                ["dst", address] => address.parse::<IpAddr>().ok() == host_of(url).parse().ok(),
                _ => panic!("{line}"),
            };
            matches && denied.contains(&words[0])
        })
}

/// The addresses in the sets.
pub(crate) fn nftables_blocks(list: &str, url: &SuspectUrl) -> bool {
    let elements = list
        .lines()
        .filter_map(|line| line.trim().strip_suffix(','));
    let mut addresses = elements.map(|element| element.parse::<IpAddr>().unwrap());
    addresses.any(|address| Ok(address) == host_of(url).parse())
}

/// One target a line, as the head of the list explains.
pub(crate) fn plain_blocks(list: &str, url: &SuspectUrl) -> bool {
    let mut lines = list.lines().filter(|line| !line.starts_with('#'));
    lines.any(|line| match line.strip_prefix('.') {
        Some(parent) => format!(".{}", url.host()).ends_with(&format!(".{parent}")),
        None if line.contains("://") => line == url.as_str(),
        None => line == host_of(url),
    })
}

/// Suricata's contents, in the buffers that a visit of the URL fills.
pub(crate) fn suricata_blocks(list: &str, url: &SuspectUrl) -> bool {
    list.lines()
        .filter(|line| !line.starts_with('#'))
        .any(|rule| {
            let (head, options) = rule.split_once(" (").unwrap();
            let protocol = head.split(' ').nth(1).unwrap();
            let is_https = url.as_url().scheme() == "https";
            match protocol {
                "tls" if !is_https => return false,
                "http" if is_https => return false,
                "ip" => {
                    let to = head.split(' ').nth(5).unwrap().trim_matches(['[', ']']);
                    return to.parse::<IpAddr>().ok() == host_of(url).parse().ok();
                }
                _ => {}
            }
            contents(options).iter().all(|content| content.matches(url))
        })
}

/// One content with its buffer and how it stands there.
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the rule")]
#[derive(Debug, Default, Clone)]
struct Content {
    buffer: String,
    bytes: Vec<u8>,
    with_dot: bool,
    no_case: bool,
    at_start: bool,
    at_end: bool,
}

impl Content {
    fn matches(&self, url: &SuspectUrl) -> bool {
        let parsed = url.as_url();
        let text = match self.buffer.as_str() {
            "tls.sni" | "dns.query" | "http.host" => url.host().to_owned(),
            "http.host.raw" => url.authority(),
            "http.uri.raw" => {
                parsed[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
            }
            other => panic!("{other}"),
        };
        let (mut text, mut bytes) = (text.into_bytes(), self.bytes.clone());
        if self.with_dot {
            text.insert(0, b'.');
        }
        if self.no_case {
            text.make_ascii_lowercase();
            bytes.make_ascii_lowercase();
        }
        match (self.at_start, self.at_end) {
            (true, true) => text == bytes,
            (false, true) => text.ends_with(&bytes),
            _ => panic!("{self:?}: it could match anywhere"),
        }
    }
}

fn contents(options: &str) -> Vec<Content> {
    let (mut found, mut buffer, mut with_dot) = (Vec::<Content>::new(), String::new(), false);
    for option in options.trim_end_matches(')').split(';').map(str::trim) {
        let last = found.last_mut();
        match (option.split_once(':'), option) {
            (Some(("content", quoted)), _) => found.push(Content {
                buffer: buffer.clone(),
                bytes: decoded(quoted.trim_matches('"')),
                with_dot: std::mem::take(&mut with_dot),
                ..Content::default()
            }),
            (Some(_), _) | (_, "") => {}
            (None, "dotprefix") => with_dot = true,
            (None, "nocase") => last.unwrap().no_case = true,
            (None, "startswith") => last.unwrap().at_start = true,
            (None, "endswith") => last.unwrap().at_end = true,
            (None, name) => name.clone_into(&mut buffer),
        }
    }
    found
}

/// `|3b|` stands for a byte.
fn decoded(content: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (at, part) in content.split('|').enumerate() {
        if at % 2 == 0 {
            bytes.extend_from_slice(part.as_bytes());
        } else {
            bytes.push(u8::from_str_radix(part, 16).unwrap());
        }
    }
    bytes
}
