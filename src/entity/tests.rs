//! Entities in real spellings, and what only looks like them.

use super::context::Collection;
use super::scan::scan_text;
use super::*;
use crate::page::RegionKind;
use EntityKind as K;
use sha2::{Digest as _, Sha256};

fn found_in(kind: RegionKind, text: &str) -> Vec<Entity> {
    let mut collection = Collection::default();
    collection.enter(0);
    scan_text(kind, text, &mut collection);
    collection.entities
}

pub(super) fn values(kind: EntityKind, text: &str) -> Vec<String> {
    let mut values: Vec<String> = found_in(RegionKind::Text, text)
        .into_iter()
        .filter(|e| e.kind == kind)
        .map(|e| e.value)
        .collect();
    values.sort();
    values.dedup();
    values
}

#[track_caller]
pub(super) fn assert_values(kind: EntityKind, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(values(kind, text), [*expected], "{text}");
    }
}

#[track_caller]
pub(super) fn assert_none(kind: EntityKind, texts: &[&str]) {
    for text in texts {
        assert_eq!(values(kind, text), [""; 0], "{text}");
    }
}

#[test]
fn telegram_names_are_found_in_every_spelling() {
    assert_values(
        K::Telegram,
        &[
            ("Пишите @Test_Shop24!", "@test_shop24"),
            ("https://t.me/test_shop?start=1", "@test_shop"),
            ("t.me/s/test_shop", "@test_shop"),
            ("telegram.me/test_shop/125", "@test_shop"),
            ("tg://resolve?domain=test_shop", "@test_shop"),
            ("t . me / test_shop", "@test_shop"),
            ("t.me/+AbCdEf0123456789", "+AbCdEf0123456789"),
            (
                "https://t.me/joinchat/AbCdEf0123456789",
                "+AbCdEf0123456789",
            ),
            ("Телеграм: test_shop", "@test_shop"),
            ("тг — test_shop", "@test_shop"),
            ("@ t e s t s h o p", "@testshop"),
            ("т е л е г а: t e s t _ s h o p", "@test_shop"),
            ("t-g: test_shop", "@test_shop"),
            ("hmu tele test_shop", "@test_shop"),
            ("контакт test_shop (тг)", "@test_shop"),
            ("Писать test_shop.", "@test_shop"),
            ("(собака)test_shop", "@test_shop"),
            ("test_shop.t.me", "@test_shop"),
            ("бот @Sample_bot.", "@sample_bot"),
        ],
    );
    assert_none(
        K::Telegram,
        &[
            "name@test-host.kz",
            "@media print",
            "@shop",
            "https://t.me/share/url?url=x",
            "t.me/addstickers/Animals",
            "youtube.com/@some_channel",
            "Инстаграм: @some_person",
            "сумма 500 тг: десять",
            "at.me/test_shop",
            "@user@social.example",
            "файл test_shop на диске",
            "написать /etc/test_shop",
            "signal: @some_name.27",
        ],
    );
}

#[test]
fn telephones_become_e164() {
    assert_values(
        K::Phone,
        &[
            ("8 701 555 01 23", "+77015550123"),
            ("+7 (701) 555-01-23", "+77015550123"),
            ("87015550123", "+77015550123"),
            ("8(7172)55-01-23", "+77172550123"),
            ("7-701-555-01-23", "+77015550123"),
            ("+7701 555 0123.", "+77015550123"),
            ("звоните 701 555 01 23", "+77015550123"),
            ("+44 20 7946 0123", "+442079460123"),
            ("+998 90 123 45 67", "+998901234567"),
            ("тел.: 8-800-555-01-23", "+78005550123"),
        ],
    );
    assert_none(
        K::Phone,
        &[
            "8 900 000 тенге",
            "4400 4301 2345 6789",
            "880101300123",
            "от 7 500 000 до 8 500 000 тг",
            "24.05.2024 12:30",
            "87015550123456",
            "+100 000 000",
            "id=87015550123",
            "700 100 000 тг",
            "777 777 777",
        ],
    );
    let whatsapp = found_in(RegionKind::Href, "https://wa.me/77015550123?text=x");
    assert_eq!(
        (whatsapp[0].kind, whatsapp[0].value.as_str()),
        (K::Whatsapp, "+77015550123")
    );
    let whatsapp = found_in(
        RegionKind::Href,
        "https://api.whatsapp.com/send?phone=87015550123",
    );
    assert_eq!(whatsapp[0].value, "+77015550123");
    assert_eq!(
        found_in(RegionKind::Href, "tel:+7%20701%20555-01-23")[0].value,
        "+77015550123"
    );
    assert_values(
        K::Whatsapp,
        &[("WhatsApp: +7 701 555 01 23", "+77015550123")],
    );
}

#[test]
fn electronic_addresses_are_told_from_files_and_jabber() {
    assert_values(
        K::Email,
        &[
            ("Info@Test-Host.kz", "info@test-host.kz"),
            ("mail: a.b+c@sub.test.org.", "a.b+c@sub.test.org"),
            ("name (at) test.kz", "name@test.kz"),
        ],
    );
    assert_none(
        K::Email,
        &["logo@2x.png", "@test_shop", "a@b", "http://user@host.kz/"],
    );
    assert_values(
        K::Jabber,
        &[
            ("jabber: shop@server.example", "shop@server.example"),
            ("shop@exploit.im", "shop@exploit.im"),
        ],
    );
}

fn base58_check(version: u8) -> String {
    let mut body = vec![version];
    body.extend([7; 20]);
    let digest = Sha256::digest(Sha256::digest(&body));
    body.extend(&digest[..4]);
    bs58::encode(body).into_string()
}

