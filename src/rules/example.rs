//! The examples in rule files, run through the same pipeline as captures from the network.

use super::Ruleset;
use super::ruleset::{Rule, RuleError};
use super::scan::rules_that_hold;
use super::source::{ExampleSource, Status};
use crate::capture::Capture;
use crate::suspect::SuspectUrl;
use crate::{entity, page};

/// What came of running examples.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExampleReport {
    /// How many rules were tried.
    pub rules: usize,
    /// How many examples were run.
    pub examples: usize,
    /// Examples that came out otherwise.
    pub failures: Vec<RuleError>,
}

/// A host without meaning: no signal of the host holds.
const NO_HOST: &str = "http://example.invalid/";
const SHOWN_CHARS: usize = 100;

impl Ruleset {
    /// Runs the examples of every rule whose id contains `filter`.
    pub fn run_examples(&self, filter: Option<&str>) -> ExampleReport {
        let mut report = ExampleReport::default();
        for rule in &self.rules {
            let wanted = filter.is_none_or(|filter| rule.id.contains(filter));
            if wanted && rule.status != Status::Deprecated {
                self.run_rule(rule, &mut report);
            }
        }
        report
            .failures
            .sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        report
    }

    fn run_rule(&self, rule: &Rule, report: &mut ExampleReport) {
        report.rules += 1;
        let sides = [(true, &rule.matching), (false, &rule.no_match)];
        for (expected, examples) in sides {
            for example in examples {
                report.examples += 1;
                let message = match self.holding_on(example) {
                    Err(message) => message,
                    Ok(held) if held.contains(&rule.id) == expected => continue,
                    Ok(_) if expected => "should match, but does not".to_owned(),
                    Ok(_) => "should not match, but does".to_owned(),
                };
                report.failures.push(RuleError {
                    file: rule.file.clone(),
                    line: rule.line,
                    message: format!("{}: {message}: {}", rule.id, shown(example)),
                });
            }
        }
    }

    fn holding_on(&self, example: &ExampleSource) -> Result<Vec<String>, String> {
        let (body, url) = match example {
            ExampleSource::Text(text) => (text, None),
            ExampleSource::Page(page) => (
                page.html
                    .as_ref()
                    .or(page.text.as_ref())
                    .ok_or("an example page has html or text")?,
                page.url.as_deref(),
            ),
        };
        let url = SuspectUrl::from_written(url.unwrap_or(NO_HOST)).map_err(|e| e.to_string())?;
        let content_type = if body.trim_start().starts_with('<') {
            "text/html; charset=utf-8"
        } else {
            "text/plain; charset=utf-8"
        };
        let capture = Capture::of_file(&url, Some(content_type), body.clone().into_bytes());
        let page = page::parse(&capture);
        let entities = entity::scan(&page);
        Ok(rules_that_hold(&page, &entities, self))
    }
}

fn shown(example: &ExampleSource) -> String {
    let text = match example {
        ExampleSource::Text(text) => text.as_str(),
        ExampleSource::Page(page) => page.html.as_deref().or(page.text.as_deref()).unwrap_or(""),
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > SHOWN_CHARS {
        let cut: String = line.chars().take(SHOWN_CHARS).collect();
        format!("{cut}…")
    } else {
        line
    }
}
