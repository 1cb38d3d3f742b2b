use super::*;
use crate::block::guard::{ObjectionCode, Protection};
use crate::block::tests::item;

fn url(text: &str) -> SuspectUrl {
    SuspectUrl::parse(text).unwrap()
}

fn name(text: &str) -> HostName {
    HostName::parse(text).unwrap()
}

#[test]
fn a_page_of_an_encrypted_site_is_the_whole_host() {
    let host = BlockTarget::Host(name("shop.example"));
    for (target, hits, is_wider) in [
        (
            BlockTarget::Url(url("https://shop.example/a")),
            host.clone(),
            true,
        ),
        (
            BlockTarget::Url(url("http://shop.example/a")),
            BlockTarget::Url(url("http://shop.example/a")),
            false,
        ),
        (
            BlockTarget::Url(url("https://203.0.113.7/a")),
            BlockTarget::Address("203.0.113.7".parse().unwrap()),
            true,
        ),
        (
            BlockTarget::Url(url("https://[2001:db8::7]/a")),
            BlockTarget::Address("2001:db8::7".parse().unwrap()),
            true,
        ),
        (host.clone(), host.clone(), false),
    ] {
        assert_eq!(
            predicted_effect(&target),
            Effect { hits, is_wider },
            "{target}"
        );
    }
}

#[test]
fn effects_are_told_in_every_language_without_a_live_link() {
    for target in [
        BlockTarget::Url(url("https://shop.example/a")),
        BlockTarget::Url(url("http://shop.example/a")),
        BlockTarget::Host(name("shop.example")),
        BlockTarget::HostAndBelow(name("shop.example")),
        BlockTarget::Address("203.0.113.7".parse().unwrap()),
    ] {
        let effect = predicted_effect(&target);
        let titles = Language::ALL.map(|language| effect.title(language));
        assert!(titles.iter().all(|title| !title.contains("shop.example")));
        assert!(titles.iter().all(|title| title.contains("[.]")));
        assert!(titles[0] != titles[1] && titles[1] != titles[2]);
    }
}

fn hit(target: &BlockTarget, own: &[SuspectUrl]) -> Vec<String> {
    let known = [
        ("https://shop.example/a", "203.0.113.7"),
        ("https://shop.example/b", "203.0.113.7"),
        ("http://shop.example/c", "203.0.113.7"),
        ("https://www.shop.example/a", "203.0.113.8"),
        ("https://clinic.example/", "::ffff:203.0.113.7"),
        ("https://notshop.example/", "203.0.113.9"),
    ];
    let known = known.map(|(page, address)| KnownUrl {
        url: url(page),
        addresses: vec![address.parse().unwrap()],
    });
    collateral(target, own, known)
        .map(|known| known.url.as_str().to_owned())
        .collect()
}

#[test]
fn what_else_is_hit_follows_the_real_effect() {
    let page = url("https://shop.example/a");
    let own = [page.clone()];
    assert_eq!(
        hit(&BlockTarget::Url(page), &own),
        ["https://shop.example/b", "http://shop.example/c"]
    );
    let clear = url("http://shop.example/c");
    assert_eq!(
        hit(&BlockTarget::Url(clear.clone()), &[clear]),
        Vec::<String>::new()
    );
    assert_eq!(
        hit(&BlockTarget::HostAndBelow(name("shop.example")), &own),
        [
            "https://shop.example/b",
            "http://shop.example/c",
            "https://www.shop.example/a"
        ]
    );
    assert_eq!(
        hit(&BlockTarget::Address("203.0.113.7".parse().unwrap()), &own),
        [
            "https://shop.example/b",
            "http://shop.example/c",
            "https://clinic.example/"
        ]
    );
}

#[test]
fn a_hop_that_only_redirects_is_not_blocked_for_what_it_leads_to() {
    let seen = |pages: &[(&str, u16)]| {
        let mut item = item(BlockTarget::Host(name("door.example")));
        let one = item.evidence[0].clone();
        item.evidence = pages
            .iter()
            .map(|(page, status)| {
                let mut evidence = one.clone();
                evidence.url = url(page);
                evidence.status = *status;
                evidence
            })
            .collect();
        let objections = Protection::default().objections_to_item(&item);
        objections
            .iter()
            .any(|objection| objection.code == ObjectionCode::RedirectHop)
    };
    let (hop, content) = (
        ("https://door.example/", 302),
        ("https://shop.example/", 200),
    );
    assert!(seen(&[hop, content]));
    assert!(!seen(&[hop, ("https://www.door.example/", 200)]));
    assert!(!seen(&[hop, ("https://door.example/in", 200), content]));
    assert!(!seen(&[content]));
    assert!(!seen(&[hop]));
}
