//! `model.yaml`

use super::{
    CategoryHead, FitNote, Key, MEASURES, MeasureWeight, Model, WORD_BITS, WordWeights,
    measure_name,
};
use crate::rules::Category;
use data_encoding::BASE64;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

/// A model file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ModelError(String);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelSource {
    model: u32,
    fitted: FitNote,
    bias: f64,
    tally: f64,
    slope: f64,
    intercept: f64,
    word_cap: f64,
    measures: BTreeMap<String, [f64; 3]>,
    categories: BTreeMap<Category, HeadSource>,
    facts: BTreeMap<String, Vec<f64>>,
    word_step: f64,
    words: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadSource {
    bias: f64,
    tally: f64,
}

/// The form of the file that this program writes and reads.
const FORM: u32 = 1;

impl Model {
    /// Reads the text of a model file.
    ///
    /// # Errors
    /// If it is no model file, of another form, or has weights of another number than it says.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let source: ModelSource = serde_saphyr::from_str(text)
            .map_err(|error| ModelError(error.without_snippet().to_string()))?;
        if source.model != FORM {
            return Err(ModelError(format!(
                "model form {}, this program reads form {FORM}; fit it anew with `tazy rules fit`",
                source.model
            )));
        }
        let units = units_of(&source.words)?;
        let mut categories: Vec<CategoryHead> = source
            .categories
            .iter()
            .map(|(&category, head)| CategoryHead {
                category,
                bias: head.bias,
                tally: head.tally,
                facts: HashMap::new(),
            })
            .collect();
        let mut facts = HashMap::with_capacity(source.facts.len());
        for (name, weights) in source.facts {
            if weights.len() > categories.len() + 1 {
                return Err(ModelError(format!("facts: {name}: too many weights")));
            }
            let key = Key::of(&name);
            for (head, &weight) in categories.iter_mut().zip(weights.iter().skip(1)) {
                if weight != 0.0 {
                    head.facts.insert(key, (name.clone(), weight));
                }
            }
            let weight = weights.first().copied().unwrap_or(0.0);
            if weight != 0.0 {
                facts.insert(key, (name, weight));
            }
        }
        let measures = measures_of(&source.measures)?;
        Ok(Self {
            bias: source.bias,
            tally: source.tally,
            facts,
            words: WordWeights {
                step: source.word_step,
                units,
            },
            word_cap: source.word_cap,
            measures,
            slope: source.slope,
            intercept: source.intercept,
            categories,
            fitted: source.fitted,
        })
    }

    /// The text of its file. Weights are rounded to a hundredth: reading it back gives the model that is used.
    pub fn to_text(&self) -> String {
        let mut text = String::from(
            "# The statistical model. Written by `tazy rules fit`; see docs/rules.md. Facts: what each adds to the\n\
             # log-odds that a site should be flagged, then to those of each category, in their order above.\n",
        );
        // Writing to a string does not fail.
        let _ = self.write_head(&mut text);
        let mut rows: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
        let width = self.categories.len() + 1;
        let heads = std::iter::once(&self.facts).chain(self.categories.iter().map(|h| &h.facts));
        for (column, facts) in heads.enumerate() {
            for (name, weight) in facts.values() {
                rows.entry(name).or_insert_with(|| vec![0.0; width])[column] = *weight;
            }
        }
        text.push_str("facts:\n");
        for (name, weights) in rows {
            let used = weights.iter().rposition(|weight| rounded(*weight) != 0.0);
            let Some(used) = used else { continue };
            let list: Vec<String> = weights[..=used]
                .iter()
                .map(|w| rounded(*w).to_string())
                .collect();
            let _ = writeln!(text, "  \"{name}\": [{}]", list.join(", "));
        }
        let bytes: Vec<u8> = self
            .words
            .units
            .iter()
            .map(|unit| unit.cast_unsigned())
            .collect();
        let _ = writeln!(text, "word_step: {:e}", self.words.step);
        let _ = writeln!(text, "words: {}", BASE64.encode(&bytes));
        text
    }

    fn write_head(&self, text: &mut String) -> std::fmt::Result {
        let FitNote {
            samples,
            positives,
            recall,
            false_positive_rate,
        } = self.fitted;
        writeln!(text, "model: {FORM}")?;
        writeln!(
            text,
            "fitted: {{samples: {samples}, positives: {positives}, recall: {recall:.4}, false_positive_rate: {false_positive_rate:.4}}}"
        )?;
        writeln!(text, "bias: {:.4}", self.bias)?;
        writeln!(text, "tally: {:.4}", self.tally)?;
        writeln!(text, "slope: {:.4}", self.slope)?;
        writeln!(text, "intercept: {:.4}", self.intercept)?;
        writeln!(text, "word_cap: {:.2}", self.word_cap)?;
        writeln!(text, "measures:")?;
        for (index, measure) in self.measures.iter().enumerate() {
            let MeasureWeight {
                usual,
                spread,
                weight,
            } = measure;
            let name = measure_name(index);
            writeln!(text, "  {name}: [{usual:.5}, {spread:.5}, {weight:.5}]")?;
        }
        writeln!(text, "categories:")?;
        for head in &self.categories {
            writeln!(
                text,
                "  {}: {{bias: {:.4}, tally: {:.4}}}",
                head.category, head.bias, head.tally
            )?;
        }
        Ok(())
    }
}

fn units_of(words: &str) -> Result<Vec<i8>, ModelError> {
    let bytes = BASE64
        .decode(words.as_bytes())
        .map_err(|error| ModelError(format!("words: {error}")))?;
    let (given, needed) = (bytes.len(), 1 << WORD_BITS);
    if given != needed {
        return Err(ModelError(format!(
            "{given} word weights, {needed} are needed"
        )));
    }
    Ok(bytes.into_iter().map(u8::cast_signed).collect())
}

fn measures_of(rows: &BTreeMap<String, [f64; 3]>) -> Result<Vec<MeasureWeight>, ModelError> {
    (0..MEASURES)
        .map(|index| {
            let name = measure_name(index);
            let row = rows.get(&name);
            let [usual, spread, weight] =
                *row.ok_or_else(|| ModelError(format!("measures: {name} is missing")))?;
            Ok(MeasureWeight {
                usual,
                spread,
                weight,
            })
        })
        .collect()
}

fn rounded(weight: f64) -> f64 {
    let rounded = (weight * 100.0).round() / 100.0;
    // No minus before a zero.
    if rounded == 0.0 { 0.0 } else { rounded }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
