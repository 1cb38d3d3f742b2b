//! DOCX: every part well-formed, the words in it, and word processors open it.

use crate::lab::{HOSTILE, Lab, assert_kazakh, program, run, text_of_pdf};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::io::Read as _;
use tazy::block::document::PaperKind;
use tazy::document::{Language, Paper, clean_lines};

/// The entries of a ZIP file, by its central directory.
fn unzip(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let two = |at: usize| usize::from(u16::from_le_bytes([bytes[at], bytes[at + 1]]));
    let four = |at: usize| two(at) | two(at + 2) << 16;
    let end = bytes.len() - 22;
    assert_eq!(&bytes[end..end + 4], b"PK\x05\x06");
    let mut at = four(end + 16);
    let mut entries = BTreeMap::new();
    for _ in 0..two(end + 10) {
        let (packed, length, name, offset) = (four(at + 20), two(at + 28), at + 46, four(at + 42));
        let data = offset + 30 + two(offset + 26) + two(offset + 28);
        let mut content = Vec::new();
        flate2::read::DeflateDecoder::new(&bytes[data..data + packed])
            .read_to_end(&mut content)
            .expect("deflate");
        let mut crc = flate2::Crc::new();
        crc.update(&content);
        assert_eq!(crc.sum() as usize, four(at + 16));
        let name = String::from_utf8(bytes[name..name + length].to_vec()).expect("a name");
        entries.insert(name, content);
        at += 46 + length;
    }
    entries
}

/// Every part that is no picture.
fn is_xml(name: &str) -> bool {
    !name.starts_with("word/media/")
}

fn words_of(part: &[u8]) -> String {
    let mut reader = quick_xml::Reader::from_reader(part);
    let mut words = String::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            quick_xml::events::Event::Eof => return words,
            quick_xml::events::Event::Text(text) => {
                words.push_str(&text.decode().expect("UTF-8"));
            }
            quick_xml::events::Event::GeneralRef(reference) => {
                let name = reference.decode().expect("UTF-8");
                words.push_str(match &*name {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "#39" => "'",
                    other => unreachable!("&{other};"),
                });
            }
            _ => {}
        }
    }
}

#[test]
fn every_part_is_well_formed_and_has_the_words_of_the_page() {
    let lab = Lab::with_all_steps();
    for kind in PaperKind::ALL {
        for edition in ["ru", "ru+kk"] {
            let docx = lab.paper(kind, edition).docx();
            let parts = unzip(&docx);
            for (name, part) in parts.iter().filter(|(name, _)| is_xml(name)) {
                words_of(part);
                assert!(!part.contains(&7), "{name}");
            }
            assert!(
                parts
                    .keys()
                    .next()
                    .is_some_and(|name| name == "[Content_Types].xml")
            );
        }
    }
    let docx = lab.paper(PaperKind::Submission, "ru+kk").docx();
    let words = words_of(&unzip(&docx)["word/document.xml"]);
    for literal in [
        HOSTILE[0],
        HOSTILE[3],
        HOSTILE[4],
        HOSTILE[11],
        "nulbellesc[31m",
        "hxxp://evil.example/x",
    ] {
        assert!(words.contains(literal), "{literal}");
    }
    assert!(!words.contains("http://") && !words.contains('\u{202e}'));
    assert_kazakh(&words);
}

#[test]
fn xmllint_finds_nothing_wrong_with_any_part() {
    let Some(xmllint) = program("xmllint") else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let lab = Lab::with_all_steps();
    for kind in PaperKind::ALL {
        for (name, part) in unzip(&lab.paper(kind, "ru+kk").docx()) {
            if !is_xml(&name) {
                continue;
            }
            let path = directory.path().join("part.xml");
            std::fs::write(&path, part).unwrap();
            let output = run(&xmllint, &["--noout", "--nonet", path.to_str().unwrap()]);
            assert!(
                output.status.success() && output.stderr.is_empty(),
                "{name}: {output:?}"
            );
        }
    }
    // The control: what xmllint must refuse.
    let path = directory.path().join("broken.xml");
    std::fs::write(&path, "<w>\u{7}</w>").unwrap();
    let output = run(&xmllint, &["--noout", path.to_str().unwrap()]);
    assert!(!output.status.success());
}

