//! How long content is kept: the policy, and what it says of one site.

use crate::review::ReviewStatus;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// Hours of a day of a policy: summer time makes no difference to it.
const HOURS: i64 = 24;
/// More days than any archive lasts; a much larger number would overflow the calendar.
const MAX_DAYS: u32 = 365 * 1000;

/// For how many days content is kept, by where its site stands. `None` keeps it for ever.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionPolicy {
    /// Sites without a flag.
    pub clear_days: Option<u32>,
    /// Sites whose flag was dismissed.
    pub dismissed_days: Option<u32>,
    /// Sites whose flag was confirmed.
    pub confirmed_days: Option<u32>,
    /// Sites whose flag waits for a decision, or was deferred.
    pub undecided_days: Option<u32>,
}

/// What the policy asks of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFacts<'a> {
    /// The site (host as given in the list).
    pub site: &'a str,
    /// Where its flag stands; `None` if it has none.
    pub status: Option<ReviewStatus>,
    /// When it was visited last.
    pub visited: Timestamp,
    /// When somebody last decided about it.
    pub decided: Option<Timestamp>,
    /// Whether it is on hold.
    pub held: bool,
    /// Another site with a capture that stays and says only "the same body as there" (a revisit record).
    pub needed_by: Option<&'a str>,
}

/// A site whose content is to be deleted, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Due {
    /// The site.
    pub site: String,
    /// The rule, such as `clear_days = 30`.
    pub rule: String,
    /// Since when nothing happened with the site: its latest visit or decision.
    pub since: Timestamp,
    /// Why, in words.
    pub reason: String,
}

impl RetentionPolicy {
    /// Whether it keeps everything for ever.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The name of the setting for a standing, and its days.
    fn days(&self, status: Option<ReviewStatus>) -> (&'static str, Option<u32>) {
        match status {
            None => ("clear_days", self.clear_days),
            Some(ReviewStatus::Dismissed) => ("dismissed_days", self.dismissed_days),
            Some(ReviewStatus::Confirmed) => ("confirmed_days", self.confirmed_days),
            Some(ReviewStatus::Open | ReviewStatus::Deferred) => {
                ("undecided_days", self.undecided_days)
            }
        }
    }
}

/// Whether a site's content is to be deleted at `now`: its latest visit and its latest decision are both older
/// than the days of its standing, it is not on hold, and no other site's capture needs a body of it.
pub fn due(site: &SiteFacts<'_>, policy: &RetentionPolicy, now: Timestamp) -> Option<Due> {
    let (setting, days) = policy.days(site.status);
    let days = days?;
    if site.held || site.needed_by.is_some() {
        return None;
    }
    let since = site
        .decided
        .map_or(site.visited, |time| time.max(site.visited));
    let kept = SignedDuration::from_hours(i64::from(days.min(MAX_DAYS)) * HOURS);
    // A clock that was set back makes a visit of the future, which is not old.
    if now.duration_since(since) < kept {
        return None;
    }
    let standing = match site.status {
        None => "never flagged",
        Some(ReviewStatus::Open) => "flagged and undecided",
        Some(ReviewStatus::Deferred) => "deferred",
        Some(ReviewStatus::Dismissed) => "dismissed",
        Some(ReviewStatus::Confirmed) => "confirmed",
    };
    Some(Due {
        site: site.site.to_owned(),
        rule: format!("{setting} = {days}"),
        since,
        reason: format!(
            "{standing}; nothing happened with it since {}",
            since.strftime("%Y-%m-%d")
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetentionPolicy = RetentionPolicy {
        clear_days: Some(30),
        dismissed_days: Some(90),
        confirmed_days: None,
        undecided_days: Some(365),
    };

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn site(status: Option<ReviewStatus>) -> SiteFacts<'static> {
        SiteFacts {
            site: "a.example",
            status,
            visited: time("2026-01-01T12:00:00Z"),
            decided: None,
            held: false,
            needed_by: None,
        }
    }

    #[test]
    fn a_site_is_due_to_the_second_when_the_days_of_its_standing_are_over() {
        let cases = [
            (None, "clear_days = 30", "2026-01-31T12:00:00Z"),
            (
                Some(ReviewStatus::Dismissed),
                "dismissed_days = 90",
                "2026-04-01T12:00:00Z",
            ),
            (
                Some(ReviewStatus::Open),
                "undecided_days = 365",
                "2027-01-01T12:00:00Z",
            ),
            (
                Some(ReviewStatus::Deferred),
                "undecided_days = 365",
                "2027-01-01T12:00:00Z",
            ),
        ];
        for (status, rule, over) in cases {
            let over = time(over);
            let before = over - SignedDuration::from_secs(1);
            assert_eq!(due(&site(status), &POLICY, before), None, "{rule}");
            let found = due(&site(status), &POLICY, over).unwrap();
            assert_eq!(
                (found.rule.as_str(), found.since),
                (rule, site(status).visited)
            );
        }
    }

    #[test]
    fn what_has_no_days_is_kept_for_ever() {
        let confirmed = site(Some(ReviewStatus::Confirmed));
        assert_eq!(due(&confirmed, &POLICY, time("2999-01-01T00:00:00Z")), None);
        let nothing = RetentionPolicy::default();
        assert!(nothing.is_empty() && !POLICY.is_empty());
        assert_eq!(
            due(&site(None), &nothing, time("2999-01-01T00:00:00Z")),
            None
        );
    }

    #[test]
    fn a_later_decision_a_hold_and_a_body_that_another_site_needs_keep_it() {
        let late = time("2026-06-01T00:00:00Z");
        let dismissed = site(Some(ReviewStatus::Dismissed));
        assert!(due(&dismissed, &POLICY, late).is_some());
        let kept = [
            SiteFacts {
                decided: Some(time("2026-05-01T00:00:00Z")),
                ..dismissed.clone()
            },
            SiteFacts {
                held: true,
                ..dismissed.clone()
            },
            SiteFacts {
                needed_by: Some("b.example"),
                ..dismissed.clone()
            },
        ];
        for facts in kept {
            assert_eq!(due(&facts, &POLICY, late), None, "{facts:?}");
        }
        let earlier = SiteFacts {
            decided: Some(time("2025-01-01T00:00:00Z")),
            ..dismissed
        };
        assert_eq!(
            due(&earlier, &POLICY, late).map(|due| due.since),
            Some(earlier.visited)
        );
    }

    #[test]
    fn a_visit_of_the_future_is_not_old_and_no_number_of_days_overflows() {
        let clear = |days| RetentionPolicy {
            clear_days: Some(days),
            ..POLICY
        };
        let early = time("2025-01-01T00:00:00Z");
        assert_eq!(due(&site(None), &clear(0), early), None);
        let late = time("2999-01-01T00:00:00Z");
        assert_eq!(due(&site(None), &clear(u32::MAX), late), None);
    }
}
