use super::*;
use encoding_rs::{IBM866, KOI8_R, WINDOWS_1251};
use proptest::prelude::*;

fn urls(list: &SuspectList) -> Vec<&str> {
    list.suspects
        .iter()
        .map(|suspect| suspect.url.as_str())
        .collect()
}

fn problem_lines(list: &SuspectList) -> Vec<usize> {
    list.problems.iter().map(|problem| problem.line).collect()
}

fn utf16(text: &str, little: bool, mark: bool) -> Vec<u8> {
    let marked = if mark {
        format!("\u{feff}{text}")
    } else {
        text.to_owned()
    };
    marked
        .encode_utf16()
        .flat_map(|unit| {
            if little {
                unit.to_le_bytes()
            } else {
                unit.to_be_bytes()
            }
        })
        .collect()
}

#[test]
fn a_plain_list_has_one_url_a_line_and_comments() {
    let list = read_list(
        "# жалобы за неделю\n\nshop.kz\r\nhttps://b.kz/x?y=1 # звонок 12\n  <http://c.kz/>,\nd.kz/#top;\n"
            .as_bytes(),
    );
    assert_eq!(
        urls(&list),
        [
            "http://shop.kz/",
            "https://b.kz/x?y=1",
            "http://c.kz/",
            "http://d.kz/"
        ]
    );
    assert_eq!(list.problems, []);
    assert_eq!(list.encoding, "UTF-8");
}

#[test]
fn defanged_urls_are_understood() {
    let list = read_list(b"hxxps://shop[.]kz/a\nshop(.)com\nhxxp[:]//x[.]kz:8080");
    assert_eq!(
        urls(&list),
        ["https://shop.kz/a", "http://shop.com/", "http://x.kz:8080/"]
    );
}

#[test]
fn bad_lines_are_reported_by_number_and_skipped() {
    let list = read_list(
        "a.kz\nftp://b.kz\nслово\nc.kz d.kz\ne.kz и заметка\nme@f.kz\n@kanal\nb.kz;Иванов\ng.kz\n"
            .as_bytes(),
    );
    assert_eq!(urls(&list), ["http://a.kz/", "http://g.kz/"]);
    assert_eq!(problem_lines(&list), [2, 3, 4, 5, 6, 7, 8]);
    assert!(
        list.problems[2].reason.contains("one URL a line"),
        "{:?}",
        list.problems[2]
    );
    assert!(
        list.problems[3].reason.contains("notes"),
        "{:?}",
        list.problems[3]
    );
    assert!(
        list.problems[6].reason.contains("header"),
        "{:?}",
        list.problems[6]
    );
}

#[test]
fn repeated_urls_count_once_whatever_their_spelling() {
    let list =
        read_list(b"shop.kz\nHTTP://SHOP.KZ/#a\nhxxp://shop[.]kz/?utm_source=x\nwww.shop.kz\n");
    assert_eq!(urls(&list), ["http://shop.kz/", "http://www.shop.kz/"]);
    assert_eq!(list.repeated, 2);
}

#[test]
fn every_office_encoding_gives_the_same_list() {
    let text = "# список подозрительных сайтов от дежурной части\r\nhttp://магазин.kz/путь\r\nb.kz # звонок\r\n";
    let encoded = [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8", [b"\xEF\xBB\xBF", text.as_bytes()].concat()),
        ("UTF-16LE", utf16(text, true, true)),
        ("UTF-16BE", utf16(text, false, true)),
        ("UTF-16LE", utf16(text, true, false)),
        ("UTF-16BE", utf16(text, false, false)),
        ("windows-1251", WINDOWS_1251.encode(text).0.into_owned()),
        ("KOI8-U", KOI8_R.encode(text).0.into_owned()),
        ("IBM866", IBM866.encode(text).0.into_owned()),
    ];
    for (name, bytes) in encoded {
        let list = read_list(&bytes);
        assert_eq!(
            urls(&list),
            [
                "http://xn--80aairftm.kz/%D0%BF%D1%83%D1%82%D1%8C",
                "http://b.kz/"
            ],
            "{name}"
        );
        assert_eq!((list.encoding, list.problems.len()), (name, 0));
    }
}

#[test]
fn one_damaged_byte_does_not_garble_a_utf8_list() {
    let mut bytes = "# список от дежурной части\nмагазин.kz\nx"
        .as_bytes()
        .to_vec();
    bytes.extend(b"\xFF.kz\nb.kz\n");
    let list = read_list(&bytes);
    assert_eq!(list.encoding, "UTF-8");
    assert!(urls(&list).contains(&"http://xn--80aairftm.kz/"));
    assert!(urls(&list).contains(&"http://b.kz/"));
}

