//! Pages of our own, printed by the browser with the network closed.
//!
//! The page is handed in as a stored answer of our proxy, whose fetcher refuses everything else: what a page
//! names is asked of nobody. Scripts are off.

use super::chromium::find_browser;
use super::ledger::Ledger;
use super::page::Page;
use super::renderer::Workplace;
use super::settings::{RenderError, RenderSettings, StoredAnswer};
use crate::fetch::{Failure, Fetcher, Header, Outcome, Request};
use crate::suspect::SuspectUrl;
use futures_util::future::{BoxFuture, ready};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// For the browser's start.
const START: Duration = Duration::from_secs(30);
/// For one page.
const LIMIT: Duration = Duration::from_mins(2);
/// Until every font that the page uses is there.
const FONTS: &str =
    "document.fonts.ready.then(() => [...document.fonts].every(font => font.status !== 'error'))";

/// A page was not printed.
#[derive(Debug, thiserror::Error)]
pub enum PrintError {
    /// There is no browser, or it does not start or obey.
    #[error("{0}. HTML and DOCX need no browser: --format html, --format docx")]
    Browser(#[from] RenderError),
    /// The browser did not print.
    #[error(
        "the page was not printed: {0}. HTML and DOCX need no browser: --format html, --format docx"
    )]
    Page(String),
}

/// Asks nobody for anything.
#[derive(Debug)]
struct ClosedFetcher;

impl Fetcher for ClosedFetcher {
    fn fetch<'a>(&'a self, _request: &'a Request) -> BoxFuture<'a, Outcome> {
        Box::pin(ready(Outcome::Failed(Failure::Connect(
            "printing asks nobody for anything".to_owned(),
        ))))
    }
}

/// One page as PDF, see [`print_pdfs`].
pub async fn print_pdf(html: &str, settings: &RenderSettings) -> Result<Vec<u8>, PrintError> {
    let printed = print_pdfs(&[html.to_owned()], settings).await?;
    let first = printed.into_iter().next();
    first.ok_or_else(|| PrintError::Page("nothing came".to_owned()))
}

/// Pages as PDF, in the paper size and with the margins that their own `@page` rules say, by one browser. No
/// page reaches anything: only `data:` URLs are shown. A PDF carries the time at which it was printed.
pub async fn print_pdfs(
    pages: &[String],
    settings: &RenderSettings,
) -> Result<Vec<Vec<u8>>, PrintError> {
    let settings = RenderSettings {
        javascript: false,
        ..settings.clone()
    };
    let browser = find_browser(&settings)?;
    let stored = pages
        .iter()
        .enumerate()
        .map(|(number, page)| stored_page(number, page))
        .collect::<Result<Vec<_>, _>>()?;
    let urls: Vec<SuspectUrl> = stored.iter().map(|answer| answer.url.clone()).collect();
    let ledger = Arc::new(Ledger::new(&settings, None, stored));
    let deadline = Instant::now() + START;
    let workplace = Workplace::open(
        &browser,
        &settings,
        Arc::new(ClosedFetcher),
        &ledger,
        deadline,
    )
    .await?;
    let printed = print_all(&workplace, &ledger, &settings, &urls).await;
    workplace.close().await;
    printed
}

async fn print_all(
    workplace: &Workplace,
    ledger: &Ledger,
    settings: &RenderSettings,
    urls: &[SuspectUrl],
) -> Result<Vec<Vec<u8>>, PrintError> {
    let page = Page::open(&workplace.cdp, ledger, settings)
        .await
        .map_err(|error| PrintError::Page(error.to_string()))?;
    page.prove_proxy(ledger.canaries()).await?;
    ledger.open_gate();
    let mut printed = Vec::new();
    for url in urls {
        let pdf = page.print(url, Instant::now() + LIMIT).await;
        printed.push(pdf.map_err(PrintError::Page)?);
    }
    Ok(printed)
}

fn stored_page(number: usize, html: &str) -> Result<StoredAnswer, PrintError> {
    let url = SuspectUrl::parse(&format!("http://paper-{number}.invalid/"))
        .map_err(|error| PrintError::Page(error.to_string()))?;
    Ok(StoredAnswer {
        url,
        status: 200,
        headers: vec![Header {
            name: "Content-Type".to_owned(),
            value: b"text/html; charset=utf-8".to_vec(),
        }],
        body: html.as_bytes().to_vec(),
    })
}

impl Page<'_> {
    /// Loads a page and prints it.
    async fn print(&self, url: &SuspectUrl, deadline: Instant) -> Result<Vec<u8>, String> {
        let patience = || deadline.saturating_duration_since(Instant::now());
        self.navigate(url.as_str(), patience())
            .await
            .map_err(|failure| failure.to_string())?;
        self.settle(deadline)
            .await
            .map_err(|failure| failure.to_string())?;
        let fonts = self.ask(FONTS).await.map_err(|error| error.to_string())?;
        if fonts.as_bool() != Some(true) {
            return Err("the fonts of the page cannot be used".to_owned());
        }
        let params = json!({
            "preferCSSPageSize": true, "printBackground": true, "displayHeaderFooter": false,
            "generateTaggedPDF": true, "generateDocumentOutline": true,
        });
        let printed = self
            .call("Page.printToPDF", params, patience())
            .await
            .map_err(|error| error.to_string())?;
        let data = printed["data"].as_str().unwrap_or_default();
        let pdf = data_encoding::BASE64
            .decode(data.as_bytes())
            .map_err(|error| error.to_string())?;
        if pdf.starts_with(b"%PDF-") {
            Ok(pdf)
        } else {
            Err("what came is no PDF".to_owned())
        }
    }
}
