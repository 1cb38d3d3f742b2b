//! Names that frauds borrow, with the domains that are really theirs: `rules/brands.yaml`.

use crate::suspect::registrable_domain;
use schemars::JsonSchema;
use serde::Deserialize;

/// The file.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Brands {
    /// Names that frauds borrow.
    #[serde(default, rename = "brands")]
    pub(super) list: Vec<Brand>,
    /// Domains under which anybody gets a page.
    #[serde(default)]
    pub(super) free_hosting: Vec<String>,
    /// Domains and suffixes of states, media and other bodies that are nobody's disguise.
    #[serde(default)]
    pub(super) protected: Vec<String>,
}

/// A name that frauds borrow.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Brand {
    /// Unique.
    pub(super) id: String,
    /// What it is.
    pub(super) kind: BrandKind,
    /// As it is written in titles and headings.
    pub(super) names: Vec<String>,
    /// Registrable domains that are its own.
    pub(super) domains: Vec<String>,
    /// As it stands in a host, between dots and hyphens.
    #[serde(default)]
    pub(super) host_tokens: Vec<String>,
    /// Host tokens so long and odd that they mean the brand inside a longer word too (`kaspibonus`).
    #[serde(default)]
    pub(super) distinctive: Vec<String>,
    /// Honest words that contain them (`kaspiysk`).
    #[serde(default)]
    pub(super) except: Vec<String>,
}

/// What a brand is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum BrandKind {
    Bank,
    Government,
    Marketplace,
    Shop,
    Post,
    Telecom,
    Transport,
    Crypto,
    /// Embedded everywhere, so that its links and pictures mean nothing.
    Social,
    Media,
    Game,
    Energy,
    Other,
}

impl Brand {
    /// Whether the host belongs to this brand.
    pub(super) fn owns(&self, host: &str) -> bool {
        let registrable = registrable_domain(host);
        self.domains
            .iter()
            .any(|domain| domain == registrable || is_under(host, domain))
    }
}

impl Brands {
    /// Whether the host belongs to a brand, state, bank or medium of the lists.
    pub(super) fn protect(&self, host: &str) -> bool {
        self.protected.iter().any(|domain| is_under(host, domain))
            || self.list.iter().any(|brand| brand.owns(host))
    }

    /// The free hosting domain that the host is a page of.
    pub(super) fn free_hosting_of(&self, host: &str) -> Option<&str> {
        self.free_hosting
            .iter()
            .map(String::as_str)
            .find(|domain| host != *domain && is_under(host, domain))
    }
}

/// Whether `host` is `domain` or one of its subdomains.
fn is_under(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
