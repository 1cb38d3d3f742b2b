//! The list of entries, and the signature over it.

use super::bundle::{BUNDLE_FORMAT, DataPackageDigest};
use super::datapackage::{DataPackage, PackageResource};
use super::layout;
use super::parts::written_json;
use super::verification::{Check, CheckId};
use super::verify::{MAX_JSON, Work};
use crate::merkle::Note;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::io::{self, Read, Seek};

impl<R: Read + Seek> Work<'_, R> {
    /// Every entry against the list, both ways; and what the bundle says of itself.
    pub(super) fn check_package(&mut self) -> io::Result<()> {
        let mut check = Check::begun(CheckId::PackageDigests);
        let mut form = Check::begun(CheckId::PackageJson);
        if let Some(bytes) = self.entry(layout::DATA_PACKAGE, MAX_JSON, &mut check)? {
            let package = read_exactly(layout::DATA_PACKAGE, &bytes, Form::Lines, &mut form);
            match package {
                Some(package) => self.compare_list(package, &mut check),
                None => check.fail(layout::DATA_PACKAGE, "it cannot be read"),
            }
        }
        self.conclude(check);
        let mut check = form;
        if let Some(bytes) = self.entry(layout::BUNDLE, MAX_JSON, &mut check)? {
            self.bundle = read_exactly(layout::BUNDLE, &bytes, Form::Lines, &mut check);
        }
        if let Some(bundle) = &self.bundle
            && bundle.format > BUNDLE_FORMAT
        {
            let reason = format!("its format is {}; a newer tazy reads it", bundle.format);
            check.fail(layout::BUNDLE, reason);
        }
        if let Some(bundle) = &self.bundle {
            self.verification.identity.program = Some(bundle.program.clone());
            for left in &bundle.left_out {
                let which = left.which.as_deref().unwrap_or_default();
                check.note(format_args!(
                    "left out by the exporter: {} {} {which}: {}",
                    left.count, left.what, left.why
                ));
            }
        }
        self.conclude(check);
        Ok(())
    }

    fn compare_list(&self, package: DataPackage, check: &mut Check) {
        let mut listed: BTreeMap<String, PackageResource> = BTreeMap::new();
        for resource in package.resources {
            let path = resource.path.clone();
            if listed.insert(path.clone(), resource).is_some() {
                check.fail(path, "it is listed twice");
            }
        }
        for entry in self.container.entries() {
            if [layout::DATA_PACKAGE, layout::DATA_PACKAGE_DIGEST].contains(&entry.name.as_str()) {
                continue;
            }
            check.checked += 1;
            match listed.remove(&entry.name) {
                None => check.fail(&entry.name, "it is not listed in datapackage.json"),
                Some(stated) => {
                    if stated.bytes != entry.measure.bytes {
                        check.fail(
                            &entry.name,
                            format_args!(
                                "it has {} bytes; {} are listed",
                                entry.measure.bytes, stated.bytes
                            ),
                        );
                    }
                    if stated.hash != entry.measure.digest {
                        check.fail(
                            &entry.name,
                            format_args!(
                                "it has the digest {}; {} is listed",
                                entry.measure.digest, stated.hash
                            ),
                        );
                    }
                }
            }
        }
        for path in listed.keys() {
            check.fail(path, "it is listed in datapackage.json and missing");
        }
    }

    /// The signature over the list, by the key that signed the log.
    pub(super) fn check_package_signature(&mut self) -> io::Result<()> {
        let mut check = Check::begun(CheckId::PackageSignature);
        let mut form = Check::begun(CheckId::PackageJson);
        let name = layout::DATA_PACKAGE_DIGEST;
        if let Some(bytes) = self.entry(name, MAX_JSON, &mut check)?
            && let Some(stated) =
                read_exactly::<DataPackageDigest>(name, &bytes, Form::Lines, &mut form)
        {
            self.compare_signature(&stated, &mut check);
        }
        if form.has_failed() {
            check.fail(name, "it cannot be read");
        }
        self.join(form);
        self.conclude(check);
        Ok(())
    }

    fn compare_signature(&self, stated: &DataPackageDigest, check: &mut Check) {
        let name = layout::DATA_PACKAGE_DIGEST;
        let found = self.container.entry(layout::DATA_PACKAGE);
        let found = found.map(|entry| entry.measure.digest);
        check.expect(
            found == Some(stated.hash),
            layout::DATA_PACKAGE,
            "it does not have the digest that was signed",
        );
        check.expect(
            stated.path == layout::DATA_PACKAGE,
            name,
            "it is about another file",
        );
        let (Some(seal), Some(bundle)) = (&self.seal, &self.bundle) else {
            check.fail(
                name,
                "without checkpoint and bundle.json nothing can be compared",
            );
            return;
        };
        match Note::parse(stated.note.as_bytes()) {
            Err(error) => check.fail(name, error),
            Ok(note) => {
                check.expect(
                    note.to_string() == stated.note,
                    name,
                    "the note is not written as notes are",
                );
                check.expect(
                    note.text() == bundle.note_text(&stated.hash),
                    name,
                    "what is signed is not this list of this bundle",
                );
                match note.verify(&seal.signing) {
                    Ok(verified) => check.expect(
                        verified.len() == note.signatures().len(),
                        name,
                        "it carries further signatures",
                    ),
                    Err(error) => check.fail(name, error),
                }
            }
        }
    }

    /// Adds what a check of the same name found to the one that was already made.
    pub(super) fn join(&mut self, found: Check) {
        let mut earlier = self.verification.checks.iter_mut();
        let Some(check) = earlier.find(|check| check.id == found.id) else {
            return self.conclude(found);
        };
        check.checked += found.checked;
        for failure in &found.failures {
            check.fail(&failure.place, &failure.what);
        }
        check.more_failures += found.more_failures;
        check.notes.extend(found.notes);
    }
}

/// How JSON is written.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// As a file: one thing a line.
    Lines,
    /// As a line, without its line break.
    Line,
}

/// Reads JSON that must be exactly what this program would write.
pub(super) fn read_exactly<T: Serialize + DeserializeOwned>(
    place: &str,
    bytes: &[u8],
    form: Form,
    check: &mut Check,
) -> Option<T> {
    check.checked += 1;
    let read: T = match serde_json::from_slice(bytes) {
        Ok(read) => read,
        Err(error) => {
            check.fail(place, format_args!("it cannot be read: {error}"));
            return None;
        }
    };
    let written = match form {
        Form::Lines => written_json(&read),
        Form::Line => serde_json::to_vec(&read),
    };
    let written = written.unwrap_or_default();
    if written != bytes {
        let same = written.iter().zip(bytes).take_while(|(a, b)| a == b);
        check.fail(
            format_args!("{place}, byte {}", same.count()),
            "it is not written in the only way there is",
        );
    }
    Some(read)
}
