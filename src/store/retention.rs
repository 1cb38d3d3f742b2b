//! Deletion of content: by policy, by hand, and holds that forbid it.

use super::index::key;
use super::journal::{Entry, Head, JournalScan, Place};
use super::record::{Draft, Frame, Kind, record_of};
use super::redact::{carry_out, files_of};
use super::{Store, StoreError};
use crate::capture::{Manifest, stretches_of};
use crate::custody::{
    DeletedCapture, Due, Hold, RedactedRecord, RetentionPolicy, SiteFacts, Tombstone, due,
};
use crate::digest::Digest;
use crate::id::{FlagId, RunId, TombstoneId};
use crate::review::{ReviewStatus, Reviewer};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is to be deleted, by whom and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deletion {
    /// The site (host as given in the list).
    pub site: String,
    /// Who deletes it.
    pub by: Reviewer,
    /// Why, in words.
    pub reason: String,
    /// The rule of the policy; `None` by hand.
    pub policy: Option<String>,
}

/// What the journal has of one site.
#[derive(Debug, Default)]
struct SiteRecords {
    /// The latest visit's end.
    visited: Option<Timestamp>,
    /// Manifests of captures that are not deleted.
    manifests: Vec<Place>,
    /// Lines that carry content.
    lines: Vec<ContentLine>,
}

#[derive(Debug)]
struct ContentLine {
    place: Place,
    run: Option<RunId>,
}

/// What is read of records that belong to a site.
#[derive(Debug, Deserialize)]
struct OfSite {
    site: String,
    id: Option<String>,
    run: Option<RunId>,
    finished: Option<Timestamp>,
}

impl Store {
    /// Which sites the policy deletes now, in the order of their names.
    pub fn due(&self, policy: &RetentionPolicy) -> Result<Vec<Due>, StoreError> {
        let sites = self.survey(None)?;
        self.due_of(&sites, policy)
    }

    /// Deletes what the policy says, and returns what was done to each site.
    pub fn retain(
        &self,
        policy: &RetentionPolicy,
        by: &Reviewer,
        watch: &mut dyn FnMut(&Due, &Tombstone),
    ) -> Result<Vec<Tombstone>, StoreError> {
        // What is deleted stands in closed files, whose digests are recorded anew.
        self.close_captures()?;
        let sites = self.survey(None)?;
        let mut done = Vec::new();
        for due in self.due_of(&sites, policy)? {
            let order = Deletion {
                site: due.site.clone(),
                by: by.clone(),
                reason: due.reason.clone(),
                policy: Some(due.rule.clone()),
            };
            let Some(records) = sites.get(&due.site) else {
                continue;
            };
            let tombstone = self.bury(&order, records)?;
            watch(&due, &tombstone);
            done.push(tombstone);
        }
        self.conclude(&done)?;
        Ok(done)
    }

    /// Deletes the content of a site: the tombstone is durable first, and everything is gone when this returns.
    ///
    /// # Errors
    /// If the site is on hold, is unknown or has nothing left to delete.
    pub fn delete_site(&self, order: &Deletion) -> Result<Tombstone, StoreError> {
        self.close_captures()?;
        let sites = self.survey(Some(&order.site))?;
        let Some(records) = sites.get(&order.site) else {
            return Err(StoreError::Unknown {
                kind: "content of site",
                id: order.site.clone(),
            });
        };
        let tombstone = self.bury(order, records)?;
        self.conclude(std::slice::from_ref(&tombstone))?;
        Ok(tombstone)
    }

    fn conclude(&self, done: &[Tombstone]) -> Result<(), StoreError> {
        if done.is_empty() {
            return Ok(());
        }
        let files: BTreeSet<String> = done.iter().flat_map(files_of).collect();
        self.conclude_deletions(&files, self.head().seq)
    }

    /// Journals the tombstone and carries it out.
    fn bury(&self, order: &Deletion, records: &SiteRecords) -> Result<Tombstone, StoreError> {
        if let Some(hold) = self.hold(&order.site)?.filter(|hold| hold.held) {
            return Err(StoreError::Held {
                site: hold.site,
                reason: hold.reason,
            });
        }
        let at = self.clock.now();
        let id = TombstoneId::of_site(&order.site, at);
        let mut captures = Vec::new();
        for place in &records.manifests {
            let manifest: Manifest = self.records.record(place)?;
            captures.push(DeletedCapture {
                places: stretches_of(&self.layout.captures, &manifest)?,
                id: manifest.id,
                block_digest: manifest.block_digest,
                payload_digest: manifest.payload_digest,
            });
        }
        let lines = records.lines.iter();
        let blank: Result<Vec<_>, _> = lines.map(|line| self.blank_record(line, &id)).collect();
        let tombstone = Tombstone {
            id,
            site: order.site.clone(),
            by: order.by.clone(),
            at,
            policy: order.policy.clone(),
            reason: order.reason.clone(),
            captures,
            records: blank?,
        };
        self.commit(&[Draft::of(Kind::Tombstone, &tombstone)?])?;
        carry_out(&self.layout, &tombstone)?;
        Ok(tombstone)
    }

