use super::*;
use proptest::prelude::*;

const ORIGIN: &str = "unit.example/log";
/// The example of C2SP tlog-checkpoint and tlog-cosignature; the keys that signed it are not published.
const EXAMPLE: &str =
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
/// A checkpoint as a public log and its public witnesses signed it, one line a signature; the first is of a type that
/// is passed over here.
const PUBLIC: &str = "arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— transparency.dev/DEV:witness-little-garden 2AQqhwAAAABqEiEgzgFIqqhbUoDwjMWE6UP8nd8/KYTzwZ2rhIgcqoXHAwVkjZr4AscylP3v7sEodkRAErumC2q44vdgJY096st5BQ==
— witness1.smartit.nu/witness1 pIyCDwAAAABqEiEghIp82KWebrw7/oHQwlTAm3g2RKS4+eebl8eO0WH+/iEcxZ75W3u5hNI7TOQtmJbqmNWVuE0tgh0XwzdZsDsUAQ==
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
— witness.stagemole.eu Z/euoAAAAABqEiEgw0i+7g2ENfDAWHmtRzCfKTHSDwYDJA2NmKeGi9Y8FtEyOUvVr+AJmIY/2TUFucgKi7lI7cUiOvKFYe/TmN9DAg==
";
const PUBLIC_KEYS: [&str; 5] = [
    "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f",
    "transparency.dev/DEV:witness-little-garden+d8042a87+BCtusOxINQNUTN5Oj8HObRkh2yHf/MwYaGX4CPdiVEPM",
    "witness1.smartit.nu/witness1+a48c820f+BPSFWg9G6KPiO7QPryYO5Xq4oYJJ+kAvLKLSimDhoxMO",
    "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2",
    "witness.stagemole.eu+67f7aea0+BEqSG3yu9YrmcM3BHvQYTxwFj3uSWakQepafafpUqklv",
];

fn witness() -> Cosigner {
    Cosigner::new(Signer::from_seed("other.example/witness", &[9; 32]).unwrap()).unwrap()
}