#[test]
fn addresses_are_reported_only_if_their_checksum_verifies() {
    let litecoin = base58_check(0x30);
    let segwit = bech32::segwit::encode_v0(bech32::Hrp::parse("ltc").unwrap(), &[9; 20]).unwrap();
    let cases = [
        (K::Bitcoin, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
        (K::Bitcoin, "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"),
        (K::Bitcoin, "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"),
        (
            K::Bitcoin,
            "bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr",
        ),
        (K::Ethereum, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"),
        (K::Tron, "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t"),
        (K::Litecoin, &litecoin),
        (K::Litecoin, &segwit),
        (
            K::Monero,
            "44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A",
        ),
        (
            K::Onion,
            "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion",
        ),
    ];
    for (kind, address) in cases {
        let text = format!("кошелек: {address}, ждём");
        assert_eq!(values(kind, &text).len(), 1, "{address}");
        // One changed character: no checksum lets it pass.
        let at = address.len() / 2;
        let mut wrong = address.to_owned();
        let other = if &address[at..=at] == "a" { "c" } else { "a" };
        wrong.replace_range(at..=at, other);
        assert_none(kind, &[wrong.as_str()]);
    }
    assert_values(
        K::Session,
        &[(
            "Session 05aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "05aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        )],
    );
    assert_values(K::Threema, &[("Threema ID: AB12CD34", "AB12CD34")]);
    assert_none(K::Threema, &["артикул AB12CD34"]);
}

fn identification(head: &str) -> String {
    (0..10)
        .map(|check| format!("{head}{check}"))
        .find(|number| !values(K::Iin, number).is_empty() || !values(K::Bin, number).is_empty())
        .unwrap()
}

#[test]
fn cards_and_identification_numbers_are_masked_and_checked() {
    assert_values(
        K::BankCard,
        &[
            ("карта 4111 1111 1111 1111", "411111******1111"),
            ("5555555555554444", "555555******4444"),
        ],
    );
    assert_none(
        K::BankCard,
        &[
            "4111 1111 1111 1112",
            "1234 5678 9012 3456",
            "0000 0000 0000 0000",
            "41111111111111111111",
        ],
    );
    let person = identification("90010130012");
    let [value] = &values(K::Iin, &person)[..] else {
        panic!("no value for {person}")
    };
    assert!(value.starts_with("90********") && value.ends_with(&person[10..]));
    let entity = identification("15044000123");
    assert_eq!(values(K::Bin, &entity), std::slice::from_ref(&entity));
    assert_none(K::Iin, &["901301300123", "000000000000"]);
}

#[test]
fn counters_and_pixels_are_found_in_scripts() {
    let ids = |text: &str| {
        found_in(RegionKind::Script, text)
            .into_iter()
            .map(|e| (e.kind, e.value))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids("gtag('config', 'G-ABCDEF1234');"),
        [(K::GoogleAnalytics, "G-ABCDEF1234".into())]
    );
    assert_eq!(
        ids("UA-1234567-1"),
        [(K::GoogleAnalytics, "UA-1234567-1".into())]
    );
    assert_eq!(
        ids("ym(12345678, 'init'"),
        [(K::YandexMetrika, "12345678".into())]
    );
    assert_eq!(
        ids("fbq('init', '123456789012345');"),
        [(K::FacebookPixel, "123456789012345".into())]
    );
    assert_eq!(
        ids("ttq.load('C4A1B2C3D4E5F6G7H8I9');"),
        [(K::TiktokPixel, "C4A1B2C3D4E5F6G7H8I9".into())]
    );
    assert_eq!(ids("LONG-ABCDEF1234 VITAMIN-G-12"), []);
}

#[test]
fn a_page_gives_entities_of_links_text_and_counters_in_order() {
    let page = crate::page::tests::page(
        "<script src='https://www.googletagmanager.com/gtag/js?id=G-ABCDEF1234'></script><script>ym(12345678, 'init');</script>\
         <p>Пишите <a href='https://t.me/test_shop'>сюда</a></p><p>1г — 15 000 тг</p>",
    );
    let found: Vec<(EntityKind, &str)> = scan(&page)
        .iter()
        .map(|e| (e.kind, e.value.clone()))
        .map(|(k, v)| (k, &*v.leak()))
        .collect();
    assert_eq!(
        found,
        [
            (K::GoogleAnalytics, "G-ABCDEF1234"),
            (K::YandexMetrika, "12345678"),
            (K::Telegram, "@test_shop"),
            (K::Weight, "1 g"),
            (K::PricePerWeight, "15000 KZT/1 g"),
            (K::Price, "15000 KZT"),
        ]
    );
}

#[test]
fn entities_of_a_page_are_bounded() {
    let text = "+7 701 555 01 23 ".repeat(50);
    assert!(found_in(RegionKind::Text, &text).len() <= 6);
    let many = (0..9_000)
        .map(|n| format!("@name_{n:05}"))
        .collect::<Vec<_>>()
        .join(" ");
    assert_eq!(found_in(RegionKind::Text, &many).len(), 2_000);
}

proptest::proptest! {
    #[test]
    fn scanning_never_fails_and_spans_are_whole_characters(
        text in r"[ \n\t0-9a-zA-Zа-яәқ@+.,:/%$₸К()—-]{0,120}|(1г|—|15 000|тг|t\.me/|@|\+7|%| в день|0x|8|701| |\PC){0,40}"
    ) {
        for kind in [RegionKind::Text, RegionKind::Href, RegionKind::Script, RegionKind::Url] {
            for entity in found_in(kind, &text) {
                assert!(text.get(entity.span.clone()).is_some(), "{entity:?}");
                assert!(!entity.value.is_empty());
            }
        }
    }
}
