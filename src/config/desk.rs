//! Settings of the desk: `[review]`, `[promotion]`, `[evidence]`, `[retention]`, `[block]`, `[serve]` and
//! `[verify]`.

use super::{
    BlockOptions, ConfigError, EvidenceOptions, RetentionOptions, ServeOptions, VerifyOptions,
};
use crate::review::Reviewer;
use serde::Deserialize;
use std::path::Path;

/// The lower end of the interval of a rule's precision that it must reach, if nothing else is set.
const DEFAULT_BAR: f64 = 0.9;
/// Decided hits that a rule must have, if nothing else is set.
const DEFAULT_DECIDED: usize = 20;

/// Settings of the desk, as written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DeskOptions {
    /// Who decides.
    pub review: ReviewOptions,
    /// When rules go live.
    pub promotion: PromotionOptions,
    /// Who collects evidence for whom, and how its time is proven.
    pub evidence: EvidenceOptions,
    /// How long content is kept.
    pub retention: RetentionOptions,
    /// How blocks are asked for.
    pub block: BlockOptions,
    /// Where lists are served.
    pub serve: ServeOptions,
    /// From where blocks are verified.
    pub verify: VerifyOptions,
}

/// `[review]`
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ReviewOptions {
    /// Under whose name decisions are taken, where `--author` does not say.
    pub author: Option<String>,
}

/// `[promotion]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PromotionOptions {
    /// The lower end of the Wilson interval of its precision that a rule must reach, 0.5 to 1.
    pub bar: Option<f64>,
    /// Decided hits that it must have.
    pub decided: Option<usize>,
}

impl PromotionOptions {
    /// The bar, a share.
    pub fn bar(&self) -> f64 {
        self.bar.unwrap_or(DEFAULT_BAR)
    }

    /// How many decided hits.
    pub fn decided(&self) -> usize {
        self.decided.unwrap_or(DEFAULT_DECIDED)
    }
}

impl DeskOptions {
    pub(super) fn check(&self, path: &Path) -> Result<(), ConfigError> {
        self.evidence.check(path)?;
        self.retention.check(path)?;
        self.serve.check(path)?;
        self.block.check(path)?;
        self.verify.check(path)?;
        let refuse = |key: &str, reason: String| {
            Err(ConfigError::new(
                format!("{}: {key}", path.display()),
                reason,
            ))
        };
        if let Some(author) = &self.review.author
            && let Err(error) = Reviewer::named(author)
        {
            return refuse("review.author", error.to_string());
        }
        let bar = self.promotion.bar();
        if !(0.5..1.0).contains(&bar) {
            return refuse(
                "promotion.bar",
                format!("{bar} is out of range; give a share of 0.5 to below 1, like 0.9"),
            );
        }
        let decided = self.promotion.decided();
        if !(1..=1_000_000).contains(&decided) {
            return refuse(
                "promotion.decided",
                format!("{decided} is out of range; give 1 to 1000000 decided hits"),
            );
        }
        Ok(())
    }
}
