//! How pages are rendered, what is rendered, and why rendering may be impossible.

use crate::capture::Capture;
use crate::fetch::{Header, Profile};
use crate::suspect::SuspectUrl;
use std::path::PathBuf;
use std::time::Duration;

/// How pages are rendered.
#[derive(Debug, Clone)]
pub struct RenderSettings {
    /// The browser; `None` looks for Chromium in `PATH`.
    pub browser: Option<PathBuf>,
    /// Run although we are root, which means without Chromium's sandbox.
    pub allow_root: bool,
    /// Where profile directories are made and removed again.
    pub workspace: PathBuf,
    /// As whom; the same as the fetcher's, so that the page is told the same by both.
    pub profile: Profile,
    /// Whether scripts run.
    pub javascript: bool,
    /// From the start of the browser to the screenshot.
    pub limit: Duration,
    /// Requests that a page may make.
    pub max_requests: usize,
    /// Bodies as received, together, bytes; the request during which it is passed is the last.
    pub max_bytes: usize,
    /// Memory of one browser process, MiB.
    pub memory: u64,
}

impl Default for RenderSettings {
    fn default() -> Self {
        Self {
            browser: None,
            allow_root: false,
            workspace: std::env::temp_dir(),
            profile: Profile::HONEST,
            javascript: true,
            limit: Duration::from_secs(30),
            max_requests: 150,
            max_bytes: 32 << 20,
            memory: 3 << 10,
        }
    }
}

/// What to render.
#[derive(Debug, Clone)]
pub struct RenderRequest {
    /// The page.
    pub url: SuspectUrl,
    /// Answers that we have already, the page's own first of all: they are not fetched again.
    pub stored: Vec<StoredAnswer>,
}

/// An answer that we have already.
#[derive(Debug, Clone)]
pub struct StoredAnswer {
    /// What was asked for.
    pub url: SuspectUrl,
    /// Status code.
    pub status: u16,
    /// Header lines as received.
    pub headers: Vec<Header>,
    /// Body as received, content coding still on.
    pub body: Vec<u8>,
}

impl StoredAnswer {
    /// The answer that a capture holds.
    pub fn of_capture(capture: &Capture) -> Self {
        let lines = capture.response_head.split(|&byte| byte == b'\n');
        let headers = lines.skip(1).filter_map(|line| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let colon = line.iter().position(|&byte| byte == b':')?;
            Some(Header {
                name: String::from_utf8_lossy(&line[..colon]).into_owned(),
                value: line[colon + 1..].trim_ascii().to_vec(),
            })
        });
        Self {
            url: capture.manifest.url.clone(),
            status: capture.manifest.status,
            headers: headers.collect(),
            body: capture.body.clone(),
        }
    }
}

/// Rendering is impossible here: ours to mend, not the page's doing.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// No browser was found.
    #[error(
        "no Chromium at {0}; install it (Debian, Ubuntu: `apt-get install chromium`) or name it"
    )]
    NoBrowser(String),
    /// Root would have to switch Chromium's sandbox off.
    #[error(
        "as root Chromium runs only without its sandbox; use another account, or allow it explicitly"
    )]
    Root,
    /// The profile directory could not be made.
    #[error("the browser's directory {0}: {1}")]
    Workspace(String, std::io::Error),
    /// The browser did not start, or does not answer.
    #[error("Chromium did not start: {0}")]
    Launch(String),
    /// The proxy could not listen.
    #[error("the browser's proxy: {0}")]
    Proxy(String),
    /// A canary did not come back through our proxy; nothing is rendered then.
    #[error("Chromium does not keep to our proxy ({0}); nothing is rendered")]
    NotInForce(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_capture_gives_back_the_answer_that_it_holds() {
        let url = SuspectUrl::parse("http://shop.example/").unwrap();
        let capture = Capture::of_file(&url, Some("text/html; charset=utf-8"), b"<p>x".to_vec());
        let answer = StoredAnswer::of_capture(&capture);
        assert_eq!((answer.status, answer.url), (200, url));
        assert_eq!(answer.body, b"<p>x");
        assert_eq!(
            answer.headers,
            [Header {
                name: "Content-Type".into(),
                value: b"text/html; charset=utf-8".to_vec()
            }]
        );
    }
}
