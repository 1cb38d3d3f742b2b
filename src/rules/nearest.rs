//! The valid name that somebody probably meant.

/// `unknown thing "x"; did you mean "y"?`, with all names where there are few.
pub(super) fn unknown_name<'a>(
    thing: &str,
    name: &str,
    valid: impl IntoIterator<Item = &'a str>,
) -> String {
    let nearest = valid
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .min();
    match nearest {
        Some((far, candidate)) if far <= name.chars().count().max(3) => {
            format!("unknown {thing} {name:?}; did you mean {candidate:?}?")
        }
        _ => format!("unknown {thing} {name:?}"),
    }
}

/// Levenshtein distance in characters; names are short.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &cb) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(ca != cb);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_told_the_nearest_name() {
        assert_eq!(
            unknown_name("region", "headings", ["title", "heading"]),
            "unknown region \"headings\"; did you mean \"heading\"?"
        );
        assert_eq!(distance("kaspi", "kapsi"), 2);
        assert_eq!(distance("", "abc"), 3);
    }
}
