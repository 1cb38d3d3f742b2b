//! Keys, checkpoint, cosignatures, time stamps.

use super::bundle::ProofLine;
use super::layout;
use super::verification::{Check, CheckId, SigningKey};
use super::verify::{MAX_JSON, Work};
use crate::digest::Digest;
use crate::merkle::{
    Checkpoint, ConsistencyProof, MAX_NOTE_BYTES, Note, SignatureKind, VerifiedSignature, Verifier,
};
use crate::timestamp::{MAX_TOKEN, TimeProof, Token};
use jiff::Timestamp;
use std::io::{self, Read, Seek};

/// A verified checkpoint.
#[derive(Debug)]
pub(super) struct Seal {
    pub(super) note: Note,
    pub(super) checkpoint: Checkpoint,
    /// Keys that signed it, of those that are trusted.
    pub(super) signing: Vec<Verifier>,
    /// Further trees that the checkpoint was proved to have grown from.
    pub(super) growth: Vec<ConsistencyProof>,
}

impl<R: Read + Seek> Work<'_, R> {
    /// Keys and checkpoint: what all else rests on.
    pub(super) fn check_log(&mut self) -> io::Result<()> {
        let mut keys = Check::begun(CheckId::LogKeys);
        let bundled = self.bundled_keys(&mut keys)?;
        let named: Vec<Verifier> = self.options.keys.clone();
        let trusted = if named.is_empty() {
            keys.note("no key was named: these are the keys that came with the bundle, and anybody may have made them; compare the fingerprint with the one that the unit published");
            bundled
        } else {
            named
        };
        let mut check = Check::begun(CheckId::LogCheckpoint);
        if let Some(bytes) = self.entry(layout::CHECKPOINT, MAX_NOTE_BYTES as u64, &mut check)? {
            self.seal = read_seal(layout::CHECKPOINT, &bytes, &trusted, &mut check);
        }
        if let Some(seal) = &self.seal {
            for key in &seal.signing {
                let signing_key = self.signing_key(key, None);
                self.verification.keys.push(signing_key);
            }
            let identity = &mut self.verification.identity;
            identity.origin = Some(seal.checkpoint.origin().to_owned());
            identity.log_size = Some(seal.checkpoint.size());
            identity.root = Some(seal.checkpoint.root());
            if let Some(bundle) = &self.bundle {
                let same = bundle.origin == seal.checkpoint.origin()
                    && bundle.size == seal.checkpoint.size();
                check.expect(same, layout::BUNDLE, "it names another state of the log");
            }
        }
        self.conclude(keys);
        self.conclude(check);
        Ok(())
    }

    fn bundled_keys(&mut self, check: &mut Check) -> io::Result<Vec<Verifier>> {
        let Some(bytes) = self.entry(layout::KEYS, MAX_JSON, check)? else {
            return Ok(Vec::new());
        };
        let mut keys = Vec::new();
        for (number, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            match line.parse::<Verifier>() {
                Ok(key) => {
                    let place = format!("{}, line {}", layout::KEYS, number + 1);
                    check.expect(
                        key.to_string() == line,
                        place,
                        "it is not written as keys are",
                    );
                    keys.push(key);
                }
                Err(error) => {
                    check.fail(format_args!("{}, line {}", layout::KEYS, number + 1), error);
                }
            }
        }
        if keys.is_empty() {
            check.fail(layout::KEYS, "it has no key");
        }
        Ok(keys)
    }

    fn signing_key(&self, key: &Verifier, signature: Option<&VerifiedSignature>) -> SigningKey {
        let verifier = key.to_string();
        let seconds = signature.and_then(|signature| signature.time);
        let seconds = seconds.and_then(|time| i64::try_from(time).ok());
        SigningKey {
            name: key.name().to_owned(),
            fingerprint: Digest::of(verifier.as_bytes()),
            verifier,
            named_by_user: self.options.keys.contains(key),
            is_witness: key.kind() == SignatureKind::CosignatureV1,
            signed_at: seconds.and_then(|time| Timestamp::from_second(time).ok()),
        }
    }

    /// What the records of the log say about its keys and signatures.
    pub(super) fn check_log_further(&mut self) -> io::Result<()> {
        self.check_rotation();
        self.check_cosignatures();
        self.check_timestamps()
    }

    /// Each key names the one before it; the last one before the checkpoint has signed.
    fn check_rotation(&mut self) {
        let mut check = Check::begun(CheckId::LogKeys);
        let mut before: Option<&str> = None;
        for key in &self.ledger.keys {
            let place = format!("record {} (log_key)", key.seq);
            let replaces = key.record.replaces.as_deref();
            check.expect(
                replaces == before,
                &place,
                "it does not replace the key before it",
            );
            if replaces.is_some() {
                let reason = key.record.reason.as_deref().unwrap_or("no reason given");
                check.note(format_args!("{place}: the key was replaced: {reason}"));
            }
            before = Some(&key.record.verifier);
        }
        if let (Some(last), Some(seal)) = (before, &self.seal) {
            let in_force = seal.signing.iter().any(|key| key.to_string() == last);
            check.expect(
                in_force,
                layout::CHECKPOINT,
                "it is not signed with the key that the log records as its own",
            );
        }
        self.join(check);
    }

    fn check_cosignatures(&mut self) {
        let mut check = Check::begun(CheckId::LogCosignatures);
        let Some(seal) = &self.seal else {
            return self.conclude(Check::not_possible(
                check.id,
                "there is no sound checkpoint",
            ));
        };
        let recorded = self.ledger.cosignatures.iter();
        let recorded = recorded.filter_map(|one| one.record.verifier.parse().ok());
        let mut witnesses: Vec<Verifier> = self.options.keys.clone();
        witnesses.extend(recorded);
        witnesses.retain(|key| key.kind() == SignatureKind::CosignatureV1);
        let mut found = Vec::new();
        if !witnesses.is_empty() {
            match seal.note.verify(&witnesses) {
                Ok(verified) => {
                    for signature in &verified {
                        let key = witnesses
                            .iter()
                            .find(|key| key.key_id() == signature.key_id);
                        found.extend(key.map(|key| self.signing_key(key, Some(signature))));
                    }
                }
                Err(crate::merkle::NoteError::NoTrustedSignature { .. }) => {}
                Err(error) => check.fail(layout::CHECKPOINT, error),
            }
        }
        check.checked = found.len() as u64;
        if found.is_empty() && !check.has_failed() {
            self.conclude(Check::not_possible(
                check.id,
                "no other unit has signed this checkpoint",
            ));
        } else {
            self.verification.keys.extend(found);
            self.conclude(check);
        }
    }

    fn check_timestamps(&mut self) -> io::Result<()> {
        let mut check = Check::begun(CheckId::LogTimestamp);
        let Some(seal) = self.seal.take() else {
            self.conclude(Check::not_possible(
                check.id,
                "there is no sound checkpoint",
            ));
            return Ok(());
        };
        let text = seal.note.text().to_owned();
        self.verification.time = self.check_token(layout::TIMESTAMP, &text, &mut check)?;
        let names: Vec<String> = self
            .container
            .entries()
            .iter()
            .map(|e| e.name.clone())
            .collect();
        for name in &names {
            if let Some(size) = layout::middle(name, "tazy/checkpoint-", "") {
                self.check_earlier(name, size, &seal, &mut check)?;
            }
        }
        self.seal = Some(seal);
        if check.checked == 0 && !check.has_failed() {
            let why = "there is no time stamp: that the records existed at a time rests on the unit's word alone";
            check = Check::not_possible(check.id, why);
        }
        self.conclude(check);
        Ok(())
    }

    /// An earlier state of the log with a time stamp: it proves an earlier time.
    fn check_earlier(
        &mut self,
        name: &str,
        size: &str,
        seal: &Seal,
        check: &mut Check,
    ) -> io::Result<()> {
        let keys: Vec<Verifier> = seal
            .signing
            .iter()
            .cloned()
            .chain(self.recorded_keys())
            .collect();
        let bytes = self.entry(name, MAX_NOTE_BYTES as u64, check)?;
        let Some(bytes) = bytes else { return Ok(()) };
        let Some(earlier) = read_seal(name, &bytes, &keys, check) else {
            return Ok(());
        };
        let number = earlier.checkpoint.size();
        check.expect(
            layout::checkpoint_name(number) == name,
            name,
            "it is the checkpoint of another size",
        );
        let proof = seal.growth.iter().find(|proof| proof.first == number);
        match proof.map(|p| p.verify(&earlier.checkpoint.root(), &seal.checkpoint.root())) {
            Some(Ok(())) => {}
            Some(Err(error)) => check.fail(name, error),
            None => check.fail(name, "nothing proves that the log has grown from it"),
        }
        let token = format!("tazy/timestamp-{size}.tsr");
        let text = earlier.note.text().to_owned();
        let earliest = self.check_token(&token, &text, check)?;
        if let Some(proof) = earliest {
            check.note(format_args!(
                "the first {number} records of the log existed at {}, says {}",
                proof.time, proof.authority
            ));
            self.verification.time.get_or_insert(proof);
        }
        Ok(())
    }

    fn recorded_keys(&self) -> impl Iterator<Item = Verifier> {
        let keys = self.ledger.keys.iter();
        keys.filter_map(|key| key.record.verifier.parse().ok())
    }

    fn check_token(
        &mut self,
        name: &str,
        text: &str,
        check: &mut Check,
    ) -> io::Result<Option<TimeProof>> {
        if self.container.entry(name).is_none() {
            return Ok(None);
        }
        let Some(der) = self.entry(name, MAX_TOKEN as u64, check)? else {
            return Ok(None);
        };
        let digest = Digest::of(text.as_bytes());
        let token = Token::from_der(&der);
        let proof = token.and_then(|token| token.verify_strictly(&digest, &self.options.anchors));
        check.checked += 1;
        match proof {
            Ok(proof) => {
                if !proof.anchored {
                    check.note(format_args!(
                        "{name}: nobody who is trusted vouches for the authority {}; name its root with --roots",
                        proof.authority
                    ));
                }
                Ok(Some(proof))
            }
            Err(error) => {
                check.fail(name, error);
                Ok(None)
            }
        }
    }
}

