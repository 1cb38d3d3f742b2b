//! How fast text and pages are examined, one thread: `cargo bench`.

#![expect(clippy::expect_used, reason = "a bench without its data is no bench")]

use divan::{Bencher, counter::BytesCount};
use std::path::Path;
use tazy::capture::Capture;
use tazy::rules::{Ruleset, TextSearch};
use tazy::suspect::SuspectUrl;
use tazy::text::{Stream, fold_with};
use tazy::{entity, page, rules, verdict};

fn main() {
    divan::main();
}

/// Prose of three languages with now and then a disguised word, about a megabyte.
fn prose() -> Vec<String> {
    const WORDS: &[&str] = &[
        "Программа",
        "установки",
        "системы",
        "позволяет",
        "выбрать",
        "язык",
        "и",
        "раскладку",
        "клавиатуры,",
        "затем",
        "Документация",
        "жүйені",
        "орнату",
        "үшін",
        "қажет",
        "the",
        "installer",
        "asks",
        "for",
        "a",
        "password",
        "and",
        "shows",
        "10",
        "packages.",
        "Ещё",
        "мефе\u{200b}дрон",
        "cкopocть",
        "доставка",
        "по",
        "городу",
        "2026",
        "году",
        "—",
        "также",
    ];
    let mut random = fastrand::Rng::with_seed(3);
    (0..160)
        .map(|_| {
            let mut text = String::new();
            while text.len() < 6_500 {
                text.push_str(WORDS[random.usize(..WORDS.len())]);
                text.push(if random.u8(..30) == 0 { '\n' } else { ' ' });
            }
            text
        })
        .collect()
}

fn bytes(texts: &[String]) -> BytesCount {
    BytesCount::new(texts.iter().map(String::len).sum::<usize>())
}

fn ruleset() -> Ruleset {
    Ruleset::embedded().expect("the embedded rules load")
}

/// The pages of the sites in `fixtures/`.
fn pages() -> Vec<Capture> {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/sites")];
    let mut pages = Vec::new();
    let url = SuspectUrl::parse("http://bench.invalid/").expect("a URL");
    while let Some(folder) = open.pop() {
        let mut entries: Vec<_> = std::fs::read_dir(folder)
            .expect("fixtures")
            .map(|entry| entry.expect("a file").path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "html")
            {
                let body = std::fs::read(path).expect("a page");
                pages.push(Capture::of_file(
                    &url,
                    Some("text/html; charset=utf-8"),
                    body,
                ));
            }
        }
    }
    pages
}

#[divan::bench]
fn fold_text(bencher: Bencher<'_, '_>) {
    let texts = prose();
    let mut stream = Stream::default();
    bencher.counter(bytes(&texts)).bench_local(|| {
        for text in &texts {
            divan::black_box(fold_with(text, &mut stream));
        }
    });
}

#[divan::bench]
fn find_entries(bencher: Bencher<'_, '_>) {
    let (texts, ruleset) = (prose(), ruleset());
    let mut search = TextSearch::of(&ruleset);
    bencher.counter(bytes(&texts)).bench_local(|| {
        for text in &texts {
            divan::black_box(search.find(text).len());
        }
    });
}

#[divan::bench]
fn load_rules() -> Ruleset {
    ruleset()
}

#[divan::bench]
fn scan_pages(bencher: Bencher<'_, '_>) {
    let ruleset = ruleset();
    let parsed: Vec<_> = pages().iter().map(page::parse).collect();
    let entities: Vec<_> = parsed.iter().map(entity::scan).collect();
    bencher.bench_local(|| {
        for (page, entities) in parsed.iter().zip(&entities) {
            divan::black_box(rules::scan(page, entities, &ruleset));
        }
    });
}

#[divan::bench]
fn examine_pages(bencher: Bencher<'_, '_>) {
    let (captures, ruleset) = (pages(), ruleset());
    bencher.bench_local(|| {
        for capture in &captures {
            divan::black_box(verdict::examine(capture, &ruleset));
        }
    });
}
