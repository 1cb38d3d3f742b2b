//! Ten disguises of every drug term: a word is found disguised as often as plain.

use super::scan::view_of;
use super::source::PackSource;
use super::*;
use crate::capture::Capture;
use crate::page::RegionKind;
use crate::suspect::SuspectUrl;
use crate::{entity, page};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const DISGUISES: [&str; 10] = [
    "case",
    "title",
    "homoglyph",
    "spaced",
    "zero width",
    "stretched",
    "leet",
    "Latin",
    "combining",
    "bold Latin",
];
/// Every so many terms is tried: all of them take a minute.
const EVERY: usize = 4;

fn transliterate(text: &str) -> String {
    const LATIN: &[(char, &str)] = &[
        ('а', "a"),
        ('б', "b"),
        ('в', "v"),
        ('г', "g"),
        ('д', "d"),
        ('е', "e"),
        ('ж', "zh"),
        ('з', "z"),
        ('и', "i"),
        ('й', "y"),
        ('к', "k"),
        ('л', "l"),
        ('м', "m"),
        ('н', "n"),
        ('о', "o"),
        ('п', "p"),
        ('р', "r"),
        ('с', "s"),
        ('т', "t"),
        ('у', "u"),
        ('ф', "f"),
        ('х', "h"),
        ('ц', "c"),
        ('ч', "ch"),
        ('ш', "sh"),
        ('щ', "sch"),
        ('ы', "y"),
        ('ь', ""),
        ('э', "e"),
        ('ю', "yu"),
        ('я', "ya"),
        ('і', "i"),
        ('ң', "ng"),
        ('ғ', "g"),
        ('қ', "q"),
        ('ө', "o"),
        ('ұ', "u"),
        ('ү', "u"),
        ('ә', "a"),
        ('һ', "h"),
        ('ъ', ""),
        ('ё', "e"),
    ];
    text.chars()
        .map(|c| {
            LATIN
                .iter()
                .find(|(letter, _)| *letter == c)
                .map_or_else(|| c.to_string(), |(_, latin)| (*latin).to_owned())
        })
        .collect()
}

fn disguise(term: &str, how: &str, random: &mut fastrand::Rng) -> String {
    const LIKE: (&str, &str) = ("аеорсухкмтнв", "aeopcyxkmthb");
    let each = |share: u8, random: &mut fastrand::Rng, change: &dyn Fn(char) -> String| {
        term.chars()
            .map(|c| {
                if random.u8(..100) < share {
                    change(c)
                } else {
                    c.to_string()
                }
            })
            .collect::<String>()
    };
    match how {
        "case" => term.to_uppercase(),
        "title" => term
            .split(' ')
            .map(|word| {
                let mut chars = word.chars();
                let first = chars.next().into_iter().flat_map(char::to_uppercase);
                first.chain(chars).collect::<String>()
            })
            .collect::<Vec<_>>()
            .join(" "),
        "homoglyph" => each(50, random, &|c| {
            let at = LIKE.0.chars().position(|letter| letter == c);
            at.and_then(|at| LIKE.1.chars().nth(at))
                .unwrap_or(c)
                .to_string()
        }),
        "spaced" => space_out(term, random),
        "zero width" => each(30, random, &|c| format!("{c}\u{200b}")),
        "stretched" => each(20, random, &|c| {
            if c.is_alphabetic() {
                format!("{c}{c}{c}")
            } else {
                c.to_string()
            }
        }),
        "leet" => each(100, random, &|c| {
            match c {
                'а' => '@',
                'о' => '0',
                'е' | 'з' => '3',
                'б' => '6',
                other => other,
            }
            .to_string()
        }),
        "Latin" => transliterate(term),
        "combining" => each(50, random, &|c| format!("{c}\u{336}")),
        _ => transliterate(term).chars().map(bold).collect(),
    }
}

/// Letters set apart by one sign, words by blanks.
fn space_out(term: &str, random: &mut fastrand::Rng) -> String {
    let separators: &[&str] = if term.contains(' ') {
        &[".", "-", "*", "_", "/"]
    } else {
        &[" ", ".", "-", "*", "_", "/"]
    };
    let separator = separators[random.usize(..separators.len())];
    let spell = |word: &str| {
        let letters: Vec<String> = word.chars().map(String::from).collect();
        letters.join(separator)
    };
    term.split(' ').map(spell).collect::<Vec<_>>().join(" ")
}

