//! One page fetched outside any run, for `tazy rules explain URL`. Nothing is stored.

use super::chain::MAX_HOPS;
use crate::capture::{Capture, Circumstances, seal};
use crate::clock::Clock;
use crate::fetch::{
    FetchSettings, Fetcher, HttpFetcher, Outcome, PacedFetcher, Refusal, Request, Resolver,
    RobotsCache, RobotsMode, Session, SetupError,
};
use crate::frontier::{Politeness, PolitenessSettings};
use crate::id::RunId;
use crate::suspect::SuspectUrl;
use std::sync::Arc;

/// Why one page could not be had.
#[derive(Debug, thiserror::Error)]
pub enum SingleError {
    /// The settings of requests cannot be used.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The outside world did not give it.
    #[error("{url}: {reason}")]
    Outside {
        /// What was asked for.
        url: SuspectUrl,
        /// What happened, in words.
        reason: String,
    },
}

/// Fetches one page as a scan would (robots.txt, pace, address guard), following HTTP redirects.
pub async fn fetch_single(
    settings: FetchSettings,
    robots: RobotsMode,
    resolver: Arc<dyn Resolver>,
    clock: Arc<dyn Clock>,
    url: &SuspectUrl,
) -> Result<Capture, SingleError> {
    let profile = settings.profile.clone();
    let fetcher = HttpFetcher::new(settings, resolver, Arc::clone(&clock))?;
    let politeness = Arc::new(Politeness::new(PolitenessSettings::default()));
    let fetcher = PacedFetcher::new(Arc::new(fetcher), politeness, Arc::clone(&clock));
    let robots = RobotsCache::new(robots);
    let run = RunId::begun(clock.now(), std::process::id());
    let mut session = Session::default();
    let mut url = url.clone();
    for hop in 0..=MAX_HOPS {
        let failed = |reason: String| SingleError::Outside {
            url: url.clone(),
            reason,
        };
        let decision = robots.decide(&fetcher, &url).await;
        if !decision.permits() {
            return Err(failed(match robots.refusal(&url, &decision) {
                Outcome::Failed(failure) => failure.to_string(),
                Outcome::Refused(Refusal::Robots(cause)) => {
                    format!("robots.txt forbids it ({cause}); --investigate asks all the same")
                }
                Outcome::Refused(refusal) => refusal.to_string(),
                Outcome::Response(_) => decision.cause,
            }));
        }
        let request = Request {
            url: url.clone(),
            referrer: None,
            cookie: session.cookie_header(&url),
        };
        let outcome = fetcher.fetch(&request).await;
        let response = match outcome {
            Outcome::Response(response) => response,
            Outcome::Refused(refusal) => return Err(failed(refusal.to_string())),
            Outcome::Failed(failure) => return Err(failed(failure.to_string())),
        };
        session.remember(&response);
        if let Some(next) = response.redirect_target() {
            url = next;
            continue;
        }
        let circumstances = Circumstances {
            run: &run,
            site: url.host(),
            referrer: None,
            hop,
            via: None,
            profile: profile.name,
            robots: Some(&decision),
            attempts_before: &[],
        };
        return Ok(seal(*response, &circumstances));
    }
    Err(SingleError::Outside {
        url,
        reason: "more redirects than a visit follows".into(),
    })
}
