//! Periods as people write them.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use std::fmt;

/// From the beginning of a day up to the beginning of another, in a time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// The first day.
    pub from: Date,
    /// The day after the last.
    pub to: Date,
    /// The time zone (IANA).
    pub time_zone: String,
}

/// A text that is no period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// It cannot be read.
    #[error("{0:?} is not a period; write 2026, 2026-Q3, 2026-11 or 2026-01-01..2026-03-31")]
    Unreadable(String),
    /// It ends before it begins.
    #[error("{0:?} ends before it begins; write the earlier day first")]
    Backward(String),
    /// The machine does not know the zone.
    #[error("there is no time zone {0:?}; write one like Asia/Almaty")]
    Zone(String),
}

impl Period {
    /// Reads `2026`, `2026-Q3`, `2026-11`, or first and last day: `2026-01-01..2026-03-31`.
    pub fn parse(written: &str, time_zone: &str) -> Result<Self, PeriodError> {
        if TimeZone::get(time_zone).is_err() {
            return Err(PeriodError::Zone(time_zone.to_owned()));
        }
        let unreadable = || PeriodError::Unreadable(written.chars().take(40).collect());
        let (from, to) = days_of(written.trim()).ok_or_else(unreadable)?;
        if to <= from {
            return Err(PeriodError::Backward(written.trim().to_owned()));
        }
        Ok(Self {
            from,
            to,
            time_zone: time_zone.to_owned(),
        })
    }

    /// Whether a moment falls into it.
    pub fn contains(&self, at: Timestamp) -> bool {
        (self.from..self.to).contains(&self.day_of(at))
    }

    /// Whether a moment comes before its end.
    pub fn is_reached(&self, at: Timestamp) -> bool {
        self.day_of(at) < self.to
    }

    /// The day on which a moment falls.
    pub fn day_of(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone()).date()
    }

    /// The month in which a moment falls: `2026-11`.
    pub fn month_of(&self, at: Timestamp) -> String {
        let day = self.day_of(at);
        format!("{:04}-{:02}", day.year(), day.month())
    }

    /// The last second of a day.
    pub fn end_of(&self, day: Date) -> Timestamp {
        let end = self.zone().to_timestamp(day.at(23, 59, 59, 0));
        end.unwrap_or(Timestamp::MAX)
    }

    fn zone(&self) -> TimeZone {
        TimeZone::get(&self.time_zone).unwrap_or(TimeZone::UTC)
    }
}

fn days_of(written: &str) -> Option<(Date, Date)> {
    if let Some((first, last)) = written.split_once("..") {
        let (first, last): (Date, Date) = (first.parse().ok()?, last.parse().ok()?);
        return Some((first, last.tomorrow().ok()?));
    }
    let (year, rest) = match written.split_once('-') {
        Some((year, rest)) => (year, Some(rest)),
        None => (written, None),
    };
    if year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let year: i16 = year.parse().ok().filter(|year| *year > 0)?;
    let (month, months) = match rest {
        None => (1, 12),
        Some(rest) => match rest.strip_prefix(['Q', 'q']) {
            Some(quarter) => {
                let quarter: i8 = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
                (quarter * 3 - 2, 3)
            }
            None if rest.len() == 2 => (rest.parse().ok().filter(|m| (1..=12).contains(m))?, 1),
            None => return None,
        },
    };
    let from = date(year, month, 1);
    Some((from, from.checked_add(months.months()).ok()?))
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = self.to.yesterday().unwrap_or(self.to);
        write!(f, "{} to {last} ({})", self.from, self.time_zone)
    }
}
