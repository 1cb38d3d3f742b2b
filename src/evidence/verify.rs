//! Verifying a bundle: no store, no network, no settings.

use super::bundle::Bundle;
use super::container::{Container, ContainerEntry, ContainerError};
use super::layout;
use super::ledger::Ledger;
use super::verification::{Check, CheckId, SubjectKind, Verification};
use super::verify_log::Seal;
use super::verify_warc::Contents;
use crate::digest::{Digest, RunningDigest};
use crate::merkle::Verifier;
use crate::timestamp::TrustAnchors;
use std::io::{self, Read, Seek};

/// JSON entries that are read whole have at most so many bytes.
pub(super) const MAX_JSON: u64 = 64 << 20;
/// Records of the journal in a bundle have at most so many bytes together.
pub(super) const MAX_RECORDS: u64 = 512 << 20;

/// What a verification trusts, and how far it goes.
#[derive(Debug, Clone, Default)]
pub struct VerifyOptions {
    /// Keys that the user trusts. Without any, those in the bundle are used, which anybody may have made.
    pub keys: Vec<Verifier>,
    /// Certificates that the user trusts to vouch for time stamping authorities.
    pub anchors: TrustAnchors,
    /// Leave out what costs most: deriving every finding again.
    pub skip_findings: bool,
    /// Stop after the first check that fails.
    pub stop_at_failure: bool,
}

/// A bundle while it is verified.
pub(super) struct Work<'o, R> {
    pub(super) options: &'o VerifyOptions,
    pub(super) container: Container<R>,
    pub(super) verification: Verification,
    pub(super) bundle: Option<Bundle>,
    pub(super) seal: Option<Seal>,
    pub(super) ledger: Ledger,
    pub(super) contents: Contents,
}

/// Verifies a bundle from its first byte to its last. Whatever the bytes are, the answer is a verification; an
/// error means that they could not be read.
pub fn verify_bundle<R: Read + Seek>(
    mut file: R,
    options: &VerifyOptions,
) -> io::Result<Verification> {
    let mut verification = Verification::begun(SubjectKind::Bundle);
    let mut check = Check::begun(CheckId::Container);
    let container = match Container::open(&mut file) {
        Ok(container) => container,
        Err(ContainerError::Io(error)) => return Err(error),
        Err(error) => {
            check.checked = 1;
            check.fail("the file", error);
            verification.checks.push(check);
            return Ok(verification.concluded());
        }
    };
    check.checked = container.entries().len() as u64;
    for fault in container.faults() {
        let entry = fault.entry.as_deref().unwrap_or("outside of entries");
        check.fail(format_args!("byte {} ({entry})", fault.offset), &fault.what);
    }
    verification.identity.bytes = container.length();
    verification.checks.push(check);
    let mut work = Work {
        options,
        container,
        verification,
        bundle: None,
        seal: None,
        ledger: Ledger::default(),
        contents: Contents::default(),
    };
    if !work.must_stop() {
        work.check_all()?;
    }
    let Work {
        mut verification, ..
    } = work;
    if !options.stop_at_failure {
        verification.identity.digest = Some(digest_of(&mut file)?);
    }
    Ok(verification.concluded())
}

fn digest_of<R: Read + Seek>(file: &mut R) -> io::Result<Digest> {
    file.rewind()?;
    let mut digest = RunningDigest::default();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digest.so_far()),
            read => digest.update(&buffer[..read]),
        }
    }
}

impl<R: Read + Seek> Work<'_, R> {
    fn check_all(&mut self) -> io::Result<()> {
        let stages: [fn(&mut Self) -> io::Result<()>; 10] = [
            Self::check_package,
            Self::check_log,
            Self::check_package_signature,
            Self::check_records,
            Self::check_log_further,
            |work| {
                work.check_references();
                Ok(())
            },
            Self::check_warc,
            Self::check_summaries,
            Self::check_index,
            Self::check_findings,
        ];
        for stage in stages {
            stage(self)?;
            if self.must_stop() {
                break;
            }
        }
        Ok(())
    }

    fn must_stop(&self) -> bool {
        self.options.stop_at_failure && self.has_failed()
    }

    pub(super) fn has_failed(&self) -> bool {
        self.verification.checks.iter().any(Check::has_failed)
    }

    pub(super) fn conclude(&mut self, check: Check) {
        self.verification.checks.push(check);
    }

    /// An entry read whole; its absence or size is a failure of `check`.
    pub(super) fn entry(
        &mut self,
        name: &str,
        limit: u64,
        check: &mut Check,
    ) -> io::Result<Option<Vec<u8>>> {
        match self.container.read(name, limit) {
            Ok(Some(bytes)) => Ok(Some(bytes)),
            Ok(None) => {
                check.fail(name, "it is missing");
                Ok(None)
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                check.fail(name, error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn warc_entry(&self) -> Option<ContainerEntry> {
        self.container.entry(layout::WARC).cloned()
    }
}
