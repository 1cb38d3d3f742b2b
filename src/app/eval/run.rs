//! Samples → verdicts.

use super::manifest::{Label, LineError, Sample, SamplePage};
use crate::capture::Capture;
use crate::rules::{Category, Family, Ruleset};
use crate::suspect::SuspectUrl;
use crate::verdict::{Band, Examined, Explanation, Verdict, examine, explain, judge};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// A sample with what the rules say of it.
#[derive(Debug, Clone)]
pub struct Judged {
    /// Id of the sample.
    pub id: String,
    /// What it is.
    pub label: Label,
    /// Language as given.
    pub language: String,
    /// The verdict.
    pub verdict: Verdict,
    /// The scores of each page by itself, explained; only of a wrong one: explaining costs more than judging.
    pub explanations: Vec<Explanation>,
}

impl Judged {
    /// Whether a person would be asked to look.
    pub fn is_flagged(&self) -> bool {
        self.verdict.band() > Band::Clear
    }

    /// Whether a person would be asked to look first.
    pub fn is_urgent(&self) -> bool {
        self.verdict.band() == Band::Urgent
    }

    /// Whether the verdict is what the label asks for.
    pub fn is_right(&self) -> bool {
        self.is_flagged() == self.label.is_positive()
    }

    /// Whether a person should see why: it is not what the label asks for, or flagged for the wrong family.
    pub fn is_wrong(&self) -> bool {
        !self.is_right() || (self.label.is_positive() && !self.has_right_family())
    }

    /// The category with the highest score.
    pub fn category(&self) -> Option<Category> {
        self.verdict.top().map(|top| top.category)
    }

    /// Whether it is flagged for the family that its label names.
    pub fn has_right_family(&self) -> bool {
        let wanted = if self.label == Label::DrugSale {
            Family::Drugs
        } else {
            Family::Fraud
        };
        self.label.is_positive()
            && self.is_flagged()
            && self
                .category()
                .is_some_and(|category| category.family() == wanted)
    }
}

/// Judges samples on `threads` threads, in the order of the samples. Unreadable files are errors; a sample
/// without a readable page is left out.
pub fn evaluate(
    samples: &[Sample],
    ruleset: &Ruleset,
    threads: usize,
) -> (Vec<Judged>, Vec<LineError>) {
    for_each_sample(samples, threads, |sample| judge_sample(sample, ruleset))
}

/// Does something with every sample on `threads` threads; what comes of it stands in the order of the samples.
pub fn for_each_sample<T: Send>(
    samples: &[Sample],
    threads: usize,
    make: impl Fn(&Sample) -> (Option<T>, Vec<LineError>) + Sync,
) -> (Vec<T>, Vec<LineError>) {
    let next = AtomicUsize::new(0);
    let results = Mutex::new((Vec::new(), Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..threads.clamp(1, 64) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(sample) = samples.get(index) else {
                        break;
                    };
                    let (made, errors) = make(sample);
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    results.0.extend(made.map(|made| (index, made)));
                    results
                        .1
                        .extend(errors.into_iter().map(|error| (index, error)));
                }
            });
        }
    });
    let (mut made, mut errors) = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    made.sort_by_key(|(index, _)| *index);
    errors.sort_by_key(|(index, _)| *index);
    (
        made.into_iter().map(|(_, made)| made).collect(),
        errors.into_iter().map(|(_, error)| error).collect(),
    )
}

/// Examines the pages of a sample; unreadable ones are errors.
pub fn examine_sample(sample: &Sample, ruleset: &Ruleset) -> (Vec<Examined>, Vec<LineError>) {
    let mut pages: Vec<Examined> = Vec::new();
    let mut errors = Vec::new();
    for (index, page) in sample.pages.iter().enumerate() {
        match read_page(page, &sample.id, index) {
            Ok(capture) => pages.push(examine(&capture, ruleset)),
            Err(message) => errors.push(LineError { line: 0, message }),
        }
    }
    (pages, errors)
}

fn judge_sample(sample: &Sample, ruleset: &Ruleset) -> (Option<Judged>, Vec<LineError>) {
    let (pages, errors) = examine_sample(sample, ruleset);
    let judged = (!pages.is_empty()).then(|| {
        let mut judged = Judged {
            id: sample.id.clone(),
            label: sample.label,
            language: sample.language.clone().unwrap_or_else(|| "?".to_owned()),
            verdict: judge(&pages, ruleset),
            explanations: Vec::new(),
        };
        if judged.is_wrong() {
            judged.explanations = pages.iter().map(|page| explain(page, ruleset)).collect();
        }
        judged
    });
    (judged, errors)
}

fn read_page(page: &SamplePage, sample: &str, index: usize) -> Result<Capture, String> {
    let failed =
        |error: &dyn std::fmt::Display| format!("{}: {}: {error}", page.id, page.path.display());
    let body = std::fs::read(&page.path).map_err(|error| failed(&error))?;
    let url = match &page.url {
        Some(url) => SuspectUrl::from_written(url),
        None => SuspectUrl::parse(&synthetic_url(sample, index)),
    }
    .map_err(|error| failed(&error))?;
    let content_type = page
        .content_type
        .clone()
        .unwrap_or_else(|| content_type_of(page, &body).to_owned());
    Ok(Capture::of_file(&url, Some(&content_type), body))
}

/// A URL for pages that came without: the reserved top-level domain (RFC 2606) tells that the host means
/// nothing.
fn synthetic_url(sample: &str, index: usize) -> String {
    let name: String = sample
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .take(60)
        .collect();
    let name = name.trim_matches('-');
    let name = if name.is_empty() { "sample" } else { name };
    format!(
        "http://{name}.invalid/{}",
        if index == 0 {
            String::new()
        } else {
            index.to_string()
        }
    )
}

/// By file name, else by what the content looks like. The character set is left to detection.
fn content_type_of(page: &SamplePage, body: &[u8]) -> &'static str {
    let extension = page
        .path
        .extension()
        .and_then(|extension| extension.to_str());
    match extension.map(str::to_ascii_lowercase).as_deref() {
        Some("html" | "htm" | "xhtml") => "text/html",
        Some("txt" | "md" | "csv") => "text/plain",
        _ => {
            let head = &body[..body.len().min(1024)];
            let head = String::from_utf8_lossy(head).to_ascii_lowercase();
            let marked = ["<html", "<!doctype", "<body", "<head", "<div", "<p>"];
            if marked.iter().any(|mark| head.contains(mark)) {
                "text/html"
            } else {
                "text/plain"
            }
        }
    }
}

#[cfg(test)]
#[path = "run_tests.rs"]
mod tests;
