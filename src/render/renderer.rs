//! Ties proxy, browser and page together for one rendering at a time.

use super::cdp::Cdp;
use super::chromium::{Chromium, find_browser};
use super::ledger::Ledger;
use super::page::{Page, Picture, Sight};
use super::picture::reencode_png;
use super::proxy::Proxy;
use super::settings::{RenderError, RenderRequest, RenderSettings};
use super::{Engine, PageSize, RenderFailure, Rendered, Screenshot, View, Viewport};
use crate::clock::Clock;
use crate::digest::Digest;
use crate::fetch::Fetcher;
use crate::suspect::SuspectUrl;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// For the browser's start, whatever the limit of a page is.
const START: Duration = Duration::from_secs(20);

/// Renders pages, each in a browser of its own that exists for that page only.
#[derive(Debug)]
pub struct Renderer {
    settings: RenderSettings,
    fetcher: Arc<dyn Fetcher>,
    clock: Arc<dyn Clock>,
    browser: PathBuf,
}

/// A browser behind its proxy, proved to be so. What is dropped first stands first.
pub(super) struct Workplace {
    pub(super) cdp: Cdp,
    chromium: Chromium,
    _proxy: Proxy,
    engine: Engine,
}

impl Renderer {
    /// Finds Chromium and starts it once, so that a run fails before its first page and not during it.
    ///
    /// Everything that pages ask for is fetched by `fetcher`: hand in the paced one of the run.
    ///
    /// # Errors
    /// There is no Chromium, it does not start, it would run as root, or it does not keep to the proxy.
    pub async fn start(
        settings: RenderSettings,
        fetcher: Arc<dyn Fetcher>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RenderError> {
        let browser = find_browser(&settings)?;
        let renderer = Self {
            settings,
            fetcher,
            clock,
            browser,
        };
        let ledger = Arc::new(Ledger::new(&renderer.settings, None, Vec::new()));
        let workplace = renderer.open(&ledger, Instant::now() + START).await?;
        Page::open(&workplace.cdp, &ledger, &renderer.settings)
            .await
            .map_err(|error| RenderError::Launch(error.to_string()))?
            .prove_proxy(ledger.canaries())
            .await?;
        workplace.close().await;
        Ok(renderer)
    }

    /// Renders one page. What the page or its server do is part of the result.
    ///
    /// # Errors
    /// The browser does not start or does not keep to the proxy; no request of the page was made then.
    pub async fn render(&self, request: RenderRequest) -> Result<Rendered, RenderError> {
        let (started, begun) = (self.clock.now(), self.clock.instant());
        let deadline = Instant::now() + self.settings.limit;
        let RenderRequest { url, stored } = request;
        let ledger = Arc::new(Ledger::new(&self.settings, Some(&url), stored));
        let workplace = self.open(&ledger, deadline).await?;
        let page = Page::open(&workplace.cdp, &ledger, &self.settings)
            .await
            .map_err(|error| RenderError::Launch(error.to_string()))?;
        page.prove_proxy(ledger.canaries()).await?;
        ledger.open_gate();
        let sight = timeout_at(deadline, page.visit(&url, deadline)).await;
        let sight = sight.unwrap_or_else(|_| {
            let seconds = self.settings.limit.as_secs();
            Err(RenderFailure::Timeout(format!("{seconds} s are over")))
        });
        let watch = workplace.cdp.watch();
        let engine = workplace.engine.clone();
        workplace.close().await;
        let entries = ledger.take();
        let view = match sight {
            Err(failure) => Err(failure),
            Ok(sight) => Ok(View {
                console_errors: watch.console_errors,
                dialogs: watch.dialogs,
                popups: watch.popups,
                ..view_of(sight).await
            }),
        };
        Ok(Rendered {
            view,
            exchanges: entries.exchanges,
            from_store: entries.from_store,
            unfinished: entries.under_way,
            blocked: entries.blocked,
            blocked_unlisted: entries.blocked_unlisted,
            browser_requests: entries.browser_requests,
            engine,
            viewport: Viewport::DESKTOP,
            javascript: self.settings.javascript,
            started,
            duration: self.clock.instant().saturating_duration_since(begun),
        })
    }

    async fn open(
        &self,
        ledger: &Arc<Ledger>,
        deadline: Instant,
    ) -> Result<Workplace, RenderError> {
        let fetcher = Arc::clone(&self.fetcher);
        Workplace::open(&self.browser, &self.settings, fetcher, ledger, deadline).await
    }
}

impl Workplace {
    /// A proxy, a browser behind it and a connection to it.
    pub(super) async fn open(
        browser: &Path,
        settings: &RenderSettings,
        fetcher: Arc<dyn Fetcher>,
        ledger: &Arc<Ledger>,
        deadline: Instant,
    ) -> Result<Self, RenderError> {
        let proxy = Proxy::listen(fetcher, Arc::clone(ledger)).await?;
        let deadline = deadline.min(Instant::now() + START);
        let chromium = Chromium::launch(browser, settings, &proxy, deadline).await?;
        let (port, path) = &chromium.endpoint;
        let cdp = match timeout_at(deadline, Cdp::connect(*port, path)).await {
            Ok(connected) => connected.map_err(RenderError::Launch)?,
            Err(_) => return Err(RenderError::Launch("it does not answer".into())),
        };
        let patience = deadline.saturating_duration_since(Instant::now());
        let version = cdp
            .call(None, "Browser.getVersion", json!({}), patience)
            .await
            .map_err(|error| RenderError::Launch(error.to_string()))?;
        let told = |name: &str| version[name].as_str().unwrap_or_default().to_owned();
        let engine = Engine {
            product: told("product"),
            protocol: told("protocolVersion"),
            sandbox: chromium.sandbox,
        };
        Ok(Self {
            cdp,
            chromium,
            _proxy: proxy,
            engine,
        })
    }

    /// Ends everything; waiting for processes to die is no work for an asynchronous thread.
    pub(super) async fn close(self) {
        let Self { cdp, chromium, .. } = self;
        drop(cdp);
        let _ = tokio::task::spawn_blocking(move || drop(chromium)).await;
    }
}

async fn view_of(sight: Sight) -> View {
    let screenshot = match sight.picture {
        Err(reason) => Err(reason),
        Ok(picture) => tokio::task::spawn_blocking(move || screenshot_of(&picture))
            .await
            .unwrap_or_else(|error| Err(error.to_string())),
    };
    View {
        screenshot,
        dom: sight.look.dom,
        visible_text: sight.look.text,
        text_cut: sight.look.is_cut,
        final_url: SuspectUrl::parse(&sight.look.url).ok(),
        title: sight.look.title,
        wait: sight.wait,
        scrolled: sight.scrolled,
        console_errors: 0,
        dialogs: 0,
        popups: 0,
    }
}

fn screenshot_of(picture: &Picture) -> Result<Screenshot, String> {
    let png = reencode_png(&picture.png).map_err(|error| error.to_string())?;
    // Bytes 16 to 24 of every PNG: width and height (W3C PNG, IHDR).
    let side = |at: usize| {
        let bytes = png.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
        bytes.map_or(0, u32::from_be_bytes)
    };
    let (width, height) = (side(16), side(20));
    let PageSize {
        width: page_width,
        height: page_height,
    } = picture.page;
    let full_page = page_width <= width && page_height <= height;
    Ok(Screenshot {
        digest: Digest::of(&png),
        raw_digest: Digest::of(&picture.png),
        width,
        height,
        full_page,
        truncated: (!full_page).then_some(picture.page),
        png,
    })
}