/// Reads a checkpoint and verifies that a trusted key has signed it.
fn read_seal(name: &str, bytes: &[u8], trusted: &[Verifier], check: &mut Check) -> Option<Seal> {
    check.checked += 1;
    let note = match Note::parse(bytes) {
        Ok(note) => note,
        Err(error) => {
            check.fail(name, error);
            return None;
        }
    };
    if note.to_string().as_bytes() != bytes {
        check.fail(name, "it is not written as notes are");
    }
    let verified = match note.verify(trusted) {
        Ok(verified) => verified,
        Err(error) => {
            check.fail(name, error);
            return None;
        }
    };
    let checkpoint: Checkpoint = match note.text().parse() {
        Ok(checkpoint) => checkpoint,
        Err(error) => {
            check.fail(name, error);
            return None;
        }
    };
    let is_log = |key: &&Verifier| {
        key.kind() == SignatureKind::Ed25519
            && verified
                .iter()
                .any(|one| one.key_id == key.key_id() && one.name == key.name())
    };
    let signing: Vec<Verifier> = trusted.iter().filter(is_log).cloned().collect();
    if signing.is_empty() {
        check.fail(
            name,
            "it is signed by witnesses alone, not with a key of the log",
        );
        return None;
    }
    if signing.iter().all(|key| key.name() != checkpoint.origin()) {
        check.fail(name, "the key that signed it belongs to another log");
    }
    Some(Seal {
        note,
        checkpoint,
        signing,
        growth: Vec::new(),
    })
}

/// The proofs of `tazy/proofs.jsonl`, by the record that they are for.
pub(super) fn sort_proof(line: ProofLine, growth: &mut Vec<ConsistencyProof>) -> Option<ProofLine> {
    match line {
        ProofLine::Growth(proof) => {
            growth.push(proof);
            None
        }
        record @ ProofLine::Record { .. } => Some(record),
    }
}