    fn blank_record(
        &self,
        line: &ContentLine,
        tombstone: &TombstoneId,
    ) -> Result<RedactedRecord, StoreError> {
        let (header, text) = self.records.line(&line.place)?;
        let blank = Frame::of(&text)
            .and_then(|frame| frame.blank(text.len(), tombstone.as_str(), &header.kind))
            .ok_or_else(|| StoreError::Damaged {
                place: format!("journal.jsonl, record {}", header.seq),
                reason: "the line is too short to hold the note that it was deleted".to_owned(),
            })?;
        Ok(RedactedRecord {
            seq: header.seq,
            kind: header.kind,
            digest: line.place.digest,
            offset: line.place.offset,
            blank: Digest::of(&blank),
            run: line.run.clone(),
        })
    }

    fn due_of(
        &self,
        sites: &BTreeMap<String, SiteRecords>,
        policy: &RetentionPolicy,
    ) -> Result<Vec<Due>, StoreError> {
        let now = self.clock.now();
        let mut found = Vec::new();
        for (site, records) in sites {
            let Some(visited) = records.visited else {
                continue;
            };
            let id = FlagId::of_site(site);
            let decision = self.current_decision(&id)?;
            let choice = decision.as_ref().map(|decision| &decision.choice);
            let has_flag = self.index.place(&key('f', &[id.as_str()]))?.is_some();
            let facts = SiteFacts {
                site,
                status: has_flag.then(|| ReviewStatus::of(choice, now)),
                visited,
                decided: decision.as_ref().map(|decision| decision.decided),
                held: self.hold(site)?.is_some_and(|hold| hold.held),
                needed_by: None,
            };
            found.extend(due(&facts, policy, now));
        }
        Ok(found)
    }

    /// One walk over the journal: what there is of each site, or of one.
    fn survey(&self, only: Option<&str>) -> Result<BTreeMap<String, SiteRecords>, StoreError> {
        let head = self.head();
        let mut sites: BTreeMap<String, SiteRecords> = BTreeMap::new();
        let mut scan = JournalScan::new(&self.layout.journal, Head::start())?;
        while scan.head.offset < head.offset {
            let Some(entry) = scan.next_entry()? else {
                break;
            };
            self.note_entry(&entry, only, &mut sites)?;
        }
        scan.damage().map_or(Ok(sites), Err)
    }

    fn note_entry(
        &self,
        entry: &Entry,
        only: Option<&str>,
        sites: &mut BTreeMap<String, SiteRecords>,
    ) -> Result<(), StoreError> {
        let kind = Kind::named(&entry.header.kind);
        let Some(kind @ (Kind::Manifest | Kind::Visit | Kind::Flag)) = kind else {
            return Ok(());
        };
        let Ok(record) = record_of::<OfSite>(&entry.line) else {
            return Ok(());
        };
        if only.is_some_and(|only| only != record.site) {
            return Ok(());
        }
        if kind == Kind::Manifest {
            let capture = record.id.as_deref().unwrap_or_default();
            if !self.is_deleted_after(capture, entry.place.seq)? {
                let records = sites.entry(record.site).or_default();
                records.manifests.push(entry.place);
            }
            return Ok(());
        }
        let records = sites.entry(record.site).or_default();
        records.visited = records.visited.max(record.finished);
        records.lines.push(ContentLine {
            place: entry.place,
            run: record.run.filter(|_| kind == Kind::Visit),
        });
        Ok(())
    }

    /// Records that a site is on hold, or is not any more.
    pub fn record_hold(&self, hold: &Hold) -> Result<(), StoreError> {
        self.commit(&[Draft::of(Kind::Hold, hold)?])
    }

    /// The latest hold of a site, which may have been lifted.
    pub fn hold(&self, site: &str) -> Result<Option<Hold>, StoreError> {
        self.read(self.index.place(&key('o', &[site]))?)
    }

    /// The holds that are in force, by site.
    pub fn holds(&self) -> Result<Vec<Hold>, StoreError> {
        let mut holds = Vec::new();
        for row in self.index.rows(&key('o', &[""])) {
            let row = row?;
            let place = self.index.place_in(&row.key, &row.value)?;
            let hold: Hold = self.records.record(&place)?;
            if hold.held {
                holds.push(hold);
            }
        }
        Ok(holds)
    }
}
