//! What an answer says about our pace, and a fetcher that keeps it.

use super::{Failure, Fetcher, Outcome, Refusal, Request, Response, Truncation};
use crate::clock::Clock;
use crate::frontier::{Politeness, Signal};
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::Duration;

/// The wait that `Retry-After` asks for (RFC 9110 §10.2.3: seconds or a date); a date in the past is no
/// wait. `None` if the header is absent or means nothing.
pub fn retry_after(response: &Response, now: Timestamp) -> Option<Duration> {
    let written = response.header("retry-after")?;
    if !written.is_empty() && written.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit are still a wish for a long wait.
        return Some(Duration::from_secs(
            written.parse().unwrap_or(u64::from(u32::MAX)),
        ));
    }
    let date = http_date(written)?;
    Some(Duration::try_from(date.duration_since(now)).unwrap_or(Duration::ZERO))
}

/// The three forms of RFC 9110 §5.6.7.
fn http_date(text: &str) -> Option<Timestamp> {
    const FORMS: [&str; 3] = [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ];
    FORMS
        .iter()
        .find_map(|form| DateTime::strptime(form, text).ok())
        .and_then(|date| TimeZone::UTC.to_timestamp(date).ok())
}

/// What an outcome says about our pace. Names that do not resolve and broken certificates say nothing.
pub fn pace_signal(outcome: &Outcome, now: Timestamp) -> Signal {
    match outcome {
        Outcome::Response(response) if matches!(response.status, 429 | 503) => {
            Signal::SlowDown(retry_after(response, now))
        }
        Outcome::Response(response) => match response.truncated {
            Some(Truncation::Time | Truncation::Disconnect) => Signal::Failing,
            _ => Signal::Answered,
        },
        Outcome::Failed(Failure::Timeout(_) | Failure::Connect(_) | Failure::Protocol(_)) => {
            Signal::Failing
        }
        Outcome::Failed(_) | Outcome::Refused(_) => Signal::Answered,
    }
}

/// A fetcher that asks [`Politeness`] before every request and tells it what came of it.
///
/// Everything that a run fetches goes through one of these, robots.txt and redirect hops included. Do
/// not hold a permit for the same authority while calling it: it would wait for itself.
#[derive(Debug, Clone)]
pub struct PacedFetcher {
    fetcher: Arc<dyn Fetcher>,
    politeness: Arc<Politeness>,
    clock: Arc<dyn Clock>,
}

impl PacedFetcher {
    /// Paces `fetcher`.
    pub fn new(
        fetcher: Arc<dyn Fetcher>,
        politeness: Arc<Politeness>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            fetcher,
            politeness,
            clock,
        }
    }
}

impl Fetcher for PacedFetcher {
    fn fetch<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let permit = match self.politeness.admit(&request.url.authority()).await {
                Ok(permit) => permit,
                Err(wait) => return Outcome::Refused(Refusal::TooLongWait(wait)),
            };
            let outcome = self.fetcher.fetch(request).await;
            permit.finish(pace_signal(&outcome, self.clock.now()));
            outcome
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::Header;
    use crate::suspect::SuspectUrl;

    fn answer(status: u16, retry_after: &str) -> Response {
        Response {
            url: SuspectUrl::parse("http://shop.example/").unwrap(),
            started: Timestamp::UNIX_EPOCH,
            duration: Duration::ZERO,
            version: "HTTP/1.1",
            status,
            request_headers: Vec::new(),
            headers: vec![Header {
                name: "retry-after".into(),
                value: retry_after.as_bytes().to_vec(),
            }],
            body: Vec::new(),
            truncated: None,
            remote_addr: None,
            tls: None,
            provenance: crate::fetch::Provenance::default(),
        }
    }

    #[test]
    fn retry_after_is_read_as_seconds_or_as_one_of_three_dates() {
        let now: Timestamp = "1994-11-06T08:49:30Z".parse().unwrap();
        for (written, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(7)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(7)),
            ("Sun Nov  6 08:49:37 1994", Some(7)),
            ("Sun, 06 Nov 1993 08:49:37 GMT", None),
            ("Sat, 06 Nov 1993 08:49:37 GMT", Some(0)),
            ("99999999999999999999999", Some(u64::from(u32::MAX))),
            ("-5", None),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(
                retry_after(&answer(503, written), now),
                expected.map(Duration::from_secs),
                "{written:?}"
            );
        }
    }

    #[test]
    fn only_overload_and_failures_of_the_connection_slow_us_down() {
        let now = Timestamp::UNIX_EPOCH;
        let signal = |outcome: Outcome| pace_signal(&outcome, now);
        let response = |status| Outcome::Response(Box::new(answer(status, "9")));
        let nine = Some(Duration::from_secs(9));
        assert_eq!(signal(response(429)), Signal::SlowDown(nine));
        assert_eq!(signal(response(503)), Signal::SlowDown(nine));
        assert_eq!(signal(response(404)), Signal::Answered);
        assert_eq!(
            signal(Outcome::Failed(Failure::Timeout(Duration::ZERO))),
            Signal::Failing
        );
        assert_eq!(
            signal(Outcome::Failed(Failure::Dns(String::new()))),
            Signal::Answered
        );
    }
}
