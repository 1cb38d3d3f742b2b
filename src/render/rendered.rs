//! What came of rendering a page.

use crate::digest::Digest;
use crate::fetch::Outcome;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A page as rendered, or why not, and everything that the browser asked for on the way.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// What was to be seen.
    pub view: Result<View, RenderFailure>,
    /// Everything that was fetched for it, in order of completion, for sealing.
    pub exchanges: Vec<Exchange>,
    /// Requests that were answered with what the caller handed in.
    pub from_store: Vec<SuspectUrl>,
    /// Requests whose answers had not come when rendering ended.
    pub unfinished: Vec<SuspectUrl>,
    /// What the browser asked for and was refused, in order.
    pub blocked: Vec<Blocked>,
    /// Refused requests beyond those listed, and those whose URL could not be read.
    pub blocked_unlisted: usize,
    /// Requests that the browser made on its own account and not the page; all were refused.
    pub browser_requests: usize,
    /// Who drew it.
    pub engine: Engine,
    /// Onto what.
    pub viewport: Viewport,
    /// Whether scripts ran.
    pub javascript: bool,
    /// When the browser was started.
    pub started: Timestamp,
    /// Until it was ended.
    pub duration: Duration,
}

/// A page as a visitor sees it.
#[derive(Debug, Clone)]
pub struct View {
    /// The picture, or why there is none.
    pub screenshot: Result<Screenshot, String>,
    /// `outerHTML` after loading, at most 4 MiB.
    pub dom: String,
    /// `innerText` after loading, at most 1 MiB.
    pub visible_text: String,
    /// Set if `dom` or `visible_text` was cut.
    pub text_cut: bool,
    /// Where redirects and scripts led, without fragment; `None` if not an http or https URL.
    pub final_url: Option<SuspectUrl>,
    /// The title, at most 1 KiB.
    pub title: String,
    /// What was waited for, and whether it came.
    pub wait: String,
    /// Whether the page was scrolled to its end and back, for what loads late.
    pub scrolled: bool,
    /// Errors that the page's scripts caused or wrote to the console.
    pub console_errors: u64,
    /// Dialogs (alert, confirm …) that were dismissed.
    pub dialogs: u64,
    /// Windows that were opened by the page and closed.
    pub popups: u64,
}

/// A picture of a page.
#[derive(Debug, Clone)]
pub struct Screenshot {
    /// PNG, encoded anew (see [`super::reencode_png`]).
    pub png: Vec<u8>,
    /// Of `png`.
    pub digest: Digest,
    /// Of what the browser gave, which is not kept.
    pub raw_digest: Digest,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// Whether all of the page is on it.
    pub full_page: bool,
    /// The page's own size, if it is larger than the picture.
    pub truncated: Option<PageSize>,
}

/// Size of a page's content, CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageSize {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
}

/// The world's doing: why there is nothing to see.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RenderFailure {
    /// The browser got no document; the text is its own word for it (`net::ERR_…`).
    #[error("no document: {0}")]
    NoDocument(String),
    /// Nothing to see within the limit.
    #[error("nothing to see within the limit: {0}")]
    Timeout(String),
    /// The page brought the browser down.
    #[error("the page brought the browser down")]
    Crashed,
}

/// A request of the page that was made.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// What was asked for.
    pub url: SuspectUrl,
    /// On whose behalf, as the browser said.
    pub referrer: Option<SuspectUrl>,
    /// An answer, or a failure of the world; our refusals are [`Blocked`].
    pub outcome: Outcome,
}

/// A request that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blocked {
    /// What was asked for; of a tunnel only host and port are known, of a very long URL the beginning.
    pub url: SuspectUrl,
    /// Why it was refused.
    pub rule: Rule,
}

/// Why a request of the browser is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The fetcher would not ask: address guard, robots, pace. The text is its reason.
    #[error("{0}")]
    Refused(String),
    /// Not `GET`: forms, beacons, pings, reports. The text is the method.
    #[error("{0} is not sent by a crawler")]
    Method(String),
    /// A WebSocket.
    #[error("a WebSocket")]
    WebSocket,
    /// A tunnel to another port than 80, 443 and the page's own.
    #[error("a tunnel to another port")]
    Port,
    /// Neither TLS nor HTTP within a tunnel.
    #[error("another protocol than HTTP")]
    Protocol,
    /// The script of a service worker.
    #[error("a service worker")]
    ServiceWorker,
    /// Fetched ahead of need.
    #[error("a prefetch")]
    Prefetch,
    /// The answer was a file to save; it stands among the exchanges.
    #[error("a download")]
    Download,
    /// The browser itself, not the page; these are only counted.
    #[error("the browser's own request")]
    Browser,
    /// The page had made as many requests as it may.
    #[error("more requests than a page may make")]
    TooMany,
    /// The page had received as many bytes as it may.
    #[error("more bytes than a page may receive")]
    TooLarge,
    /// A URL longer than 8 KiB, or none.
    #[error("not a URL that is fetched")]
    Url,
}

/// Who drew the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engine {
    /// Name and version as the browser tells them.
    pub product: String,
    /// Version of the debugging protocol.
    pub protocol: String,
    /// False if we were root and the browser's sandbox was off.
    pub sandbox: bool,
}

/// Onto what a page is drawn, CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewport {
    /// From left to right.
    pub width: u32,
    /// From top to bottom.
    pub height: u32,
    /// Device pixels a CSS pixel.
    pub device_scale_factor: u32,
}

impl Viewport {
    /// The one that is used: a laptop.
    pub const DESKTOP: Self = Self {
        width: 1280,
        height: 900,
        device_scale_factor: 1,
    };
}
