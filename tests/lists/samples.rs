//! Invented targets, and the programs that read lists.

use std::path::PathBuf;
use std::process::{Command, Output};
use tazy::block::list::{BlockList, ExportReport, ListEntry, ListFormat, ListOptions};
use tazy::block::{BlockTarget, HostName};
use tazy::id::{FlagId, ItemId, RequestId};
use tazy::rules::Category;
use tazy::suspect::SuspectUrl;

pub(crate) fn host(name: &str) -> BlockTarget {
    BlockTarget::Host(HostName::parse(name).unwrap())
}

pub(crate) fn below(name: &str) -> BlockTarget {
    BlockTarget::HostAndBelow(HostName::parse(name).unwrap())
}

pub(crate) fn url(text: &str) -> BlockTarget {
    BlockTarget::Url(SuspectUrl::parse(text).unwrap())
}

pub(crate) fn address(text: &str) -> BlockTarget {
    BlockTarget::Address(text.parse().unwrap())
}

fn entry(target: BlockTarget) -> ListEntry {
    let request = RequestId::from_written("b-000000000001");
    ListEntry {
        item: ItemId::of_target(&request, &target.live()),
        flag: FlagId::of_site(&target.live()),
        request,
        target,
        urls: Vec::new(),
        category: Category::DrugSale,
        decided: "2026-11-20T10:00:00Z".parse().unwrap(),
        grounds: vec!["kz.criminal_code.297".to_owned()],
        reasons: "offers goods".to_owned(),
        order: None,
        evidence: Vec::new(),
        first_seen: "2026-11-19T10:00:00Z".parse().unwrap(),
        last_seen: "2026-11-20T10:00:00Z".parse().unwrap(),
        review_by: "2027-05-20".parse().unwrap(),
    }
}

/// With a head that holds what heads may hold: Cyrillic, quotes, signs of every parser.
pub(crate) fn list(targets: impl IntoIterator<Item = BlockTarget>) -> BlockList {
    let mut list = BlockList {
        title: "Список «Щит» \"1\" {;} $x\\".to_owned(),
        unit: "Бөлім №1\n0.0.0.0 bank.example".to_owned(),
        contact: Some("desk@unit.example".to_owned()),
        serial: 2_026_112_201,
        generated: "2026-11-22T10:00:00Z".parse().unwrap(),
        entries: targets.into_iter().map(entry).collect(),
    };
    list.sort();
    list
}

/// One target of each sort, and a few that are hard to write down.
pub(crate) fn mixed() -> BlockList {
    list([
        host("shop.free.example"),
        host("xn--80aairftm.xn--80ao21a"),
        host("under_score.free.example"),
        below("lavka.free.example"),
        below("m.lavka.free.example"),
        host("lavka.free.example"),
        url("http://page.free.example/u/shop"),
        url("http://page.free.example:8080/a?b='$1;x|y^z*(w)[v]{u}+~,\\\"\"#end"),
        url("https://page.free.example/секрет?q=ұ"),
        url("http://203.0.113.9/x"),
        address("203.0.113.7"),
        address("203.0.113.8"),
        address("2001:db8::7"),
    ])
}

pub(crate) fn written(format: ListFormat, list: &BlockList) -> (String, ExportReport) {
    written_with(format, list, &ListOptions::default())
}

pub(crate) fn written_with(
    format: ListFormat,
    list: &BlockList,
    options: &ListOptions,
) -> (String, ExportReport) {
    let mut bytes = Vec::new();
    let report = format.write_with(list, options, &mut bytes).unwrap();
    (String::from_utf8(bytes).unwrap(), report)
}

/// Where a program is: as an environment variable says, on the `PATH`, or where administrators' programs are.
/// Without it the test says so and passes, unless `TAZY_TEST_ALL=1`.
pub(crate) fn program(name: &str, variable: Option<&str>) -> Option<PathBuf> {
    let named = variable.and_then(std::env::var_os).map(PathBuf::from);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    let found = named.or_else(|| {
        let on_path = variable.is_none().then_some(folders);
        on_path.and_then(|mut folders| {
            folders.find_map(|folder| Some(folder.join(name)).filter(|path| path.is_file()))
        })
    });
    let all = std::env::var("TAZY_TEST_ALL").is_ok_and(|value| value == "1");
    assert!(found.is_some() || !all, "TAZY_TEST_ALL=1 needs {name}");
    if found.is_none() {
        println!("skipped: needs {name}");
    }
    found
}

/// What a program printed on both outputs.
pub(crate) fn said(output: &Output) -> String {
    let both = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

pub(crate) fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    (output.status.success(), said(&output))
}
