//! What keeps a visitor, and so the crawler, from the content.

use serde::{Deserialize, Serialize};

/// What keeps a visitor from the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// A captcha or a "checking your browser" page.
    Captcha,
    /// Nothing but a login form.
    Login,
    /// The content is built by script; a browser is needed.
    NeedsBrowser,
}
