//! Verifying a whole store.

use super::verification::{Check, CheckId, SigningKey, SubjectKind, Verification};
use super::verify::VerifyOptions;
use crate::digest::Digest;
use crate::merkle::{SignatureKind, Verifier};
use crate::store::{LogTimestamp, SignedCheckpoint, Store, StoreError};
use crate::timestamp::{TimeProof, TimestampError, Token};

/// Verifies a store: journal, index, captures, log. What is wrong is in the verification; an error means that it
/// could not go on.
pub fn verify_store(store: &Store, options: &VerifyOptions) -> Result<Verification, StoreError> {
    let mut verification = Verification::begun(SubjectKind::Store);
    let report = store.check()?;
    let mut check = Check::begun(CheckId::Store);
    check.checked = report.records
        + report.captures
        + report.warc_files
        + report.index_entries
        + report.checkpoints;
    for problem in &report.problems {
        check.fail("the store", problem);
    }
    check.more_failures += report.more_problems;
    check.note(format_args!(
        "{} journal records, {} captures in {} WARC files, {} index entries, {} checkpoints",
        report.records,
        report.captures,
        report.warc_files,
        report.index_entries,
        report.checkpoints
    ));
    verification.checks.push(check);
    // What cannot be read has been reported by the store itself.
    if let Ok(Some(latest)) = store.latest_checkpoint() {
        check_signer(store, &latest, options, &mut verification);
        let unsigned = report.records.saturating_sub(latest.checkpoint.size());
        if unsigned > 0 {
            let mut check = Check::begun(CheckId::LogCheckpoint);
            check.checked = report.checkpoints;
            check.note(format_args!(
                "the last {unsigned} records are not covered by a signed checkpoint yet"
            ));
            verification.checks.push(check);
        }
    } else {
        let why = "the log of this store was never signed";
        let check = Check::not_possible(CheckId::LogCheckpoint, why);
        verification.checks.push(check);
    }
    check_timestamps(store, options, &mut verification);
    Ok(verification.concluded())
}

/// Who signed the latest checkpoint; that the key is the log's own was checked by the store.
fn check_signer(
    store: &Store,
    latest: &SignedCheckpoint,
    options: &VerifyOptions,
    verification: &mut Verification,
) {
    let mut check = Check::begun(CheckId::LogKeys);
    let recorded = store.log_keys().unwrap_or_default();
    let recorded = recorded.iter().filter_map(|key| key.verifier.parse().ok());
    let known: Vec<Verifier> = options.keys.iter().cloned().chain(recorded).collect();
    let verified = latest.note.verify(&known).unwrap_or_default();
    for signature in &verified {
        let key = known
            .iter()
            .find(|key| key.key_id() == signature.key_id && key.name() == signature.name);
        let Some(key) = key else { continue };
        let verifier = key.to_string();
        verification.keys.push(SigningKey {
            name: key.name().to_owned(),
            fingerprint: Digest::of(verifier.as_bytes()),
            verifier,
            named_by_user: options.keys.contains(key),
            is_witness: key.kind() == SignatureKind::CosignatureV1,
            signed_at: None,
        });
    }
    check.checked = verified.len() as u64;
    if !options.keys.is_empty() && !verification.is_signer_known() {
        check.fail("log/checkpoint", "none of the named keys has signed it");
    }
    if options.keys.is_empty() {
        check.note("no key was named: these are the keys that the store itself records; compare the fingerprint with the one that the unit published");
    }
    let identity = &mut verification.identity;
    identity.origin = Some(latest.checkpoint.origin().to_owned());
    identity.log_size = Some(latest.checkpoint.size());
    identity.root = Some(latest.checkpoint.root());
    verification.checks.push(check);
}

fn check_timestamps(store: &Store, options: &VerifyOptions, verification: &mut Verification) {
    let mut check = Check::begun(CheckId::LogTimestamp);
    let recorded = store.timestamps().unwrap_or_default();
    for stamp in &recorded {
        let place = format!("log/timestamps/{}.tsr", stamp.size);
        check.checked += 1;
        match verify_stamp(store, stamp, options) {
            Ok(proof) => {
                if !proof.anchored {
                    check.note(format_args!(
                        "{place}: nobody who is trusted vouches for the authority {}; name its root with --roots",
                        proof.authority
                    ));
                }
                if proof.time != stamp.time {
                    check.fail(&place, "the log records another time");
                }
                verification.time = Some(proof);
            }
            Err(why) => check.fail(place, why),
        }
    }
    if recorded.is_empty() {
        let why = "there is no time stamp: that the records existed at a time rests on the unit's word alone";
        check = Check::not_possible(check.id, why);
    }
    verification.checks.push(check);
}

fn verify_stamp(
    store: &Store,
    stamp: &LogTimestamp,
    options: &VerifyOptions,
) -> Result<TimeProof, String> {
    let wrong = |error: StoreError| error.to_string();
    let (_, token) = store
        .timestamp_of(stamp.size)
        .map_err(wrong)?
        .ok_or("the token is missing")?;
    let checkpoint = store.checkpoint_at(stamp.size).map_err(wrong)?;
    let checkpoint = checkpoint.ok_or("its checkpoint is missing")?;
    let digest = Digest::of(checkpoint.note.text().as_bytes());
    let invalid = |error: TimestampError| error.to_string();
    let token = Token::from_der(&token).map_err(invalid)?;
    token
        .verify_strictly(&digest, &options.anchors)
        .map_err(invalid)
}
