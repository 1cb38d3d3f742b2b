//! Archived rules, and every finding derived again with them.

use super::compare::{FindingOutcome, Side};
use super::layout;
use super::rederive::{Rederivation, Rederiver};
use super::verification::{Check, CheckId};
use super::verify::Work;
use crate::digest::Digest;
use crate::flag::Visit;
use crate::rules::{ArchiveError, Ruleset, RulesetArchive};
use std::collections::HashMap;
use std::io::{self, Read, Seek};

/// An archive of rules has at most so many bytes.
const MAX_RULESET: u64 = 64 << 20;

impl<R: Read + Seek> Work<'_, R> {
    /// Archives against the log; then every visit is judged again.
    pub(super) fn check_findings(&mut self) -> io::Result<()> {
        let mut check = Check::begun(CheckId::RulesetArchive);
        let archives = self.read_archives(&mut check)?;
        self.conclude(check);
        let not_possible = |why: &str| Check::not_possible(CheckId::Findings, why);
        if self.options.skip_findings {
            self.conclude(not_possible("it was left out as asked for"));
        } else if self.has_failed() {
            self.conclude(not_possible(
                "stored bytes or rules are not what was recorded, so that findings derived from them would say nothing",
            ));
        } else {
            self.rederive(&archives)?;
        }
        Ok(())
    }

    fn read_archives(&mut self, check: &mut Check) -> io::Result<HashMap<String, RulesetArchive>> {
        let mut archives = HashMap::new();
        let recorded: Vec<(String, Digest)> = self
            .ledger
            .rulesets
            .values()
            .map(|archived| (archived.record.version.clone(), archived.record.digest))
            .collect();
        for (version, digest) in recorded {
            let name = layout::ruleset_name(&version);
            check.checked += 1;
            let Some(bytes) = self.entry(&name, MAX_RULESET, check)? else {
                continue;
            };
            if Digest::of(&bytes) != digest {
                check.fail(&name, "it does not have the digest that the log recorded");
                continue;
            }
            match RulesetArchive::from_bytes(&bytes) {
                Ok(archive) if archive.version == version => {
                    archives.insert(version, archive);
                }
                Ok(archive) => check.fail(&name, format_args!("it is version {}", archive.version)),
                Err(error) => check.fail(&name, error),
            }
        }
        for entry in self.container.entries() {
            if let Some(version) = layout::middle(&entry.name, "tazy/ruleset-", ".json")
                && !self.ledger.rulesets.contains_key(version)
            {
                check.fail(&entry.name, "no record of the log names these rules");
            }
        }
        Ok(archives)
    }

    fn rederive(&mut self, archives: &HashMap<String, RulesetArchive>) -> io::Result<()> {
        let mut check = Check::begun(CheckId::Findings);
        let mut compiled: HashMap<String, Result<Ruleset, ArchiveError>> = HashMap::new();
        let visits: Vec<Visit> = self
            .ledger
            .visits
            .iter()
            .map(|v| v.record.clone())
            .collect();
        for visit in &visits {
            let place = format!("visit of {} in run {}", visit.site, visit.run);
            let Some(archive) = archives.get(&visit.ruleset) else {
                check.note(format_args!(
                    "{place}: its rules {} are not in the bundle",
                    visit.ruleset
                ));
                continue;
            };
            let ruleset = compiled
                .entry(visit.ruleset.clone())
                .or_insert_with(|| archive.compile());
            match ruleset {
                Ok(ruleset) => {
                    let again = self.rederive_visit(visit, ruleset, &mut check)?;
                    judge(&again, &place, &mut check);
                    self.verification.visits.push(again);
                }
                Err(error @ ArchiveError::Refused(_)) => {
                    check.note(format_args!(
                        "{place}: {error}; verify it with the version that wrote it"
                    ));
                }
                Err(error) => check.fail(&place, &*error),
            }
        }
        if check.checked == 0 && !check.has_failed() {
            let notes = std::mem::take(&mut check.notes);
            check = Check::not_possible(CheckId::Findings, "no visit could be judged again");
            check.notes.extend(notes);
        }
        self.conclude(check);
        Ok(())
    }

    fn rederive_visit(
        &mut self,
        visit: &Visit,
        ruleset: &Ruleset,
        check: &mut Check,
    ) -> io::Result<Rederivation> {
        let program = self.ledger.run(&visit.run);
        let program = program.map(|run| run.program.trim_start_matches("tazy ").to_owned());
        let mut rederiver = Rederiver::new(visit, ruleset);
        for id in &visit.captures {
            if let Some(why) = self.absence_of(id) {
                rederiver.take_unreadable(id, &why);
                continue;
            }
            let Some(manifest) = self.ledger.manifests.get(id) else {
                rederiver.take_unreadable(id, "its manifest is not in the bundle");
                continue;
            };
            let manifest = manifest.record.clone();
            match self.load_capture(&manifest)? {
                Ok(capture) => rederiver.take_capture(&capture),
                Err(why) => {
                    check.fail(format_args!("capture {id}"), &why);
                    rederiver.take_unreadable(id, &why);
                }
            }
        }
        let mut again = rederiver.finish();
        if program
            .as_deref()
            .is_some_and(|program| program != env!("CARGO_PKG_VERSION"))
        {
            again.notes.push(format!(
                "the visit was judged by tazy {}, this is {}",
                program.unwrap_or_default(),
                env!("CARGO_PKG_VERSION")
            ));
        }
        Ok(again)
    }
}

/// What came of a visit goes into the check.
fn judge(again: &Rederivation, place: &str, check: &mut Check) {
    for difference in &again.differences {
        check.fail(place, difference);
    }
    for category in &again.categories {
        for difference in &category.differences {
            check.fail(format_args!("{place}, {}", category.category), difference);
        }
    }
    for finding in again.findings() {
        check.checked += 1;
        let side = match finding.side {
            Side::For => "for",
            Side::Against => "against",
        };
        let what = match &finding.outcome {
            FindingOutcome::Confirmed | FindingOutcome::ContentDeleted => continue,
            FindingOutcome::Differs { how } => {
                format!("it is derived with other {}", how.join(", "))
            }
            FindingOutcome::NotDerivedAgain => "it is recorded and not derived again".to_owned(),
            FindingOutcome::New => "it is derived and not recorded".to_owned(),
        };
        let finding = &finding.finding;
        check.fail(
            format_args!(
                "{place}, finding {} ({side}) on {}",
                finding.rule, finding.url
            ),
            what,
        );
    }
    for note in &again.notes {
        check.note(format_args!("{place}: {note}"));
    }
}