#[test]
fn pages_are_numbered_languages_marked_and_heads_of_tables_repeated() {
    let parts = unzip(
        &Lab::hostile()
            .paper(PaperKind::EvidenceSheet, "ru+kk")
            .docx(),
    );
    let part = |name: &str| String::from_utf8(parts[name].clone()).unwrap();
    let footer = part("word/footer1.xml");
    assert!(
        footer.contains(" PAGE ")
            && footer.contains(" NUMPAGES ")
            && footer.contains("b-0123456789ab")
    );
    assert!(part("word/header1.xml").contains("ПРОЕКТ / ЖОБА / DRAFT"));
    let document = part("word/document.xml");
    assert!(
        document.contains("w:lang w:val=\"kk-KZ\"") && document.contains("w:lang w:val=\"ru-RU\"")
    );
    assert!(document.contains("r:embed=\"rIdQr1\""));
    assert!(parts["word/media/qr1.png"].starts_with(b"\x89PNG"));
    let annex = unzip(&Lab::hostile().paper(PaperKind::Annex, "kk").docx());
    let document = String::from_utf8(annex["word/document.xml"].clone()).unwrap();
    assert!(document.contains("<w:tblHeader/>"));
    assert!(!document.contains("hyperlink"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn no_text_whatever_breaks_a_part_or_gets_lost(text in "\\PC{0,40}|[\u{0}-\u{ff}]{0,40}|[<>&\"'{}%#\\]a]{0,40}") {
        let mut lab = Lab::hostile();
        lab.request.items.truncate(1);
        lab.request.items[0].reasons = format!("begin:{text}:end");
        let paper = lab.paper(PaperKind::Submission, "ru");
        let parts = unzip(&paper.docx());
        let words = words_of(&parts["word/document.xml"]);
        let begin = words.find("begin:").expect("the reasons");
        let end = begin + words[begin..].find(":end").expect("their end");
        let lines = clean_lines(&format!("begin:{text}:end"), 4000).concat();
        prop_assert_eq!(&words[begin..end + 4], lines);
        crate::html::assert_only_ours(&paper.html());
    }
}

#[test]
fn the_same_paper_gives_the_same_bytes() {
    let lab = Lab::hostile();
    let once = lab.paper(PaperKind::Submission, "ru+kk");
    let again = lab.paper(PaperKind::Submission, "ru+kk");
    assert!(once.docx() == again.docx() && once.html() == again.html());
}

#[test]
fn figures_of_a_year_become_a_paper_too() {
    let fragment = "<h1>Отчёт</h1><table><thead><tr><th>Месяц</th><th class=\"right\">Сайтов</th></tr></thead>\
        <tbody><tr><td>Қаңтар</td><td class=\"right\">51</td></tr></tbody></table>";
    let paper = Paper::of_fragment("Отчёт за 2026", Language::Ru, fragment).unwrap();
    assert!(paper.html().contains("<title>Отчёт за 2026</title>"));
    let words = words_of(&unzip(&paper.docx())["word/document.xml"]);
    assert_eq!(words.trim(), "ОтчётМесяцСайтовҚаңтар51");
    let error = Paper::of_fragment("Отчёт", Language::Ru, "<p>x</p>\n<svg/>").unwrap_err();
    assert!(
        error.to_string().contains("<svg> is not understood"),
        "{error}"
    );
}

#[test]
fn libreoffice_opens_every_paper_and_every_letter_arrives() {
    let (Some(office), Some(pdftotext)) = (program("libreoffice"), program("pdftotext")) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let lab = Lab::with_all_steps();
    let mut arguments = vec![
        format!(
            "-env:UserInstallation=file://{}/profile",
            directory.path().display()
        ),
        "--headless".to_owned(),
        "--convert-to".to_owned(),
        "pdf".to_owned(),
        "--outdir".to_owned(),
        directory.path().display().to_string(),
    ];
    for kind in PaperKind::ALL {
        let path = directory.path().join(format!("{kind}.docx"));
        std::fs::write(&path, lab.paper(kind, "ru+kk").docx()).unwrap();
        arguments.push(path.display().to_string());
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = run(&office, &arguments);
    assert!(output.status.success(), "{output:?}");
    for kind in PaperKind::ALL {
        let pdf = directory.path().join(format!("{kind}.pdf"));
        let text = text_of_pdf(&pdftotext, &pdf);
        assert!(text.contains("b-0123456789ab"), "{kind}");
        let numbers = text.replace(' ', "");
        assert!(numbers.contains("1/"), "{kind}: {text}");
        if kind == PaperKind::Submission {
            assert_kazakh(&text);
            assert!(text.contains("<script>alert(1)</script>"));
        }
    }
}
