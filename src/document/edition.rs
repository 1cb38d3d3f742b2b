//! In which languages one paper is written.

use super::Language;
use std::fmt;
use std::str::FromStr;

/// One language, or two side by side under one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edition {
    /// One language.
    One(Language),
    /// Two, the first in the left column.
    Both(Language, Language),
}

/// The text names no edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no language; write ru, kk, en, or two of them side by side: ru+kk")]
pub struct EditionError(String);

impl Edition {
    /// Its languages.
    pub fn languages(self) -> Vec<Language> {
        match self {
            Self::One(language) => vec![language],
            Self::Both(left, right) => vec![left, right],
        }
    }

    /// Part of a file's name: `ru`, `ru-kk`.
    pub fn file_part(self) -> String {
        self.to_string().replace('+', "-")
    }
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(language) => language.fmt(f),
            Self::Both(left, right) => write!(f, "{left}+{right}"),
        }
    }
}

impl FromStr for Edition {
    type Err = EditionError;

    fn from_str(text: &str) -> Result<Self, EditionError> {
        let problem = || EditionError(text.chars().take(40).collect());
        let language = |code: &str| Language::named(code.trim()).ok_or_else(problem);
        match text.split_once('+') {
            None => language(text).map(Self::One),
            Some((left, right)) => {
                let (left, right) = (language(left)?, language(right)?);
                if left == right {
                    return Err(problem());
                }
                Ok(Self::Both(left, right))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_are_read_as_they_are_written() {
        for text in ["ru", "kk", "en", "ru+kk", "kk+en"] {
            assert_eq!(text.parse::<Edition>().unwrap().to_string(), text);
        }
        for wrong in ["", "de", "ru+ru", "ru+kk+en", "ru kk"] {
            assert!(wrong.parse::<Edition>().is_err(), "{wrong}");
        }
    }
}
