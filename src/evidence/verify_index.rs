//! What stands in a bundle for readers of web archives: the index of the WARC file, the list of pages.

use super::cdxj;
use super::layout;
use super::pages::Pages;
use super::verification::{Check, CheckId};
use super::verify::{MAX_JSON, Work};
use crate::capture::Manifest;
use crate::digest::Digest;
use crate::store::StoreError;
use std::collections::HashMap;
use std::io::{self, Read, Seek};

impl<R: Read + Seek> Work<'_, R> {
    /// The index is made anew and compared; so are the pages, where pages are examined at all.
    pub(super) fn check_index(&mut self) -> io::Result<()> {
        let mut check = Check::begun(CheckId::WarcIndex);
        let manifests: Vec<Manifest> = self.manifests();
        let present: Vec<&Manifest> = manifests
            .iter()
            .filter(|manifest| self.absence_of(&manifest.id).is_none())
            .collect();
        let made = self.index_of(&present);
        if let Some(found) = self.entry(layout::INDEX, MAX_JSON, &mut check)? {
            match made {
                Ok(made) => compare(layout::INDEX, &made, &found, &mut check),
                Err(error) => check.fail(
                    layout::INDEX,
                    format_args!("it cannot be made anew: {error}"),
                ),
            }
        }
        self.check_pages(&present, &mut check)?;
        self.conclude(check);
        Ok(())
    }

    fn index_of(&self, captures: &[&Manifest]) -> Result<Vec<u8>, StoreError> {
        let pieces = self
            .bundle
            .as_ref()
            .map_or(&[][..], |bundle| &bundle.pieces);
        let records = self.contents.records.values();
        let digests: HashMap<(u64, u64), Digest> = records
            .map(|record| ((record.offset, record.length), record.member_digest))
            .collect();
        let digest_of = |file: &str, offset: u64, length: u64| {
            let at = super::bundle::locate(pieces, file, offset);
            let digest = at.and_then(|at| digests.get(&(at, length)));
            digest.copied().ok_or_else(|| StoreError::Damaged {
                place: format!("{file} at {offset}"),
                reason: "there is no record of this length".to_owned(),
            })
        };
        cdxj::index(&digest_of, captures, pieces)
    }

    fn check_pages(&mut self, captures: &[&Manifest], check: &mut Check) -> io::Result<()> {
        let Some(found) = self.entry(layout::PAGES, MAX_JSON, check)? else {
            return Ok(());
        };
        let program = self.verification.identity.program.as_deref();
        if self.options.skip_findings || self.has_failed() {
            check.note("the list of pages was not made anew, because pages are not examined");
            return Ok(());
        }
        if program != Some(env!("CARGO_PKG_VERSION")) {
            check.note("the list of pages was made by another version and is not made anew");
            return Ok(());
        }
        let entry = self.ledger.flags.last();
        let entry = entry.map_or_else(String::new, |flag| flag.record.entry.as_str().to_owned());
        let mut pages = Pages::new()?;
        for manifest in captures {
            match self.load_capture(manifest)? {
                Ok(capture) => pages.add(&capture, &entry)?,
                Err(why) => check.fail(format_args!("capture {}", manifest.id), why),
            }
        }
        compare(layout::PAGES, &pages.into_bytes(), &found, check);
        Ok(())
    }
}

/// Two versions of an entry, made anew and found; the first line that differs is named.
pub(super) fn compare(name: &str, made: &[u8], found: &[u8], check: &mut Check) {
    let lines = |bytes: &[u8]| memchr::memchr_iter(b'\n', bytes).count() as u64;
    check.checked += lines(found).max(1);
    if made == found {
        return;
    }
    let same = made.iter().zip(found).take_while(|(a, b)| a == b).count();
    let line = lines(&found[..same]) + 1;
    check.fail(
        format_args!("{name}, line {line}, byte {same}"),
        "it does not say what the records say",
    );
}
