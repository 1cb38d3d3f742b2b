//! The examples in rule files, run through the same pipeline as captures from the network.

use super::Ruleset;
use super::ruleset::{Rule, RuleError};
use super::scan::{rules_that_hold, scan};
use super::site::{PageFindings, scan_site};
use super::source::{ExampleSource, OnePageSource, PageExample, SiteExample, Status};
use crate::capture::Capture;
use crate::page::Page;
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
            if wanted && !rule.is_part && rule.status != Status::Deprecated {
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

    /// The ids of the rules that hold on an example.
    fn holding_on(&self, example: &ExampleSource) -> Result<Vec<String>, String> {
        match example {
            ExampleSource::Text(text) => self.holding_on_page(text, None),
            ExampleSource::Page(page) => self.holding_on_page(body_of(page)?, page.url.as_deref()),
            ExampleSource::Site(site) => self.holding_on_site(site),
        }
    }

    fn holding_on_page(&self, body: &str, url: Option<&str>) -> Result<Vec<String>, String> {
        let page = read_page(body, url.unwrap_or(NO_HOST))?;
        let entities = entity::scan(&page);
        Ok(rules_that_hold(&page, &entities, self))
    }

    fn holding_on_site(&self, site: &SiteExample) -> Result<Vec<String>, String> {
        let mut pages = Vec::new();
        for (index, page) in site.pages.iter().enumerate() {
            let (body, url) = match page {
                OnePageSource::Text(text) => (text.as_str(), None),
                OnePageSource::Page(page) => (body_of(page)?, page.url.clone()),
            };
            let url = url.unwrap_or_else(|| format!("{NO_HOST}{index}"));
            let page = read_page(body, &url)?;
            let scanned = scan(&page, &entity::scan(&page), self);
            pages.push((page.url, scanned));
        }
        let found = scan_site(
            pages.iter().map(|(url, scanned)| PageFindings {
                url,
                parts: &scanned.parts,
            }),
            self,
        );
        // Drafts are told as parts: they run in their examples only.
        let all = found
            .findings
            .iter()
            .chain(&found.shadow)
            .chain(&found.parts);
        Ok(all.map(|finding| finding.rule.clone()).collect())
    }
}

fn body_of(page: &PageExample) -> Result<&str, String> {
    page.html
        .as_deref()
        .or(page.text.as_deref())
        .ok_or_else(|| "an example page has html or text".to_owned())
}

fn read_page(body: &str, url: &str) -> Result<Page, String> {
    let url = SuspectUrl::from_written(url).map_err(|error| error.to_string())?;
    let content_type = if body.trim_start().starts_with('<') {
        "text/html; charset=utf-8"
    } else {
        "text/plain; charset=utf-8"
    };
    let capture = Capture::of_file(&url, Some(content_type), body.as_bytes().to_vec());
    Ok(page::parse(&capture))
}

fn shown(example: &ExampleSource) -> String {
    let text = match example {
        ExampleSource::Text(text) => text.clone(),
        ExampleSource::Page(page) => body_of(page).unwrap_or_default().to_owned(),
        ExampleSource::Site(site) => {
            let pages = site.pages.iter().map(|page| match page {
                OnePageSource::Text(text) => text.as_str(),
                OnePageSource::Page(page) => body_of(page).unwrap_or_default(),
            });
            pages.collect::<Vec<_>>().join(" | ")
        }
    };
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > SHOWN_CHARS {
        let cut: String = line.chars().take(SHOWN_CHARS).collect();
        format!("{cut}…")
    } else {
        line
    }
}
