//! `tazy rules explain`

use super::open::system_clock;
use super::scan::block_on;
use super::{CliError, Exit, Terminal};
use crate::app::{SingleError, fetch_single};
use crate::capture::Capture;
use crate::config::ScanOptions;
use crate::fetch::{DnsResolver, RobotsMode};
use crate::report::clean_line;
use crate::rules::Ruleset;
use crate::suspect::SuspectUrl;
use crate::verdict::{CategoryExplanation, Explanation, explain_capture};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

/// Arguments of `tazy rules explain`.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainAction {
    /// A local HTML or text file, or the URL of one page, which is fetched as a scan would; nothing is stored
    page: String,
    /// The URL the file was found at
    #[arg(long, conflicts_with_all = ["investigate", "proxy", "allow_private"])]
    url: Option<String>,
    /// Fetch the page even if robots.txt forbids it
    #[arg(long)]
    investigate: bool,
    /// As whom the page is fetched [default: honest]
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Fetch through this proxy: http://, socks5:// or socks5h://HOST:PORT
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// Permit loopback and private addresses (laboratories only)
    #[arg(long)]
    allow_private: bool,
}

impl ExplainAction {
    #[cfg(test)]
    pub(super) fn of_page(page: &str) -> Self {
        Self {
            page: page.to_owned(),
            url: None,
            investigate: false,
            profile: None,
            proxy: None,
            allow_private: false,
        }
    }

    pub(super) fn run(
        &self,
        ruleset: &Ruleset,
        json: bool,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let path = Path::new(&self.page);
        let capture = if path.exists() {
            self.read_file(path)?
        } else {
            self.fetch_page()?
        };
        let explanation = explain_capture(&capture, ruleset);
        if json {
            let json = serde_json::to_string(&explanation).map_err(CliError::failure)?;
            writeln!(terminal.out, "{json}")?;
        } else {
            print_explanation(&explanation, terminal)?;
        }
        Ok(Exit::Done)
    }

    fn read_file(&self, path: &Path) -> Result<Capture, CliError> {
        let body = std::fs::read(path)
            .map_err(|error| CliError::failure(format!("{}: {error}", self.page)))?;
        let url = SuspectUrl::from_written(self.url.as_deref().unwrap_or("http://file.invalid/"))
            .map_err(|error| CliError::usage(error.to_string()))?;
        let is_text = path.extension().is_some_and(|extension| extension == "txt");
        let content_type = if is_text { "text/plain" } else { "text/html" };
        Ok(Capture::of_file(&url, Some(content_type), body))
    }

    fn fetch_page(&self) -> Result<Capture, CliError> {
        let url = SuspectUrl::from_written(&self.page).map_err(|error| {
            CliError::usage(format!("{} is no file, and no URL: {error}", self.page))
        })?;
        let options = ScanOptions {
            robots: self.investigate.then_some(RobotsMode::Investigate),
            profile: self.profile.clone(),
            proxy: self.proxy.clone(),
            allow_private: self.allow_private,
            ..ScanOptions::default()
        };
        let config = options.into_config()?;
        let fetched = fetch_single(
            config.fetch,
            config.robots,
            Arc::new(DnsResolver::from_system()),
            system_clock(),
            &url,
        );
        block_on(fetched)?.map_err(|error| match error {
            SingleError::Setup(error) => CliError::usage(error.to_string()),
            SingleError::Outside { .. } => CliError::failure(error).with_hint(
                "save the page to a file and explain that, or name the file if you meant one",
            ),
        })
    }
}

fn print_explanation(explanation: &Explanation, terminal: &mut Terminal) -> Result<(), CliError> {
    writeln!(
        terminal.out,
        "{}  language {:?}, rules {}",
        explanation.url, explanation.language, explanation.ruleset
    )?;
    if explanation.categories.is_empty() {
        writeln!(terminal.out, "no rule speaks for any category")?;
    }
    for category in &explanation.categories {
        print_category(category, terminal)?;
    }
    if !explanation.silenced.is_empty() {
        writeln!(terminal.out, "\nkept from counting by overrides")?;
    }
    for line in &explanation.silenced {
        let why = clean_line(&line.why);
        writeln!(terminal.out, "          {}  {why}", line.rule)?;
        let excerpt = mark(&line.excerpt, &line.marks);
        writeln!(terminal.out, "            {excerpt}")?;
    }
    if !explanation.shadow.is_empty() {
        let rules = explanation.shadow.join(", ");
        writeln!(
            terminal.out,
            "\nshadow rules that hold, counting for nothing: {rules}"
        )?;
    }
    Ok(())
}

fn print_category(category: &CategoryExplanation, terminal: &mut Terminal) -> Result<(), CliError> {
    writeln!(
        terminal.out,
        "\n{}  score {:.3} ({})",
        category.category,
        category.score,
        category.band.as_str()
    )?;
    writeln!(terminal.out, "  {:>6.2}  prior", category.prior)?;
    for line in &category.lines {
        let capped = if (line.counted - line.weight).abs() > 0.005 {
            format!(" of {:.2}", line.weight)
        } else {
            String::new()
        };
        writeln!(
            terminal.out,
            "  {:>6.2}{capped}  {} [{}]  without it {:.3}",
            line.counted, line.rule, line.evidence, line.without
        )?;
        if let Some(note) = &line.overridden {
            writeln!(terminal.out, "          override: {}", clean_line(note))?;
        }
        let (start, end) = line.span;
        writeln!(
            terminal.out,
            "          {:?} {start}..{end}: {}",
            line.region,
            mark(&line.excerpt, &line.marks)
        )?;
    }
    writeln!(terminal.out, "  {:>6.2}  sum", category.log_odds)?;
    Ok(())
}

/// The excerpt with what matched in brackets; control characters of the page never reach the terminal.
fn mark(excerpt: &str, marks: &[(usize, usize)]) -> String {
    let mut text = String::with_capacity(excerpt.len() + marks.len() * 6);
    for (at, c) in excerpt.char_indices() {
        if marks.iter().any(|&(_, end)| end == at) {
            text.push('⟧');
        }
        if marks.iter().any(|&(start, _)| start == at) {
            text.push('⟦');
        }
        text.push(if c.is_control() { ' ' } else { c });
    }
    if marks.iter().any(|&(_, end)| end == excerpt.len()) {
        text.push('⟧');
    }
    text
}
