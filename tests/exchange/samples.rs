//! Invented lists.

use tazy::block::list::{BlockList, ListEntry, ListFormat, OrderFacts};
use tazy::block::{BlockTarget, HostName, ItemEvidence};
use tazy::digest::Digest;
use tazy::id::{CaptureId, FlagId, ItemId, RequestId};
use tazy::rules::Category;
use tazy::suspect::SuspectUrl;

pub(crate) const EXCHANGE: [ListFormat; 6] = [
    ListFormat::Csv,
    ListFormat::Jsonl,
    ListFormat::Stix,
    ListFormat::Misp,
    ListFormat::Xarf,
    ListFormat::Register,
];
/// Every letter that Kazakh has and Russian has not.
pub(crate) const KAZAKH: &str = "Ақпарат комитеті, Әә Ғғ Ққ Ңң Өө Ұұ Үү Һһ Іі";

pub(crate) fn url(text: &str) -> SuspectUrl {
    SuspectUrl::parse(text).expect(text)
}

pub(crate) fn host(text: &str) -> HostName {
    HostName::parse(text).expect(text)
}

/// An entry; its host shows the content at `/catalog`.
pub(crate) fn entry(target: BlockTarget, category: Category) -> ListEntry {
    let request = RequestId::from_written("b-000000000001");
    let shown = match (&target, target.host()) {
        (BlockTarget::Url(url), _) => url.clone(),
        (_, Some(name)) => url(&format!("https://{}/catalog", name.as_str())),
        (_, None) => url(&format!(
            "http://{}/",
            target.live().replace("2001:db8::7", "[2001:db8::7]")
        )),
    };
    ListEntry {
        item: ItemId::of_target(&request, &format!("{:?}", target)),
        request,
        flag: FlagId::of_site("shop-a.example"),
        evidence: vec![ItemEvidence {
            capture: CaptureId::from_written("c-000000000001"),
            url: shown.clone(),
            fetched: "2026-03-01T10:00:00.25Z".parse().unwrap(),
            status: 200,
            payload_digest: Digest::of(b"body"),
            block_digest: Digest::of(b"head and body"),
            screenshot: None,
        }],
        urls: vec![shown],
        target,
        category,
        decided: "2026-03-02T09:30:00.123456789Z".parse().unwrap(),
        grounds: vec!["kz.communications.41-1".to_owned()],
        reasons: "Сайт предлагает оплатить «комиссию» за выигрыш".to_owned(),
        order: Some(OrderFacts {
            number: "KZ-2026-000123".to_owned(),
            date: "2026-03-05".parse().unwrap(),
            organ: KAZAKH.to_owned(),
        }),
        first_seen: "2026-02-27T08:00:00Z".parse().unwrap(),
        last_seen: "2026-03-01T10:00:00.25Z".parse().unwrap(),
        review_by: "2026-09-01".parse().unwrap(),
    }
}

pub(crate) fn list(entries: Vec<ListEntry>) -> BlockList {
    let mut list = BlockList {
        title: "Blocked resources".to_owned(),
        unit: format!("Киберполиция, {KAZAKH}"),
        contact: Some("tel. +7 7172 000000, cyber@unit.example".to_owned()),
        serial: 2_026_030_601,
        generated: "2026-03-06T06:00:00Z".parse().unwrap(),
        entries,
    };
    list.sort();
    list
}

/// Every scope, with the values that formats trip over.
pub(crate) fn every_scope() -> Vec<BlockTarget> {
    vec![
        BlockTarget::Url(url(
            "https://shop-a.example/catalog?a=1&b='x'&c=\\d;=2,+3|4]]",
        )),
        BlockTarget::Url(url("http://203.0.113.9/path")),
        BlockTarget::Url(url("http://[2001:db8::9]:8080/")),
        BlockTarget::Url(url("https://магазин.қаз/каталог")),
        BlockTarget::Host(host("mirror.free-host.example")),
        BlockTarget::Host(host("магазин.қаз")),
        BlockTarget::HostAndBelow(host("mirror.free-host.example")),
        BlockTarget::HostAndBelow(host("shop-b.example")),
        BlockTarget::HostAndBelow(host("under_score.example")),
        BlockTarget::Address("203.0.113.7".parse().unwrap()),
        BlockTarget::Address("2001:db8::7".parse().unwrap()),
    ]
}

/// Every scope times every category.
pub(crate) fn full() -> BlockList {
    let targets = every_scope();
    let entries = targets
        .into_iter()
        .zip(Category::ALL.into_iter().cycle().skip(2))
        .map(|(target, category)| entry(target, category));
    list(entries.collect())
}

pub(crate) fn written(format: ListFormat, list: &BlockList) -> Vec<u8> {
    let mut bytes = Vec::new();
    format.write(list, &mut bytes).unwrap();
    bytes
}