#[test]
fn the_published_checkpoint_is_read_and_written_back() {
    let checkpoint: Checkpoint = EXAMPLE.parse().unwrap();
    assert_eq!(checkpoint.origin(), "example.com/behind-the-sofa");
    assert_eq!(checkpoint.size(), 20_852_163);
    assert_eq!(
        checkpoint.root().hex(),
        "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    );
    assert_eq!(checkpoint.extensions(), &[] as &[String]);
    assert_eq!(checkpoint.to_string(), EXAMPLE);
    let extended = format!("{EXAMPLE}first\n  second+ \n");
    let checkpoint: Checkpoint = extended.parse().unwrap();
    assert_eq!(checkpoint.extensions(), ["first", "  second+ "]);
    assert_eq!(checkpoint.to_string(), extended);
}

#[test]
fn there_is_one_way_to_write_a_checkpoint() {
    let root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=";
    for (wrong, expected) in [
        (String::new(), CheckpointError::Lines),
        ("log\n1\n".to_owned(), CheckpointError::Lines),
        (format!("log\n1\n{root}"), CheckpointError::Lines),
        (
            format!("\n1\n{root}\n"),
            CheckpointError::Origin(String::new()),
        ),
        (
            format!("l\tog\n1\n{root}\n"),
            CheckpointError::Origin("l\tog".to_owned()),
        ),
        (
            format!("log\n01\n{root}\n"),
            CheckpointError::Size("01".to_owned()),
        ),
        (
            format!("log\n+1\n{root}\n"),
            CheckpointError::Size("+1".to_owned()),
        ),
        (
            format!("log\n 1\n{root}\n"),
            CheckpointError::Size(" 1".to_owned()),
        ),
        (
            format!("log\n\n{root}\n"),
            CheckpointError::Size(String::new()),
        ),
        (
            format!("log\n18446744073709551616\n{root}\n"),
            CheckpointError::Size("18446744073709551616".to_owned()),
        ),
        (
            "log\n1\nCsUY\n".to_owned(),
            CheckpointError::Root("CsUY".to_owned()),
        ),
        (
            format!("log\n1\n{}\n", root.replace("q2I=", "q2J=")),
            CheckpointError::Root(root.replace("q2I=", "q2J=")),
        ),
        (format!("log\n1\n{root}\n\n"), CheckpointError::Extension(4)),
        (
            format!("log\n1\n{root}\na\nb\r\n"),
            CheckpointError::Extension(5),
        ),
        (format!("log\n0\n{root}\n"), CheckpointError::RootOfNothing),
    ] {
        assert_eq!(wrong.parse::<Checkpoint>(), Err(expected), "{wrong:?}");
    }
    let empty = Checkpoint::new("log", 0, empty_root()).unwrap();
    assert_eq!(empty.to_string().parse(), Ok(empty));
}

#[test]
fn a_checkpoint_is_compared_with_the_log_in_words() {
    let levels = Levels::counted(812);
    let checkpoint = levels.checkpoint(ORIGIN, 812);
    assert_eq!(checkpoint.check_log(812, &levels.root_at(812)), Ok(()));
    let fewer = checkpoint.check_log(811, &levels.root_at(811));
    assert_eq!(
        fewer.unwrap_err().to_string(),
        "the checkpoint says 812 records, but there are 811"
    );
    let other = checkpoint.check_log(812, &levels.root_at(811));
    assert_eq!(other, Err(CheckpointError::OtherRoot { size: 812 }));
}

#[test]
fn a_checkpoint_of_public_witnesses_is_verified() {
    let keys = PUBLIC_KEYS.map(|key| key.parse::<Verifier>().unwrap());
    let note = Note::parse(PUBLIC.as_bytes()).unwrap();
    let verified = note.verify(&keys).unwrap();
    let found: Vec<_> = verified.iter().map(|one| (one.key_id, one.time)).collect();
    let expected: Vec<_> = keys
        .iter()
        .map(|key| {
            (
                key.key_id(),
                (key.kind() == SignatureKind::CosignatureV1).then_some(1_779_573_024),
            )
        })
        .collect();
    assert_eq!(found, expected);
    let checkpoint: Checkpoint = note.text().parse().unwrap();
    assert_eq!(checkpoint.size(), 1_432_088_532);
    assert_eq!(note.to_string(), PUBLIC);
    // What the log signed and what a witness signed are not the same message.
    for (at, key) in keys.iter().enumerate() {
        let other = PUBLIC.replace("1432088532", "1432088533");
        let other = Note::parse(other.as_bytes()).unwrap();
        assert!(other.verify(std::slice::from_ref(key)).is_err(), "{at}");
    }
}

#[test]
fn the_published_cosignature_holds_its_time() {
    let line = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==";
    let signature = Signature::parse(line).unwrap();
    assert_eq!(signature.to_string(), line);
    let time = signature.bytes().first_chunk().unwrap();
    assert_eq!(u64::from_be_bytes(*time), 1_679_315_147);
    assert_eq!(signature.bytes().len(), 72);
}

#[test]
fn a_witness_signs_the_checkpoint_and_the_time() {
    let checkpoint = Levels::counted(5).checkpoint(ORIGIN, 5);
    let log = Signer::from_seed(ORIGIN, &[1; 32]).unwrap();
    let witness = witness();
    let mut note = Note::sign(&checkpoint.to_string(), &log).unwrap();
    note.add(witness.cosign(&checkpoint, 1_700_000_000).unwrap())
        .unwrap();
    let read = Note::parse(note.to_string().as_bytes()).unwrap();
    let public: Verifier = witness.verifier().to_string().parse().unwrap();
    assert_eq!(public.kind(), SignatureKind::CosignatureV1);
    let trusted = [log.verifier().clone(), public];
    let verified = read.verify(&trusted).unwrap();
    let times: Vec<_> = verified.iter().map(|one| one.time).collect();
    assert_eq!(times, [None, Some(1_700_000_000)]);

    // Any changed bit of the cosignature, its time included, condemns the note.
    let cosignature = &read.signatures()[1];
    for bit in 0..cosignature.bytes().len() * 8 {
        let mut bytes = cosignature.bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let mut changed = read.clone();
        changed.add(Signature::new(&trusted[1], bytes)).unwrap();
        assert!(changed.verify(&trusted).is_err(), "bit {bit}");
    }
    // A later one replaces an earlier one.
    note.add(witness.cosign(&checkpoint, 1_700_000_001).unwrap())
        .unwrap();
    assert_eq!(note.signatures().len(), 2);
    assert_eq!(
        note.verify(&trusted[1..]).unwrap()[0].time,
        Some(1_700_000_001)
    );
    let too_late = witness.cosign(&checkpoint, 1 << 63);
    assert_eq!(too_late, Err(CosignError::Time(1 << 63)));
}

#[test]
fn a_witness_key_signs_nothing_but_checkpoints() {
    let witness = witness();
    let text = "no checkpoint\n";
    let plain = Signer::from_seed("other.example/witness", &[9; 32]).unwrap();
    let message = format!("cosignature/v1\ntime 5\n{text}");
    let signature = plain.sign(message.as_bytes()).unwrap();
    let bytes = [5_u64.to_be_bytes().as_slice(), &signature].concat();
    let mut note = Note::sign(text, &plain).unwrap();
    note.add(Signature::new(witness.verifier(), bytes)).unwrap();
    assert!(note.verify(&[witness.verifier().clone()]).is_err());
    // The same secret in the other role has another id, and its plain signature is not taken for a cosignature.
    assert_ne!(plain.key_id(), witness.verifier().key_id());
    assert!(note.verify(&[plain.verifier().clone()]).is_ok());
}

#[test]
fn a_witness_signs_only_what_has_grown_from_what_it_saw() {
    let levels = Levels::counted(40);
    let at = |size| levels.checkpoint(ORIGIN, size);
    for (old, new) in [(0, 0), (0, 7), (1, 1), (7, 7), (7, 8), (8, 40), (1, 40)] {
        let path = levels.consistent(old, new).path;
        assert_eq!(
            may_cosign(Some(&at(old)), &at(new), &path),
            Ok(()),
            "{old} {new}"
        );
    }
    assert_eq!(may_cosign(None, &at(40), &[]), Ok(()));
    let path = levels.consistent(7, 8).path;
    let refused = |old: Option<&Checkpoint>, new: &Checkpoint, path: &[Digest]| {
        may_cosign(old, new, path).unwrap_err().to_string()
    };
    assert_eq!(
        refused(Some(&at(8)), &at(7), &path),
        "the checkpoint says 7 records, but the log had 8 before: records were taken away, or the checkpoint is an old one"
    );
    let elsewhere = levels.checkpoint("else.example/log", 8);
    assert_eq!(
        refused(Some(&at(7)), &elsewhere, &path),
        "the checkpoint is of the log \"else.example/log\", but the one seen before is of \"unit.example/log\""
    );
    let mut leaves = levels.leaves().to_vec();
    leaves[3] = leaf_hash(b"rewritten");
    let rewritten = Levels::of_leaves(leaves);
    assert_eq!(
        refused(Some(&at(7)), &rewritten.checkpoint(ORIGIN, 7), &[]),
        "the log had another root at 7 records before: its records were changed"
    );
    let theirs = rewritten.consistent(7, 8).path;
    for path in [path.as_slice(), theirs.as_slice(), &[]] {
        assert_eq!(
            refused(Some(&at(7)), &rewritten.checkpoint(ORIGIN, 8), path),
            "the log of 8 records is not proved to have grown from that of 7 records"
        );
    }
    assert!(may_cosign(Some(&at(7)), &at(7), &path).is_err());
    assert!(may_cosign(None, &at(8), &path).is_err());
}

proptest! {
    #[test]
    fn whatever_checkpoint_is_read_is_written_back(
        origin in "[^\\x00-\\x1f]{0,12}",
        size in "[0-9]{0,21}",
        root in any::<[u8; 32]>(),
        rest in "(\n[a\\x07]{0,2}){0,3}",
    ) {
        let root = data_encoding::BASE64.encode(&root);
        let text = format!("{origin}\n{size}\n{root}{rest}\n");
        if let Ok(checkpoint) = text.parse::<Checkpoint>() {
            prop_assert_eq!(checkpoint.to_string(), text);
        }
    }
}
