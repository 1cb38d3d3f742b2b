use super::*;
use crate::text::{Tolerance, fold_with, has_kazakh_letters};

fn words_found(entries: &[&str], raw: &str) -> Vec<String> {
    let entries = entries
        .iter()
        .map(|entry| (0, Entry::read(entry, Tolerance::Normal).expect("an entry")))
        .collect();
    let matcher = Matcher::build(entries);
    let mut stream = Stream::default();
    let folded = fold_with(raw, &mut stream);
    let searched = Searched {
        text: &folded.text,
        stream: &stream,
        kazakh: has_kazakh_letters(&folded.text),
        near: None,
    };
    let found = matcher.find(&searched, None);
    found
        .iter()
        .map(|f| folded.text[f.span.clone()].to_owned())
        .collect()
}

#[test]
fn words_are_found_whole_and_inflected() {
    let text = "Вклад на складе, кладбище и кладка. Забери клады! Мефодий. Консоль без соли.";
    assert_eq!(
        words_found(&["клад", "соль", "меф"], text),
        ["клады", "соли"]
    );
}

#[test]
fn phrases_cross_punctuation_and_keep_their_gaps() {
    assert_eq!(
        words_found(&["альфа пвп"], "Альфа-ПВП, альфу\nпвп, альфа и пвп"),
        ["альфа-пвп", "альфу пвп"]
    );
    assert_eq!(
        words_found(
            &["купить <2> соль"],
            "купить соль, купить нашу лучшую соль, купить раз два три соль"
        ),
        ["купить соль", "купить нашу лучшую соль"]
    );
    assert_eq!(
        words_found(&["альфа пвп"], "пвп альфа"),
        Vec::<String>::new()
    );
}

#[test]
fn exact_starred_and_literal_entries_keep_to_their_word() {
    assert_eq!(words_found(&["=меф"], "меф мефа"), ["меф"]);
    assert_eq!(
        words_found(&["нарко*"], "наркошоп, нарко, анарко"),
        ["наркошоп", "нарко"]
    );
    assert_eq!(words_found(&["18+"], "18+ и 118+, 18 +"), ["18+"]);
    assert_eq!(words_found(&["❄"], "снег❄️тут"), ["❄"]);
}

#[test]
fn expressions_run_over_folded_text() {
    assert_eq!(
        words_found(&["re:\\b[234]-?(mmc|ммс)\\b"], "3-MMC, 4ммс, 5mmc"),
        ["3-mmc", "4ммс"]
    );
}

#[test]
fn kazakh_is_found_with_and_without_its_letters() {
    assert_eq!(
        words_found(&["есірткі"], "Есірткіні есирткини"),
        ["есірткіні", "есирткини"]
    );
    assert_eq!(words_found(&["кур"], "құр"), Vec::<String>::new());
    assert_eq!(words_found(&["дәрі"], "дари"), Vec::<String>::new());
}
