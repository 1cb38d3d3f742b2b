use super::*;

fn model() -> Model {
    let mut units = vec![0_i8; 1 << WORD_BITS];
    units[Key::of("a word").bucket(WORD_BITS)] = -100;
    let fact = |name: &str, weight: f64| (Key::of(name), (name.to_owned(), weight));
    Model {
        bias: -1.5,
        tally: 0.2,
        facts: HashMap::from([
            fact("term:substance@title", 0.25),
            fact("entity:phone", -0.5),
        ]),
        words: WordWeights { step: 0.5, units },
        word_cap: 4.0,
        measures: vec![
            MeasureWeight {
                usual: 0.5,
                spread: 0.25,
                weight: -0.125,
            };
            MEASURES
        ],
        slope: 1.25,
        intercept: -0.5,
        categories: vec![CategoryHead {
            category: Category::Phishing,
            bias: -2.0,
            tally: 0.5,
            facts: HashMap::from([fact("term:substance@title", -1.0)]),
        }],
        fitted: FitNote {
            samples: 10,
            positives: 4,
            recall: 0.75,
            false_positive_rate: 0.125,
        },
    }
}

#[test]
fn what_is_written_is_read_back() {
    assert_eq!(Model::parse(&model().to_text()), Ok(model()));
}

#[test]
fn a_broken_file_says_what_is_wrong() {
    let text = model().to_text();
    let newer = text.replace("model: 1", "model: 2");
    let message = Model::parse(&newer).expect_err("another form").to_string();
    assert!(message.contains("rules fit"), "{message}");
    let cut = &text[..text.len() - 400];
    assert!(Model::parse(cut).is_err());
    assert!(Model::parse("model: 1").is_err());
}
