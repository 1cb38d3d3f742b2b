//! `tazy verify` with a store: looks are recorded, weighed with what other machines saw, and what came back is
//! proposed.

use super::boxes::answer;
use super::desk::{Ended, Lab as Desk};
use super::lab::{CONTROL_INSIDE, Inside, Lab, PAGE, SITE, SITE_INSIDE, Site};
use serde_json::Value;
use tokio::runtime::Runtime;

const SHOP: &str = "Мефедрон кристалл";

/// A store with an order about the shop, and a country that shows a block page instead of it.
struct Country {
    /// Keeps the network running.
    _runtime: Runtime,
    network: Lab,
    desk: Desk,
    /// Host and port of the shop.
    site: String,
    request: String,
}

#[track_caller]
fn done(ended: Ended) -> Ended {
    assert_eq!(ended.code, Some(0), "{}\n{}", ended.out, ended.err);
    ended
}

impl Country {
    fn new() -> Self {
        let runtime = Runtime::new().expect("threads");
        let page = answer(451, "", "<title>Доступ ограничен</title>");
        let network = runtime.block_on(Lab::new(
            Site::Plain(answer(200, "", PAGE)),
            Inside::Plain(page),
        ));
        let site = format!("shop.example:{}", network.plain_port);
        let desk = Desk::new();
        desk.visit("r-1", &[(&site, SHOP)]);
        let settings =
            "[evidence]\nunit = 'Cyber unit 7'\n[block]\ncontact = 'unit7@police.example'\n";
        std::fs::write(desk.path("store/tazy.toml"), settings).expect("settings");
        done(desk.run(&["review", "confirm", &site, "--note", "sells mephedrone"]));
        let draft = [
            "block",
            "draft",
            &site,
            "--authority",
            "information_committee",
            "--scope",
            "host",
            "--scope-reason",
            "every page sells",
            "--json",
        ];
        let request = done(desk.run(&draft)).json()["id"]
            .as_str()
            .expect("an id")
            .to_owned();
        done(desk.run(&["block", "approve", &request, "--author", "n.omarova"]));
        done(desk.run(&[
            "block",
            "file",
            &request,
            "--number",
            "1",
            "--date",
            "2026-11-22",
            "--organ",
            "Unit 7",
        ]));
        done(desk.run(&[
            "block",
            "reply",
            &request,
            "order",
            "--number",
            "77-K",
            "--date",
            "2026-11-22",
            "--organ",
            "Committee",
        ]));
        Self {
            _runtime: runtime,
            network,
            desk,
            site,
            request,
        }
    }

    /// Runs `tazy verify` with a shop that stands at `address`.
    fn verify(&self, words: &[&str], address: &str) -> Ended {
        let (plain, tls) = (self.network.plain_port, self.network.tls_port);
        let control = format!("https://control.example:{tls}/");
        let fixed = [
            format!("shop.example:{plain}:{address}"),
            format!("clean.example:{plain}:{SITE_INSIDE}"),
            format!("control.example:{tls}:{CONTROL_INSIDE}"),
        ];
        let mut all = vec!["verify"];
        all.extend(words);
        all.extend([
            "--allow-private",
            "--control-url",
            &control,
            "--tries",
            "2",
            "--pause",
            "0",
            "--timeout",
            "2",
        ]);
        for fixed in &fixed {
            all.extend(["--resolve", fixed]);
        }
        self.desk.run(&all)
    }

    fn exit(&self) -> String {
        format!(
            "helsinki=socks5h://{},country=FI,asn=AS64500",
            self.network.socks
        )
    }
}

fn verdict(ended: &Ended) -> Value {
    ended.json()["verdict"].clone()
}

#[test]
fn an_order_is_verified_with_a_control_and_what_comes_back_is_proposed() {
    let country = Country::new();
    let (site, exit) = (country.site.as_str(), country.exit());
    let alone = done(country.verify(&[site, "--json"], SITE_INSIDE));
    assert_eq!(verdict(&alone), "unreachable", "{}", alone.out);
    let both = done(country.verify(
        &[site, "--vantage", &exit, "--json", "--fail-on-open"],
        SITE_INSIDE,
    ));
    assert_eq!(verdict(&both), "block_page", "{}", both.out);
    assert_eq!(both.json()["reaches"].as_array().map(Vec::len), Some(2));
    let listed = done(country.desk.run(&["verify", "list"]));
    for wanted in ["shop[.]example", "block_page", "high", "helsinki"] {
        assert!(listed.out.contains(wanted), "{wanted:?} in {}", listed.out);
    }
    let back = country.verify(&[site, "--vantage", &exit, "--fail-on-open"], SITE);
    assert_eq!(back.code, Some(3), "{}\n{}", back.out, back.err);
    let draft = format!("tazy block draft {site} --parent {}", country.request);
    for wanted in [
        "reachable",
        "is reached again after the block",
        draft.as_str(),
    ] {
        assert!(back.out.contains(wanted), "{wanted:?} in {}", back.out);
    }
    let shown = done(country.desk.run(&["verify", "show", site, "--json"])).lines();
    let verdicts: Vec<&Value> = shown.iter().map(|look| &look["verdict"]).collect();
    assert_eq!(verdicts, ["unreachable", "block_page", "reachable"]);
    let listed = done(
        country
            .desk
            .run(&["verify", "list", "--json", "--proposals"]),
    )
    .lines();
    assert_eq!(listed[0]["open_from"][0], "this machine");
    assert_eq!(
        (&listed[1]["kind"], &listed[1]["is_confirmed"]),
        (&"back".into(), &true.into())
    );
}

