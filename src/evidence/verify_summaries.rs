//! What stands in a bundle for people: findings, custody sheet, pictures, texts.

use super::layout;
use super::parts::{CustodySheet, Findings, written_json};
use super::readme::readmes;
use super::verification::{Check, CheckId};
use super::verify::{MAX_JSON, Work};
use super::verify_index::compare;
use crate::capture::ResourceRole;
use std::collections::HashMap;
use std::io::{self, Read, Seek};

impl<R: Read + Seek> Work<'_, R> {
    /// Everything that repeats what the records say is made anew and compared.
    pub(super) fn check_summaries(&mut self) -> io::Result<()> {
        let mut check = Check::begun(CheckId::Summaries);
        let [findings, sheet] = self.made_anew()?;
        for (name, made) in [(layout::FINDINGS, findings), (layout::CUSTODY, sheet)] {
            if let Some(found) = self.entry(name, MAX_JSON, &mut check)? {
                compare(name, &made, &found, &mut check);
            }
        }
        let same_program =
            self.verification.identity.program.as_deref() == Some(env!("CARGO_PKG_VERSION"));
        for (name, text) in readmes() {
            let Some(found) = self.entry(&name, MAX_JSON, &mut check)? else {
                continue;
            };
            if same_program {
                compare(&name, text.as_bytes(), &found, &mut check);
            }
        }
        self.conclude(check);
        self.check_screenshots();
        Ok(())
    }

    fn made_anew(&self) -> io::Result<[Vec<u8>; 2]> {
        let records = &self.verification;
        let findings = match &records.identity.flag {
            Some(flag) => written_json(&Findings {
                flag,
                decisions: &records.decisions,
            })?,
            None => Vec::new(),
        };
        let holds = self.ledger.holds.iter().map(|hold| hold.record.clone());
        let tombstones = self.ledger.tombstones.iter();
        let tombstones = tombstones.map(|tombstone| tombstone.record.clone());
        let sheet = written_json(&CustodySheet {
            custody: &records.custody,
            holds: &holds.collect::<Vec<_>>(),
            tombstones: &tombstones.collect::<Vec<_>>(),
        })?;
        Ok([findings, sheet])
    }

    /// A picture is the resource that a capture in the log names.
    fn check_screenshots(&mut self) {
        let mut check = Check::begun(CheckId::Screenshots);
        let mut named = HashMap::new();
        for manifest in &self.manifests() {
            let mut pictures = manifest.resources.iter();
            if let Some(picture) = pictures.find(|it| it.role == ResourceRole::Screenshot)
                && self.absence_of(&manifest.id).is_none()
            {
                named.insert(
                    layout::screenshot_name(manifest.id.as_str()),
                    picture.digest,
                );
            }
        }
        for entry in self.container.entries() {
            if layout::middle(&entry.name, "tazy/screenshot-", ".png").is_some() {
                check.expect(
                    named.remove(&entry.name) == Some(entry.measure.digest),
                    &entry.name,
                    "it is not the picture that the log recorded",
                );
            }
        }
        for name in named.keys() {
            check.fail(name, "it is missing");
        }
        if check.checked == 0 && !check.has_failed() {
            check = Check::not_possible(check.id, "no capture has a picture");
        }
        self.conclude(check);
    }
}
