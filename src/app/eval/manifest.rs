//! Manifests of labelled data.

use crate::rules::Category;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    /// Sells drugs.
    DrugSale,
    /// Fraud of any kind.
    Fraud,
    /// Harvests passwords, cards, codes.
    Phishing,
    /// Fraud, as some collections call it.
    Scam,
    /// An ordinary page.
    Benign,
    /// Looks like one of the above and is not.
    BenignHard,
}

impl Label {
    /// Whether such a sample should be flagged.
    pub fn is_positive(self) -> bool {
        !matches!(self, Self::Benign | Self::BenignHard)
    }

    /// Its name in manifests.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DrugSale => "drug_sale",
            Self::Fraud => "fraud",
            Self::Phishing => "phishing",
            Self::Scam => "scam",
            Self::Benign => "benign",
            Self::BenignHard => "benign_hard",
        }
    }
}

/// A page or a site to be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The id of its only page, or the name of the site.
    pub id: String,
    /// What it is.
    pub label: Label,
    /// Language as given.
    pub language: Option<String>,
    /// How much it counts when a model is fitted; 1 unless the manifest says otherwise.
    pub weight: f64,
    /// The category, where the label was made so precisely.
    pub category: Option<Category>,
    /// Its pages.
    pub pages: Vec<SamplePage>,
}

/// A page of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SamplePage {
    /// Id.
    pub id: String,
    /// The file.
    pub path: PathBuf,
    /// Where it was found.
    pub url: Option<String>,
    /// `Content-Type`, if it was recorded.
    pub content_type: Option<String>,
}

/// A line or file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Line number, from 1; 0 for errors that concern a file.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

/// Other keys are free: collections note where a page came from in their own way.
#[derive(Debug, Deserialize)]
struct Line {
    id: String,
    label: Label,
    path: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    lang: Option<String>,
    #[serde(default)]
    site: Option<String>,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    weight: Option<f64>,
    #[serde(default)]
    content_type: Option<String>,
}

/// Reads a manifest. Paths are relative to `folder`; lines that share a site become one sample.
pub fn read_manifest(text: &str, folder: &Path) -> (Vec<Sample>, Vec<LineError>) {
    let mut samples: Vec<Sample> = Vec::new();
    let mut sites: HashMap<String, usize> = HashMap::new();
    let mut errors = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let mut fail = |message: String| {
            errors.push(LineError {
                line: index + 1,
                message,
            });
        };
        let line: Line = match serde_json::from_str(line.trim_start_matches('\u{feff}')) {
            Ok(line) => line,
            Err(error) => {
                fail(error.to_string());
                continue;
            }
        };
        let page = SamplePage {
            id: line.id.clone(),
            path: folder.join(&line.path),
            url: line.url,
            content_type: line.content_type,
        };
        let known = line.site.as_ref().and_then(|site| sites.get(site)).copied();
        if let Some(at) = known {
            if samples[at].label == line.label {
                samples[at].pages.push(page);
            } else {
                fail(format!(
                    "{} is labelled {}, its site {}",
                    line.id,
                    line.label.as_str(),
                    samples[at].label.as_str()
                ));
            }
            continue;
        }
        if let Some(site) = &line.site {
            sites.insert(site.clone(), samples.len());
        }
        samples.push(Sample {
            id: line.site.unwrap_or(line.id),
            label: line.label,
            language: line.lang,
            weight: line.weight.unwrap_or(1.0).clamp(0.0, 100.0),
            category: line.category.as_deref().and_then(Category::named),
            pages: vec![page],
        });
    }
    (samples, errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_site_become_one_sample_and_bad_lines_are_counted() {
        let text = "{\"id\":\"a\",\"label\":\"fraud\",\"path\":\"a.html\",\"site\":\"s\",\"extra\":1}\n\
                    \n\
                    not json\n\
                    {\"id\":\"b\",\"label\":\"fraud\",\"path\":\"b.html\",\"site\":\"s\"}\n\
                    {\"id\":\"c\",\"label\":\"good\",\"path\":\"c.html\"}\n\
                    {\"id\":\"d\",\"label\":\"benign\",\"path\":\"d.txt\",\"lang\":\"kk\"}\n";
        let (samples, errors) = read_manifest(text, Path::new("/data"));
        assert_eq!(samples.len(), 2);
        assert_eq!((samples[0].id.as_str(), samples[0].pages.len()), ("s", 2));
        assert_eq!(samples[1].pages[0].path, Path::new("/data/d.txt"));
        assert_eq!(errors.iter().map(|e| e.line).collect::<Vec<_>>(), [3, 5]);
    }
}
