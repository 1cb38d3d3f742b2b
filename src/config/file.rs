//! `tazy.toml`

use super::{
    BlockOptions, ConfigError, DeskOptions, EvidenceOptions, Origin, PromotionOptions,
    RetentionOptions, ReviewOptions, ScanOptions, ServeOptions, VerifyOptions,
};
use serde::Deserialize;
use std::io::Read;
use std::path::Path;

/// A longer file is none of settings.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// Keys at the top of the file.
const SECTIONS: &[&str] = &[
    "scan",
    "review",
    "promotion",
    "evidence",
    "retention",
    "block",
    "serve",
    "verify",
];
/// Keys under `[review]`.
const REVIEW_KEYS: &[&str] = &["author"];
/// Keys under `[promotion]`.
const PROMOTION_KEYS: &[&str] = &["bar", "decided"];
/// Keys under `[evidence]`.
const EVIDENCE_KEYS: &[&str] = &[
    "unit",
    "operator",
    "origin",
    "vantage",
    "ntp_server",
    "timestamp_authority",
    "timestamp_roots",
    "rotate_mb",
    "keep_clear_details",
    "screenshots",
];
/// Keys under `[evidence.vantage]`.
const VANTAGE_KEYS: &[&str] = &["name", "egress_ip", "country", "asn", "second"];
/// Keys under `[verify]`.
const VERIFY_KEYS: &[&str] = &[
    "resolvers",
    "vantages",
    "block_pages",
    "control_url",
    "tries",
    "pause_s",
    "timeout_s",
];
/// Keys under `[[verify.vantages]]`.
const EXIT_KEYS: &[&str] = &["proxy", "name", "country", "asn", "egress_ip", "resolver"];
/// Keys under `[retention]`.
const RETENTION_KEYS: &[&str] = &[
    "clear_days",
    "dismissed_days",
    "undecided_days",
    "confirmed_days",
];
/// Keys under `[block]`.
const BLOCK_KEYS: &[&str] = &[
    "jurisdiction",
    "title",
    "unit",
    "contact",
    "growth_percent",
    "growth_entries",
    "rpz_origin",
];
/// Keys under `[serve]`.
const SERVE_KEYS: &[&str] = &["listen", "tokens"];
/// Keys under `[scan]`; a test holds them equal to the fields of [`ScanOptions`].
pub(super) const SCAN_KEYS: &[&str] = &[
    "rate",
    "global_rate",
    "concurrency",
    "max_pages",
    "max_depth",
    "timeout_s",
    "site_timeout_s",
    "robots",
    "profile",
    "render",
    "proxy",
    "resolve",
    "allow_private",
    "insecure_evidence",
    "overrides",
];

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WrittenFile {
    pub(super) scan: ScanOptions,
    pub(super) review: ReviewOptions,
    pub(super) promotion: PromotionOptions,
    pub(super) evidence: EvidenceOptions,
    pub(super) retention: RetentionOptions,
    pub(super) block: BlockOptions,
    pub(super) serve: ServeOptions,
    pub(super) verify: VerifyOptions,
}

/// Reads the settings under `[scan]` of a TOML file and checks each.
pub fn read_options_file(path: &Path) -> Result<ScanOptions, ConfigError> {
    let place = path.display().to_string();
    let text =
        read_text(path).map_err(|error| ConfigError::new(place.as_str(), error.to_string()))?;
    let mut options = parse(&text, path)?.scan;
    options.check(&Origin::File(path.to_owned()))?;
    // Paths in a file are relative to it.
    if let (Some(overrides), Some(folder)) = (&mut options.overrides, path.parent()) {
        *overrides = folder.join(&*overrides);
    }
    Ok(options)
}

/// Reads the settings of the desk (all sections but `[scan]`) of a TOML file and checks each.
pub fn read_desk_file(path: &Path) -> Result<DeskOptions, ConfigError> {
    let place = path.display().to_string();
    let text =
        read_text(path).map_err(|error| ConfigError::new(place.as_str(), error.to_string()))?;
    let file = parse(&text, path)?;
    let mut options = DeskOptions {
        review: file.review,
        promotion: file.promotion,
        evidence: file.evidence,
        retention: file.retention,
        block: file.block,
        serve: file.serve,
        verify: file.verify,
    };
    // Paths in a file are relative to it.
    if let (Some(roots), Some(folder)) = (&mut options.evidence.timestamp_roots, path.parent()) {
        *roots = folder.join(&*roots);
    }
    if let (Some(tokens), Some(folder)) = (&mut options.serve.tokens, path.parent()) {
        *tokens = folder.join(&*tokens);
    }
    options.check(path)?;
    Ok(options)
}

fn read_text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(MAX_FILE_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}

pub(super) fn parse(text: &str, path: &Path) -> Result<WrittenFile, ConfigError> {
    let at = |span: Option<std::ops::Range<usize>>| {
        let before = span
            .and_then(|span| text.get(..span.start))
            .unwrap_or_default();
        format!("{}:{}", path.display(), before.matches('\n').count() + 1)
    };
    toml::from_str::<WrittenFile>(text).map_err(|error| {
        let reason = error.message().lines().next().unwrap_or_default();
        let reason = unknown_key(reason).unwrap_or_else(|| reason.to_owned());
        ConfigError::new(at(error.span()), reason)
    })
}

/// Names the nearest valid key where the parser complains of an unknown one.
fn unknown_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let key = rest.split('`').next()?;
    // The parser lists what it expected there, which tells the section.
    let sections = [
        SCAN_KEYS,
        REVIEW_KEYS,
        PROMOTION_KEYS,
        EVIDENCE_KEYS,
        VANTAGE_KEYS,
        RETENTION_KEYS,
        BLOCK_KEYS,
        SERVE_KEYS,
        VERIFY_KEYS,
        EXIT_KEYS,
    ];
    let listed = |keys: &&&[&str]| rest.contains(&format!("`{}`", keys[0]));
    let known = *sections.iter().find(listed).unwrap_or(&SECTIONS);
    let nearest = known
        .iter()
        .map(|name| (strsim::jaro_winkler(key, name), *name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    Some(match nearest {
        Some((_, name)) => format!("there is no setting `{key}`; did you mean `{name}`?"),
        None if known == SECTIONS && SCAN_KEYS.contains(&key) => {
            format!("`{key}` belongs under a line `[scan]`")
        }
        None => format!(
            "there is no setting `{key}`; there are {}",
            known.join(", ")
        ),
    })
}
