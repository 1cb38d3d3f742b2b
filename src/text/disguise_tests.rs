use super::*;
use crate::text::fold_with;

fn repaired(raw: &str) -> (Folded, Vec<Reading>) {
    let mut stream = Stream::default();
    let folded = fold_with(raw, &mut stream);
    let readings = repair(&folded, &stream);
    (folded, readings)
}

fn readings(raw: &str) -> Vec<String> {
    repaired(raw).1.into_iter().map(|r| r.text).collect()
}

#[test]
fn letters_of_the_other_script_are_read_as_meant() {
    assert!(readings("купить мeфедрон тут").contains(&"купить мефедрон тут".to_owned()));
    assert!(readings("cкopocть").contains(&"скорость".to_owned()));
    assert!(readings("аmfеtаmine").contains(&"amfetamine".to_owned()));
}

#[test]
fn digits_and_signs_are_read_as_letters() {
    assert!(readings("г4ш").contains(&"гаш".to_owned()));
    assert!(readings("м3ф").contains(&"меф".to_owned()));
    assert!(readings("3акладка").contains(&"закладка".to_owned()));
    assert!(readings("з@кл@дка").contains(&"закладка".to_owned()));
    assert!(readings("кред1та").contains(&"кредита".to_owned()));
    assert!(readings("33рк@л0").contains(&"зеркало".to_owned()));
    assert!(readings("@мф3т@мин").contains(&"амфетамин".to_owned()));
    assert!(readings("купи трав@ тут").contains(&"купи трава тут".to_owned()));
    assert!(readings("c0caine").contains(&"cocaine".to_owned()));
}

#[test]
fn letters_set_apart_are_joined() {
    assert!(readings("есть м е ф е д р о н 1 г").contains(&"есть мефедрон 1 г".to_owned()));
    assert!(readings("м.е.ф").contains(&"меф".to_owned()));
    assert!(readings("м_е_ф").contains(&"меф".to_owned()));
}

#[test]
fn drawn_out_letters_are_shortened_with_and_without_double_letters() {
    assert!(readings("каааарта").contains(&"карта".to_owned()));
    assert!(readings("мееефффчик").contains(&"мефчик".to_owned()));
    let both = readings("шшшиишечки");
    assert!(both.contains(&"шиишечки".to_owned()) && both.contains(&"шишечки".to_owned()));
    assert!(readings("каннннабисссс").len() > 1);
    assert!(readings("каннаббиссс").contains(&"каннаббис".to_owned()));
    assert!(readings("weeeed").contains(&"weed".to_owned()));
}

#[test]
fn a_preposition_before_letters_set_apart_is_not_part_of_them() {
    assert!(readings("с К У Р А Т О Р О М").contains(&"с куратором".to_owned()));
}

#[test]
fn honest_text_has_no_readings() {
    for text in [
        "обычный текст",
        "5 г и 10 мг",
        "А. С. Пушкин",
        "т. е. так",
        "25 км/ч",
        "я и ты",
    ] {
        assert_eq!(readings(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn tokens_lead_back_to_the_folded_text() {
    let (folded, readings) = repaired("вот м-е-ф и мeд");
    let reading = &readings[0];
    let joined = &reading.tokens[1];
    assert!(joined.repaired);
    assert_eq!(&reading.text[joined.span.clone()], "меф");
    assert_eq!(&folded.text[joined.folded.clone()], "м-е-ф");
    assert!(!reading.tokens[2].repaired);
}
