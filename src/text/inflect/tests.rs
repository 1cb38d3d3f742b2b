use super::*;
use crate::text::fold;

fn is_form(entry: &str, word: &str, kazakh_page: bool) -> bool {
    let forms = WordForms::inflected(entry, &fold(entry).text, 5);
    let word = fold(word).text;
    forms.matches(&word, &plain_kazakh(&word), kazakh_page)
}

fn check(entry: &str, forms: &[&str], others: &[&str]) {
    for form in forms {
        assert!(is_form(entry, form, false), "{form} is a form of {entry}");
    }
    for other in others {
        assert!(
            !is_form(entry, other, false),
            "{other} is no form of {entry}"
        );
        assert!(
            !is_form(entry, other, true),
            "{other} is no form of {entry} on a Kazakh page"
        );
    }
}

#[test]
fn nouns_are_found_in_their_cases_and_not_as_prefixes() {
    check(
        "клад",
        &[
            "клад",
            "клада",
            "кладу",
            "кладом",
            "клады",
            "кладов",
            "кладами",
        ],
        &[
            "вклад",
            "складе",
            "кладбище",
            "кладка",
            "кладовая",
            "кладезь",
        ],
    );
    check(
        "соль",
        &["соль", "соли", "солью", "солей"],
        &["консоль", "сольфеджио", "солнце", "солдаты", "сольный"],
    );
    check(
        "фен",
        &["фен", "фена", "феном"],
        &["феномен", "фенол", "феникс"],
    );
    check("меф", &["меф", "мефа", "мефом"], &["мефодий", "мефодием"]);
    check(
        "закладка",
        &["закладки", "закладок", "закладкой", "закладками"],
        &["закладной", "закладывать"],
    );
    check(
        "таблетки",
        &["таблетка", "таблеток", "таблетками"],
        &["таблетница"],
    );
    check("порошок", &["порошка", "порошком"], &["порошковый"]);
    check(
        "гарантия",
        &["гарантии", "гарантий", "гарантией", "гарантиями"],
        &["гарантированный"],
    );
    check("скорость", &["скорости", "скоростью"], &["скоростной"]);
    check("мефедрон", &["мефедрона", "мефедроном"], &["мефедроновый"]);
}

#[test]
fn a_stem_alone_is_no_form_where_it_is_another_word() {
    check("мины", &["мина", "минами"], &["мин"]);
    check("статьи", &["статья", "статье", "статьями"], &["стать"]);
    check("гео", &["гео"], &["ге"]);
    check("карты", &["карт", "карта", "картой"], &[]);
}

#[test]
fn kazakh_suffixes_fit_the_letter_before_them() {
    check("шай", &[], &["шайтан"]);
    check("қар", &["қары"], &["қара", "қарсы"]);
    check("тас", &[], &["тастады", "тасда"]);
}

#[test]
fn adjectives_and_verbs_are_found_in_their_forms() {
    check(
        "быстрый",
        &["быстрая", "быстрого", "быстрыми", "быстро"],
        &["быстрота"],
    );
    check(
        "купить",
        &["купить", "куплю", "купи", "купите", "купил", "купим"],
        &["купец", "купюра", "купол"],
    );
    check(
        "заказать",
        &["закажу", "заказал", "закажите", "заказать"],
        &["заказчик"],
    );
    check(
        "оплатить",
        &["оплачу", "оплати", "оплатит"],
        &["оплаченный"],
    );
    check(
        "гарантировать",
        &["гарантирую", "гарантирует", "гарантируем"],
        &["гарантия"],
    );
    check("пишите", &["пиши", "пишите"], &["пишущая"]);
}

#[test]
fn kazakh_words_take_chains_of_suffixes() {
    check(
        "есірткі",
        &[
            "есірткі",
            "есірткіні",
            "есірткілер",
            "есірткілердің",
            "есирткини",
            "есиртки",
        ],
        &["есіру"],
    );
    check("дәрі", &["дәрілер", "дәріні", "дәрісі"], &["дари", "дәріс"]);
    check("ақша", &["ақшаны", "ақшаға", "ақшаңыз"], &["акша"]);
    for word in ["мефедронды", "мефедронның", "мефедронға"] {
        assert!(is_form("мефедрон", word, true), "{word}");
    }
    assert!(
        is_form("сату", "сатамыз", true)
            && is_form("сату", "сатып", true)
            && is_form("сату", "сатылады", true)
    );
    assert!(!is_form("сату", "сатира", true));
}

#[test]
fn english_words_take_their_regular_endings() {
    check("drug", &["drugs", "drugged"], &["drugstore", "drugget"]);
    check("delivery", &["deliveries"], &["deliver"]);
    check("guarantee", &["guaranteed", "guarantees"], &["guarantor"]);
    check("ship", &["shipping", "shipped", "ships"], &["shipment"]);
}

#[test]
fn words_count_in_latin_letters_with_their_endings() {
    check(
        "закладка",
        &["zakladka", "zakladki", "zakladku", "zakladok", "zakladkoy"],
        &["zaklad", "zakladnik"],
    );
    check(
        "мефедрон",
        &["mefedron", "mefedrona", "mefedronom"],
        &["mefedronovyi"],
    );
    check("соль", &[], &["sol", "soli"]);
    assert!(is_form("есірткі", "esirtki", false));
}
