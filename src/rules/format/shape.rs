//! The order of keys, and what always stands on lines of its own.

use super::tree::Node;

/// Keys of each kind of map in their order. A map whose keys are all in one of these is sorted by it.
const SHAPES: [&[&str]; 14] = [
    &["pack", "version", "owner", "terms", "rules"],
    &[
        "id",
        "version",
        "status",
        "expires",
        "scope",
        "title",
        "category",
        "lowers",
        "evidence",
        "weight",
        "legal_basis",
        "references",
        "false_positives",
        "where",
        "when",
        "tests",
    ],
    &["ru", "kk", "en"],
    &["note", "any"],
    &["match", "no_match"],
    &["n", "of"],
    &["words", "of"],
    &["at_least", "of"],
    &["where", "when"],
    &["text", "html", "url"],
    &[
        "id",
        "kind",
        "names",
        "domains",
        "host_tokens",
        "distinctive",
        "except",
    ],
    &["id", "title", "url", "articles"],
    &[
        "disable",
        "weigh",
        "weight",
        "exempt_host",
        "rules",
        "exempt_text",
        "reason",
        "author",
        "expires",
    ],
    &["jurisdiction", "title", "acts"],
];

/// Where a node stands: the keys that lead to it, `*` for members of lists.
pub(super) type Path<'a> = Vec<&'a str>;

/// Sorts the entries of a map whose keys are known. Names that authors choose keep their order.
pub(super) fn sort_entries(entries: &mut [(Node, Node)], path: &Path<'_>) {
    if path.as_slice() == ["terms"] {
        return;
    }
    let keys: Vec<String> = entries
        .iter()
        .map(|(key, _)| key.word().to_owned())
        .collect();
    let shape = SHAPES
        .iter()
        .find(|shape| keys.iter().all(|key| shape.contains(&key.as_str())));
    if let Some(shape) = shape {
        entries.sort_by_key(|(key, _)| shape.iter().position(|known| *known == key.word()));
    }
}

/// Whether a collection is written one member a line, however short.
pub(super) fn is_always_block(path: &Path<'_>) -> bool {
    matches!(
        path.as_slice(),
        [] | [_]
            | ["terms", _]
            | ["terms", _, "any"]
            | ["rules" | "overrides", "*"]
            | ["rules", "*", "tests"]
    )
}

/// Whether an empty line stands before each member but the first.
pub(super) fn is_spaced(path: &Path<'_>) -> bool {
    path.as_slice() == ["rules"]
}
