//! One window of the browser: opened, shown a page, looked at.
//!
//! Whatever the page does, every step has a time limit. What we ask of the page we ask in an isolated world,
//! whose JavaScript objects the page cannot reach.

use super::cdp::{Cdp, CdpError};
use super::ledger::{Canary, Ledger};
use super::picture::{MAX_HEIGHT, MAX_WIDTH};
use super::settings::{RenderError, RenderSettings};
use super::{PageSize, RenderFailure, Viewport};
use crate::suspect::SuspectUrl;
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// No request for so long: the network is idle.
const IDLE: Duration = Duration::from_millis(500);
/// For a command that does not depend on the page.
const PROMPT: Duration = Duration::from_secs(5);
/// For a question to a page that may be busy.
const PATIENCE: Duration = Duration::from_secs(3);
/// For an answer from a page that is not busy.
const RESPONSE: Duration = Duration::from_millis(1_500);
/// For what loads while scrolling.
const AFTER_SCROLL: Duration = Duration::from_secs(3);
/// How the word about a wait begins that was in vain.
const LIMIT: &str = "limit reached";
/// A page that opens more of them is not waited for.
const MAX_DIALOGS: u64 = 20;
const TICK: Duration = Duration::from_millis(25);

/// Scrolls a window's height at a time and back to the top.
const SCROLL: &str = "(async () => {
  const end = () => Math.min(document.scrollingElement?.scrollHeight ?? 0, 12000);
  for (let top = 900; top < end(); top += 900) {
    scrollTo({ top, behavior: 'instant' });
    await new Promise(done => setTimeout(done, 30));
  }
  scrollTo({ top: 0, behavior: 'instant' });
  return true;
})()";
/// Getters are taken from the prototype: a form named `documentElement` would stand in for the property.
const LOOK: &str = "(() => {
  const get = name => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
  const dom = get('documentElement')?.outerHTML ?? '';
  const text = get('body')?.innerText ?? '';
  const cut = (value, length) => String(value).slice(0, length).toWellFormed();
  return {
    dom: cut(dom, 4194304), text: cut(text, 1048576), title: cut(get('title'), 1024),
    url: cut(location.href, 8192), is_cut: dom.length > 4194304 || text.length > 1048576,
  };
})()";
/// Bytes of the DOM that are kept.
const MAX_DOM: usize = 4 << 20;
/// Bytes of the visible text that are kept.
const MAX_TEXT: usize = 1 << 20;

/// A window.
#[derive(Debug)]
pub(super) struct Page<'a> {
    cdp: &'a Cdp,
    ledger: &'a Ledger,
    session: String,
    /// Also the name of its main frame.
    target: String,
}

/// What was seen of a page, the picture as the browser gave it.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) look: Look,
    pub(super) picture: Result<Picture, String>,
    pub(super) wait: String,
    pub(super) scrolled: bool,
}

/// The page's content.
#[derive(Debug, Deserialize)]
pub(super) struct Look {
    pub(super) dom: String,
    pub(super) text: String,
    pub(super) title: String,
    pub(super) url: String,
    pub(super) is_cut: bool,
}

/// A screenshot as the browser gave it.
#[derive(Debug)]
pub(super) struct Picture {
    pub(super) png: Vec<u8>,
    /// The page's own size.
    pub(super) page: PageSize,
}

