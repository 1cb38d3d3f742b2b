use super::*;
use crate::rules::pack_files::embedded_files;
use std::path::{Path, PathBuf};

fn published(kind: SchemaKind) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/schema")
        .join(format!("{}.json", kind.as_str()))
}

fn validator(kind: SchemaKind) -> jsonschema::Validator {
    jsonschema::validator_for(&kind.schema()).expect("a schema")
}

fn value_of(yaml: &str) -> serde_json::Value {
    serde_saphyr::from_str(yaml).expect("YAML")
}

#[test]
fn the_published_schemas_are_those_of_the_program() {
    for kind in SchemaKind::ALL {
        let text = std::fs::read_to_string(published(kind)).unwrap_or_default();
        let found: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert_eq!(
            found,
            kind.schema(),
            "make it anew: tazy rules schema {} > docs/schema/{}.json",
            kind.as_str(),
            kind.as_str()
        );
    }
}

#[test]
fn every_shipped_file_is_valid() {
    let files = embedded_files();
    assert!(files.len() > 10);
    for (path, text) in files
        .into_iter()
        .filter(|(path, _)| path != crate::rules::MODEL_FILE)
        // They have their schemas in `block`.
        .filter(|(path, _)| !path.starts_with("jurisdictions/") && !path.starts_with("blocking/"))
    {
        let validator = validator(SchemaKind::of_file(&path));
        let value = value_of(&text);
        let wrong: Vec<String> = validator
            .iter_errors(&value)
            .map(|error| format!("{path}{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(wrong, Vec::<String>::new());
    }
}

const GOOD: &str = "pack: p\nversion: 1.0.0\nowner: o\nrules:\n  - id: drug_sale.a\n    version: 1\n    status: live\n    \
    category: drug_sale\n    evidence: goods\n    weight: 1\n    when: {all: [{term: a}, {signal: form.password}]}\n";

#[test]
fn what_the_loader_refuses_the_schema_refuses() {
    let validator = validator(SchemaKind::Pack);
    assert!(validator.is_valid(&value_of(GOOD)));
    for (good, bad) in [
        ("status: live", "status: lively"),
        ("version: 1\n", "version: 0\n"),
        ("form.password", "form.pasword"),
        ("category: drug_sale", "category: drugs"),
        ("weight: 1", "wheight: 1"),
        ("{term: a}", "{term: a, entity: phone}"),
        ("{term: a}", "{near: {words: 3, of: [{term: a}]}}"),
        ("{term: a}", "{in: {where: [headings], when: {term: a}}}"),
        ("{term: a}", "{entity: telegramm}"),
    ] {
        assert!(GOOD.contains(good));
        assert!(
            !validator.is_valid(&value_of(&GOOD.replace(good, bad))),
            "{bad}"
        );
    }
}

#[test]
fn overrides_need_a_reason_and_an_author() {
    let validator = validator(SchemaKind::Overrides);
    let entry = |text: &str| value_of(&format!("overrides: [{{{text}}}]"));
    assert!(validator.is_valid(&entry(
        "disable: a.b, reason: r, author: a, expires: 2027-01-01"
    )));
    assert!(!validator.is_valid(&entry("disable: a.b, reason: r")));
    assert!(!validator.is_valid(&entry("disabled: a.b, reason: r, author: a")));
}
