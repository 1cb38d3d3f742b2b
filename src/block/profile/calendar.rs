//! When a term ends: hours, calendar days and working days in the time zone of a jurisdiction.

use super::{Profile, Term};
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Due {
    /// The last second that is in time.
    pub at: Timestamp,
    /// Whether the calendar covers every day that was counted. Where it does not, only weekends were left out,
    /// and the true day may be later.
    pub is_covered: bool,
}

impl Profile {
    /// Its time zone; UTC where the machine does not know it.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }

    /// When a term that begins to run at `from` ends. Hours count exactly. Days end at 23:59:59 local time; the
    /// day on which the term begins does not count. Working days leave out weekends and the days off of the
    /// calendar.
    pub fn due(&self, from: Timestamp, within: Term) -> Due {
        match within {
            Term::Hours(hours) => Due {
                at: from
                    .checked_add(SignedDuration::from_hours(hours.into()))
                    .unwrap_or(Timestamp::MAX),
                is_covered: true,
            },
            Term::Days(days) => Due {
                at: self.end_of(day_after(self.day_of(from), days)),
                is_covered: true,
            },
            Term::WorkingDays(days) => {
                let (day, is_covered) = self.working_day_after(self.day_of(from), days);
                Due {
                    at: self.end_of(day),
                    is_covered,
                }
            }
        }
    }

    /// The day on which a moment falls here.
    pub fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone()).date()
    }

    /// The last second of a day here.
    pub fn end_of(&self, day: Date) -> Timestamp {
        self.moment(day.to_datetime(time(23, 59, 59, 0)))
    }

    /// The first second of a day here.
    pub fn start_of(&self, day: Date) -> Timestamp {
        self.moment(day.to_datetime(time(0, 0, 0, 0)))
    }

    fn moment(&self, at: jiff::civil::DateTime) -> Timestamp {
        self.zone().to_timestamp(at).unwrap_or(Timestamp::MAX)
    }

    /// The working day `count` working days after a day (0: the day itself, or the next that is one), and whether
    /// the calendar covers all days up to it.
    pub fn working_day_after(&self, day: Date, count: u32) -> (Date, bool) {
        let mut day = day;
        let mut left = count;
        let mut is_covered = self.calendar_years.contains(&day.year());
        while left > 0 || !self.is_working_day(day) {
            let Ok(next) = day.tomorrow() else {
                return (day, false);
            };
            day = next;
            is_covered &= self.calendar_years.contains(&day.year());
            left -= u32::from(left > 0 && self.is_working_day(day));
        }
        (day, is_covered)
    }

    /// When a block is to be verified next: at the hours of the schedule after it took effect (`since`), then
    /// every so many days; `last` is when it was verified last.
    pub fn next_verification(&self, since: Timestamp, last: Option<Timestamp>) -> Timestamp {
        let after = |from: Timestamp, hours: u32| self.due(from, Term::Hours(hours)).at;
        let next = self
            .verify_after_hours
            .iter()
            .map(|&hours| after(since, hours))
            .find(|&at| last.is_none_or(|last| last < at));
        let every = self.verify_every_days.max(1).saturating_mul(24);
        next.unwrap_or_else(|| after(last.unwrap_or(since).max(since), every))
    }
}

fn day_after(day: Date, days: u32) -> Date {
    day.checked_add(i64::from(days).days()).unwrap_or(Date::MAX)
}