impl<'a> Page<'a> {
    /// Opens the window and sets it up.
    pub(super) async fn open(
        cdp: &'a Cdp,
        ledger: &'a Ledger,
        settings: &RenderSettings,
    ) -> Result<Self, CdpError> {
        let call = |method, params| cdp.call(None, method, params, PROMPT);
        let created = call("Target.createTarget", json!({ "url": "about:blank" })).await?;
        let target = created["targetId"].as_str().unwrap_or_default().to_owned();
        cdp.keep_only(&target);
        // From here on every window beside this one is closed, the one the browser began with too.
        call("Target.setDiscoverTargets", json!({ "discover": true })).await?;
        let deny = json!({ "behavior": "deny" });
        call("Browser.setDownloadBehavior", deny).await?;
        let params = json!({ "targetId": target, "flatten": true });
        let attached = call("Target.attachToTarget", params).await?;
        let session = attached["sessionId"].as_str().unwrap_or_default();
        let page = Self {
            cdp,
            ledger,
            session: session.to_owned(),
            target,
        };
        for domain in [
            "Page.enable",
            "Runtime.enable",
            "Inspector.enable",
            "Network.enable",
        ] {
            page.call(domain, json!({}), PROMPT).await?;
        }
        let bypass = json!({ "bypass": true });
        page.call("Network.setBypassServiceWorker", bypass, PROMPT)
            .await?;
        let Viewport {
            width,
            height,
            device_scale_factor,
        } = Viewport::DESKTOP;
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": device_scale_factor, "mobile": false,
        });
        page.call("Emulation.setDeviceMetricsOverride", metrics, PROMPT)
            .await?;
        if !settings.javascript {
            let off = json!({ "value": true });
            page.call("Emulation.setScriptExecutionDisabled", off, PROMPT)
                .await?;
        }
        Ok(page)
    }

    /// Loads what only our proxy can answer.
    pub(super) async fn prove_proxy(&self, canaries: &[Canary]) -> Result<(), RenderError> {
        for canary in canaries {
            let place = canary.url.rsplit_once('/').map_or("", |(place, _)| place);
            let failed = |reason: &str| RenderError::NotInForce(format!("{place}: {reason}"));
            let navigated = self.navigate(&canary.url, PROMPT).await;
            navigated.map_err(|failure| failed(&failure.to_string()))?;
            let until = Instant::now() + PROMPT;
            while !self.cdp.watch().is_loaded && Instant::now() < until {
                sleep(TICK).await;
            }
            let seen = self.ask("document.body?.innerText").await;
            let seen = seen.map_err(|error| failed(&error.to_string()))?;
            if seen.as_str() != Some(&canary.token) {
                return Err(failed("somebody else answered"));
            }
        }
        Ok(())
    }

    /// Shows the page and looks at it; of the time until `deadline` a third is kept for the looking.
    pub(super) async fn visit(
        &self,
        url: &SuspectUrl,
        deadline: Instant,
    ) -> Result<Sight, RenderFailure> {
        let until = deadline - deadline.saturating_duration_since(Instant::now()) / 3;
        let patience = until.saturating_duration_since(Instant::now());
        self.navigate(url.as_str(), patience).await?;
        let wait = self.settle(until).await?;
        let has_rested = !wait.starts_with(LIMIT);
        let scrolled = self.rouse().await && self.ask(SCROLL).await.is_ok();
        if scrolled {
            let until = deadline.min(Instant::now() + AFTER_SCROLL);
            self.settle(until).await?;
            self.rouse().await;
        }
        if !has_rested {
            // What reloads itself for ever is never drawn to its end.
            let _ = self.freeze(RESPONSE).await;
        }
        let look = self.ask(LOOK).await;
        let look = look.map_err(|error| self.failure(error, "the page's scripts never rest"))?;
        let mut look: Look = serde_json::from_value(look)
            .map_err(|error| RenderFailure::NoDocument(error.to_string()))?;
        if look.url.starts_with("chrome-error:") {
            return Err(RenderFailure::NoDocument("the browser's error page".into()));
        }
        look.is_cut |= cut(&mut look.dom, MAX_DOM) | cut(&mut look.text, MAX_TEXT);
        let picture = self.take_picture(deadline).await;
        Ok(Sight {
            look,
            picture: picture.map_err(|error| error.to_string()),
            wait,
            scrolled,
        })
    }

    pub(super) async fn navigate(
        &self,
        url: &str,
        patience: Duration,
    ) -> Result<(), RenderFailure> {
        self.cdp.expect_load();
        let navigated = self
            .call("Page.navigate", json!({ "url": url }), patience)
            .await;
        let navigated = navigated.map_err(|error| self.failure(error, "no document came"))?;
        match navigated["errorText"].as_str() {
            None | Some("") => Ok(()),
            Some(error) => Err(RenderFailure::NoDocument(error.to_owned())),
        }
    }

    /// Waits for the load event and an idle network; says what came of it.
    pub(super) async fn settle(&self, until: Instant) -> Result<String, RenderFailure> {
        loop {
            let watch = self.cdp.watch();
            if watch.has_crashed || self.cdp.is_closed() {
                return Err(RenderFailure::Crashed);
            }
            let is_idle = self.ledger.quiet_for().is_some_and(|quiet| quiet >= IDLE);
            if watch.is_loaded && is_idle {
                return Ok(format!(
                    "load event, then {} ms without requests",
                    IDLE.as_millis()
                ));
            }
            if watch.dialogs > MAX_DIALOGS {
                return Ok(format!("{LIMIT}: more than {MAX_DIALOGS} dialogs"));
            }
            if Instant::now() >= until {
                let load = if watch.is_loaded {
                    "load event"
                } else {
                    "no load event"
                };
                let awaited = self.ledger.awaited();
                return Ok(format!("{LIMIT}: {load}, {awaited} answers awaited"));
            }
            sleep(TICK).await;
        }
    }

    async fn take_picture(&self, deadline: Instant) -> Result<Picture, CdpError> {
        // Without this a window that took the focus makes the next command hang.
        let _ = self.call("Page.bringToFront", json!({}), PATIENCE).await;
        let metrics = self
            .call("Page.getLayoutMetrics", json!({}), PATIENCE)
            .await?;
        let size = |name: &str| pixels(&metrics["cssContentSize"][name]);
        let page = PageSize {
            width: size("width"),
            height: size("height"),
        };
        let clip = json!({
            "x": 0, "y": 0, "scale": 1,
            "width": page.width.clamp(1, MAX_WIDTH), "height": page.height.clamp(1, MAX_HEIGHT),
        });
        let params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let patience = deadline.saturating_duration_since(Instant::now());
        let taken = self
            .call("Page.captureScreenshot", params, patience)
            .await?;
        let data = taken["data"].as_str().unwrap_or_default();
        let png = data_encoding::BASE64.decode(data.as_bytes());
        let png =
            png.map_err(|error| CdpError::Refused("Page.captureScreenshot", error.to_string()))?;
        Ok(Picture { png, page })
    }

    /// Makes sure that the page answers: scripts that never rest are ended, and no others are begun. True
    /// if the page was left as it was.
    async fn rouse(&self) -> bool {
        for attempt in 0..6 {
            let asked = timeout(RESPONSE, self.ask("1")).await;
            if matches!(asked, Ok(Ok(_) | Err(CdpError::Closed))) {
                return attempt == 0;
            }
            let ended = self.call("Runtime.terminateExecution", json!({}), RESPONSE);
            let _ = tokio::join!(ended, self.freeze(RESPONSE));
        }
        false
    }

    /// From now on no script begins and nothing is loaded.
    async fn freeze(&self, patience: Duration) -> Result<(), CdpError> {
        let off = json!({ "value": true });
        let disabled = self.call("Emulation.setScriptExecutionDisabled", off, patience);
        let stopped = self.call("Page.stopLoading", json!({}), patience);
        let (disabled, stopped) = tokio::join!(disabled, stopped);
        disabled.and(stopped).map(|_| ())
    }

    pub(super) async fn ask(&self, expression: &str) -> Result<Value, CdpError> {
        let world = json!({ "frameId": self.target, "worldName": "tazy" });
        let world = self
            .call("Page.createIsolatedWorld", world, PATIENCE)
            .await?;
        let question = json!({
            "expression": expression, "contextId": world["executionContextId"],
            "returnByValue": true, "awaitPromise": true,
        });
        let mut answer = self.call("Runtime.evaluate", question, PATIENCE).await?;
        match answer.get("exceptionDetails") {
            Some(details) => {
                let text = details["exception"]["description"].as_str();
                let reason = text.unwrap_or("an exception").to_owned();
                Err(CdpError::Refused("Runtime.evaluate", reason))
            }
            None => Ok(answer["result"]["value"].take()),
        }
    }

    fn failure(&self, error: CdpError, otherwise: &str) -> RenderFailure {
        match error {
            _ if self.cdp.watch().has_crashed => RenderFailure::Crashed,
            CdpError::Closed => RenderFailure::Crashed,
            CdpError::Timeout(_) => RenderFailure::Timeout(otherwise.to_owned()),
            refused @ CdpError::Refused(..) => RenderFailure::NoDocument(refused.to_string()),
        }
    }

    pub(super) async fn call(
        &self,
        method: &'static str,
        params: Value,
        patience: Duration,
    ) -> Result<Value, CdpError> {
        self.cdp
            .call(Some(&self.session), method, params, patience)
            .await
    }
}

/// A length that the browser gave, in whole pixels.
fn pixels(length: &Value) -> u32 {
    let length = length.as_f64().unwrap_or_default().ceil();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "conversion saturates, which is what is wanted"
    )]
    let length = length as u32;
    length
}

/// Cuts text to so many bytes; true if there was more.
fn cut(text: &mut String, length: usize) -> bool {
    let is_longer = text.len() > length;
    text.truncate(text.floor_char_boundary(length));
    is_longer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_between_characters_and_lengths_saturate() {
        let mut text = "аб".to_owned();
        assert!(!cut(&mut text, 4) && text == "аб");
        assert!(cut(&mut text, 3) && text == "а");
        let lengths = [json!(1e30), json!(-5), json!(null), json!(12.1)];
        assert_eq!(lengths.map(|length| pixels(&length)), [u32::MAX, 0, 0, 13]);
    }
}
