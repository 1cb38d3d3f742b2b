//! Whatever stands in a reason, an organ or a URL, the structure of every format holds.

use super::samples::{EXCHANGE, entry, list, url, written};
use proptest::prelude::*;
use serde_json::Value;
use tazy::block::BlockTarget;
use tazy::block::list::exchange::{
    RegisterEncoding, read_register, write_human_csv, write_register,
};
use tazy::block::list::{BlockList, ListFormat, OrderFacts};
use tazy::rules::Category;
use tazy::suspect::SuspectUrl;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\\x00-\\x7f]{0,40}",
        "[=+@＝＋－＠;,'\"\t\r\n<>&\\]\\-!]{0,20}",
        Just("]]></url><!-- \u{0}\u{b}\u{fffe}\u{feff}\u{202e} -->".to_owned()),
    ]
}

prop_compose! {
    fn hostile_list()(
        texts in prop::collection::vec(text(), 7),
        path in "[ -~а-яқ]{0,30}",
    ) -> BlockList {
        let target = SuspectUrl::parse(&format!("https://shop-a.example/{path}"))
            .unwrap_or_else(|_| url("https://shop-a.example/"));
        let mut hostile = entry(BlockTarget::Url(target), Category::Phishing);
        hostile.reasons.clone_from(&texts[0]);
        hostile.order = Some(OrderFacts {
            number: texts[1].clone(),
            date: "2026-03-05".parse().unwrap(),
            organ: texts[2].clone(),
        });
        hostile.grounds = vec![texts[3].clone()];
        let mut list = list(vec![hostile, entry(BlockTarget::Host(super::samples::host("b.example")), Category::FakeShop)]);
        list.title.clone_from(&texts[4]);
        list.unit.clone_from(&texts[5]);
        list.contact = Some(format!("{} cyber@unit.example", texts[6]));
        list
    }
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

proptest! {
    #[test]
    fn json_stays_json(list in hostile_list()) {
        for format in [ListFormat::Stix, ListFormat::Misp] {
            let value: Value = serde_json::from_slice(&written(format, &list)).unwrap();
            prop_assert!(value.is_object());
        }
        for (format, lines) in [(ListFormat::Jsonl, 3), (ListFormat::Xarf, 2)] {
            let text = String::from_utf8(written(format, &list)).unwrap();
            prop_assert_eq!(text.lines().count(), lines);
            prop_assert_eq!(text.matches('\n').count(), lines);
            for line in text.lines() {
                prop_assert!(serde_json::from_str::<Value>(line).unwrap().is_object());
            }
        }
    }

    #[test]
    fn xml_stays_xml_and_gives_back_the_targets(list in hostile_list()) {
        for encoding in RegisterEncoding::ALL {
            let mut bytes = Vec::new();
            write_register(&list, encoding, &mut bytes).unwrap();
            let records = read_register(&bytes).unwrap();
            prop_assert_eq!(records.len(), 2);
            for (record, entry) in records.iter().zip(&list.entries) {
                prop_assert_eq!(record.target(), Some(entry.target.clone()));
            }
        }
    }

    #[test]
    fn csv_keeps_its_columns_and_has_no_formulas(list in hostile_list()) {
        let mut human = Vec::new();
        write_human_csv(&list, &mut human).unwrap();
        for bytes in [written(ListFormat::Csv, &list), human] {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
            let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
            prop_assert_eq!(rows.len(), 3);
            for row in &rows {
                prop_assert_eq!(row.len(), 19);
                prop_assert!(!row.iter().any(is_formula));
            }
            prop_assert_eq!(bytes.iter().filter(|b| **b == b'\n').count(), 3);
        }
    }

    #[test]
    fn no_format_lets_control_characters_through(list in hostile_list()) {
        for format in EXCHANGE {
            let bytes = written(format, &list);
            let is_control = |b: &u8| *b < 0x20 && !b"\r\n".contains(b);
            prop_assert!(!bytes.iter().any(|b| is_control(b)), "{:?}", format);
        }
    }
}

#[test]
fn a_register_in_another_encoding_or_of_another_kind_is_refused() {
    let other = b"<?xml version=\"1.0\" encoding=\"koi8-r\"?><reg:register xmlns:reg=\"x\"/>";
    assert!(read_register(other).is_err());
    assert!(read_register(b"<html></html>").is_err());
    assert!(read_register(b"").is_err());
    let bomb = b"<!DOCTYPE a [<!ENTITY b \"bb\">]><register><content id=\"1\" blockType=\"&b;\"/></register>";
    assert!(
        read_register(bomb).is_ok_and(|records| records.is_empty()) || read_register(bomb).is_err()
    );
}
