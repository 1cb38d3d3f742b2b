//! Words written backwards, which a style sheet or a control character turns round on the screen.

use super::{Folded, Reading, ReadingToken};

/// Shorter words say nothing backwards.
const MIN_LETTERS: usize = 3;

/// The reading of a text whose words stand backwards. Only for text that is known to be turned round.
pub fn read_reversed(folded: &Folded) -> Reading {
    let mut reading = Reading {
        text: String::with_capacity(folded.text.len()),
        tokens: Vec::with_capacity(folded.tokens.len()),
    };
    let mut copied = 0;
    for token in &folded.tokens {
        reading
            .text
            .push_str(&folded.text[copied..token.span.start]);
        copied = token.span.end;
        let start = reading.text.len();
        let word = &folded.text[token.span.clone()];
        reading.text.extend(word.chars().rev());
        reading.tokens.push(ReadingToken {
            span: start..reading.text.len(),
            folded: token.span.clone(),
            repaired: word.chars().count() >= MIN_LETTERS && word.chars().all(char::is_alphabetic),
        });
    }
    reading.text.push_str(&folded.text[copied..]);
    reading
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn words_are_read_backwards_in_their_places() {
        let reading = read_reversed(&fold("есть Шишаг, 5 г"));
        assert_eq!(reading.text, "ьтсе гашиш, 5 г");
        assert!(reading.tokens[1].repaired && !reading.tokens[2].repaired);
    }
}
