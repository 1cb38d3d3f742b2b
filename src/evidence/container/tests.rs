use super::*;
use crate::evidence::layout;
use proptest::prelude::*;
use std::io::Cursor;
use std::process::Command;

const ENTRIES: [(&str, &[u8]); 4] = [
    (layout::DATA_PACKAGE, b"{\"profile\":\"wacz\"}"),
    (layout::WARC, &[7; 100_000]),
    ("tazy/ruleset-2026.11.1.json", b"{}"),
    (layout::CUSTODY, b""),
];

fn written(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ContainerWriter::new(Vec::new());
    for (name, content) in entries {
        let mut source = *content;
        writer
            .add(name, &Measure::of(content), &mut source)
            .unwrap();
    }
    writer.finish().unwrap()
}

fn is_refused(bytes: &[u8]) -> bool {
    match Container::open(Cursor::new(bytes)) {
        Err(_) => true,
        Ok(container) => !container.faults().is_empty(),
    }
}

#[test]
fn what_is_written_is_read_back() {
    let bytes = written(&ENTRIES);
    let mut container = Container::open(Cursor::new(&bytes)).unwrap();
    assert_eq!(container.faults(), []);
    assert_eq!(container.length(), bytes.len() as u64);
    assert_eq!(container.entries().len(), ENTRIES.len());
    for (name, content) in ENTRIES {
        assert_eq!(container.entry(name).unwrap().measure, Measure::of(content));
        assert_eq!(container.read(name, 1 << 20).unwrap().unwrap(), content);
    }
    assert_eq!(container.read(layout::PAGES, 10).unwrap(), None);
    assert!(
        container.read(layout::WARC, 10).is_err(),
        "too large to read"
    );
}

#[test]
fn every_flipped_bit_is_found() {
    let small: Vec<_> = ENTRIES
        .iter()
        .map(|(name, content)| (*name, &content[..content.len().min(40)]))
        .collect();
    let mut bytes = written(&small);
    assert!(!is_refused(&bytes));
    for position in 0..bytes.len() {
        for bit in 0..8 {
            bytes[position] ^= 1 << bit;
            assert!(is_refused(&bytes), "bit {bit} of byte {position}");
            bytes[position] ^= 1 << bit;
        }
    }
}

#[test]
fn a_cut_or_lengthened_file_is_refused() {
    let mut bytes = written(&ENTRIES[2..]);
    for length in 0..bytes.len() {
        assert!(is_refused(&bytes[..length]), "cut to {length} bytes");
    }
    bytes.push(0);
    assert!(is_refused(&bytes));
}

#[test]
fn a_fault_names_the_entry_and_the_place() {
    let mut bytes = written(&ENTRIES);
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    let container = Container::open(Cursor::new(&bytes)).unwrap();
    let [fault] = container.faults() else {
        panic!("{:?}", container.faults());
    };
    assert_eq!(fault.entry.as_deref(), Some(layout::WARC));
    assert!(fault.to_string().contains("CRC-32"), "{fault}");
}

#[test]
fn entries_out_of_order_twice_or_with_other_bytes_are_not_written() {
    let measure = Measure::of(b"x");
    let mut writer = ContainerWriter::new(Vec::new());
    writer.add(layout::PAGES, &measure, &mut &b"x"[..]).unwrap();
    for name in [layout::PAGES, layout::INDEX, "tazy/../../x", "other"] {
        assert!(
            writer.add(name, &measure, &mut &b"x"[..]).is_err(),
            "{name}"
        );
    }
    let longer = writer.add(layout::KEYS, &measure, &mut &b"xy"[..]);
    assert!(longer.is_err(), "longer than measured");
}

#[test]
fn large_numbers_stand_in_zip64_fields() {
    let measure = Measure {
        bytes: 5 << 30,
        ..Measure::of(b"")
    };
    let local = form::local_header("a", &measure);
    assert_eq!(local[18..26], [0xff; 8]);
    assert_eq!(local[35..43], (5_u64 << 30).to_le_bytes());
    let central = form::central_record("a", &measure, 6 << 30);
    assert_eq!(central.len(), 46 + 1 + 4 + 24);
    let end = form::end_records(70_000, 9, 12);
    assert!(end.starts_with(b"PK\x06\x06"));
    assert_eq!(end.len(), 56 + 20 + 22);
}

#[test]
fn other_programs_read_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("bundle.wacz");
    std::fs::write(&path, written(&ENTRIES)).unwrap();
    for (program, arguments) in [
        ("python3", ["-m", "zipfile", "-t"].as_slice()),
        ("unzip", ["-t"].as_slice()),
    ] {
        match Command::new(program).args(arguments).arg(&path).output() {
            Ok(output) => assert!(output.status.success(), "{program}: {output:?}"),
            Err(_) if std::env::var_os("TAZY_TEST_ALL").is_none() => {
                eprintln!("skipped: needs {program}");
            }
            Err(error) => panic!("{program}: {error}"),
        }
    }
}

proptest! {
    #[test]
    fn whatever_is_there_nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(is_refused(&bytes));
    }

    #[test]
    fn whatever_follows_an_entry_nothing_panics(tail in proptest::collection::vec(any::<u8>(), 0..100), at in 0_usize..200) {
        let mut bytes = written(&ENTRIES[2..]);
        let whole = bytes.clone();
        bytes.truncate(at);
        bytes.extend(tail);
        prop_assert!(bytes == whole || is_refused(&bytes));
    }
}
