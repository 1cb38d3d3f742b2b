use super::*;
use crate::reach::{
    Answer, ConnectStatus, DnsQuery, Failure, HttpExchange, HttpRequest, Purpose, Reach,
    TcpConnect, TlsHandshake, VantageFacts,
};
use crate::suspect::SuspectUrl;
use proptest::prelude::*;

const URL: &str = "https://shop.example/";

/// How a try over https ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Page(u16),
    NoName,
    Refused,
    Dropped,
    Stranger,
    Broken,
    Offline,
}

const ENDS: [End; 8] = [
    End::Page(200),
    End::Page(404),
    End::NoName,
    End::Refused,
    End::Dropped,
    End::Stranger,
    End::Broken,
    End::Offline,
];

fn vantage(name: &str, country: &str) -> VantageFacts {
    VantageFacts {
        name: name.to_owned(),
        country: Some(country.to_owned()),
        asn: Some(format!("AS-{name}")),
        via: "direct".to_owned(),
        ..VantageFacts::default()
    }
}

fn known() -> Expectations {
    Expectations {
        fingerprints: Fingerprints::load(None).unwrap(),
        country: Some("KZ".to_owned()),
        addresses: Vec::new(),
    }
}

/// A measurement whose tries end so.
fn reach(vantage: VantageFacts, ends: &[End]) -> Reach {
    let measured = "2026-11-22T10:00:00Z".parse().unwrap();
    let mut reach = Reach {
        format: 1,
        input: SuspectUrl::parse(URL).unwrap(),
        measured,
        finished: measured,
        vantage,
        software: "tazy".to_owned(),
        tries: u8::try_from(ends.len()).unwrap(),
        control: "example.com".to_owned(),
        queries: Vec::new(),
        tcp_connect: Vec::new(),
        tls_handshakes: Vec::new(),
        requests: Vec::new(),
    };
    for (at, end) in ends.iter().enumerate() {
        enter(&mut reach, u8::try_from(at + 1).unwrap(), *end);
    }
    reach
}

fn enter(reach: &mut Reach, number: u8, end: End) {
    let is_offline = end == End::Offline;
    let none = |is_failing: bool, failure: Failure| is_failing.then_some(failure);
    let no_name = matches!(end, End::NoName | End::Offline);
    query(
        reach,
        number,
        Purpose::Control,
        none(is_offline, Failure::Timeout),
    );
    query(
        reach,
        number,
        Purpose::Target,
        none(no_name, Failure::NxDomain),
    );
    if !is_offline {
        hands(reach, number, Purpose::Control, None, "control");
    }
    if no_name {
        return;
    }
    let refused = none(end == End::Refused, Failure::ConnectionRefused);
    reach.tcp_connect.push(TcpConnect {
        ip: "93.184.216.34".to_owned(),
        port: 443,
        status: ConnectStatus {
            success: refused.is_none(),
            failure: refused,
        },
        t0: 0.0,
        t: 0.1,
        x_try: number,
        x_purpose: Purpose::Target,
        x_not_connected: None,
    });
    match end {
        End::Refused | End::NoName | End::Offline => {}
        End::Dropped => {
            hands(reach, number, Purpose::Target, Some(Failure::Timeout), "");
            hands(reach, number, Purpose::ControlName, None, "stranger");
        }
        End::Stranger => hands(reach, number, Purpose::Target, None, "stranger"),
        End::Broken => {
            hands(reach, number, Purpose::Target, None, "own");
            page(reach, number, Err(Failure::Timeout));
        }
        End::Page(status) => {
            hands(reach, number, Purpose::Target, None, "own");
            page(reach, number, Ok(status));
        }
    }
}

fn query(reach: &mut Reach, number: u8, purpose: Purpose, failure: Option<Failure>) {
    let answer = Answer {
        answer_type: "A".to_owned(),
        ipv4: Some("93.184.216.34".to_owned()),
        ipv6: None,
        hostname: None,
        ttl: Some(60),
    };
    reach.queries.push(DnsQuery {
        engine: "udp".to_owned(),
        hostname: "shop.example".to_owned(),
        query_type: "A".to_owned(),
        resolver_address: None,
        rcode: None,
        answers: failure.is_none().then_some(answer).into_iter().collect(),
        failure,
        raw_response: None,
        t0: 0.0,
        t: 0.1,
        x_try: number,
        x_purpose: purpose,
    });
}

