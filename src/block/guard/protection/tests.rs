use super::*;
use crate::block::profile::BlockRules;
use proptest::prelude::*;
use std::sync::OnceLock;

fn protection() -> &'static Protection {
    static RULES: OnceLock<BlockRules> = OnceLock::new();
    &RULES
        .get_or_init(|| BlockRules::load(None).unwrap())
        .protection
}

fn codes(objections: &[Objection]) -> Vec<&'static str> {
    objections
        .iter()
        .map(|objection| objection.code.as_str())
        .collect()
}

fn host(name: &str) -> Vec<&'static str> {
    let name = HostName::parse(name).unwrap();
    codes(&protection().objections_to_target(&BlockTarget::Host(name)))
}

fn below(name: &str) -> Vec<&'static str> {
    let name = HostName::parse(name).unwrap();
    codes(&protection().objections_to_target(&BlockTarget::HostAndBelow(name)))
}

fn url(url: &str) -> Vec<&'static str> {
    let url = SuspectUrl::from_written(url).unwrap();
    codes(&protection().objections_to_target(&BlockTarget::Url(url)))
}

fn address(address: &str) -> Vec<&'static str> {
    let address = address.parse().unwrap();
    codes(&protection().objections_to_target(&BlockTarget::Address(address)))
}

#[test]
fn protected_names_are_refused_at_every_scope() {
    for name in [
        "kaspi.kz",
        "KASPI.KZ.",
        "login.kaspi.kz",
        "egov.kz",
        "some-new-body.gov.kz",
        "school.edu.kz",
        "tengrinews.kz",
        "www.nur.kz",
        "who.int",
        "harmreduction.org",
        "wikipedia.org",
        "kk.wikipedia.org",
        "cdc.gov",
    ] {
        assert_eq!(host(name), ["protected_name"], "{name}");
        assert_eq!(below(name), ["protected_name"], "{name}");
        assert_eq!(
            url(&format!("https://{name}/page")),
            ["protected_name"],
            "{name}"
        );
        assert_eq!(
            url(&format!("http://{name}/page")),
            ["protected_name"],
            "{name}"
        );
    }
}

#[test]
fn names_that_only_look_protected_are_not() {
    for name in [
        "gov.kz.shop.example",
        "shop.gov.kz.example",
        "kaspi.kz.bonus.example",
        "notkaspi.kz",
        "kaspi-kz.example",
        "kaspi.com.kz",
        "xn--ksi-5cda.kz",
        "tengrinews.kz-news.example",
        "shop.example",
        "магазин.example",
    ] {
        assert_eq!(host(name), Vec::<&str>::new(), "{name}");
        assert_eq!(below(name), Vec::<&str>::new(), "{name}");
        assert_eq!(
            url(&format!("https://{name}/page")),
            Vec::<&str>::new(),
            "{name}"
        );
    }
}

#[test]
fn a_tenant_of_a_platform_may_be_asked_for_and_the_platform_not() {
    for (platform, code) in [
        ("github.io", "public_suffix"),
        ("pages.dev", "public_suffix"),
        ("tilda.ws", "shared_platform"),
        ("satu.kz", "shared_platform"),
        ("square.site", "public_suffix"),
    ] {
        let own = host(platform);
        assert!(
            own.contains(&code) || own.contains(&"public_suffix"),
            "{platform}: {own:?}"
        );
        assert!(!below(platform).is_empty(), "{platform}");
        assert!(!host(&format!("www.{platform}")).is_empty(), "{platform}");
        let tenant = format!("shop.{platform}");
        assert_eq!(host(&tenant), Vec::<&str>::new(), "{tenant}");
        assert_eq!(
            url(&format!("https://{tenant}/")),
            Vec::<&str>::new(),
            "{tenant}"
        );
    }
}

#[test]
fn of_a_platform_of_paths_only_urls_may_be_asked_for() {
    for platform in [
        "t.me",
        "telegra.ph",
        "sites.google.com",
        "taplink.cc",
        "youtube.com",
        "vk.com",
    ] {
        assert!(host(platform).contains(&"shared_platform"), "{platform}");
        assert!(below(platform).contains(&"shared_platform"), "{platform}");
        assert!(
            host(&format!("m.{platform}")).contains(&"shared_platform"),
            "{platform}"
        );
        assert_eq!(
            url(&format!("https://{platform}/shop")),
            Vec::<&str>::new(),
            "{platform}"
        );
        assert_eq!(
            url(&format!("https://www.{platform}/shop")),
            Vec::<&str>::new()
        );
        assert!(url(&format!("https://{platform}/")).contains(&"shared_platform"));
    }
    assert_eq!(url("https://google.com/search?q=x"), ["protected_name"]);
}

#[test]
fn a_tenant_in_a_cloud_is_not_the_cloud_of_a_brand() {
    assert_eq!(host("bucket.s3.amazonaws.com"), Vec::<&str>::new());
    assert_eq!(host("amazonaws.com"), ["protected_name"]);
    assert!(!host("s3.amazonaws.com").is_empty());
}

