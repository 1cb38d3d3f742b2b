//! What each rule contributes to the score of a page, and the score without it.

use super::judge::findings_of_site;
use super::tally::{Tally, logistic};
use super::{Band, Examined, examine};
use crate::capture::Capture;
use crate::page::RegionKind;
use crate::rules::{Category, Finding, Ruleset};
use crate::suspect::SuspectUrl;
use crate::text::Language;
use serde::Serialize;
use std::collections::BTreeSet;

/// Every point of every score of a page.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The page.
    pub url: SuspectUrl,
    /// Its language.
    pub language: Language,
    /// Version of the ruleset.
    pub ruleset: String,
    /// Every category with findings, highest score first.
    pub categories: Vec<CategoryExplanation>,
    /// What overrides keep from counting.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub silenced: Vec<SilencedLine>,
    /// Shadow rules that hold; they contribute nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shadow: Vec<String>,
}

/// A rule that holds and does not count because of an override.
#[derive(Debug, Clone, Serialize)]
pub struct SilencedLine {
    /// Rule id.
    pub rule: String,
    /// The override, in words.
    pub why: String,
    /// What shows it.
    pub excerpt: String,
    /// Byte spans within `excerpt` of what matched.
    pub marks: Vec<(usize, usize)>,
}

/// Every point of the score of one category.
#[derive(Debug, Clone, Serialize)]
pub struct CategoryExplanation {
    /// Which category.
    pub category: Category,
    /// Log-odds before anything is known.
    pub prior: f64,
    /// Log-odds of everything together.
    pub log_odds: f64,
    /// Probability, 0 to 1.
    pub score: f64,
    /// Band of that score.
    pub band: Band,
    /// Rules that hold, heaviest first, evidence against last.
    pub lines: Vec<ExplanationLine>,
}

/// What one rule contributes.
#[derive(Debug, Clone, Serialize)]
pub struct ExplanationLine {
    /// Rule id.
    pub rule: String,
    /// Kind of evidence.
    pub evidence: String,
    /// Weight, log-odds.
    pub weight: f64,
    /// What it changes the sum by after the caps, log-odds.
    pub counted: f64,
    /// The score without it.
    pub without: f64,
    /// Where on the page.
    pub region: RegionKind,
    /// What shows it.
    pub excerpt: String,
    /// Byte spans within `excerpt` of what matched.
    pub marks: Vec<(usize, usize)>,
    /// Byte span in the page's body decoded to UTF-8.
    pub span: (usize, usize),
    /// What an override changes about the rule, in words.
    #[serde(rename = "override", skip_serializing_if = "Option::is_none")]
    pub overridden: Option<String>,
}

/// Examines a capture and explains its scores.
pub fn explain_capture(capture: &Capture, ruleset: &Ruleset) -> Explanation {
    explain(&examine(capture, ruleset), ruleset)
}

/// Explains the scores of an examined page, judged by itself.
pub fn explain(examined: &Examined, ruleset: &Ruleset) -> Explanation {
    let of_site = findings_of_site(std::slice::from_ref(examined), ruleset);
    let findings = [examined.findings.as_slice(), &of_site.findings].concat();
    let named: BTreeSet<Category> = findings
        .iter()
        .filter_map(|finding| finding.category)
        .collect();
    let mut categories: Vec<CategoryExplanation> = named
        .into_iter()
        .map(|category| explain_category(&findings, category, ruleset))
        .collect();
    categories.sort_by(|a, b| b.log_odds.total_cmp(&a.log_odds));
    Explanation {
        url: examined.page.url.clone(),
        language: examined.language,
        ruleset: ruleset.version().to_owned(),
        categories,
        silenced: examined
            .silenced
            .iter()
            .chain(&of_site.silenced)
            .map(|silenced| SilencedLine {
                rule: silenced.finding.rule.clone(),
                why: silenced.why.clone(),
                excerpt: silenced.finding.excerpt.clone(),
                marks: silenced.finding.marks.clone(),
            })
            .collect(),
        shadow: examined
            .shadow
            .iter()
            .chain(&of_site.shadow)
            .map(|finding| finding.rule.clone())
            .collect(),
    }
}

fn explain_category(
    findings: &[Finding],
    category: Category,
    ruleset: &Ruleset,
) -> CategoryExplanation {
    let scoring = ruleset.scoring();
    let prior = scoring.prior_of(category);
    let log_odds = prior + Tally::of(findings, category, scoring).sum(scoring);
    let mut lines: Vec<ExplanationLine> = findings
        .iter()
        .filter(|finding| {
            finding.category == Some(category) || finding.lowers.contains(&category.family())
        })
        .map(|finding| {
            let others = findings.iter().filter(|other| other.rule != finding.rule);
            let without = prior + Tally::of(others, category, scoring).sum(scoring);
            ExplanationLine {
                rule: finding.rule.clone(),
                evidence: finding.evidence.clone(),
                weight: finding.weight,
                counted: log_odds - without,
                without: logistic(without),
                region: finding.region,
                excerpt: finding.excerpt.clone(),
                marks: finding.marks.clone(),
                span: finding.span,
                overridden: ruleset.override_of(&finding.rule),
            }
        })
        .collect();
    lines.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.rule.cmp(&b.rule)));
    let score = logistic(log_odds);
    CategoryExplanation {
        category,
        prior,
        log_odds,
        score,
        band: Band::of_score(score, scoring),
        lines,
    }
}
