//! Block requests, their steps and verifications, and the lists that went out.

use super::index::{key, place_from};
use super::record::{Draft, Kind};
use super::{Store, StoreError};
use crate::block::guard::{Objection, Protection, collateral, predicted_effect};
use crate::block::list::ListIssue;
use crate::block::profile::BlockRules;
use crate::block::{
    BlockItem, BlockRequest, BlockStep, BlockTarget, RequestError, check_request, check_step,
};
use crate::dossier::RequestFile;
use crate::id::{FlagId, RequestId};
use crate::verify::Verification;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Records a request. Every item rests on the confirmation that stands, on captures whose bytes verify, and
    /// nothing speaks against its target.
    pub fn record_request(
        &self,
        request: &BlockRequest,
        rules: &BlockRules,
    ) -> Result<(), StoreError> {
        for evidence in request.items.iter().flat_map(|item| &item.evidence) {
            self.capture(&evidence.capture)?;
        }
        let mut ledger = self.ledger();
        if let Some(earlier) = &request.supersedes {
            let file = self.request_file(earlier)?;
            if !file.can_be_replaced() {
                return Err(RequestError::AlreadySent(earlier.clone()).into());
            }
        }
        if let Some(parent) = &request.parent {
            self.request(parent)?;
        }
        let mut decisions = BTreeMap::new();
        for item in &request.items {
            decisions.insert(item.flag.clone(), self.current_decision(&item.flag)?);
        }
        let mut objections = BTreeMap::new();
        for item in &request.items {
            let against = self.objections(item, &rules.protection)?;
            objections.insert(item.id.clone(), against);
        }
        check_request(
            request,
            |flag| decisions.get(flag).cloned().flatten(),
            |item| objections.get(&item.id).cloned().unwrap_or_default(),
        )?;
        self.commit_to(&mut ledger, &[Draft::of(Kind::BlockRequest, request)?])
    }

    /// What speaks against an item: its target, what its captures showed, and what else is known at its address.
    pub fn objections(
        &self,
        item: &BlockItem,
        protection: &Protection,
    ) -> Result<Vec<Objection>, StoreError> {
        let mut objections = protection.objections_to_item(item);
        // Only an address has neighbors; then every capture is looked through.
        if let BlockTarget::Address(_) = predicted_effect(&item.target).hits {
            let mut hosts = BTreeSet::new();
            self.each_known_url(|known| {
                if collateral(&item.target, &[], [known.clone()])
                    .next()
                    .is_some()
                {
                    hosts.insert(known.url.host().to_owned());
                }
            })?;
            let hosts = hosts.iter().map(String::as_str);
            objections.extend(protection.objection_to_neighbors(&item.target, hosts));
        }
        Ok(objections)
    }

    /// Records what happened to a request, if it leads on from where the request stands.
    pub fn record_step(&self, step: &BlockStep) -> Result<(), StoreError> {
        let mut ledger = self.ledger();
        let file = self.request_file(&step.request)?;
        check_step(
            &file.request,
            file.superseded_by.as_ref(),
            &file.steps,
            step,
        )?;
        self.commit_to(&mut ledger, &[Draft::of(Kind::BlockStep, step)?])
    }

    /// Records what was measured about an item.
    pub fn record_verification(&self, verification: &Verification) -> Result<(), StoreError> {
        let request = self.request(&verification.request)?;
        if !request
            .items
            .iter()
            .any(|item| item.id == verification.item)
        {
            return Err(StoreError::Unknown {
                kind: "item of this request",
                id: verification.item.to_string(),
            });
        }
        self.commit(&[Draft::of(Kind::Verification, verification)?])
    }

    /// Records that the list went out.
    pub fn record_list_issue(&self, issue: &ListIssue) -> Result<(), StoreError> {
        self.commit(&[Draft::of(Kind::ListIssue, issue)?])
    }

    /// One request.
    pub fn request(&self, id: &RequestId) -> Result<BlockRequest, StoreError> {
        let place = self.index.place(&key('b', &[id.as_str()]))?;
        self.read(place)?.ok_or_else(|| StoreError::Unknown {
            kind: "block request",
            id: id.to_string(),
        })
    }

    /// One request with everything that followed.
    pub fn request_file(&self, id: &RequestId) -> Result<RequestFile, StoreError> {
        let request = self.request(id)?;
        let replaced: Vec<BlockRequest> = self.records_at(&key('B', &[id.as_str(), ""]))?;
        Ok(RequestFile {
            request,
            steps: self.records_at(&key('s', &[id.as_str(), ""]))?,
            verifications: self.records_at(&key('q', &[id.as_str(), ""]))?,
            superseded_by: replaced.first().map(|request| request.id.clone()),
        })
    }

    /// All requests with everything that followed, the first drafted first.
    pub fn request_files(&self) -> Result<Vec<RequestFile>, StoreError> {
        self.request_files_at(u64::MAX)
    }

    /// All requests as they stood when the journal had `log_size` records, the first drafted first.
    pub fn request_files_at(&self, log_size: u64) -> Result<Vec<RequestFile>, StoreError> {
        let mut files: BTreeMap<RequestId, RequestFile> = BTreeMap::new();
        let mut order = Vec::new();
        for request in self.records_until::<BlockRequest>(&key('b', &[""]), log_size)? {
            order.push((request.drafted, request.id.clone()));
            let file = RequestFile {
                steps: Vec::new(),
                verifications: Vec::new(),
                superseded_by: None,
                request,
            };
            files.insert(file.request.id.clone(), file);
        }
        for step in self.records_until::<BlockStep>(&key('s', &[""]), log_size)? {
            if let Some(file) = files.get_mut(&step.request) {
                file.steps.push(step);
            }
        }
        for verification in self.records_until::<Verification>(&key('q', &[""]), log_size)? {
            if let Some(file) = files.get_mut(&verification.request) {
                file.verifications.push(verification);
            }
        }
        let replaced = files.values().filter_map(|file| {
            let earlier = file.request.supersedes.clone()?;
            Some((earlier, file.request.id.clone()))
        });
        for (earlier, later) in replaced.collect::<Vec<_>>() {
            if let Some(file) = files.get_mut(&earlier) {
                file.superseded_by = Some(later);
            }
        }
        order.sort();
        Ok(order
            .into_iter()
            .filter_map(|(_, id)| files.remove(&id))
            .collect())
    }

    /// Calls `take` with every request and its steps as they stood when the journal had `log_size` records, one at a
    /// time, in the order of their ids. Verifications are left out: nothing that goes out depends on them.
    pub fn each_request_until(
        &self,
        log_size: u64,
        mut take: impl FnMut(RequestFile),
    ) -> Result<(), StoreError> {
        for row in self.index.rows(&key('b', &[""])) {
            let row = row?;
            let place = self.index.place_in(&row.key, &row.value)?;
            if place.seq > log_size {
                continue;
            }
            let request: BlockRequest = self.records.record(&place)?;
            let id = request.id.as_str();
            let steps = self.records_until(&key('s', &[id, ""]), log_size)?;
            let later: Vec<BlockRequest> = self.records_until(&key('B', &[id, ""]), log_size)?;
            take(RequestFile {
                superseded_by: later.into_iter().next().map(|later| later.id),
                verifications: Vec::new(),
                request,
                steps,
            });
        }
        Ok(())
    }

    /// The requests with an item about a flag, the first drafted first.
    pub fn requests_about(&self, flag: &FlagId) -> Result<Vec<RequestFile>, StoreError> {
        let requests: Vec<BlockRequest> = self.records_at(&key('i', &[flag.as_str(), ""]))?;
        requests
            .iter()
            .map(|request| self.request_file(&request.id))
            .collect()
    }

    /// The lists that went out, the first first.
    pub fn list_issues(&self) -> Result<Vec<ListIssue>, StoreError> {
        self.records_at(&key('n', &[""]))
    }

    /// The steps of all requests that were journaled up to `log_size`, each with its number in the journal, in
    /// their order.
    pub fn placed_steps(&self, log_size: u64) -> Result<Vec<(u64, BlockStep)>, StoreError> {
        let mut steps = Vec::new();
        for row in self.index.rows(&key('s', &[""])) {
            let row = row?;
            if place_from(&row.value).is_some_and(|place| place.seq <= log_size) {
                let place = self.index.place_in(&row.key, &row.value)?;
                steps.push((place.seq, self.records.record(&place)?));
            }
        }
        steps.sort_by_key(|(seq, _)| *seq);
        Ok(steps)
    }

    /// The records under keys that begin with `prefix` and were journaled up to `log_size`, in the order of their keys.
    fn records_until<T: DeserializeOwned>(
        &self,
        prefix: &[u8],
        log_size: u64,
    ) -> Result<Vec<T>, StoreError> {
        let mut records = Vec::new();
        for row in self.index.rows(prefix) {
            let row = row?;
            if place_from(&row.value).is_some_and(|place| place.seq <= log_size) {
                let place = self.index.place_in(&row.key, &row.value)?;
                records.push(self.records.record(&place)?);
            }
        }
        Ok(records)
    }
}
