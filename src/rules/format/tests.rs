use super::*;
use proptest::prelude::*;

const MESSY: &str = r#"# Header of the file.
# It goes on.
owner: tazy
pack:   'test'   # behind the name
version: 1.0.0
rules:
    # About the rule.
    - version: 1
      id: drug_sale.a
      status: live # for now
      when: {near: {of: [{term: goods}, {term: "sale"}], words: 12}}
      # The end of the rule.
    - {id: drug_sale.b, version: 1, status: draft, when: {n_of: {of: [{term: one_of_the_lists}, {term: another_of_the_lists}, {term: a_third_list_with_a_long_name}], n: 2}}}


terms:
    goods:
        any: [мефедрон, "=меф", "yes", "1.5", "4-cmc", "re:\\bсол[ьи]\\b", 'a: b', "18+"]
        # Not slang.
        note: names
    sale: {any: &sale [купить]}
    again: {any: *sale}
# The end.
"#;

const TIDY: &str = r#"# Header of the file.
# It goes on.
pack: test  # behind the name
version: 1.0.0
owner: tazy

terms:
  goods:
    # Not slang.
    note: names
    any:
      - мефедрон
      - "=меф"
      - "yes"
      - "1.5"
      - 4-cmc
      - "re:\\bсол[ьи]\\b"
      - "a: b"
      - 18+
  sale:
    any: &sale
      - купить
  again:
    any: *sale

rules:
  # About the rule.
  - id: drug_sale.a
    version: 1
    status: live  # for now
    when: {near: {words: 12, of: [{term: goods}, {term: sale}]}}
    # The end of the rule.

  - id: drug_sale.b
    version: 1
    status: draft
    when:
      n_of:
        n: 2
        of: [{term: one_of_the_lists}, {term: another_of_the_lists}, {term: a_third_list_with_a_long_name}]
# The end.
"#;

#[test]
fn a_file_gets_its_canonical_form_and_keeps_its_comments() {
    // The alias stands behind its anchor in both.
    let formatted = format_yaml(MESSY).expect("a file");
    assert_eq!(formatted, TIDY, "{formatted}");
    assert_eq!(format_yaml(TIDY).expect("a file"), TIDY);
}

#[test]
fn text_of_several_lines_stands_as_a_block() {
    let text = "a: \"<p>one\\n<p>two\"\nb: |\n    x\n\n    y\nc: \"tail \\n\"\n";
    let formatted = format_yaml(text).expect("a file");
    assert_eq!(
        formatted,
        "a: |-\n  <p>one\n  <p>two\nb: |\n  x\n\n  y\nc: \"tail \\n\"\n"
    );
}

#[test]
fn signs_that_nobody_sees_are_written_as_escapes() {
    let formatted = format_yaml("a: \"x\u{202e}y\u{200b}\"\n").expect("a file");
    assert_eq!(formatted, "a: \"x\\u202Ey\\u200B\"\n");
}

#[test]
fn what_cannot_be_kept_is_refused() {
    let problem = |text: &str| format_yaml(text).expect_err("a refusal").message;
    assert!(problem("a: !local x\n").contains("tags"));
    assert!(problem("a: [\n").len() > 3);
    assert!(problem("? [a]\n: b\n").len() > 3);
    assert!(problem("a: 1\na: 2\n").to_lowercase().contains("duplicate"));
}

#[test]
fn numbers_and_truth_values_stay_what_they_are() {
    let text = "a: 1.50\nb: \"1.50\"\nc: true\nd: \"true\"\ne: 0x1F\nf: \"12:30\"\ng: 2027-01-01\nh: \"\"\ni: null\n";
    assert_eq!(format_yaml(text).expect("a file"), text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_survives_as_key_entry_and_example(words in prop::collection::vec("\\PC{0,12}|[a-z]{1,4}[:#,&*' -]{1,3}[a-zа-я]{0,3}|[0-9.:xeo_+-]{1,6}|( ?\n? ?[ab])*", 1..6)) {
        let value = serde_json::json!({
            "pack": "p",
            "terms": {"x": {"any": words}},
            "rules": [{"id": "r", "tests": {"match": words}}],
        });
        let text = serde_json::to_string(&value).unwrap();
        let formatted = format_yaml(&text).unwrap();
        let back: serde_json::Value = serde_saphyr::from_str(&formatted).unwrap();
        prop_assert_eq!(back, value);
    }
}
