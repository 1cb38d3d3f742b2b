//! What the expert of a court reads first, in three languages.

use super::layout::readme_name;

const ENGLISH: &str = include_str!("texts/README.en.txt");
const KAZAKH: &str = include_str!("texts/README.kk.txt");
const RUSSIAN: &str = include_str!("texts/README.ru.txt");

/// The files, by name in the bundle and in its order.
pub(super) fn readmes() -> [(String, &'static str); 3] {
    [
        (readme_name("en"), ENGLISH),
        (readme_name("kk"), KAZAKH),
        (readme_name("ru"), RUSSIAN),
    ]
}
