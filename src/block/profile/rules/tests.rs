use super::*;
use crate::block::profile::BlockFileKind;
use std::path::PathBuf;

fn published(kind: BlockFileKind) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("docs/schema")
        .join(format!("{}.json", kind.as_str()))
}

fn wrong(files: &[(&str, &str)]) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = directory.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let loaded = BlockRules::load(Some(directory.path()));
    let errors = loaded.err().unwrap_or_default();
    errors.iter().map(ToString::to_string).collect()
}

#[test]
fn the_built_in_files_load() {
    let rules = BlockRules::load(None).unwrap_or_else(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        panic!("{}", errors.join("\n"))
    });
    let codes: Vec<&str> = rules
        .profiles
        .iter()
        .map(|p| p.jurisdiction.as_str())
        .collect();
    assert_eq!(codes, ["eu", "kz", "ru"]);
    let kz = rules.profile("kz").unwrap();
    assert_eq!(kz.languages.len(), 2);
    assert!(kz.calendar_years.contains(&2026) && kz.calendar_years.contains(&2027));
    assert!(kz.to_confirm.len() > 5);
    for category in crate::rules::Category::ALL {
        for profile in &rules.profiles {
            assert!(!profile.grounds[&category].is_empty(), "{category}");
            assert!(profile.authorities_for(category).next().is_some());
        }
    }
}

#[test]
fn the_published_schemas_are_those_of_the_program() {
    for kind in BlockFileKind::ALL {
        let text = std::fs::read_to_string(published(kind)).unwrap_or_default();
        let found: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert!(
            found == kind.schema(),
            "make it anew: tazy rules schema {} > docs/schema/{}.json",
            kind.as_str(),
            kind.as_str()
        );
    }
}

#[test]
fn every_shipped_file_is_valid() {
    let mut seen = 0;
    for (path, text) in rule_texts(None).unwrap() {
        let Some(kind) = BlockFileKind::of_file(&path) else {
            continue;
        };
        seen += 1;
        let value: serde_json::Value = serde_saphyr::from_str(&text).unwrap();
        let schema = jsonschema::validator_for(&kind.schema()).unwrap();
        let wrong: Vec<String> = schema
            .iter_errors(&value)
            .map(|error| format!("{path}{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(wrong, Vec::<String>::new());
    }
    assert!(seen >= 10, "{seen}");
}

const GOOD: &str = "\
jurisdiction: xx
languages: [en]
time_zone: Europe/Brussels
authorities:
  - id: body
    role: order_body
    title: {en: Body}
    deadlines:
      - {act: order, after: submit, within: {hours: 48}, source: a law}
grounds:
  drug_sale: [xx.act.1]
calendar:
  - year: 2026
    source: a law
    holidays: {2026-01-01: New Year}
verification: {after_hours: [2], every_days: 30}
acts:
  - id: act
    articles:
      - id: \"1\"
        title: {en: One}
";

#[test]
fn what_is_wrong_with_a_profile_is_told_with_its_line() {
    assert_eq!(
        wrong(&[("jurisdictions/xx.yaml", GOOD)]),
        Vec::<String>::new()
    );
    for (good, bad, told) in [
        (
            "xx.act.1",
            "xx.act.2",
            "jurisdictions/xx.yaml:11: drug_sale: there is no provision xx.act.2",
        ),
        (
            "Europe/Brussels",
            "Europe/Atlantis",
            "jurisdictions/xx.yaml:3: no time zone",
        ),
        (
            "act: order",
            "act: ordre",
            "jurisdictions/xx.yaml:9: act \"ordre\": write one of",
        ),
        (
            "2026-01-01: New",
            "2027-01-01: New",
            "jurisdictions/xx.yaml:13: 2027-01-01 is not a day of 2026",
        ),
        (
            "title: {en: Body}",
            "title: {ru: Тело}",
            "jurisdictions/xx.yaml:5: body: its name in en is missing",
        ),
        (
            "languages: [en]",
            "langauges: [en]",
            "jurisdictions/xx.yaml:2: ",
        ),
    ] {
        assert!(GOOD.contains(good), "{good}");
        let told_instead = wrong(&[("jurisdictions/xx.yaml", &GOOD.replace(good, bad))]);
        assert!(
            told_instead.iter().any(|error| error.starts_with(told)),
            "{told} ≠ {told_instead:?}"
        );
    }
}

#[test]
fn acts_alone_make_no_profile_and_no_error() {
    let acts = "jurisdiction: xx\nacts:\n  - {id: act, articles: [{id: \"1\"}]}\n";
    assert_eq!(
        wrong(&[("jurisdictions/xx.yaml", acts)]),
        Vec::<String>::new()
    );
}

#[test]
fn a_directory_without_lists_does_not_switch_protection_off() {
    let directory = tempfile::tempdir().unwrap();
    let rules = BlockRules::load(Some(directory.path())).unwrap();
    assert!(rules.protection.counts().0 > 100);
    assert!(rules.profile("kz").is_some());
}
