use super::*;
use crate::block::{BlockAct, BlockRequest, BlockStep, Paper};
use crate::id::{RunId, StepId, VerificationId};
use crate::review::Reviewer;
use crate::verdict::{Band, NamedEntity};
use crate::verify::Confidence;
use jiff::Timestamp;

fn time(day: u32) -> Timestamp {
    format!("2026-11-{day:02}T10:00:00Z").parse().unwrap()
}

fn reviewer() -> Reviewer {
    Reviewer::named("a.serikova").unwrap()
}

fn flag(site: &str, raised: u32, entities: &[(EntityKind, &str)]) -> Flag {
    let url = SuspectUrl::parse(&format!("https://{site}/")).unwrap();
    let entity = |(kind, value): &(EntityKind, &str)| NamedEntity {
        kind: *kind,
        value: (*value).to_owned(),
        url: url.clone(),
    };
    Flag {
        id: FlagId::of_site(site),
        site: site.to_owned(),
        entry: url.clone(),
        band: Band::Urgent,
        categories: Vec::new(),
        entities: entities.iter().map(entity).collect(),
        captures: Vec::new(),
        ruleset: "1".to_owned(),
        run: RunId::from_written("r-1"),
        raised: time(raised),
        seen: time(raised),
        visits: 1,
    }
}

/// An ordered request about `site`, drafted on the second.
fn ordered(id: &str, site: &str, parent: Option<&str>, drafted: u32) -> RequestFile {
    let item = serde_json::json!({
        "id": format!("i-{id}"), "scope": "host", "target": site, "flag": FlagId::of_site(site), "site": site,
        "urls": [format!("https://{site}/")], "decision": "d-1", "decided_by": "a.serikova",
        "decided": time(1), "category": "drug_sale", "grounds": [], "reasons": "sells", "findings": [],
        "evidence": [], "first_seen": time(1), "last_seen": time(1),
    });
    let request: BlockRequest = serde_json::from_value(serde_json::json!({
        "id": id, "purpose": "block", "jurisdiction": "kz", "authority": "body", "languages": ["ru"],
        "unit": "Unit 7", "author": "a.serikova", "drafted": time(drafted), "items": [item],
        "review_by": "2027-05-01", "parent": parent,
    }))
    .unwrap();
    let order = Paper {
        number: "1".to_owned(),
        date: "2026-11-03".parse().unwrap(),
        organ: "Committee".to_owned(),
        digest: None,
    };
    RequestFile {
        steps: vec![BlockStep {
            id: StepId::from_written("s-1"),
            request: request.id.clone(),
            items: Vec::new(),
            act: BlockAct::Order(order),
            by: reviewer(),
            at: time(drafted + 1),
            note: None,
        }],
        request,
        verifications: Vec::new(),
        superseded_by: None,
    }
}

fn looked(file: &mut RequestFile, day: u32, verdict: BlockVerdict, reaches: Vec<Reach>) {
    let item = &file.request.items[0];
    file.verifications.push(Verification {
        id: VerificationId::from_written("y-1"),
        item: item.id.clone(),
        request: file.request.id.clone(),
        target: item.target.clone(),
        at: time(day),
        by: reviewer(),
        verdict,
        confidence: Confidence::High,
        reasons: Vec::new(),
        reaches,
        open_from: Vec::new(),
        siblings: Vec::new(),
    });
}

fn found(files: &[RequestFile], flags: &[Flag]) -> Vec<(ProposalKind, String)> {
    let found = proposals(files, flags, |_| false);
    found.into_iter().map(|p| (p.kind, p.site)).collect()
}

#[test]
fn a_site_that_is_reached_after_it_was_seen_blocked_is_back() {
    let mut file = ordered("b-1", "shop.example", None, 2);
    looked(&mut file, 4, BlockVerdict::Reachable, Vec::new());
    assert_eq!(found(&[file.clone()], &[]), [], "it never was seen blocked");
    looked(&mut file, 5, BlockVerdict::BlockedDns, Vec::new());
    assert_eq!(found(&[file.clone()], &[]), []);
    looked(&mut file, 6, BlockVerdict::Reachable, Vec::new());
    let back = [(ProposalKind::Back, "shop.example".to_owned())];
    assert_eq!(found(&[file.clone()], &[]), back);
    let child = ordered("b-2", "shop.example", Some("b-1"), 7);
    assert_eq!(
        found(&[file.clone(), child], &[]),
        [],
        "somebody asks already"
    );
    let earlier = ordered("b-2", "shop.example", Some("b-1"), 3);
    assert_eq!(
        found(&[file, earlier], &[]),
        back,
        "an earlier child was about an earlier return"
    );
}

