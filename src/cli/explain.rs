//! `tazy rules explain`

use super::eval::load_rules;
use super::open::system_clock;
use super::scan::block_on;
use super::{CliError, Exit, Terminal};
use crate::app::{SingleError, fetch_single};
use crate::capture::Capture;
use crate::config::ScanOptions;
use crate::fetch::{RobotsMode, SystemResolver};
use crate::suspect::SuspectUrl;
use crate::verdict::explain_capture;
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
        rules: Option<&Path>,
        json: bool,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let ruleset = load_rules(rules)?;
        let path = Path::new(&self.page);
        let capture = if path.exists() {
            self.read_file(path)?
        } else {
            self.fetch_page()?
        };
        let explanation = explain_capture(&capture, &ruleset);
        if json {
            let json = serde_json::to_string(&explanation).map_err(CliError::failure)?;
            writeln!(terminal.out, "{json}")?;
        } else {
            super::rules::print_explanation(&explanation, terminal)?;
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
            Arc::new(SystemResolver),
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
