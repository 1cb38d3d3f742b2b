//! What must not change a verdict, and what must: written shops, changed one way at a time.
//!
//! Rates, not single sites: a change that one site does not survive is a matter for `tazy eval`.
#![expect(
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "tests say what went wrong by panicking, and count few things"
)]

use std::path::Path;
use std::sync::LazyLock;
use tazy::app::eval::read_manifest;
use tazy::capture::Capture;
use tazy::rules::Ruleset;
use tazy::suspect::SuspectUrl;
use tazy::verdict::{Band, Examined, examine, judge};

static RULESET: LazyLock<Ruleset> = LazyLock::new(|| Ruleset::embedded().unwrap());

struct Shop {
    url: SuspectUrl,
    html: String,
    score: f64,
}

/// The score of a page by itself, and whether it is flagged.
fn judged(url: &SuspectUrl, html: &str) -> (f64, bool) {
    let capture = Capture::of_file(
        url,
        Some("text/html; charset=utf-8"),
        html.as_bytes().to_vec(),
    );
    let verdict = judge(&[examine(&capture, &RULESET)], &RULESET);
    let score = verdict.top().map_or(0.0, |top| top.score);
    (score, verdict.band() > Band::Clear)
}

/// Sites of one page in UTF-8 that are to be flagged and are.
fn shops() -> Vec<Shop> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/labelled");
    let text = std::fs::read_to_string(folder.join("fit.jsonl")).unwrap();
    let (samples, errors) = read_manifest(&text, &folder);
    assert!(errors.is_empty());
    let single = samples
        .into_iter()
        .filter(|sample| sample.label.is_positive() && sample.pages.len() == 1);
    let mut shops = Vec::new();
    for sample in single.step_by(3) {
        let page = &sample.pages[0];
        let url = SuspectUrl::parse(page.url.as_deref().unwrap()).unwrap();
        let Ok(html) = std::fs::read_to_string(&page.path) else {
            continue;
        };
        let (score, flagged) = judged(&url, &html);
        if flagged && html.contains("<body") && html.contains("</body>") {
            shops.push(Shop { url, html, score });
        }
    }
    assert!(shops.len() >= 40, "{} shops", shops.len());
    shops
}

/// The share of shops for which `holds` of the score before and the judgement after a change.
fn share(change: impl Fn(&str) -> String, holds: impl Fn(f64, (f64, bool)) -> bool) -> f64 {
    let shops = shops();
    let held = shops
        .iter()
        .filter(|shop| holds(shop.score, judged(&shop.url, &change(&shop.html))))
        .count();
    let share = held as f64 / shops.len() as f64;
    println!("{held} of {}", shops.len());
    share
}

fn text_of(html: &str) -> String {
    let mut text = String::new();
    let mut within = false;
    let body = &html[html.find("<body").unwrap_or(0)..];
    for c in body.chars() {
        match c {
            '<' => within = true,
            '>' => {
                within = false;
                text.push(' ');
            }
            c if !within => text.push(c),
            _ => {}
        }
    }
    text
}

#[test]
fn a_menu_and_a_footer_around_it_leave_the_verdict() {
    let noise = |html: &str| {
        html.replacen(
            "</body>",
            "<footer><ul><li><a href=/o-nas>О сайте</a><li><a href=/pogoda>Погода</a><li><a href=/karta>Карта</a></ul>\
             <p>Подпишитесь на рассылку, чтобы не пропустить новости. Читайте также: как выбрать палатку, пять рецептов \
             к воскресенью, расписание автобусов, прогноз на неделю.</p></footer></body>",
            1,
        )
    };
    assert!(share(noise, |_, (_, flagged)| flagged) >= 0.9);
}

#[test]
fn another_city_leaves_the_verdict() {
    let move_away = |html: &str| {
        [
            ("Алматы", "Костанай"),
            ("Астан", "Павлодар"),
            ("Шымкент", "Тараз"),
            ("Almaty", "Aktobe"),
            ("Astana", "Taraz"),
        ]
        .iter()
        .fold(html.to_owned(), |html, (from, to)| html.replace(from, to))
    };
    assert!(share(move_away, |_, (_, flagged)| flagged) >= 0.95);
}

