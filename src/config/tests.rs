use super::file::{SCAN_KEYS, parse};
use super::*;
use crate::fetch::{Profile, RobotsMode};
use std::path::Path;
use std::time::Duration;

fn from_file(text: &str) -> Result<ScanOptions, ConfigError> {
    let path = Path::new("tazy.toml");
    let options = parse(text, path)?.scan;
    options.check(&Origin::File(path.to_owned()))?;
    Ok(options)
}

fn complaint(text: &str) -> String {
    from_file(text).unwrap_err().to_string()
}

#[test]
fn nothing_written_gives_the_defaults_of_a_careful_visitor() {
    let config = ScanOptions::default().into_config().unwrap();
    assert!((config.politeness.rate_per_host - 1.0).abs() < f64::EPSILON);
    assert_eq!(config.concurrency, 16);
    assert_eq!(config.robots, RobotsMode::Respect);
    assert_eq!(config.fetch.profile, Profile::HONEST);
    assert!(!config.fetch.guard.allow_private);
    assert!(!config.fetch.insecure_evidence);
}

#[test]
fn every_key_of_the_file_reaches_the_config() {
    let options = from_file(
        r#"
        [scan]
        rate = 0.5
        global_rate = 7
        concurrency = 3
        max_pages = 5
        max_depth = 0
        timeout_s = 2.5
        site_timeout_s = 60
        robots = "investigate"
        profile = "mobile"
        render = "never"
        proxy = "socks5h://127.0.0.1:9050"
        resolve = ["Shop.KZ:443:192.0.2.7", "*:80:[::1]"]
        allow_private = true
        insecure_evidence = true
        overrides = "local.yaml"
        "#,
    )
    .unwrap();
    let config = options.into_config().unwrap();
    assert_eq!(config.politeness.global_rate, 7);
    assert_eq!(config.concurrency, 3);
    assert_eq!((config.budget.max_pages, config.budget.max_depth), (5, 0));
    assert_eq!(config.fetch.timeout, Duration::from_millis(2500));
    assert_eq!(config.budget.max_time, Duration::from_mins(1));
    assert_eq!(config.robots, RobotsMode::Investigate);
    assert_eq!(config.fetch.profile, Profile::MOBILE);
    let hosts: Vec<&str> = config
        .fetch
        .overrides
        .iter()
        .map(|o| o.host.as_str())
        .collect();
    assert_eq!(hosts, ["shop.kz", "*"]);
    assert!(config.fetch.guard.allow_private && config.fetch.insecure_evidence);
}

#[test]
fn the_keys_named_in_messages_are_the_fields() {
    // A key of the list that were no field would be refused.
    for key in SCAN_KEYS {
        let refused = complaint(&format!("[scan]\n{key} = {{}}"));
        assert!(!refused.contains("no setting"), "{refused}");
    }
    let all = toml::from_str::<toml::Table>("").unwrap();
    assert!(all.is_empty());
    let listed = toml::from_str::<ScanOptions>("nonsense = 1").unwrap_err();
    for key in listed.message().split('`').skip(3).step_by(2) {
        assert!(
            SCAN_KEYS.contains(&key),
            "{key} is a field and not in the list"
        );
    }
}

