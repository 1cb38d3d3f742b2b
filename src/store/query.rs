//! Reading from the store.

use super::index::{FlagFields, key};
use super::journal::Place;
use super::{Run, RunRecord, RunState, Store, StoreError};
use crate::capture::{Capture, Manifest, read_capture};
use crate::digest::Digest;
use crate::flag::{Flag, Visit};
use crate::id::{CaptureId, FlagId, RunId};
use crate::review::{Choice, Decision, ReviewStatus, Standing};
use crate::rules::Category;
use crate::suspect::SuspectUrl;
use crate::verdict::Band;
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Which flags to list. Empty fields select everything.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlagFilter {
    /// Any category score in review or urgent band is of this category.
    pub category: Option<Category>,
    /// At least this band.
    pub band: Option<Band>,
    /// The site's host, or a domain above it.
    pub host: Option<String>,
    /// Seen at or after.
    pub since: Option<Timestamp>,
    /// Where they stand now.
    pub status: Option<ReviewStatus>,
}

impl FlagFilter {
    fn selects(&self, flag: &FlagFields) -> bool {
        self.band.is_none_or(|band| flag.band >= band)
            && self.since.is_none_or(|since| flag.seen >= since)
            && self.category.is_none_or(|c| flag.categories.contains(&c))
            && self.host.as_deref().is_none_or(|h| is_below(&flag.site, h))
    }

    /// With the host as sites are written: lower case, IDNA-encoded, without dots around it.
    fn normalized(&self) -> Self {
        let host = self.host.as_deref().map(|host| {
            let host = host.trim().trim_matches('.');
            match SuspectUrl::from_written(host) {
                Ok(url) => url.host().to_owned(),
                // A top-level domain is no URL.
                Err(_) => host.to_lowercase(),
            }
        });
        Self {
            host,
            ..self.clone()
        }
    }
}

