//! What a visitor sees: a page drawn by the system's Chromium, whose only way out is through us.
//!
//! A page that draws itself with scripts cannot be judged, nor shown to anyone later, from its source
//! alone. But a browser that opens a hostile page is a way out of our hands: requests from frames, workers,
//! sockets and pop-ups escape every interception *inside* the browser. So the border is outside of it:
//!
//! ```text
//! Renderer ── starts ──► Chromium (new profile, killed with us)         chromium.rs
//!    │                      │ every request, whatever made it
//!    │ CDP over a socket    ▼
//!  cdp.rs, page.rs       proxy.rs, wire.rs: HTTP and CONNECT, TLS ends here
//!    │                      │
//!    │                   ledger.rs: what is let through; everything is written down
//!    ▼                      ▼
//!  picture.rs            crate::fetch::Fetcher: address guard, pace, limits, as for every page
//! ```
//!
//! - [`Renderer::start`] finds Chromium and proves once that it works and obeys.
//! - [`Renderer::render`]: a [`RenderRequest`] → [`Rendered`]: screenshot, rendered DOM, visible text, every
//!   [`Exchange`] for sealing, everything [`Blocked`] with the rule.
//! - [`reencode_png`]: a picture as we write it; what the browser wrote is shown to nobody.
//! - [`print_pdf`], [`print_pdfs`]: pages of our own, printed with the network closed.
//!
//! Invariants: the browser is shown nothing that our fetcher did not fetch (or the caller hand in), only
//! `GET` leaves, and before every page it is proved by canaries that the proxy is in force.
//! It does not judge, seal or store: callers do.

mod cdp;
mod chromium;
mod ledger;
mod page;
mod picture;
#[cfg(test)]
mod picture_tests;
mod print;
mod proxy;
mod rendered;
mod renderer;
mod settings;
mod wire;

pub use picture::{PictureError, reencode_png};
pub use print::{PrintError, print_pdf, print_pdfs};
pub use rendered::{
    Blocked, Engine, Exchange, PageSize, RenderFailure, Rendered, Rule, Screenshot, View, Viewport,
};
pub use renderer::Renderer;
pub use settings::{RenderError, RenderRequest, RenderSettings, StoredAnswer};