#[test]
fn public_suffixes_are_refused_and_never_set_aside() {
    for name in ["com.kz", "co.uk", "org.ru", "xn--80ao21a.xn--p1ai"] {
        if is_registry_suffix(name) {
            assert_eq!(below(name), ["public_suffix"], "{name}");
            assert_eq!(host(name), ["public_suffix"], "{name}");
        }
    }
    assert_eq!(below("com.kz"), ["public_suffix"]);
    assert!(!ObjectionCode::PublicSuffix.can_be_set_aside());
}

#[test]
fn what_lies_above_a_protected_name_may_be_asked_for_by_itself_alone() {
    // A registrar's own zone with a protected name below.
    let mut names = Names::default();
    let listing = Arc::new(Listing {
        file: "x.yaml".to_owned(),
        reason: super::super::Protected::Media,
        as_of: None,
    });
    names.protect("news.portal.example", &listing);
    let protection = Protection {
        names,
        ..Protection::default()
    };
    let portal = HostName::parse("portal.example").unwrap();
    assert_eq!(
        codes(&protection.objections_to_target(&BlockTarget::HostAndBelow(portal.clone()))),
        ["protected_name"]
    );
    assert!(
        protection
            .objections_to_target(&BlockTarget::Host(portal))
            .is_empty()
    );
}

#[test]
fn addresses_of_shared_networks_are_refused_however_they_are_written() {
    for shared in [
        "104.16.1.1",
        "::ffff:104.16.1.1",
        "64:ff9b::104.16.1.1",
        "2606:4700::1111",
        "151.101.1.1",
        "185.199.108.153",
        "149.154.167.99",
        "10.0.0.1",
        "127.0.0.1",
        "::1",
        "100.64.0.1",
        "fe80::1",
    ] {
        assert_eq!(address(shared), ["shared_network"], "{shared}");
    }
    for own in ["203.0.113.7", "2001:db8::7", "104.15.255.255", "104.32.0.0"] {
        assert_eq!(address(own), Vec::<&str>::new(), "{own}");
    }
    assert_eq!(url("https://104.16.1.1/x"), ["shared_network"]);
    assert_eq!(url("https://[2606:4700::1111]/x"), ["shared_network"]);
    assert_eq!(url("http://104.16.1.1/x"), Vec::<&str>::new());
}

#[test]
fn two_unrelated_sites_at_an_address_speak_against_it() {
    let target = BlockTarget::Address("203.0.113.7".parse().unwrap());
    let asked = |hosts: &[&'static str]| {
        let hosts = hosts.iter().copied();
        protection().objection_to_neighbors(&target, hosts)
    };
    assert_eq!(
        asked(&["shop.example", "www.shop.example", "203.0.113.7"]),
        None
    );
    let objection = asked(&["shop.example", "clinic.example"]).unwrap();
    assert_eq!(objection.code, ObjectionCode::UnrelatedNeighbors);
    assert!(
        objection.message.contains("clinic[.]example"),
        "{objection}"
    );
    let name = BlockTarget::Host(HostName::parse("shop.example").unwrap());
    let hosts = ["shop.example", "clinic.example"];
    assert_eq!(protection().objection_to_neighbors(&name, hosts), None);
}

#[test]
fn every_brand_that_rules_know_is_protected_or_a_platform() {
    let texts = crate::rules::rule_texts(None).unwrap();
    let (_, brands) = texts
        .iter()
        .find(|(file, _)| file == "brands.yaml")
        .unwrap();
    let brands: super::super::source::BrandsFile = serde_saphyr::from_str(brands).unwrap();
    let domains = brands.brands.into_iter().flat_map(|brand| brand.domains);
    let mut seen = 0;
    for domain in domains.chain(brands.protected) {
        seen += 1;
        assert!(
            host(&domain.value).contains(&"protected_name"),
            "{}",
            domain.value
        );
    }
    assert!(seen > 100, "{seen}");
}

fn label() -> impl Strategy<Value = String> {
    "[a-z0-9]{1,8}"
}

proptest! {
    #[test]
    fn whatever_is_below_a_protected_name_is_protected(labels in prop::collection::vec(label(), 0..4)) {
        let name = labels.iter().map(String::as_str).chain(["kaspi", "kz"]).collect::<Vec<_>>().join(".");
        prop_assert_eq!(host(&name), ["protected_name"]);
    }

    #[test]
    fn a_protected_name_in_front_of_another_protects_nothing(labels in prop::collection::vec(label(), 1..4)) {
        let name = format!("kaspi.kz.{}.example", labels.join("."));
        prop_assert_eq!(host(&name), Vec::<&str>::new());
        prop_assert_eq!(below(&name), Vec::<&str>::new());
    }

    #[test]
    fn an_address_and_its_mapped_form_are_one(bits in any::<u32>()) {
        let v4 = std::net::Ipv4Addr::from_bits(bits);
        prop_assert_eq!(address(&v4.to_string()), address(&v4.to_ipv6_mapped().to_string()));
    }
}