/// Whether `site` is `host` or below it.
fn is_below(site: &str, host: &str) -> bool {
    site.strip_suffix(host)
        .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

impl Store {
    /// One flag.
    pub fn flag(&self, id: &FlagId) -> Result<Flag, StoreError> {
        let place = self.index.place(&key('f', &[id.as_str()]))?;
        self.known(place, "flag", id.as_str())
    }

    /// The flag of a site, if it has one.
    pub fn flag_of_site(&self, site: &str) -> Result<Option<Flag>, StoreError> {
        let id = FlagId::of_site(site);
        self.read(self.index.place(&key('f', &[id.as_str()]))?)
    }

    /// Flags, the highest band and score first.
    pub fn flags(&self, filter: &FlagFilter) -> Result<Vec<Flag>, StoreError> {
        let filter = filter.normalized();
        let mut selected: Vec<(FlagFields, Place)> = Vec::new();
        for row in self.index.rows(&key('f', &[""])) {
            let row = row?;
            let fields: FlagFields = self.index.fields_in(&row.key, &row.value)?;
            if filter.selects(&fields) && self.has_status(&row.key, filter.status)? {
                selected.push((fields, self.index.place_in(&row.key, &row.value)?));
            }
        }
        selected.sort_by(|(a, _), (b, _)| {
            let by_band = b.band.cmp(&a.band);
            let by_score = || b.score.total_cmp(&a.score);
            by_band
                .then_with(by_score)
                .then_with(|| a.site.cmp(&b.site))
        });
        selected
            .iter()
            .map(|(_, place)| self.records.record(place))
            .collect()
    }

    /// Whether the flag under this key of the index stands so now.
    fn has_status(&self, key: &[u8], wanted: Option<ReviewStatus>) -> Result<bool, StoreError> {
        let Some(wanted) = wanted else {
            return Ok(true);
        };
        let mut key = key.to_vec();
        if let Some(sort) = key.first_mut() {
            *sort = b'd';
        }
        let choice: Option<Choice> = match self.index.get(&key)? {
            None => None,
            Some(value) => Some(self.index.fields_in(&key, &value)?),
        };
        Ok(ReviewStatus::of(choice.as_ref(), self.clock.now()) == wanted)
    }

    /// The decision that stands about a flag.
    pub fn current_decision(&self, flag: &FlagId) -> Result<Option<Decision>, StoreError> {
        self.read(self.index.place(&key('d', &[flag.as_str()]))?)
    }

    /// All decisions about a flag, the first taken first.
    pub fn decisions(&self, flag: &FlagId) -> Result<Vec<Decision>, StoreError> {
        self.records_at(&key('h', &[flag.as_str(), ""]))
    }

    /// Where a flag stands now.
    pub fn standing(&self, flag: &Flag) -> Result<Standing, StoreError> {
        let current = self.current_decision(&flag.id)?;
        Ok(Standing::of(flag, current, self.clock.now()))
    }

    /// What a run found at a site.
    pub fn visit(&self, run: &RunId, site: &str) -> Result<Option<Visit>, StoreError> {
        self.read(self.index.place(&key('v', &[run.as_str(), site]))?)
    }

    /// Calls `take` with every flag, in the order of their ids, one at a time.
    pub fn each_flag<E: From<StoreError>>(
        &self,
        mut take: impl FnMut(Flag) -> Result<(), E>,
    ) -> Result<(), E> {
        for row in self.index.rows(&key('f', &[""])) {
            let row = row?;
            let place = self.index.place_in(&row.key, &row.value)?;
            take(self.records.record(&place)?)?;
        }
        Ok(())
    }

    /// Calls `take` with the latest visit of every site, in an order that depends on nothing but their names,
    /// until it says no.
    pub fn each_latest_visit(&self, mut take: impl FnMut(Visit) -> bool) -> Result<(), StoreError> {
        // The names are digested, so that the first of them are a fair sample.
        let mut places: Vec<(Digest, Place)> = Vec::new();
        for row in self.index.rows(&key('l', &[""])) {
            let row = row?;
            let place = self.index.place_in(&row.key, &row.value)?;
            places.push((Digest::of(&row.key), place));
        }
        places.sort_unstable_by_key(|(digest, _)| *digest);
        for (_, place) in places {
            if !take(self.records.record(&place)?) {
                break;
            }
        }
        Ok(())
    }

    /// The latest visit of a site.
    pub fn latest_visit(&self, site: &str) -> Result<Option<Visit>, StoreError> {
        self.read(self.index.place(&key('l', &[site]))?)
    }

    /// The visits of a run, by site.
    pub fn visits_of_run(&self, run: &RunId) -> Result<Vec<Visit>, StoreError> {
        self.records_at(&key('v', &[run.as_str(), ""]))
    }

    /// What is kept of a capture.
    pub fn manifest(&self, id: &CaptureId) -> Result<Manifest, StoreError> {
        let place = self.index.place(&key('m', &[id.as_str()]))?;
        self.known(place, "capture", id.as_str())
    }

    /// A capture read back from its WARC record, digests verified.
    pub fn capture(&self, id: &CaptureId) -> Result<Capture, StoreError> {
        let manifest = self.manifest(id)?;
        if let Some(tombstone) = self.tombstone_of(id)? {
            return Err(StoreError::Deleted {
                capture: id.to_string(),
                tombstone: tombstone.id.to_string(),
            });
        }
        Ok(read_capture(&self.layout.captures, &manifest)?)
    }

    /// A capture that was written and is not committed yet.
    pub fn written_capture(&self, manifest: &Manifest) -> Result<Capture, StoreError> {
        Ok(read_capture(&self.layout.captures, manifest)?)
    }

    /// All runs, the first begun first.
    pub fn runs(&self) -> Result<Vec<RunRecord>, StoreError> {
        self.run_places()?
            .into_iter()
            .map(|(place, finished)| {
                let run = self.records.record(&place)?;
                Ok(RunRecord { run, finished })
            })
            .collect()
    }

    /// The latest run that was begun and not finished.
    pub fn unfinished_run(&self) -> Result<Option<RunState>, StoreError> {
        let places = self.run_places()?;
        let latest = places.into_iter().rev().find(|(_, finished)| !finished);
        let Some((place, _)) = latest else {
            return Ok(None);
        };
        let run: Run = self.records.record(&place)?;
        // A visit that was deleted was made all the same.
        let mut finished_sites = BTreeSet::new();
        for sort in ['v', 'V'] {
            let prefix = key(sort, &[run.id.as_str(), ""]);
            for row in self.index.rows(&prefix) {
                let site = row?.key.split_off(prefix.len());
                finished_sites.insert(String::from_utf8_lossy(&site).into_owned());
            }
        }
        Ok(Some(RunState {
            run,
            finished_sites: finished_sites.into_iter().collect(),
        }))
    }

    /// Where runs were begun, in order, and whether each was finished.
    fn run_places(&self) -> Result<Vec<(Place, bool)>, StoreError> {
        let mut places = Vec::new();
        for row in self.index.rows(&key('r', &[""])) {
            let row = row?;
            let mut end = row.key.clone();
            if let Some(sort) = end.first_mut() {
                *sort = b'e';
            }
            let begun = self.index.place_in(&row.key, &row.value)?;
            // A run that was begun again after it was finished is open again.
            let ended = self.index.place(&end)?.map(|place| place.seq);
            places.push((begun, ended > Some(begun.seq)));
        }
        places.sort_unstable_by_key(|(place, _)| place.seq);
        Ok(places)
    }

    /// The records under all keys of the index that begin with `prefix`.
    pub(super) fn records_at<T: serde::de::DeserializeOwned>(
        &self,
        prefix: &[u8],
    ) -> Result<Vec<T>, StoreError> {
        self.index
            .rows(prefix)
            .map(|row| {
                let row = row?;
                let place = self.index.place_in(&row.key, &row.value)?;
                self.records.record(&place)
            })
            .collect()
    }

    pub(super) fn read<T: serde::de::DeserializeOwned>(
        &self,
        place: Option<Place>,
    ) -> Result<Option<T>, StoreError> {
        place.map(|place| self.records.record(&place)).transpose()
    }

    fn known<T: serde::de::DeserializeOwned>(
        &self,
        place: Option<Place>,
        kind: &'static str,
        id: &str,
    ) -> Result<T, StoreError> {
        self.read(place)?.ok_or_else(|| StoreError::Unknown {
            kind,
            id: id.to_owned(),
        })
    }
}