fn hands(reach: &mut Reach, number: u8, purpose: Purpose, failure: Option<Failure>, whose: &str) {
    let is_stranger = whose == "stranger";
    reach.tls_handshakes.push(TlsHandshake {
        address: "93.184.216.34:443".to_owned(),
        server_name: "shop.example".to_owned(),
        x_chain_sha256: if failure.is_none() {
            vec![whose.to_owned()]
        } else {
            Vec::new()
        },
        failure,
        tls_version: None,
        cipher_suite: None,
        negotiated_protocol: None,
        no_tls_verify: true,
        t0: 0.0,
        t: 0.1,
        x_try: number,
        x_purpose: purpose,
        x_invalid: is_stranger.then_some(Failure::UnknownAuthority),
        x_invalid_reason: None,
        x_issuer: Some(whose.to_owned()),
    });
}

fn page(reach: &mut Reach, number: u8, answered: Result<u16, Failure>) {
    let response = answered.as_ref().ok().map(|status| {
        serde_json::from_value(serde_json::json!({
            "code": status, "body_is_truncated": false, "x_header_names": [],
            "x_body_sha256": crate::digest::Digest::of(b"").to_string(), "x_body_length": 0,
        }))
        .unwrap()
    });
    reach.requests.push(HttpExchange {
        failure: answered.err(),
        request: HttpRequest {
            method: "GET".to_owned(),
            url: SuspectUrl::parse(URL).unwrap(),
        },
        response,
        address: "93.184.216.34:443".to_owned(),
        t0: 0.0,
        t: 0.1,
        x_try: number,
    });
}

fn verdict(reaches: &[Reach]) -> (BlockVerdict, Confidence) {
    let found = assess(reaches, &known());
    (found.verdict, found.confidence)
}

fn inside(ends: &[End]) -> Reach {
    reach(vantage("almaty", "KZ"), ends)
}

fn outside(ends: &[End]) -> Reach {
    reach(vantage("helsinki", "FI"), ends)
}

const REACHED: [End; 3] = [End::Page(200); 3];

#[test]
fn nothing_measured_says_nothing() {
    assert_eq!(verdict(&[]), (BlockVerdict::Inconclusive, Confidence::Low));
    let blind = inside(&[End::Offline; 3]);
    assert_eq!(
        verdict(&[blind, outside(&REACHED)]).0,
        BlockVerdict::Inconclusive
    );
}

#[test]
fn each_failure_in_the_country_has_its_name_if_a_control_reaches_the_site() {
    use BlockVerdict::{BlockedDns, BlockedMitm, BlockedSniTimeout, BlockedTcp};
    use Confidence::{High, Medium};
    for (end, wanted) in [
        (End::NoName, (BlockedDns, Medium)),
        (End::Refused, (BlockedTcp, Medium)),
        (End::Dropped, (BlockedSniTimeout, High)),
        (End::Stranger, (BlockedMitm, Medium)),
        (End::Broken, (BlockVerdict::Inconclusive, Confidence::Low)),
    ] {
        assert_eq!(
            verdict(&[inside(&[end; 3]), outside(&REACHED)]),
            wanted,
            "{end:?}"
        );
    }
}

#[test]
fn one_try_or_tries_that_differ_give_low_confidence() {
    let once = verdict(&[inside(&[End::NoName]), outside(&REACHED)]);
    assert_eq!(once, (BlockVerdict::BlockedDns, Confidence::Low));
    let differing = inside(&[End::NoName, End::Refused, End::Refused]);
    assert_eq!(
        verdict(&[differing, outside(&REACHED)]),
        (BlockVerdict::BlockedTcp, Confidence::Low)
    );
    let now_and_then = inside(&[End::NoName, End::Page(200), End::NoName]);
    assert_eq!(
        verdict(&[now_and_then, outside(&REACHED)]).0,
        BlockVerdict::Inconclusive
    );
}

#[test]
fn two_networks_that_fail_alike_make_it_sure() {
    let second = reach(vantage("astana", "KZ"), &[End::NoName; 3]);
    let found = verdict(&[inside(&[End::NoName; 3]), second, outside(&REACHED)]);
    assert_eq!(found, (BlockVerdict::BlockedDns, Confidence::High));
}

#[test]
fn vantages_of_the_country_that_disagree_are_each_named() {
    let open = reach(vantage("astana", "KZ"), &REACHED);
    let found = assess(
        &[inside(&[End::Dropped; 3]), open, outside(&REACHED)],
        &known(),
    );
    assert_eq!(found.verdict, BlockVerdict::Unreachable);
    assert_eq!(found.open_from, ["astana"]);
    let said = found.reasons.join("\n");
    for wanted in [
        "reached from astana, helsinki, not reached from almaty",
        "almaty: TLS after ClientHello",
        "helsinki (control): the site answers",
    ] {
        assert!(said.contains(wanted), "{wanted:?} in {said}");
    }
}