#[test]
fn what_is_due_is_listed_and_measured() {
    let country = Country::new();
    let due = done(country.desk.run(&["verify", "due", "--json"])).json();
    assert_eq!(
        (&due["is_due"], &due["after"]),
        (&false.into(), &"order".into())
    );
    let table = done(country.desk.run(&["verify", "due"]));
    assert!(table.out.contains("shop[.]example"), "{}", table.out);
    let nothing = done(country.verify(&["--due"], SITE_INSIDE));
    assert!(
        nothing.err.contains("nothing is to be looked at"),
        "{}",
        nothing.err
    );
    let all = done(country.verify(&["--all", "--json"], SITE_INSIDE));
    assert_eq!(verdict(&all), "unreachable");
}

#[test]
fn what_another_machine_measured_is_weighed_with_what_was_seen_from_here() {
    let country = Country::new();
    let site = country.site.as_str();
    done(country.verify(&[site], SITE_INSIDE));
    let url = format!("http://{site}/");
    let place = [
        "measure",
        &url,
        "--json",
        "--name",
        "helsinki",
        "--country",
        "FI",
        "--asn",
        "AS64500",
    ];
    let measured = done(country.verify(&place, SITE));
    std::fs::write(country.desk.path("helsinki.jsonl"), &measured.out).unwrap();
    let imported = done(
        country
            .desk
            .run(&["verify", "import", "helsinki.jsonl", "--json"]),
    );
    assert_eq!(verdict(&imported), "block_page", "{}", imported.out);
    let nowhere = done(country.verify(&["measure", &url, "--json"], SITE));
    assert!(nowhere.err.contains("--country"), "{}", nowhere.err);
    std::fs::write(country.desk.path("nowhere.jsonl"), &nowhere.out).unwrap();
    let refused = country.desk.run(&["verify", "import", "nowhere.jsonl"]);
    assert_eq!(refused.code, Some(1));
    assert!(
        refused.err.contains("--country KZ") && refused.err.contains("verify measure"),
        "{}",
        refused.err
    );
    let people = done(country.verify(&["measure", &url], SITE));
    assert!(
        people.out.contains("hxxp://shop[.]example") && people.out.contains("status 200"),
        "{}",
        people.out
    );
}

#[test]
fn a_clean_site_that_the_block_hits_too_is_told() {
    let country = Country::new();
    let clean = format!("http://clean.example:{}/", country.network.plain_port);
    let exit = country.exit();
    let words = [
        country.site.as_str(),
        "--vantage",
        &exit,
        "--sibling",
        &clean,
        "--json",
    ];
    let look = done(country.verify(&words, SITE_INSIDE)).json();
    assert_eq!(look["siblings"][0]["verdict"], "block_page", "{look}");
    let reasons = look["reasons"].to_string();
    assert!(
        reasons.contains("more is blocked than was ordered"),
        "{reasons}"
    );
}

#[test]
fn wrong_words_are_answered_with_what_to_do() {
    let desk = Desk::new();
    desk.visit("r-1", &[("shop.example", SHOP)]);
    for (words, code, wanted) in [
        (&["verify"][..], 2, "tazy verify --due"),
        (&["verify", "shop.example"], 1, "tazy verify measure URL"),
        (
            &["verify", "x.example", "--vantage", "a=http://127.0.0.1:1"],
            2,
            "socks5h://",
        ),
        (&["verify", "x.example", "--resolver", "nine"], 2, "9.9.9.9"),
        (
            &["verify", "x.example", "--control-url", "http://a.example/"],
            2,
            "over https",
        ),
        (&["verify", "show", "x.example"], 1, "tazy verify list"),
        (&["verify", "import", "missing.jsonl"], 1, "missing.jsonl"),
    ] {
        let ended = desk.run(words);
        assert_eq!(ended.code, Some(code), "{words:?}: {}", ended.err);
        assert!(ended.err.contains(wanted), "{wanted:?} in {}", ended.err);
    }
}
