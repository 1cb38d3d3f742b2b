//! Records against each other, and against what the bundle says of itself.

use super::bundle::Bundle;
use super::ledger::{Ledger, Numbered};
use super::verification::{Check, CheckId};
use super::verify::Work;
use crate::capture::Manifest;
use crate::flag::{Flag, Visit, raise};
use crate::id::{CaptureId, FlagId};
use crate::review::Decision;
use std::collections::HashSet;
use std::io::{Read, Seek};

impl<R: Read + Seek> Work<'_, R> {
    /// Flag, visits, captures, decisions.
    pub(super) fn check_references(&mut self) {
        let (mut check, mut decisions) = (
            Check::begun(CheckId::RecordReferences),
            Check::begun(CheckId::RecordDecisions),
        );
        if let Some(bundle) = &self.bundle {
            let references = References {
                bundle,
                ledger: &self.ledger,
                left_out: bundle
                    .left_out
                    .iter()
                    .filter_map(|left| left.which.as_deref())
                    .collect(),
            };
            references.check_flags(&mut check);
            references.check_visits(&mut check);
            references.check_manifests(&mut check);
            references.check_decisions(&mut decisions);
        } else {
            check.fail(
                "bundle.json",
                "without it nothing says what the records are about",
            );
        }
        let flag = self.ledger.flags.last();
        self.verification.identity.flag = flag.map(|flag| flag.record.clone());
        let taken = self.ledger.decisions.iter();
        self.verification.decisions = taken.map(|decision| decision.record.clone()).collect();
        let custody = self.ledger.custody.iter();
        self.verification.custody = custody.map(|event| event.record.clone()).collect();
        self.conclude(check);
        self.conclude(decisions);
    }
}

struct References<'a> {
    bundle: &'a Bundle,
    ledger: &'a Ledger,
    /// What the exporter says that is not here; what was deleted, for one.
    left_out: HashSet<&'a str>,
}

impl References<'_> {
    fn check_flags(&self, check: &mut Check) {
        let bundle = self.bundle;
        check.expect(
            FlagId::of_site(&bundle.site) == bundle.flag,
            "bundle.json",
            "flag and site do not belong together",
        );
        if self.ledger.flags.is_empty() {
            check.fail("records.jsonl", "the flag itself is missing");
        }
        for flag in &self.ledger.flags {
            let place = format!("record {} (flag {})", flag.seq, flag.record.id);
            let is_it = flag.record.id == bundle.flag && flag.record.site == bundle.site;
            check.expect(is_it, &place, "it is another flag");
            let visit = self.ledger.visits.iter().find(|visit| {
                visit.record.run == flag.record.run && visit.record.site == flag.record.site
            });
            match visit {
                None => check.fail(&place, "the visit that raised it is missing"),
                Some(visit) if visit.seq > flag.seq => {
                    check.fail(&place, "it stands before the visit that raised it");
                }
                Some(visit) => {
                    if !is_raised_from(&flag.record, &visit.record) {
                        check.fail(&place, "it does not say what its visit says");
                    }
                }
            }
        }
    }

    fn check_visits(&self, check: &mut Check) {
        for visit in &self.ledger.visits {
            let place = format!("record {} (visit in run {})", visit.seq, visit.record.run);
            check.expect(
                visit.record.site == self.bundle.site,
                &place,
                "it is a visit to another site",
            );
            self.expect_captures(&visit.record.captures, &place, check);
            let version = &visit.record.ruleset;
            if !self.ledger.rulesets.contains_key(version) && !self.is_left_out(version) {
                check.fail(
                    &place,
                    format_args!("the rules {version} that judged are missing"),
                );
            }
            if self.ledger.run(&visit.record.run).is_none() && !self.leaves_out("run") {
                check.fail(&place, "the record of its run is missing");
            }
        }
    }

    fn expect_captures(&self, captures: &[CaptureId], place: &str, check: &mut Check) {
        for id in captures {
            let known = self.ledger.manifests.contains_key(id) || self.is_left_out(id.as_str());
            check.expect(
                known,
                format_args!("{place}, capture {id}"),
                "its manifest is missing",
            );
        }
    }

    /// Every manifest is there because something names it.
    fn check_manifests(&self, check: &mut Check) {
        let visits = self
            .ledger
            .visits
            .iter()
            .flat_map(|visit| visit.record.captures.iter().chain(&visit.record.loaded));
        let flags = self
            .ledger
            .flags
            .iter()
            .flat_map(|flag| &flag.record.captures);
        let grounds = self.ledger.decisions.iter();
        let grounds = grounds.flat_map(|decision| &decision.record.grounds.captures);
        let manifests = self.ledger.manifests.values();
        let earlier = manifests
            .clone()
            .filter_map(|manifest| manifest.record.revisit_of.as_ref());
        let named: HashSet<&CaptureId> = visits
            .chain(flags)
            .chain(grounds)
            .chain(earlier.map(|earlier| &earlier.capture))
            .collect();
        let mut sorted: Vec<&Numbered<Manifest>> = manifests.collect();
        sorted.sort_by_key(|manifest| manifest.seq);
        for manifest in sorted {
            let place = format!("record {} (capture {})", manifest.seq, manifest.record.id);
            check.expect(
                named.contains(&manifest.record.id),
                &place,
                "nothing names this capture",
            );
            let body = manifest.record.revisit_of.as_ref();
            if body.is_some_and(|body| !self.ledger.manifests.contains_key(&body.capture)) {
                check.fail(&place, "the capture that has its body is missing");
            }
            let written = CaptureId::of_block(
                manifest.record.url.as_str(),
                manifest.record.requested_at,
                &manifest.record.block_digest,
            );
            if written != manifest.record.id {
                check.fail(
                    &place,
                    "its name does not follow from address, time and digest",
                );
            }
        }
    }

    fn check_decisions(&self, check: &mut Check) {
        let mut before: Option<&Decision> = None;
        for decision in &self.ledger.decisions {
            let place = format!("record {} (decision {})", decision.seq, decision.record.id);
            let record = &decision.record;
            check.expect(
                record.flag == self.bundle.flag,
                &place,
                "it is about another flag",
            );
            if record.supersedes.as_ref() != before.map(|before| &before.id) {
                check.fail(
                    &place,
                    "it does not follow the decision before it: one is missing",
                );
            }
            if before.is_some_and(|before| before.decided > record.decided) {
                check.note(format_args!(
                    "{place}: it was taken before the one that it replaces"
                ));
            }
            self.expect_captures(&record.grounds.captures, &place, check);
            let mut visits = self.ledger.visits.iter();
            if !visits.any(|visit| visit.record.run == record.grounds.run) {
                check.fail(&place, "the visit that it was decided on is missing");
            }
            before = Some(record);
        }
        if self.ledger.decisions.is_empty() {
            check.note("nobody has decided about the flag");
        }
    }

    fn is_left_out(&self, which: &str) -> bool {
        self.left_out.contains(which)
    }

    fn leaves_out(&self, what: &str) -> bool {
        self.bundle.left_out.iter().any(|left| left.what == what)
    }
}

/// A flag is what its visit says, but for what it carries on from the flag before.
fn is_raised_from(flag: &Flag, visit: &Visit) -> bool {
    raise(visit, None).is_some_and(|again| {
        Flag {
            raised: flag.raised,
            visits: flag.visits,
            ..again
        } == *flag
    })
}