#[test]
fn the_commands_to_type_are_exact_and_begin_with_fresh_evidence() {
    let mut file = ordered("b-1", "shop.example", None, 2);
    looked(&mut file, 5, BlockVerdict::BlockedDns, Vec::new());
    looked(&mut file, 6, BlockVerdict::Reachable, Vec::new());
    let files = [file];
    let unconfirmed = &proposals(&files, &[], |_| false)[0];
    let draft = "tazy block draft shop.example --parent b-1";
    assert_eq!(
        unconfirmed.next(),
        [
            "tazy scan shop.example",
            "tazy review confirm shop.example",
            draft
        ]
    );
    let confirmed = &proposals(&files, &[], |_| true)[0];
    assert_eq!(confirmed.next(), ["tazy scan shop.example", draft]);
}

#[test]
fn later_flags_with_a_rare_identifier_in_common_look_like_mirrors() {
    use EntityKind::{BankCard, Phone, Price, Telegram};
    let own = [
        (Telegram, "@lavka"),
        (Phone, "+77010000000"),
        (BankCard, "444444******1111"),
        (Price, "100"),
    ];
    let files = [ordered("b-1", "shop.example", None, 2)];
    let flags = [
        flag("shop.example", 1, &own),
        flag("mirror.example", 5, &[(Telegram, "@lavka")]),
        flag("earlier.example", 1, &[(Telegram, "@lavka")]),
        flag("masked.example", 5, &[(BankCard, "444444******1111")]),
        flag("priced.example", 5, &[(Price, "100")]),
        flag("other.example", 5, &[(Telegram, "@other")]),
    ];
    let mirrors = proposals(&files, &flags, |_| false);
    assert_eq!(mirrors.len(), 1, "{mirrors:?}");
    assert_eq!(
        (mirrors[0].kind, mirrors[0].site.as_str()),
        (ProposalKind::Mirror, "mirror.example")
    );
    assert_eq!(
        mirrors[0].shared,
        [SharedEntity {
            kind: Telegram,
            value: "@lavka".to_owned(),
            sites: 3
        }]
    );
    let asked = ordered("b-2", "mirror.example", Some("b-1"), 6);
    let [first] = files;
    assert_eq!(found(&[first, asked], &flags), [], "somebody asks already");
}

#[test]
fn what_very_many_sites_share_proves_nothing() {
    let widget = [(EntityKind::YandexMetrika, "12345678")];
    let files = [ordered("b-1", "shop.example", None, 2)];
    let mut flags = vec![flag("shop.example", 1, &widget)];
    for count in 1..MAX_SHARING {
        flags.push(flag(&format!("m{count}.example"), 5, &widget));
    }
    assert_eq!(found(&files, &flags).len(), MAX_SHARING - 1);
    flags.push(flag("one-too-many.example", 5, &widget));
    assert_eq!(found(&files, &flags), []);
}

#[test]
fn a_site_that_sends_its_visitors_elsewhere_has_moved_if_the_site_itself_says_so() {
    let reach = |issuer: Option<&str>, to: &str| -> Reach {
        let invalid = issuer.map(|_| "ssl_unknown_authority");
        serde_json::from_value(serde_json::json!({
            "format": 1, "input": "https://shop.example/", "measured": time(5), "finished": time(5),
            "vantage": {"name": "almaty", "via": "direct"}, "software": "tazy", "tries": 1,
            "control": "example.com", "queries": [], "tcp_connect": [],
            "tls_handshakes": [{
                "address": "192.0.2.7:443", "server_name": "shop.example", "failure": null, "no_tls_verify": true,
                "t0": 0.0, "t": 0.1, "x_try": 1, "x_purpose": "target", "x_chain_sha256": ["00"],
                "x_invalid": invalid,
            }],
            "requests": [{
                "failure": null, "request": {"method": "GET", "url": "https://shop.example/"}, "address": "192.0.2.7:443",
                "response": {"code": 302, "body_is_truncated": false, "x_header_names": [], "x_location": to,
                    "x_body_sha256": crate::digest::Digest::of(b"").to_string(), "x_body_length": 0},
                "t0": 0.0, "t": 0.1, "x_try": 1,
            }],
        }))
        .unwrap()
    };
    for (reach, wanted) in [
        (
            reach(None, "https://moved.example/a"),
            Some("moved.example"),
        ),
        (reach(None, "https://www.shop.example/"), None),
        (reach(Some("stranger"), "https://block.example/"), None),
    ] {
        let mut file = ordered("b-1", "shop.example", None, 2);
        looked(&mut file, 5, BlockVerdict::BlockedDns, vec![reach]);
        let found = proposals(&[file], &[], |_| false);
        assert_eq!(found.first().map(|p| p.site.as_str()), wanted, "{found:?}");
        assert!(found.iter().all(|p| p.is_redirected));
    }
}
