//! What exactly is to be blocked.

use crate::suspect::{SuspectUrl, registrable_domain};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;

/// Longest name that DNS can carry (RFC 1035 §2.3.4), without the dot of the root.
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// A host name as lists carry it: lower-case A-labels (RFC 5890), at least two, no dot at either end.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostName(String);

/// Why a text is not a host name that a list can carry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{written:?} is not a host name: {reason}")]
pub struct HostProblem {
    /// As it was written.
    pub written: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl HostName {
    /// Takes a name in Unicode or punycode, with or without the dot of the root.
    pub fn parse(written: &str) -> Result<Self, HostProblem> {
        let problem = |reason| HostProblem {
            written: written.chars().take(MAX_NAME).collect(),
            reason,
        };
        let name = written.trim();
        let name = name.strip_suffix('.').unwrap_or(name);
        let ascii =
            idna::domain_to_ascii(name).map_err(|_| problem("it cannot be encoded (IDNA)"))?;
        if ascii.len() > MAX_NAME {
            return Err(problem("it is longer than 253 bytes"));
        }
        if ascii.parse::<IpAddr>().is_ok() {
            return Err(problem("it is an address"));
        }
        let labels: Vec<&str> = ascii.split('.').collect();
        if labels.len() < 2 {
            return Err(problem("it has only one label"));
        }
        let is_label = |label: &&str| {
            (1..=MAX_LABEL).contains(&label.len())
                && label.bytes().all(|b| {
                    b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_')
                })
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if !labels.iter().all(is_label) {
            return Err(problem(
                "its labels hold other characters than letters, digits and hyphens",
            ));
        }
        if labels
            .last()
            .is_some_and(|label| label.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(problem("its last label is a number"));
        }
        Ok(Self(ascii))
    }

    /// The name in A-labels.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as people of the country write it.
    pub fn to_unicode(&self) -> String {
        let (name, decoded) = idna::domain_to_unicode(&self.0);
        if decoded.is_ok() {
            name
        } else {
            self.0.clone()
        }
    }

    /// The name as a person may see it: `shop[.]example`.
    pub fn defanged(&self) -> String {
        self.0.replace('.', "[.]")
    }

    /// Its registrable domain (Public Suffix List), itself where there is none.
    pub fn registrable_domain(&self) -> &str {
        registrable_domain(&self.0)
    }

    /// Whether it is `other` or a name below it.
    pub fn is_at_or_below(&self, other: &HostName) -> bool {
        self.0
            .strip_suffix(other.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

impl TryFrom<String> for HostName {
    type Error = HostProblem;

    fn try_from(written: String) -> Result<Self, HostProblem> {
        Self::parse(&written)
    }
}

impl From<HostName> for String {
    fn from(name: HostName) -> Self {
        name.0
    }
}

/// How wide a block is asked for, the narrowest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeKind {
    /// One URL.
    Url,
    /// One host name, and none below it.
    Host,
    /// A host name and every name below it.
    HostAndBelow,
    /// One IP address.
    Address,
}

impl ScopeKind {
    /// All scopes.
    pub const ALL: [Self; 4] = [Self::Url, Self::Host, Self::HostAndBelow, Self::Address];

    /// Its code in JSON and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Host => "host",
            Self::HostAndBelow => "host_and_below",
            Self::Address => "address",
        }
    }
}

/// What exactly is to be blocked, with its scope. `Display` is defanged.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "scope", content = "target", rename_all = "snake_case")]
pub enum BlockTarget {
    /// One URL.
    Url(SuspectUrl),
    /// One host name, and none below it.
    Host(HostName),
    /// A host name and every name below it.
    HostAndBelow(HostName),
    /// One IP address.
    Address(IpAddr),
}

impl BlockTarget {
    /// How wide it is.
    pub fn scope(&self) -> ScopeKind {
        match self {
            Self::Url(_) => ScopeKind::Url,
            Self::Host(_) => ScopeKind::Host,
            Self::HostAndBelow(_) => ScopeKind::HostAndBelow,
            Self::Address(_) => ScopeKind::Address,
        }
    }

    /// The live form, for machine formats: URL, name or address.
    pub fn live(&self) -> String {
        match self {
            Self::Url(url) => url.as_str().to_owned(),
            Self::Host(name) | Self::HostAndBelow(name) => name.as_str().to_owned(),
            Self::Address(address) => address.to_string(),
        }
    }

    /// The name that it is about, unless it is an address or a URL without a name.
    pub fn host(&self) -> Option<HostName> {
        match self {
            Self::Url(url) => HostName::parse(url.host()).ok(),
            Self::Host(name) | Self::HostAndBelow(name) => Some(name.clone()),
            Self::Address(_) => None,
        }
    }

    /// Whether a block of exactly this target keeps people from `url`. Addresses are not asked.
    pub fn covers(&self, url: &SuspectUrl) -> bool {
        let host = || HostName::parse(url.host()).ok();
        match self {
            Self::Url(own) => own == url,
            Self::Host(name) => host().is_some_and(|host| host == *name),
            Self::HostAndBelow(name) => host().is_some_and(|host| host.is_at_or_below(name)),
            Self::Address(address) => url.host().trim_matches(['[', ']']).parse() == Ok(*address),
        }
    }
}

impl fmt::Display for BlockTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Url(url) => write!(f, "{url}"),
            Self::Host(name) => f.write_str(&name.defanged()),
            Self::HostAndBelow(name) => write!(f, "*.{}", name.defanged()),
            Self::Address(address) => f.write_str(&address.to_string().replace('.', "[.]")),
        }
    }
}
