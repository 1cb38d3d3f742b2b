//! From a target through its redirects to a page, hop by hop, each hop captured.

use super::scan::ScanError;
use super::visit::{SiteVisit, Visitor};
use crate::capture::{Circumstances, EarlierAttempt, seal};
use crate::fetch::{Failure, Fetcher, Outcome, Request, RobotsDecision, pace_signal};
use crate::frontier::{Signal, Target};
use crate::page::{Refresh, RefreshKind};
use crate::suspect::SuspectUrl;

/// Redirects followed from one target; browsers give up at about 20, honest sites need three.
pub(super) const MAX_HOPS: u8 = 10;
/// Requests repeated after an overloaded or silent answer.
const MAX_RETRIES: usize = 2;
/// A site that is silent twice about robots.txt is not there.
const MAX_ROBOTS_RETRIES: u32 = 1;
/// A document that sends its visitors elsewhere later than this is read, not followed.
const MAX_REFRESH_DELAY_S: u32 = 30;

/// One step of a redirect chain.
struct Step {
    url: SuspectUrl,
    referrer: Option<SuspectUrl>,
    hop: u8,
    /// What sent us here: `http`, `meta`, `script` or `frame`.
    via: Option<&'static str>,
}

/// What came of asking for one URL.
struct Asked {
    outcome: Outcome,
    robots: RobotsDecision,
    /// Bad moments before the outcome.
    attempts_before: Vec<EarlierAttempt>,
}

impl Visitor {
    /// Fetches a target and follows where it leads.
    pub(super) async fn follow(
        &self,
        visit: &mut SiteVisit,
        target: &Target,
    ) -> Result<(), ScanError> {
        let mut step = Step {
            url: target.url.clone(),
            referrer: target.referrer.clone(),
            hop: 0,
            via: None,
        };
        // With its cookies: a wall that sets one and sends its visitor back is not a loop.
        let mut passed = vec![(step.url.clone(), visit.session.cookie_header(&step.url))];
        while let Some((via, next)) = self.take_step(visit, target, &step).await? {
            let cookies = visit.session.cookie_header(&next);
            let here = (next, cookies);
            if passed.contains(&here) || step.hop == MAX_HOPS {
                visit
                    .count(&here.0, &Outcome::Failed(Failure::RedirectLoop))
                    .await;
                break;
            }
            let is_return = passed.iter().any(|(url, _)| *url == here.0);
            if !may_go_on(visit, target, &step, &here.0, is_return) {
                break;
            }
            let next = here.0.clone();
            passed.push(here);
            step = Step {
                referrer: Some(step.url),
                url: next,
                hop: step.hop + 1,
                via: Some(via),
            };
        }
        Ok(())
    }

    /// Fetches one step; gives back where it leads.
    async fn take_step(
        &self,
        visit: &mut SiteVisit,
        target: &Target,
        step: &Step,
    ) -> Result<Option<(&'static str, SuspectUrl)>, ScanError> {
        let Asked {
            outcome,
            robots,
            attempts_before,
        } = self.ask(visit, step).await;
        visit.count(&step.url, &outcome).await;
        let Outcome::Response(response) = outcome else {
            return Ok(None);
        };
        visit.session.remember(&response);
        let redirect = response.redirect_target();
        let circumstances = Circumstances {
            run: &self.run,
            site: &visit.site,
            referrer: step.referrer.as_ref(),
            hop: step.hop,
            via: step.via,
            profile: self.profile,
            robots: Some(&robots),
            attempts_before: &attempts_before,
        };
        let capture = seal(*response, &circumstances);
        let here = Target {
            url: step.url.clone(),
            ..target.clone()
        };
        let refresh = self.take_in(visit, &here, capture).await?;
        if let Some(next) = redirect {
            return Ok(Some(("http", next)));
        }
        Ok(refresh
            .filter(|refresh| refresh.delay_s <= MAX_REFRESH_DELAY_S)
            .map(describe_refresh))
    }

    /// Asks for one URL, and again where the answer was only a bad moment. The fetcher keeps the pace.
    async fn ask(&self, visit: &mut SiteVisit, step: &Step) -> Asked {
        let robots = self.consult_robots(&step.url).await;
        let mut attempts_before = Vec::new();
        if !robots.permits() {
            return Asked {
                outcome: self.robots.refusal(&step.url, &robots),
                robots,
                attempts_before,
            };
        }
        let request = Request {
            url: step.url.clone(),
            referrer: step.referrer.clone(),
            cookie: visit.session.cookie_header(&step.url),
        };
        loop {
            let outcome = self.fetcher.fetch(&request).await;
            if attempts_before.len() == MAX_RETRIES || !self.is_bad_moment(&outcome) {
                return Asked {
                    outcome,
                    robots,
                    attempts_before,
                };
            }
            visit.count(&step.url, &outcome).await;
            attempts_before.push(EarlierAttempt {
                ended_at: self.clock.now(),
                label: outcome.label(),
                reason: match &outcome {
                    Outcome::Failed(failure) => Some(failure.to_string()),
                    Outcome::Response(_) | Outcome::Refused(_) => None,
                },
            });
        }
    }

    /// What robots.txt says; asked for again where it could not be had.
    async fn consult_robots(&self, url: &SuspectUrl) -> RobotsDecision {
        let mut tries = 0;
        loop {
            let decision = self.robots.decide(&*self.fetcher, url).await;
            let is_silent =
                !decision.allowed && self.is_bad_moment(&self.robots.refusal(url, &decision));
            if !is_silent || tries == MAX_ROBOTS_RETRIES {
                if let Some(delay) = decision.crawl_delay {
                    self.politeness.set_crawl_delay(&url.authority(), delay);
                }
                return decision;
            }
            self.robots.forget_failure(url);
            tries += 1;
        }
    }

    /// Overloaded or silent: worth another try after the pause that the pace asks for. What was cut in
    /// the middle is kept as it came.
    fn is_bad_moment(&self, outcome: &Outcome) -> bool {
        let kept = matches!(outcome, Outcome::Response(response) if response.truncated.is_some());
        !kept && pace_signal(outcome, self.clock.now()) != Signal::Answered
    }
}

/// Whether a redirect is followed: within the site always, to another host only from an entry page.
fn may_go_on(
    visit: &mut SiteVisit,
    target: &Target,
    step: &Step,
    next: &SuspectUrl,
    is_return: bool,
) -> bool {
    if next.host() != step.url.host() {
        // Only what the entry page's visitors end up seeing is judged with the site; where a page deep
        // inside sends its visitors is recorded in its capture and not followed.
        if target.depth > 0 {
            return false;
        }
        visit.frontier.admit_host(next.host());
        visit.landed_on = Some(next.clone());
    }
    // What is known already was fetched, or waits for its own turn.
    visit.frontier.mark_seen(next) || is_return
}

fn describe_refresh(refresh: Refresh) -> (&'static str, SuspectUrl) {
    let via = match refresh.kind {
        RefreshKind::Meta => "meta",
        RefreshKind::Script => "script",
        RefreshKind::Frame => "frame",
    };
    (via, refresh.url)
}
