//! What each fact and word contributes, with the place that shows it.

use super::features::{key_of_pair, keys_of_word, prominence};
use super::{Features, Model, measure_name};
use crate::page::{Page, Region, RegionKind};
use crate::rules::excerpt::excerpt_around;
use crate::rules::{Category, Family, Finding};
use crate::text::fold;
use std::ops::Range;

/// What one fact, or all words together, contribute to the log-odds that a site should be flagged.
#[derive(Debug, Clone, PartialEq)]
pub struct Contribution {
    /// `model.` and the name of the fact; `model.words` for the words.
    pub rule: String,
    /// Log-odds; negative if it speaks against.
    pub weight: f64,
    /// Where it shows best: an index into the page's regions, and bytes of that region's text.
    pub place: Option<(usize, Range<usize>)>,
    /// Other words of the same region that weigh much.
    pub others: Vec<Range<usize>>,
}

/// An index into the page's regions, and bytes of that region's text.
type Place = (usize, Range<usize>);

/// The evidence kind of what the model adds.
const EVIDENCE: &str = "model";
/// So many words are marked.
const MARKED_WORDS: usize = 8;

/// What facts and words of a page contribute, heaviest first. Facts that are rules are left out: these are
/// shown as such.
pub fn contributions(page: &Page, features: &Features, model: &Model) -> Vec<Contribution> {
    let mut all: Vec<Contribution> = features
        .facts
        .iter()
        .filter_map(|fact| {
            let (name, weight) = model.facts.get(&fact.key)?;
            (!name.starts_with("rule:")).then(|| Contribution {
                rule: format!("model.{name}"),
                weight: weight * features.counts.dilution() * model.slope,
                place: fact.place.clone(),
                others: Vec::new(),
            })
        })
        .collect();
    let words = model.sum_words(features) * model.slope;
    let (place, others) = strongest_words(page, model, words >= 0.0);
    let measured = model.measured(&features.counts).into_iter().enumerate();
    all.extend(measured.map(|(index, weight)| Contribution {
        rule: format!("model.measure:{}", measure_name(index)),
        weight: weight * model.slope,
        place: None,
        others: Vec::new(),
    }));
    all.push(Contribution {
        rule: "model.words".to_owned(),
        weight: words,
        place,
        others,
    });
    all.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.rule.cmp(&b.rule)));
    all
}

/// The region whose words weigh most in one direction, and its heaviest words.
fn strongest_words(page: &Page, model: &Model, upward: bool) -> (Option<Place>, Vec<Range<usize>>) {
    let mut best: Option<(f64, usize, Vec<Range<usize>>)> = None;
    for (index, region) in page.regions.iter().enumerate() {
        let Some(prominent) = prominence(region.kind) else {
            continue;
        };
        let mut words = weighed_words(region, model, prominent);
        if !upward {
            for (weight, _) in &mut words {
                *weight = -*weight;
            }
        }
        words.retain(|(weight, _)| *weight > 0.0);
        words.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.start.cmp(&b.1.start)));
        words.truncate(MARKED_WORDS);
        let sum: f64 = words.iter().map(|(weight, _)| weight).sum();
        if sum > best.as_ref().map_or(0.0, |best| best.0) {
            best = Some((
                sum,
                index,
                words.into_iter().map(|(_, span)| span).collect(),
            ));
        }
    }
    match best {
        Some((_, region, mut spans)) if !spans.is_empty() => {
            let first = spans.remove(0);
            (Some((region, first)), spans)
        }
        _ => (None, Vec::new()),
    }
}

/// The words of a region with the weight of each by itself and with the word before it.
fn weighed_words(region: &Region, model: &Model, prominent: bool) -> Vec<(f64, Range<usize>)> {
    let folded = fold(&region.text);
    let mut before: Option<&str> = None;
    let mut words = Vec::with_capacity(folded.tokens.len());
    for token in &folded.tokens {
        let word = &folded.text[token.span.clone()];
        let mut keys = keys_of_word(word, prominent);
        keys.extend(before.map(|before| key_of_pair(before, word)));
        let weight = keys.into_iter().map(|key| model.words.weight(key)).sum();
        words.push((weight, folded.raw_span(token.span.clone())));
        before = Some(word);
    }
    words
}

impl Contribution {
    /// The contribution as a finding on its page: for the category, or against its family.
    pub fn into_finding(self, page: &Page, category: Category) -> Finding {
        let against = self.weight < 0.0;
        let mut finding = Finding {
            rule: self.rule,
            category: (!against).then_some(category),
            lowers: if against {
                vec![category.family()]
            } else {
                Vec::<Family>::new()
            },
            evidence: EVIDENCE.to_owned(),
            weight: self.weight,
            url: page.url.clone(),
            region: RegionKind::Text,
            excerpt: String::new(),
            marks: Vec::new(),
            span: (0, 0),
            also: Vec::new(),
        };
        let region = self
            .place
            .and_then(|(at, span)| Some((page.regions.get(at)?, span)));
        if let Some((region, span)) = region {
            finding.show(region, &span, &self.others);
        }
        finding
    }
}

impl Finding {
    /// Shows a place of a region: excerpt, marks and span.
    pub(in crate::rules) fn show(
        &mut self,
        region: &Region,
        span: &Range<usize>,
        others: &[Range<usize>],
    ) {
        self.region = region.kind;
        let excerpt = excerpt_around(&region.text, span, others);
        self.excerpt = excerpt.text;
        self.marks = excerpt.marks;
        // Spans of URL and host count in their own text.
        let source = if matches!(region.kind, RegionKind::Url | RegionKind::Host) {
            span.clone()
        } else {
            region.map.source_span(span.clone())
        };
        self.span = (source.start, source.end);
    }
}