#[test]
fn the_command_line_wins_over_the_file() {
    let file = from_file("[scan]\nrate = 5.0\nmax_pages = 9\nrobots = \"investigate\"").unwrap();
    let typed = ScanOptions {
        rate: Some(2.0),
        robots: Some(RobotsMode::Respect),
        ..ScanOptions::default()
    };
    let config = typed.over(file).into_config().unwrap();
    assert!((config.politeness.rate_per_host - 2.0).abs() < f64::EPSILON);
    assert_eq!(config.budget.max_pages, 9);
    assert_eq!(config.robots, RobotsMode::Respect);
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_the_nearest_key() {
    assert_eq!(
        complaint("[scan]\nrate = 1.0\nmax_page = 3"),
        "tazy.toml:3: there is no setting `max_page`; did you mean `max_pages`?"
    );
    assert_eq!(
        complaint("[scann]\n"),
        "tazy.toml:1: there is no setting `scann`; did you mean `scan`?"
    );
    assert!(complaint("rate = 1.0").contains("[scan]"));
}

#[test]
fn a_wrong_value_names_its_place_and_what_is_allowed() {
    assert_eq!(
        complaint("[scan]\nconcurrency = 0"),
        "tazy.toml: scan.concurrency: 0 is out of range; give 1 to 1024 sites"
    );
    assert!(complaint("[scan]\n\nrate = \"fast\"").starts_with("tazy.toml:3: "));
    let typed = |options: ScanOptions| options.into_config().unwrap_err().to_string();
    let rate = ScanOptions {
        rate: Some(0.0),
        ..ScanOptions::default()
    };
    assert!(typed(rate).starts_with("--rate: 0 is out of range"));
    let not_a_number = ScanOptions {
        timeout_s: Some(f64::NAN),
        ..ScanOptions::default()
    };
    assert!(typed(not_a_number).starts_with("--timeout: NaN"));
    let render = ScanOptions {
        render: Some(Render::Always),
        ..ScanOptions::default()
    };
    assert!(typed(render).contains("no browser rendering"));
}

#[test]
fn proxies_and_overrides_are_checked_before_anything_is_fetched() {
    let with_proxy = |proxy: &str| ScanOptions {
        proxy: Some(proxy.into()),
        ..ScanOptions::default()
    };
    assert!(with_proxy("http://10.0.0.1:3128").into_config().is_ok());
    for wrong in ["ftp://x", "10.0.0.1:3128", "http://"] {
        assert!(with_proxy(wrong).into_config().is_err(), "{wrong}");
    }
    let secret = with_proxy("ftp://user:hunter2@x")
        .into_config()
        .unwrap_err();
    assert!(!secret.to_string().contains("hunter2"));
    for wrong in [
        "",
        "a.kz",
        "a.kz:80",
        "a.kz:0:1.2.3.4",
        "a.kz:80:b.kz",
        ":80:1.2.3.4",
    ] {
        let options = ScanOptions {
            resolve: vec![wrong.into()],
            ..ScanOptions::default()
        };
        assert!(options.into_config().is_err(), "{wrong}");
    }
}

#[test]
fn settings_of_the_desk_are_read_beside_those_of_scans() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("tazy.toml");
    let read = |text: &str| {
        std::fs::write(&file, text).unwrap();
        read_desk_file(&file).map_err(|error| error.to_string())
    };
    let desk = read("[scan]\nrate = 1\n[review]\nauthor = \"a.serikova\"\n").unwrap();
    assert_eq!(desk.review.author.as_deref(), Some("a.serikova"));
    assert!((desk.promotion.bar() - 0.9).abs() < f64::EPSILON);
    assert_eq!(desk.promotion.decided(), 20);
    let desk = read("[promotion]\nbar = 0.8\ndecided = 30\n").unwrap();
    assert!((desk.promotion.bar() - 0.8).abs() < f64::EPSILON);
    assert_eq!(desk.promotion.decided(), 30);
    for (text, wanted) in [
        ("[review]\nautor = \"x\"", "did you mean `author`"),
        ("[promotion]\nbars = 1", "did you mean `bar`"),
        ("[promotion]\nbar = 90", "promotion.bar: 90"),
        ("[promotion]\ndecided = 0", "promotion.decided: 0"),
        ("[review]\nauthor = \" \"", "review.author"),
        ("[reveiw]", "did you mean `review`"),
    ] {
        let refused = read(text).unwrap_err();
        assert!(refused.contains(wanted), "{text}: {refused}");
    }
}

#[test]
fn settings_of_evidence_are_read_and_wrong_ones_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tazy.toml");
    let read = |text: &str| {
        std::fs::write(&path, text).unwrap();
        super::read_desk_file(&path)
    };
    let desk = read(
        "[evidence]\nunit = \"Unit 7\"\norigin = \"unit7.example/tazy\"\ntimestamp_roots = \"tsa.pem\"\nrotate_mb = 2\n\
         [evidence.vantage]\negress_ip = \"203.0.113.9\"\ncountry = \"KZ\"\n[retention]\nclear_days = 30\n",
    )
    .unwrap();
    assert_eq!(desk.evidence.rotate_bytes(), 2 << 20);
    assert_eq!(
        desk.evidence.timestamp_roots,
        Some(folder.path().join("tsa.pem")),
        "paths are relative to the file"
    );
    assert_eq!(desk.retention.clear_days, Some(30));
    for (text, part) in [
        ("[evidence]\norigin = \"a b\"", "evidence.origin"),
        ("[evidence.vantage]\negress_ip = \"x\"", "not an address"),
        (
            "[evidence]\ntimestamp_authority = \"ftp://a\"",
            "https://tsa",
        ),
        ("[retention]\nclear_days = 0", "retention.clear_days"),
        ("[evidence]\noperater = \"x\"", "did you mean `operator`?"),
        ("[retention]\nclear_day = 1", "did you mean `clear_days`?"),
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
}