#[test]
fn a_table_is_read_by_its_header() {
    for (separator, name) in [(",", "comma"), (";", "semicolon"), ("\t", "tab")] {
        let text = [
            ["№", "Ссылка", "Заметка", "Источник", "Основание"].join(separator),
            [
                "1",
                "shop.kz",
                "\"две\nстроки, с \"\"кавычками\"\"\"",
                "Иванов А.",
                "ЕРДР 12",
            ]
            .join(separator),
            ["2", "", "нет адреса", "", ""].join(separator),
            ["3", "hxxp://b[.]kz", "", "", ""].join(separator),
            ["", "", "", "", ""].join(separator),
            ["4", "не адрес", "", "", ""].join(separator),
        ]
        .join("\r\n");
        let list = read_list(text.as_bytes());
        assert_eq!(urls(&list), ["http://shop.kz/", "http://b.kz/"], "{name}");
        assert_eq!(
            list.suspects[0].reported_by.as_deref(),
            Some("Иванов А."),
            "{name}"
        );
        assert_eq!(list.suspects[0].basis.as_deref(), Some("ЕРДР 12"), "{name}");
        assert_eq!(list.suspects[1].reported_by, None, "{name}");
        assert_eq!(
            problem_lines(&list),
            [4, 7],
            "{name}: lines count as an editor counts them"
        );
    }
}

#[test]
fn the_header_may_follow_comments_and_a_separator_line() {
    let list = read_list(b"sep=;\n# export\n\nURL;case\n# c\n\na.kz;7\nbad one;8\n");
    assert_eq!(urls(&list), ["http://a.kz/"]);
    assert_eq!(list.suspects[0].basis.as_deref(), Some("7"));
    assert_eq!(problem_lines(&list), [8]);
}

#[test]
fn a_site_column_is_preferred_to_a_postal_address() {
    let list = read_list("Адрес,Сайт\n\"Алматы, Абая 1\",shop.kz\n".as_bytes());
    assert_eq!(urls(&list), ["http://shop.kz/"]);
}

#[test]
fn a_quote_that_is_never_closed_costs_its_row_only() {
    let mut text = String::from("url,note\na.kz,\"open\nb.kz,\n");
    for _ in 0..2 {
        let list = read_list(text.as_bytes());
        assert_eq!(urls(&list)[0], "http://b.kz/");
        assert_eq!(problem_lines(&list), [2]);
        // Once with a short rest and once with one beyond the limit of a row.
        text.push_str(&"c.kz,x\n".repeat(5000));
    }
}

#[test]
fn files_that_are_no_text_say_what_to_do() {
    let list = read_list(b"PK\x03\x04\x14\x00\x06\x00");
    assert!(list.suspects.is_empty());
    assert!(list.problems[0].reason.contains("CSV"));
}

#[test]
fn endless_lines_and_endless_problems_stay_bounded() {
    let long = format!("http://a.kz/{}\nb.kz\n", "x".repeat(MAX_LINE_BYTES));
    let list = read_list(long.as_bytes());
    assert_eq!(urls(&list), ["http://b.kz/"]);
    assert!(list.problems[0].text.chars().count() <= SHOWN_CHARS + 1);

    let list = read_list("?\n".repeat(5000).as_bytes());
    assert_eq!(list.problems.len(), MAX_PROBLEMS);
    assert_eq!(list.more_problems, 5000 - MAX_PROBLEMS);
}

#[test]
fn lines_may_end_with_a_carriage_return_alone() {
    let list = read_list(b"a.kz\rb.kz\rbad one\r");
    assert_eq!(urls(&list), ["http://a.kz/", "http://b.kz/"]);
    assert_eq!(problem_lines(&list), [3]);
}

proptest! {
    #[test]
    fn any_bytes_give_a_list(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let list = read_list(&bytes);
        let lines = bytes.len() + 1;
        prop_assert!(list.problems.iter().all(|problem| problem.line <= lines));
    }

    #[test]
    fn any_table_text_gives_a_list(rows in "[a-c.\",;\r\n# |\tж]{0,200}") {
        let list = read_list(format!("url;source\n{rows}").as_bytes());
        prop_assert!(list.suspects.len() + list.problems.len() <= rows.len() + 1);
    }
}