#[test]
fn invisible_characters_in_every_long_word_leave_the_verdict() {
    let disguise = |html: &str| {
        let start = html.find("<body").unwrap_or(0);
        let mut changed = html[..start].to_owned();
        let (mut within, mut run) = (false, 0);
        for c in html[start..].chars() {
            within = (within || c == '<') && c != '>';
            run = if c.is_alphabetic() && !within {
                run + 1
            } else {
                0
            };
            changed.push(c);
            if run == 3 {
                changed.push('\u{200B}');
            }
        }
        changed
    };
    assert!(share(disguise, |_, (_, flagged)| flagged) >= 0.9);
}

#[test]
fn quoted_in_a_police_report_the_score_falls() {
    let quote = |html: &str| {
        format!(
            "<html><head><title>Полиция закрыла сайт — Новости</title></head><body><h1>Полиция закрыла сайт</h1>\
             <p>Как сообщили в пресс-службе департамента полиции, сотрудники выявили и заблокировали сайт. На нём, по \
             данным следствия, был размещён такой текст:</p><blockquote>«{}»</blockquote><p>Возбуждено уголовное дело, \
             подозреваемый задержан и помещён в изолятор. Суд санкционировал арест на два месяца. Полиция напоминает, что \
             за это предусмотрена уголовная ответственность, и просит сообщать о подобных объявлениях по телефону 102.</p>\
             <p>Автор: Айгуль Сериккызы, 12 марта 2025 года</p></body></html>",
            text_of(html)
        )
    };
    assert!(share(quote, |before, (after, _)| after < before) >= 0.9);
}

#[test]
fn without_a_way_to_get_in_touch_the_score_falls_or_stays() {
    let contacts = regex::Regex::new(
        r"(?i)(?:https?://)?(?:t\.me|wa\.me)/[\w+?=-]+|@\w{4,}|\+?[78][ (-]*7\d\d[\d ()-]{6,12}|телеграм\w*|telegram|whatsapp|ватсап\w*",
    )
    .unwrap();
    let silence = |html: &str| contacts.replace_all(html, " ").into_owned();
    assert!(share(silence, |before, (after, _)| after <= before + 0.02) >= 0.85);
}

/// Every page of honest labelled sites, examined.
fn honest_pages() -> Vec<Examined> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/labelled");
    let text = std::fs::read_to_string(folder.join("fit.jsonl")).unwrap();
    let (samples, _) = read_manifest(&text, &folder);
    let honest = samples.iter().filter(|sample| !sample.label.is_positive());
    let pages = honest.flat_map(|sample| &sample.pages);
    pages
        .filter_map(|page| {
            let html = std::fs::read(&page.path).ok()?;
            let url = SuspectUrl::parse(page.url.as_deref()?).ok()?;
            let capture = Capture::of_file(&url, Some("text/html; charset=utf-8"), html);
            Some(examine(&capture, &RULESET))
        })
        .collect()
}

/// The pages that a model likes best among many are extreme by chance: large sites must not pay for their size.
#[test]
fn twenty_honest_pages_together_are_no_shop() {
    let pages = honest_pages();
    let sites: Vec<&[Examined]> = pages.chunks_exact(20).collect();
    let is_flagged = |site: &&&[Examined]| judge(site, &RULESET).band() > Band::Clear;
    let flagged = sites.iter().filter(is_flagged).count();
    println!(
        "{flagged} of {} sites of twenty honest pages flagged",
        sites.len()
    );
    assert!(sites.len() >= 15);
    assert!(flagged * 20 <= sites.len(), "{flagged} of {}", sites.len());
}

#[test]
fn a_shop_among_seventeen_honest_pages_is_mostly_found() {
    let honest = honest_pages();
    let shops = shops();
    let found = shops.iter().zip((0..).step_by(17)).filter(|(shop, from)| {
        let capture = Capture::of_file(
            &shop.url,
            Some("text/html; charset=utf-8"),
            shop.html.clone().into_bytes(),
        );
        let others = honest.iter().cycle().skip(from % honest.len()).take(17);
        let mut pages: Vec<Examined> = others.cloned().collect();
        pages.insert(8, examine(&capture, &RULESET));
        judge(&pages, &RULESET).band() > Band::Clear
    });
    let (found, all) = (found.count(), shops.len());
    println!("{found} of {all} shops among seventeen honest pages found");
    assert!(found * 10 >= all * 6, "{found} of {all}");
}
