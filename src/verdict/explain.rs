//! What each rule contributes to the score of a page, and the score without it.

use super::blend::{LogOdds, blend, view_of_site};
use super::judge::findings_of_site;
use super::tally::{Tally, logistic};
use super::{Band, Examined, examine};
use crate::capture::Capture;
use crate::page::RegionKind;
use crate::rules::{Category, Features, Finding, Key, Ruleset, contributions};
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
    let pages = std::slice::from_ref(examined);
    let view = view_of_site(pages, &of_site.findings, ruleset);
    let basis = Basis {
        findings: &findings,
        features: &view.features,
        ruleset,
    };
    let all = basis.log_odds(None);
    let mut categories: Vec<CategoryExplanation> = all
        .iter()
        .map(|(&category, &log_odds)| explain_category(&basis, category, log_odds, examined))
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

/// What the scores of a page rest on.
struct Basis<'a> {
    findings: &'a [Finding],
    features: &'a Features,
    ruleset: &'a Ruleset,
}

impl Basis<'_> {
    /// The log-odds of every category, as if a rule did not hold.
    fn log_odds(&self, without: Option<&str>) -> LogOdds {
        let scoring = self.ruleset.scoring();
        let counted = || {
            self.findings
                .iter()
                .filter(|f| Some(f.rule.as_str()) != without)
        };
        let named: BTreeSet<Category> = counted().filter_map(|finding| finding.category).collect();
        let by_rules: LogOdds = named
            .into_iter()
            .map(|category| {
                let sum = Tally::of(counted(), category, scoring).sum(scoring);
                (category, scoring.prior_of(category) + sum)
            })
            .collect();
        match (self.ruleset.model(), without) {
            (None, _) => by_rules,
            (Some(model), None) => blend(&by_rules, self.features, model, scoring),
            (Some(model), Some(rule)) => blend(
                &by_rules,
                &self.features.without_fact(Key::of_rule(rule)),
                model,
                scoring,
            ),
        }
    }

    /// Log-odds before anything is known.
    fn prior(&self, category: Category) -> f64 {
        match self.ruleset.model() {
            Some(model) => model.log_odds(&Features::default(), f64::NEG_INFINITY),
            None => self.ruleset.scoring().prior_of(category),
        }
    }
}

fn explain_category(
    basis: &Basis<'_>,
    category: Category,
    log_odds: f64,
    examined: &Examined,
) -> CategoryExplanation {
    let speaks = |finding: &&Finding| {
        finding.category == Some(category) || finding.lowers.contains(&category.family())
    };
    let mut lines: Vec<ExplanationLine> = basis
        .findings
        .iter()
        .filter(speaks)
        .map(|finding| {
            let prior = basis.prior(category);
            let without = basis.log_odds(Some(&finding.rule)).get(&category).copied();
            let without = without.unwrap_or(prior);
            line_of(
                finding,
                log_odds - without,
                logistic(without),
                basis.ruleset,
            )
        })
        .collect();
    if let Some(model) = basis.ruleset.model() {
        let added = contributions(&examined.page, &examined.features, model);
        lines.extend(
            added
                .into_iter()
                .filter(|c| c.weight.abs() >= LEAST_EXPLAINED)
                .map(|c| {
                    let (counted, without) = (c.weight, logistic(log_odds - c.weight));
                    let finding = c.into_finding(&examined.page, category);
                    line_of(&finding, counted, without, basis.ruleset)
                }),
        );
    }
    lines.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.rule.cmp(&b.rule)));
    let score = logistic(log_odds);
    CategoryExplanation {
        category,
        prior: basis.prior(category),
        log_odds,
        score,
        band: Band::of_score(score, basis.ruleset.scoring()),
        lines,
    }
}

/// What changes the sum by less than this is not worth a line.
const LEAST_EXPLAINED: f64 = 0.02;

fn line_of(finding: &Finding, counted: f64, without: f64, ruleset: &Ruleset) -> ExplanationLine {
    ExplanationLine {
        rule: finding.rule.clone(),
        evidence: finding.evidence.clone(),
        weight: finding.weight,
        counted,
        without,
        region: finding.region,
        excerpt: finding.excerpt.clone(),
        marks: finding.marks.clone(),
        span: finding.span,
        overridden: ruleset.override_of(&finding.rule),
    }
}
