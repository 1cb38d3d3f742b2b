//! What is in a bundle, under which name, in which order.
//!
//! A bundle is a WACZ 1.2.0 file (Webrecorder) with a directory `tazy/` of its own. Everything in `tazy/` is
//! on one level, because `wacz validate` compares the last two parts of a path only.
//!
//! | entry | what it is |
//! |---|---|
//! | `datapackage.json` | every other entry but the next, with length and SHA-256 |
//! | `datapackage-digest.json` | `path`, `hash` of `datapackage.json`, and `note`: a signed note (C2SP) over it |
//! | `archive/data.warc.gz` | the WARC records, gzip members copied byte for byte |
//! | `indexes/index.cdxj` | where in it which URL is |
//! | `pages/pages.jsonl` | the pages, for readers |
//! | `tazy/bundle.json` | what this bundle is of, and what was left out and why |
//! | `tazy/records.jsonl` | lines of the journal, as they stand there, in their order |
//! | `tazy/proofs.jsonl` | inclusion proof of each line; consistency proofs of earlier checkpoints |
//! | `tazy/checkpoint` | signed note: size and root of the log |
//! | `tazy/timestamp.tsr` | time stamp token (RFC 3161) of it, if there is one |
//! | `tazy/checkpoint-<size>` | an earlier checkpoint that has a token and already covers a visit |
//! | `tazy/timestamp-<size>.tsr` | its token |
//! | `tazy/keys.txt` | keys of the log in the verifier's form, a line each |
//! | `tazy/ruleset-<version>.json` | the rule files that the findings were made with |
//! | `tazy/screenshot-<capture>.png` | pictures |
//! | `tazy/findings.json` | the flag, readable |
//! | `tazy/custody.json` | the custody sheet |
//! | `tazy/README.<language>.txt` | how to check all this, and what it does not prove |

/// Bytes of the longest name.
pub const MAX_NAME: usize = 200;

/// Lists all other entries.
pub const DATA_PACKAGE: &str = "datapackage.json";
/// Digest of the list, signed.
pub const DATA_PACKAGE_DIGEST: &str = "datapackage-digest.json";
/// The WARC records.
pub const WARC: &str = "archive/data.warc.gz";
/// Its index.
pub const INDEX: &str = "indexes/index.cdxj";
/// The pages.
pub const PAGES: &str = "pages/pages.jsonl";
/// What the bundle is of.
pub const BUNDLE: &str = "tazy/bundle.json";
/// Lines of the journal.
pub const RECORDS: &str = "tazy/records.jsonl";
/// Proofs that they are in the log.
pub const PROOFS: &str = "tazy/proofs.jsonl";
/// The log's checkpoint.
pub const CHECKPOINT: &str = "tazy/checkpoint";
/// Its time stamp token.
pub const TIMESTAMP: &str = "tazy/timestamp.tsr";
/// Keys of the log.
pub const KEYS: &str = "tazy/keys.txt";
/// The flag, readable.
pub const FINDINGS: &str = "tazy/findings.json";
/// The custody sheet.
pub const CUSTODY: &str = "tazy/custody.json";

/// Beginning and end of the names of entries, in order; where there is an end, something stands between.
const ORDER: [(&str, Option<&str>); 20] = [
    (DATA_PACKAGE, None),
    (DATA_PACKAGE_DIGEST, None),
    (WARC, None),
    (INDEX, None),
    (PAGES, None),
    (BUNDLE, None),
    (RECORDS, None),
    (PROOFS, None),
    (CHECKPOINT, None),
    (TIMESTAMP, None),
    ("tazy/checkpoint-", Some("")),
    ("tazy/timestamp-", Some(".tsr")),
    (KEYS, None),
    ("tazy/ruleset-", Some(".json")),
    ("tazy/screenshot-", Some(".png")),
    (FINDINGS, None),
    (CUSTODY, None),
    ("tazy/README.en.txt", None),
    ("tazy/README.kk.txt", None),
    ("tazy/README.ru.txt", None),
];

/// An earlier checkpoint.
pub fn checkpoint_name(size: u64) -> String {
    format!("tazy/checkpoint-{size:012}")
}

/// The token of an earlier checkpoint.
pub fn timestamp_name(size: u64) -> String {
    format!("tazy/timestamp-{size:012}.tsr")
}

/// An archived ruleset.
pub fn ruleset_name(version: &str) -> String {
    format!("tazy/ruleset-{version}.json")
}

/// A picture of a capture.
pub fn screenshot_name(capture: &str) -> String {
    format!("tazy/screenshot-{capture}.png")
}

/// The text for the expert in a language: `en`, `kk` or `ru`.
pub fn readme_name(language: &str) -> String {
    format!("tazy/README.{language}.txt")
}

/// What stands between beginning and end of a name: the version of a ruleset, the id of a capture, a size.
pub fn middle<'a>(name: &'a str, begin: &str, end: &str) -> Option<&'a str> {
    let middle = name.strip_prefix(begin)?.strip_suffix(end)?;
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+');
    (!middle.is_empty() && middle.bytes().all(plain)).then_some(middle)
}

/// Where an entry stands among the others; `None` for a name that no entry has. Entries of the same rank are
/// sorted by name.
pub fn rank(name: &str) -> Option<usize> {
    if name.len() > MAX_NAME {
        return None;
    }
    ORDER.iter().position(|(begin, end)| match end {
        None => name == *begin,
        Some(end) => middle(name, begin, end).is_some(),
    })
}

/// Whether `name` may follow `before`.
pub(super) fn check_order(before: Option<&str>, name: &str) -> Result<(), &'static str> {
    let rank_of_name = rank(name).ok_or("no entry has a name like this")?;
    let follows = before.is_none_or(|before| (rank(before), before) < (Some(rank_of_name), name));
    if follows {
        Ok(())
    } else {
        Err("it is out of order, or there twice")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_layout() {
        assert_eq!(rank(DATA_PACKAGE), Some(0));
        assert!(rank(&ruleset_name("2026.11.3")) < rank(&screenshot_name("c-0123")));
        assert!(rank(&checkpoint_name(7)) > rank(TIMESTAMP));
        assert!(check_order(Some(&timestamp_name(9)), &timestamp_name(10)).is_ok());
        assert!(check_order(Some(WARC), WARC).is_err(), "once only");
        assert!(check_order(Some(PAGES), INDEX).is_err());
    }

    #[test]
    fn names_that_lead_out_of_the_bundle_are_none() {
        for name in [
            "",
            "tazy/../x",
            "/etc/passwd",
            "tazy/ruleset-../../x.json",
            "tazy/ruleset-.json",
            "tazy/screenshot-a/b.png",
            "tazy/screenshot-ж.png",
            "tazy/checkpoint-",
        ] {
            assert_eq!(rank(name), None, "{name}");
        }
    }
}
