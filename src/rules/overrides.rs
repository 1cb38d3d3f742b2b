//! What a user changes about rules without editing packs: `overrides.yaml`.
//!
//! Each entry says why, by whom and until when. An exemption covers rules on a host, or one stretch of text;
//! it never makes a whole page innocent.

use super::nearest::unknown_name;
use super::ruleset::{Rule, RuleError};
use crate::text::fold;
use jiff::civil::Date;
use serde::Deserialize;
use serde_saphyr::Spanned;
use std::collections::HashMap;

/// The file.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OverridesSource {
    /// What is changed.
    #[schemars(with = "Vec<OverrideSource>")]
    pub(super) overrides: Vec<Spanned<OverrideSource>>,
}

/// One change: exactly one of `disable`, `weigh`, `exempt_host` and `exempt_text`.
#[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OverrideSource {
    /// A rule that counts no more, as if it never held.
    #[serde(default)]
    disable: Option<String>,
    /// A rule that gets another weight.
    #[serde(default)]
    weigh: Option<String>,
    /// The weight it gets, with the sign it has.
    #[serde(default)]
    weight: Option<f64>,
    /// A host (not its subdomains, but `www.`) on which `rules` do not count.
    #[serde(default)]
    exempt_host: Option<String>,
    /// The rules that do not count on that host.
    #[serde(default)]
    rules: Vec<String>,
    /// A stretch of text, two words or more, that proves nothing wherever it stands.
    #[serde(default)]
    exempt_text: Option<String>,
    /// Why.
    reason: String,
    /// Who decided it.
    author: String,
    /// From this day on it is ignored.
    #[serde(default)]
    #[schemars(with = "Option<String>", extend("format" = "date"))]
    expires: Option<Date>,
}

/// Overrides that hold today.
#[derive(Debug, Default)]
pub(super) struct Overrides {
    /// Texts that prove nothing.
    pub(super) texts: Vec<ExemptText>,
    /// Entries that are ignored, and why.
    pub(super) notes: Vec<RuleError>,
    /// How many entries hold.
    pub(super) in_force: usize,
}

/// A stretch of text that proves nothing.
#[derive(Debug)]
pub(super) struct ExemptText {
    /// Folded.
    pub(super) folded: String,
    /// In words, for explanations.
    pub(super) why: String,
}

/// What overrides do to one rule.
#[derive(Debug, Default)]
pub(super) struct RuleOverride {
    disabled: Option<String>,
    weighed: Option<String>,
    /// Hosts without `www.`, and why.
    hosts: Vec<(String, String)>,
}

impl RuleOverride {
    /// Why the rule does not count on a host.
    pub(super) fn silenced_on(&self, host: &str) -> Option<&str> {
        let host = host.strip_prefix("www.").unwrap_or(host);
        let exempt = || self.hosts.iter().find(|(exempt, _)| exempt == host);
        self.disabled
            .as_deref()
            .or_else(|| exempt().map(|(_, why)| why.as_str()))
    }

    /// What is changed about the rule, in words; `None` if nothing is.
    pub(super) fn note(&self) -> Option<String> {
        let parts: Vec<&str> = self
            .disabled
            .iter()
            .chain(&self.weighed)
            .chain(self.hosts.iter().map(|(_, why)| why))
            .map(String::as_str)
            .collect();
        (!parts.is_empty()).then(|| parts.join("; "))
    }
}

/// Changes the rules as the file says. Entries that expired by `today` change nothing and are noted.
pub(super) fn apply_overrides(
    file: &str,
    text: &str,
    today: Date,
    rules: &mut [Rule],
) -> Result<Overrides, Vec<RuleError>> {
    let at = |line: u64, message: String| RuleError {
        file: file.to_owned(),
        line: usize::try_from(line).unwrap_or(0),
        message,
    };
    let source: OverridesSource = serde_saphyr::from_str(text).map_err(|error| {
        let line = error.location().map_or(0, |location| location.line());
        let message = error.without_snippet().to_string();
        vec![at(
            line,
            message.lines().next().unwrap_or("not YAML").to_owned(),
        )]
    })?;
    let by_id = rules.iter().enumerate().filter(|(_, rule)| !rule.is_part);
    let by_id: HashMap<String, usize> = by_id.map(|(at, rule)| (rule.id.clone(), at)).collect();
    let mut overrides = Overrides::default();
    let mut errors = Vec::new();
    for entry in source.overrides {
        let line = entry.referenced.line();
        match entry.value.apply(&by_id, rules, today, &mut overrides) {
            Ok(None) => overrides.in_force += 1,
            Ok(Some(note)) => overrides.notes.push(at(line, note)),
            Err(message) => errors.push(at(line, message)),
        }
    }
    if errors.is_empty() {
        Ok(overrides)
    } else {
        Err(errors)
    }
}