#[test]
fn a_site_that_only_the_outside_reaches_not_is_reachable() {
    let found = verdict(&[inside(&REACHED), outside(&[End::Refused; 3])]);
    assert_eq!(found, (BlockVerdict::Reachable, Confidence::High));
    assert_eq!(
        verdict(&[outside(&REACHED)]).0,
        BlockVerdict::Inconclusive,
        "nobody looked inside"
    );
}

#[test]
fn measurements_that_do_not_belong_together_are_left_out() {
    let failing = inside(&[End::NoName; 3]);
    let mut old = outside(&REACHED);
    old.measured = "2026-11-19T10:00:00Z".parse().unwrap();
    let mut other_host = outside(&REACHED);
    other_host.input = SuspectUrl::parse("https://other.example/").unwrap();
    other_host.measured = "2026-11-22T09:00:00Z".parse().unwrap();
    for (stranger, wanted) in [(old, "two days earlier"), (other_host, "another host")] {
        let found = assess(&[failing.clone(), stranger], &known());
        assert_eq!(found.verdict, BlockVerdict::Unreachable);
        assert!(
            found.reasons.iter().any(|reason| reason.contains(wanted)),
            "{:?}",
            found.reasons
        );
    }
}

#[test]
fn a_vantage_does_not_confirm_itself_and_its_later_measurement_counts() {
    let mut later = inside(&REACHED);
    later.measured = "2026-11-22T12:00:00Z".parse().unwrap();
    assert_eq!(
        verdict(&[inside(&[End::Dropped; 3]), later]).0,
        BlockVerdict::Reachable
    );
    let mut failing = inside(&[End::Dropped; 3]);
    failing.measured = "2026-11-22T13:00:00Z".parse().unwrap();
    assert_eq!(
        verdict(&[inside(&REACHED), failing]).0,
        BlockVerdict::Unreachable
    );
}

#[test]
fn two_names_for_one_network_do_not_show_that_a_site_is_down() {
    let mut twin = outside(&[End::Refused; 3]);
    let mut own = inside(&[End::Refused; 3]);
    assert_eq!(
        verdict(&[own.clone(), twin.clone()]).0,
        BlockVerdict::DownEverywhere
    );
    for reach in [&mut twin, &mut own] {
        reach.vantage.egress_ip = Some("93.184.216.1".parse().unwrap());
    }
    assert_eq!(verdict(&[own, twin]).0, BlockVerdict::Unreachable);
}

#[test]
fn gone_for_one_and_there_for_another_is_no_verdict() {
    let found = verdict(&[inside(&[End::Page(404); 3]), outside(&REACHED)]);
    assert_eq!(found.0, BlockVerdict::Inconclusive);
}

fn any_ends() -> impl Strategy<Value = Vec<End>> {
    proptest::collection::vec(proptest::sample::select(ENDS.to_vec()), 1..4)
}

proptest! {
    #[test]
    fn one_vantage_alone_never_shows_a_block(ends in any_ends(), country in "KZ|FI") {
        let (verdict, _) = verdict(&[reach(vantage("one", &country), &ends)]);
        prop_assert!(!verdict.is_blocked());
    }

    #[test]
    fn what_nobody_reaches_is_never_called_blocked(all in proptest::collection::vec(any_ends(), 1..5)) {
        let reaches: Vec<Reach> = all
            .iter()
            .enumerate()
            .map(|(at, ends)| {
                let ends: Vec<End> = ends.iter().copied().filter(|end| !matches!(end, End::Page(_) | End::Stranger)).collect();
                reach(vantage(&format!("v{at}"), if at % 2 == 0 { "KZ" } else { "FI" }), &ends)
            })
            .collect();
        prop_assert!(!verdict(&reaches).0.is_blocked());
    }

    // A control with a certificate that nobody can verify is believed a little: some sites have no better one.
    #[test]
    fn a_block_is_said_only_where_somebody_in_the_country_fails_and_nobody_there_reaches_it(
        inner in any_ends(), outer in any_ends()
    ) {
        let found = assess(&[inside(&inner), outside(&outer)], &known());
        if found.verdict.is_blocked() {
            prop_assert!(found.open_from.is_empty());
            prop_assert!(inner.iter().all(|end| !matches!(end, End::Page(_))));
            let is_reached = outer.iter().any(|end| matches!(end, End::Page(_)));
            let is_hint = outer.contains(&End::Stranger) && found.confidence == Confidence::Low;
            prop_assert!(is_reached || is_hint);
        }
    }
}