fn bold(c: char) -> char {
    match c {
        'a'..='z' => char::from_u32(0x1D41A + u32::from(c) - u32::from('a')).unwrap_or(c),
        other => other,
    }
}

/// Term lists of the drug packs.
fn drug_lists() -> BTreeSet<String> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let mut files = vec![rules.join("terms/drugs.yaml")];
    let drugs = std::fs::read_dir(rules.join("drugs")).expect("drug packs");
    files.extend(drugs.map(|entry| entry.expect("a file").path()));
    files
        .into_iter()
        .flat_map(|file| {
            let text = std::fs::read_to_string(file).expect("a pack");
            let pack: PackSource = serde_saphyr::from_str(&text).expect("a pack");
            pack.terms.into_keys()
        })
        .collect()
}

/// Words of five letters or more, and phrases whose words have four.
fn is_tried(written: &str) -> bool {
    let letters = written.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 5
        && written.chars().all(|c| c.is_alphabetic() || c == ' ')
        && written.split(' ').all(|word| word.chars().count() >= 4)
}

/// Which of the texts hold their term list.
fn found(ruleset: &Ruleset, texts: &[(u32, String)]) -> Vec<bool> {
    let paragraph = |(_, text): &(u32, String)| format!("<p>вот, {text}; далее</p>");
    let body = texts.iter().map(paragraph).collect::<Vec<_>>().concat();
    let url = SuspectUrl::parse("http://example.invalid/").expect("a URL");
    let capture = Capture::of_file(&url, Some("text/html; charset=utf-8"), body.into());
    let page = page::parse(&capture);
    let view = view_of(&page, &entity::scan(&page), ruleset, None);
    let regions: Vec<usize> = (0..page.regions.len())
        .filter(|&region| page.regions[region].kind == RegionKind::Text)
        .collect();
    assert_eq!(regions.len(), texts.len(), "a paragraph is a region");
    let stands = |term: u32, region| view.term(term).iter().any(|place| place.region == region);
    texts
        .iter()
        .zip(regions)
        .map(|((term, _), region)| stands(*term, region))
        .collect()
}

#[test]
fn disguised_terms_are_found_as_often_as_plain_ones() {
    let ruleset = Ruleset::embedded().expect("rules");
    let lists = drug_lists();
    let mut terms: Vec<(u32, &str)> = ruleset
        .written
        .iter()
        .filter(|(list, written)| lists.contains(ruleset.list_name(*list)) && is_tried(written))
        .map(|(list, written)| (*list, &**written))
        .step_by(EVERY)
        .collect();
    // Latin letters are no disguise on pages in English: these terms have their own.
    terms.sort_by_key(|(_, written)| written.is_ascii());
    assert!(terms.len() > 100, "{} terms", terms.len());
    let mut random = fastrand::Rng::with_seed(7);
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missed: Vec<String> = Vec::new();
    let languages = terms.chunk_by(|a, b| a.1.is_ascii() == b.1.is_ascii());
    for part in languages.flat_map(|terms| terms.chunks(40)) {
        let plain: Vec<(u32, String)> = part.iter().map(|(t, w)| (*t, (*w).to_owned())).collect();
        let plainly = found(&ruleset, &plain);
        for how in DISGUISES {
            let texts: Vec<(u32, String)> = part
                .iter()
                .map(|(term, written)| (*term, disguise(written, how, &mut random)))
                .collect();
            for ((was, is), (_, text)) in plainly.iter().zip(found(&ruleset, &texts)).zip(&texts) {
                let count = counts.entry(how).or_default();
                count.0 += usize::from(*was && is);
                count.1 += usize::from(*was);
                if *was && !is {
                    missed.push(format!("{how}: {text}"));
                }
            }
        }
    }
    let (hits, all) = counts
        .values()
        .fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    missed.sort();
    assert!(
        hits * 100 >= all * 97,
        "{hits} of {all}: {counts:?}\n{}",
        missed.join("\n")
    );
}