impl OverrideSource {
    /// Applies one entry; gives a note if it has expired. Expired entries are checked like all others.
    fn apply(
        &self,
        by_id: &HashMap<String, usize>,
        rules: &mut [Rule],
        today: Date,
        overrides: &mut Overrides,
    ) -> Result<Option<String>, String> {
        let kinds = [
            self.disable.is_some(),
            self.weigh.is_some(),
            self.exempt_host.is_some(),
            self.exempt_text.is_some(),
        ];
        if kinds.iter().filter(|given| **given).count() != 1 {
            return Err(
                "an override is one of disable, weigh, exempt_host and exempt_text".to_owned(),
            );
        }
        if self.weigh.is_some() != self.weight.is_some() {
            return Err("weigh and weight belong together".to_owned());
        }
        if self.exempt_host.is_some() == self.rules.is_empty() {
            return Err(
                "exempt_host and rules belong together: a host is exempt from rules that are named, \
                 never from all"
                    .to_owned(),
            );
        }
        if self.reason.trim().is_empty() || self.author.trim().is_empty() {
            return Err("an override has a reason and an author".to_owned());
        }
        let find = |id: &String| {
            by_id
                .get(id)
                .copied()
                .ok_or_else(|| unknown_name("rule", id, by_id.keys().map(String::as_str)))
        };
        let named = self.disable.iter().chain(&self.weigh).chain(&self.rules);
        let found: Vec<usize> = named.map(find).collect::<Result<_, _>>()?;
        let text = self.exempt_text.as_deref().map(read_text).transpose()?;
        let weight = self
            .weight
            .map(|weight| check_weight(weight, &rules[found[0]]));
        let weight = weight.transpose()?;
        if let Some(day) = self.expires.filter(|day| *day <= today) {
            return Ok(Some(format!(
                "expired {day} and is ignored: {} ({})",
                self.reason, self.author
            )));
        }
        if let Some(folded) = text {
            let why = format!("exempt text {:?}: {}", self.shown_text(), self.because());
            overrides.texts.push(ExemptText { folded, why });
        }
        for at in found {
            self.change(&mut rules[at], weight)?;
        }
        Ok(None)
    }

    fn change(&self, rule: &mut Rule, weight: Option<f64>) -> Result<(), String> {
        let twice = || format!("{}: an earlier override says the same", rule.id);
        let because = self.because();
        if let Some(weight) = weight {
            if rule.overridden.weighed.is_some() {
                return Err(twice());
            }
            rule.overridden.weighed = Some(format!(
                "weight {weight:.2} instead of {:.2}: {because}",
                rule.weight
            ));
            rule.weight = weight;
        } else if let Some(host) = &self.exempt_host {
            let host = host.trim().to_lowercase();
            let host = host.strip_prefix("www.").unwrap_or(&host).to_owned();
            let why = format!("exempt on {host}: {because}");
            rule.overridden.hosts.push((host, why));
        } else if rule.overridden.disabled.is_some() {
            return Err(twice());
        } else {
            rule.overridden.disabled = Some(format!("disabled: {because}"));
        }
        Ok(())
    }

    fn because(&self) -> String {
        let until = self
            .expires
            .map_or(String::new(), |day| format!(", until {day}"));
        format!("{} ({}{until})", self.reason.trim(), self.author.trim())
    }

    fn shown_text(&self) -> &str {
        self.exempt_text.as_deref().unwrap_or_default()
    }
}

fn check_weight(weight: f64, rule: &Rule) -> Result<f64, String> {
    if !weight.is_finite() || weight.abs() > 10.0 {
        return Err(format!("weight {weight} is no log-odds between -10 and 10"));
    }
    if weight * rule.weight < 0.0 {
        return Err(format!(
            "{}: a weight keeps its sign; it is {:.2} now",
            rule.id, rule.weight
        ));
    }
    Ok(weight)
}

/// A single word would blind rules everywhere.
fn read_text(written: &str) -> Result<String, String> {
    let folded = fold(written);
    if folded.tokens.len() < 2 {
        return Err(format!(
            "exempt_text {written:?} is a single word; give more of the text, or disable the rule"
        ));
    }
    Ok(folded.text.trim().to_owned())
}

#[cfg(test)]
#[path = "overrides_tests.rs"]
mod tests;
