//! Every record is in the signed log.

use super::bundle::ProofLine;
use super::layout;
use super::ledger::Ledger;
use super::verification::{Check, CheckId};
use super::verify::{MAX_RECORDS, Work};
use super::verify_log::sort_proof;
use super::verify_package::{Form, read_exactly};
use crate::merkle::{InclusionProof, leaf_hash};
use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Read, Seek};

/// A line of proofs has at most so many bytes: 64 hashes and some numbers.
const MAX_PROOF: u64 = 16 << 10;

impl<R: Read + Seek> Work<'_, R> {
    /// Lines, their digests, their proofs, their form.
    pub(super) fn check_records(&mut self) -> io::Result<()> {
        let mut digests = Check::begun(CheckId::RecordDigests);
        let mut form = Check::begun(CheckId::RecordForm);
        match self.container.entry(layout::RECORDS).cloned() {
            None => digests.fail(layout::RECORDS, "it is missing"),
            Some(entry) if entry.measure.bytes > MAX_RECORDS => {
                digests.fail(layout::RECORDS, "it is larger than this program reads");
            }
            Some(entry) => {
                let source = self.container.stream(&entry)?;
                self.ledger = Ledger::read(source, &mut digests, &mut form)?;
            }
        }
        self.conclude(digests);
        self.conclude(form);
        self.check_inclusion()
    }

    fn check_inclusion(&mut self) -> io::Result<()> {
        let mut check = Check::begun(CheckId::RecordInclusion);
        let mut form = Check::begun(CheckId::PackageJson);
        let mut proofs = self.read_proofs(&mut check, &mut form)?;
        self.join(form);
        match &self.seal {
            None => check.fail(
                layout::CHECKPOINT,
                "without a signed checkpoint nothing is proved",
            ),
            Some(seal) => {
                let (size, root) = (seal.checkpoint.size(), seal.checkpoint.root());
                for leaf in &self.ledger.leaves {
                    check.checked += 1;
                    let place = format!("record {}", leaf.seq);
                    match proofs.remove(&leaf.seq) {
                        None => check.fail(place, "there is no proof that it is in the log"),
                        Some(proof)
                            if proof.size != size
                                || Some(proof.index) != leaf.seq.checked_sub(1) =>
                        {
                            check.fail(place, "its proof is for another record or another log");
                        }
                        Some(proof) => {
                            let hash = leaf_hash(leaf.digest.as_bytes());
                            if let Err(error) = proof.verify(&hash, &root) {
                                check.fail(place, error);
                            }
                        }
                    }
                }
            }
        }
        let mut left: Vec<u64> = proofs.into_keys().collect();
        left.sort_unstable();
        for seq in left {
            check.fail(
                format_args!("record {seq}"),
                "there is a proof for it, but the record was taken out",
            );
        }
        self.conclude(check);
        Ok(())
    }

    fn read_proofs(
        &mut self,
        check: &mut Check,
        form: &mut Check,
    ) -> io::Result<HashMap<u64, InclusionProof>> {
        let mut proofs = HashMap::new();
        let Some(entry) = self.container.entry(layout::PROOFS).cloned() else {
            check.fail(layout::PROOFS, "it is missing");
            return Ok(proofs);
        };
        if entry.measure.bytes > MAX_RECORDS {
            check.fail(layout::PROOFS, "it is larger than this program reads");
            return Ok(proofs);
        }
        let mut growth = Vec::new();
        let mut source = BufReader::new(self.container.stream(&entry)?);
        let mut line = Vec::new();
        for number in 1_u64.. {
            line.clear();
            let read = (&mut source).take(MAX_PROOF).read_until(b'\n', &mut line)?;
            if read == 0 {
                break;
            }
            let place = format!("{}, line {number}", layout::PROOFS);
            if line.pop() != Some(b'\n') {
                check.fail(&place, "the line is not ended, or too long");
                break;
            }
            let Some(proof) = read_exactly::<ProofLine>(&place, &line, Form::Line, form) else {
                continue;
            };
            if let Some(ProofLine::Record { seq, proof }) = sort_proof(proof, &mut growth)
                && proofs.insert(seq, proof).is_some()
            {
                check.fail(&place, "a second proof of the same record");
            }
        }
        drop(source);
        if let Some(seal) = &mut self.seal {
            seal.growth = growth;
        }
        Ok(proofs)
    }
}
