use super::*;
use jiff::civil::date;
use std::fs;
use std::path::Path;

const TODAY: Date = date(2026, 11, 22);

fn pack(word: &str) -> String {
    format!(
        "pack: test\nversion: 1.0.0\nowner: tazy\nterms:\n  goods: {{any: [{word}]}}\nrules:\n  - {{id: drug_sale.a, \
         version: 1, status: live, category: drug_sale, evidence: goods, weight: 1, when: {{term: goods}}}}\n"
    )
}

fn open(folder: &Path) -> RulesetHandle {
    let source = RulesetSource {
        directory: Some(folder.join("rules")),
        overrides: folder
            .join("overrides.yaml")
            .exists()
            .then(|| folder.join("overrides.yaml")),
    };
    RulesetHandle::open(source, TODAY).expect("rules")
}

fn write_pack(folder: &Path, text: &str) {
    fs::create_dir_all(folder.join("rules")).expect("a folder");
    fs::write(folder.join("rules/test.yaml"), text).expect("a file");
}

#[test]
fn changed_rules_count_from_the_next_page_on() {
    let folder = tempfile::tempdir().expect("a folder");
    write_pack(folder.path(), &pack("соль"));
    let handle = open(folder.path());
    assert_eq!(handle.refresh(TODAY), Refreshed::Unchanged);
    let in_flight = handle.current();
    write_pack(folder.path(), &pack("гашиш"));
    let refreshed = handle.refresh(TODAY);
    let current = handle.current();
    assert_eq!(
        refreshed,
        Refreshed::Replaced {
            old: in_flight.version().to_owned(),
            new: current.version().to_owned(),
        }
    );
    assert_ne!(in_flight.version(), current.version());
    assert_eq!(
        in_flight.rules().len(),
        1,
        "a page in flight keeps its rules"
    );
}

#[test]
fn broken_rules_are_reported_once_and_the_old_ones_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    write_pack(folder.path(), &pack("соль"));
    let handle = open(folder.path());
    let version = handle.current().version().to_owned();
    write_pack(
        folder.path(),
        &pack("соль").replace("term: goods", "term: good"),
    );
    let Refreshed::Kept(errors) = handle.refresh(TODAY) else {
        panic!("broken rules were taken");
    };
    assert!(errors[0].message.contains("did you mean \"goods\""));
    assert_eq!(handle.current().version(), version);
    assert_eq!(handle.refresh(TODAY), Refreshed::Unchanged);
    fs::remove_dir_all(folder.path().join("rules")).expect("no folder");
    assert!(matches!(handle.refresh(TODAY), Refreshed::Kept(_)));
    write_pack(folder.path(), &pack("соль"));
    assert_eq!(handle.refresh(TODAY), Refreshed::Unchanged);
    assert_eq!(handle.current().version(), version);
}

#[test]
fn an_override_expires_when_its_day_comes() {
    let folder = tempfile::tempdir().expect("a folder");
    write_pack(folder.path(), &pack("соль"));
    let text =
        "overrides:\n  - {disable: drug_sale.a, reason: a, author: b, expires: 2026-11-23}\n";
    fs::write(folder.path().join("overrides.yaml"), text).expect("a file");
    let handle = open(folder.path());
    assert_eq!(handle.current().overrides_in_force(), 1);
    let tomorrow = handle.refresh(TODAY.tomorrow().expect("a day"));
    assert!(matches!(tomorrow, Refreshed::Replaced { .. }));
    assert_eq!(handle.current().overrides_in_force(), 0);
}

#[test]
fn pages_are_examined_while_rules_change() {
    let folder = tempfile::tempdir().expect("a folder");
    write_pack(folder.path(), &pack("соль"));
    let handle = open(folder.path());
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    (0..200)
                        .filter(|_| handle.current().rules().len() == 1)
                        .count()
                })
            })
            .collect();
        for word in ["гашиш", "соль", "меф", "[", "соль"] {
            write_pack(folder.path(), &pack(word));
            handle.refresh(TODAY);
        }
        for reader in readers {
            assert_eq!(reader.join().expect("a reader"), 200);
        }
    });
}
