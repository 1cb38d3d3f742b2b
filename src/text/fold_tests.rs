use super::*;
use proptest::prelude::*;

fn folded(raw: &str) -> String {
    fold(raw).text
}

#[test]
fn case_marks_and_invisible_characters_vanish() {
    assert_eq!(folded("МеФеДрОн"), "мефедрон");
    assert_eq!(folded("ме\u{200b}фе\u{ad}др\u{301}он"), "мефедрон");
    assert_eq!(folded("Ёлка и ЙОД"), "елка и иод");
    assert_eq!(folded("и\u{306}од"), "иод");
    assert_eq!(folded("𝓶𝓮𝓯 ｍｅｆ ⓜⓔⓕ ᴍᴇꜰ"), "mef mef mef mef");
}

#[test]
fn kazakh_letters_stay() {
    assert_eq!(
        folded("ҚАЗАҚ ТІЛІ Ұ Ү Ө Ә Ң Ғ Һ"),
        "қазақ тілі ұ ү ө ә ң ғ һ"
    );
}

#[test]
fn signs_that_would_tear_or_glue_words_stay() {
    assert_eq!(folded("Brand™ №5 ½"), "brand™ №5 ½");
    assert_eq!(folded("а — б…"), "а - б...");
}

#[test]
fn a_span_maps_back_over_what_was_removed() {
    let raw = "яя ｍｅｆ\u{200b}а.";
    let fold = fold(raw);
    assert_eq!(fold.text, "яя mefа.");
    let token = &fold.tokens[1];
    let span = fold.raw_span(token.span.clone());
    assert_eq!(&raw[span], "ｍｅｆ\u{200b}а");
    assert!(token.disguised && token.mixed_script);
    assert!(!fold.tokens[0].disguised && !fold.tokens[0].mixed_script);
}

#[test]
fn stress_marks_are_no_disguise() {
    assert!(!fold("за\u{301}мок").tokens[0].disguised);
    assert!(fold("за\u{200b}мок").tokens[0].disguised);
}

#[test]
fn every_character_folds_to_a_fixed_point() {
    let table = FoldTable::shared();
    for c in (0..=0x10_FFFFu32).filter_map(char::from_u32) {
        let once = match table.image(c) {
            Image::Same => continue,
            Image::Nothing => String::new(),
            Image::One(image) => image.to_string(),
            Image::Many(image) => image.to_owned(),
        };
        assert_eq!(folded(&once), once, "U+{:04X}", c as u32);
    }
}

fn check_spans(raw: &str) {
    let result = fold(raw);
    assert_eq!(
        fold(&result.text).text,
        result.text,
        "folding twice changes nothing"
    );
    let mut last = 0;
    for token in &result.tokens {
        let span = result.raw_span(token.span.clone());
        assert!(raw.is_char_boundary(span.start) && raw.is_char_boundary(span.end));
        assert!(span.start >= last, "spans rise");
        last = span.end;
        assert_eq!(folded(&raw[span]), result.text[token.span.clone()]);
    }
}

proptest! {
    #[test]
    fn spans_of_any_text_map_back_exactly(raw in "\\PC{0,60}") {
        check_spans(&raw);
    }

    #[test]
    fn spans_of_any_characters_map_back_exactly(chars in proptest::collection::vec(any::<char>(), 0..60)) {
        check_spans(&chars.into_iter().collect::<String>());
    }

    #[test]
    fn spans_of_disguised_words_map_back_exactly(
        raw in "[а-яёА-ЯЁa-zA-Z0-9 ,.\u{200b}\u{301}\u{306}\u{ad}ｍｅ𝓶ｆﬁ½™ⓜ🅰]{0,60}"
    ) {
        check_spans(&raw);
    }
}
