use crate::clock::SystemClock;
use crate::id::RunId;
use crate::merkle::{CompactRange, Cosigner, Signer, leaf_hash};
use crate::store::{Run, Store};
use std::path::Path;
use std::sync::Arc;

fn open(directory: &Path) -> Store {
    Store::open(directory, Arc::new(SystemClock)).unwrap().0
}

fn grow(store: &Store, records: usize) {
    for number in 0..records {
        let run = Run {
            id: RunId::from_written(&format!("r-{number}")),
            started: jiff::Timestamp::UNIX_EPOCH,
            suspects: Vec::new(),
            profile: "honest".to_owned(),
            robots: crate::fetch::RobotsMode::Respect,
            program: "tazy".to_owned(),
            ruleset: "none".to_owned(),
            provenance: None,
        };
        store.begin_run(&run).unwrap();
    }
}

fn problems(store: &Store) -> Vec<String> {
    store.check().unwrap().problems
}

#[test]
fn every_record_is_proved_to_be_in_what_was_signed_and_the_log_only_grows() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let mut signed = Vec::new();
    for records in [1, 5, 249, 1, 300] {
        grow(&store, records);
        signed.push(store.checkpoint(Some("unit.example/tazy")).unwrap());
        assert_eq!(problems(&store), Vec::<String>::new());
    }
    let last = signed.last().unwrap();
    assert_eq!(last.checkpoint.size(), 557, "556 runs and the key");
    assert_eq!(store.checkpoint(None).unwrap(), *last, "nothing is new");
    let journal = std::fs::read_to_string(directory.path().join("journal.jsonl")).unwrap();
    let mut range = CompactRange::new();
    for (line, seq) in journal.lines().zip(1..) {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        let digest: crate::digest::Digest = record["digest"].as_str().unwrap().parse().unwrap();
        let leaf = leaf_hash(digest.as_bytes());
        range.append(leaf);
        for checkpoint in signed.iter().map(|signed| &signed.checkpoint) {
            if seq <= checkpoint.size() && seq % 7 == 0 {
                let proof = store.prove_inclusion(seq, checkpoint.size()).unwrap();
                proof.verify(&leaf, &checkpoint.root()).unwrap();
            }
        }
    }
    assert_eq!(range.root(), last.checkpoint.root());
    for pair in signed.windows(2) {
        let [first, second] = [&pair[0].checkpoint, &pair[1].checkpoint];
        let proof = store
            .prove_consistency(first.size(), second.size())
            .unwrap();
        proof.verify(&first.root(), &second.root()).unwrap();
    }
}

#[test]
fn a_new_key_is_vouched_for_by_the_old_one_and_a_lost_one_is_not_missed() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let first = store.checkpoint(Some("unit.example/tazy")).unwrap();
    assert_eq!(first.note.signatures().len(), 1);
    store.rotate_log_key("yearly", false).unwrap();
    let both = store.checkpoint(None).unwrap();
    assert_eq!(both.note.signatures().len(), 2);
    assert_eq!(problems(&store), Vec::<String>::new());
    drop(store);

    let store = open(directory.path());
    std::fs::remove_file(directory.path().join("keys/log.key")).unwrap();
    grow(&store, 1);
    let error = store.checkpoint(None).unwrap_err().to_string();
    assert!(error.contains("key rotate --lost"), "{error}");
    assert!(store.rotate_log_key("disk died", false).is_err());
    store.rotate_log_key("disk died", true).unwrap();
    let alone = store.checkpoint(None).unwrap();
    assert_eq!(alone.note.signatures().len(), 1);
    assert_eq!(store.log_keys().unwrap().len(), 3);
    assert_eq!(problems(&store), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_private_key_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt;
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.checkpoint(None).unwrap();
    let key = directory.path().join("keys/log.key");
    let mode = std::fs::metadata(&key).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o640)).unwrap();
    grow(&store, 1);
    let error = store.checkpoint(None).unwrap_err().to_string();
    assert!(error.contains("chmod 600"), "{error}");
}

#[test]
fn a_witness_and_a_time_stamp_are_kept_with_their_checkpoint() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let signed = store.checkpoint(Some("unit.example/tazy")).unwrap();
    let size = signed.checkpoint.size();
    let witness = Cosigner::new(Signer::from_seed("witness.example", &[7; 32]).unwrap()).unwrap();
    let signature = witness.cosign(&signed.checkpoint, 1_700_000_000).unwrap();
    let record = store
        .add_cosignature(size, signature.clone(), witness.verifier())
        .unwrap();
    assert_eq!(record.time.as_second(), 1_700_000_000);
    let kept = store.checkpoint_at(size).unwrap().unwrap();
    assert!(kept.note.verify(&[witness.verifier().clone()]).is_ok());
    let stranger = Cosigner::new(Signer::from_seed("other.example", &[8; 32]).unwrap()).unwrap();
    assert!(
        store
            .add_cosignature(size, signature, stranger.verifier())
            .is_err()
    );

    assert_eq!(store.checkpoints_without_timestamp().unwrap(), [size]);
    store
        .add_timestamp(size, b"token", jiff::Timestamp::UNIX_EPOCH, "tsa")
        .unwrap();
    assert_eq!(store.timestamp_of(size).unwrap().unwrap().1, b"token");
    assert!(store.checkpoints_without_timestamp().unwrap().is_empty());
    assert_eq!(problems(&store), Vec::<String>::new());
    std::fs::write(
        directory.path().join(format!("log/timestamps/{size}.tsr")),
        b"tokem",
    )
    .unwrap();
    assert_eq!(problems(&store).len(), 1);
}

#[test]
fn every_changed_byte_of_the_log_is_found_and_its_file_named() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    for records in [2, 300] {
        grow(&store, records);
        store.checkpoint(Some("unit.example/tazy")).unwrap();
    }
    let sizes = store.checkpoint_sizes().unwrap();
    let mut files = vec![
        "log/checkpoint".to_owned(),
        "log/position.json".to_owned(),
        "keys/log.pub".to_owned(),
    ];
    files.extend(sizes.iter().map(|size| format!("log/checkpoints/{size}")));
    files.extend(
        [
            "log/tile/0/000",
            "log/tile/0/001.p/47",
            "log/tile/1/000.p/1",
        ]
        .map(str::to_owned),
    );
    for file in files {
        let path = directory.path().join(&file);
        let good = std::fs::read(&path).unwrap();
        for at in (0..good.len()).step_by(good.len().div_ceil(40)) {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            std::fs::write(&path, &bad).unwrap();
            let found = store.check_log().unwrap().problems;
            assert!(
                found.iter().any(|problem| problem.contains(&file)),
                "{file} byte {at}: {found:?}"
            );
        }
        std::fs::write(&path, &good).unwrap();
    }
    assert_eq!(problems(&store), Vec::<String>::new());
    std::fs::write(directory.path().join("log/tile/0/007"), b"").unwrap();
    assert_eq!(problems(&store).len(), 1, "a file too many");
}

#[test]
fn tiles_are_made_anew_from_the_journal() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    for records in [3, 300] {
        grow(&store, records);
        store.checkpoint(Some("unit.example/tazy")).unwrap();
    }
    drop(store);
    std::fs::remove_dir_all(directory.path().join("log/tile")).unwrap();
    std::fs::remove_file(directory.path().join("log/position.json")).unwrap();
    let (store, _) = Store::rebuild(directory.path(), Arc::new(SystemClock)).unwrap();
    assert_eq!(problems(&store), Vec::<String>::new());
    store.prove_inclusion(290, 304).unwrap();
}
