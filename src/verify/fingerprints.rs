//! How pages that are not the site give themselves away: `rules/blocking/fingerprints.yaml`.

use crate::reach::HttpResponse;
use crate::suspect::SuspectUrl;
use jiff::civil::Date;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;

/// Where the file stands in a rules directory.
const FILE: &str = "blocking/fingerprints.yaml";
const BUILT_IN: &str = include_str!("../../rules/blocking/fingerprints.yaml");

/// Known block pages and parked names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fingerprints {
    /// When the list was last looked over.
    pub dated: Option<Date>,
    pages: Vec<Fingerprint>,
    /// Hosts of block pages, as the unit knows them.
    hosts: BTreeSet<String>,
    /// Addresses of block pages and sinkholes, as the unit knows them.
    addresses: BTreeSet<IpAddr>,
}

/// The file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{FILE}: {0}")]
pub struct FingerprintsError(String);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    dated: Date,
    fingerprints: Vec<Fingerprint>,
}

/// What a page means that is not the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Meaning {
    Blocked,
    Parked,
}

/// One fingerprint: everything that it names holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fingerprint {
    id: String,
    means: Meaning,
    status: Option<u16>,
    title: Option<String>,
    text: Option<String>,
    /// Where it redirects to: this host or one below it.
    location_host: Option<String>,
}

impl Fingerprints {
    /// Those of a rules directory, or the built-in ones where it has none.
    pub fn load(directory: Option<&Path>) -> Result<Self, FingerprintsError> {
        let of_directory = directory.map(|directory| directory.join(FILE));
        match of_directory.filter(|path| path.is_file()) {
            None => Self::parse(BUILT_IN),
            Some(path) => {
                let text = std::fs::read_to_string(path);
                Self::parse(&text.map_err(|error| FingerprintsError(error.to_string()))?)
            }
        }
    }

    fn parse(text: &str) -> Result<Self, FingerprintsError> {
        let written: Written =
            serde_saphyr::from_str(text).map_err(|error| FingerprintsError(error.to_string()))?;
        let mut pages = written.fingerprints;
        for page in &mut pages {
            let says = page.status.is_some()
                || [&page.title, &page.text, &page.location_host]
                    .iter()
                    .any(|part| part.as_ref().is_some_and(|part| !part.trim().is_empty()));
            if !says {
                return Err(FingerprintsError(format!("{}: it names nothing", page.id)));
            }
            for part in [&mut page.title, &mut page.text, &mut page.location_host] {
                *part = part.take().map(|part| part.to_lowercase());
            }
        }
        Ok(Self {
            dated: Some(written.dated),
            pages,
            ..Self::default()
        })
    }

    /// With block pages that the unit knows: hosts that visitors are sent to, and addresses that name servers
    /// answer instead.
    #[must_use]
    pub fn with_block_pages<'a>(mut self, written: impl IntoIterator<Item = &'a String>) -> Self {
        for place in written {
            match place.parse::<IpAddr>() {
                Ok(address) => self.addresses.insert(address),
                Err(_) => self.hosts.insert(place.trim_matches('.').to_lowercase()),
            };
        }
        self
    }

    /// The fingerprint that an answer bears.
    pub(super) fn of_answer(&self, answer: &HttpResponse) -> Option<(&str, Meaning)> {
        let location = answer.x_location.as_ref().map(SuspectUrl::host);
        if let Some(known) = self
            .hosts
            .iter()
            .find(|host| is_at_or_below(location, host))
        {
            return Some((known, Meaning::Blocked));
        }
        let lower = |text: &Option<String>| text.as_deref().unwrap_or_default().to_lowercase();
        let (title, text) = (lower(&answer.x_title), lower(&answer.x_excerpt));
        let part_of = |part: &Option<String>, whole: &str| {
            part.as_deref().is_none_or(|part| whole.contains(part))
        };
        self.pages
            .iter()
            .find(|page| {
                page.status.is_none_or(|status| status == answer.code)
                    && part_of(&page.title, &title)
                    && part_of(&page.text, &text)
                    && page
                        .location_host
                        .as_deref()
                        .is_none_or(|host| is_at_or_below(location, host))
            })
            .map(|page| (page.id.as_str(), page.means))
    }

    /// Whether an address is known to be no site but a block page or sinkhole.
    pub(super) fn is_sinkhole(&self, address: IpAddr) -> bool {
        self.addresses.contains(&address)
    }
}

fn is_at_or_below(host: Option<&str>, above: &str) -> bool {
    host.and_then(|host| host.strip_suffix(above))
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_list_is_dated_and_every_entry_names_something() {
        let built_in = Fingerprints::load(None).unwrap();
        assert!(built_in.dated.is_some() && built_in.pages.len() > 5);
        let empty = "dated: 2026-11-22\nfingerprints: [{id: x, means: blocked}]";
        assert!(
            Fingerprints::parse(empty)
                .unwrap_err()
                .to_string()
                .contains("names nothing")
        );
        assert!(Fingerprints::parse("dated: 2026-11-22\nfingerprint: []").is_err());
    }
}
