//! Times as people type them.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A point in time: a date, a date with time (UTC), or how long ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    At(Timestamp),
    Ago(SignedDuration),
}

impl Since {
    /// The point in time, seen from `now`.
    pub(super) fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::Ago(duration) => now.checked_sub(duration).unwrap_or(Timestamp::MIN),
        }
    }
}

/// Reads `2026-11-01`, `2026-11-01T08:30`, `2026-11-01T08:30:00Z`, `90m`, `24h`, `7d`, `2w`.
pub(super) fn parse_since(written: &str) -> Result<Since, String> {
    let written = written.trim();
    if let Some(ago) = parse_ago(written) {
        return Ok(Since::Ago(ago));
    }
    if let Ok(time) = written.parse::<Timestamp>() {
        return Ok(Since::At(time));
    }
    // A time that says more than it needs (a zone that was not understood) must not pass as a date.
    let civil = if written.contains([':', 'T', ' ']) {
        written.parse::<DateTime>().ok()
    } else {
        written.parse::<Date>().ok().map(|date| date.at(0, 0, 0, 0))
    };
    civil
        .and_then(|time| time.to_zoned(TimeZone::UTC).ok())
        .map(|time| Since::At(time.timestamp()))
        .ok_or_else(|| {
            "write a date like 2026-11-01 (UTC), or how long ago: 24h, 7d, 2w".to_owned()
        })
}

/// Reads the same as [`parse_since`], as a time to come: `7d` is in seven days.
pub(super) fn parse_until(written: &str) -> Result<Until, String> {
    match parse_since(written) {
        Ok(Since::At(time)) => Ok(Until::At(time)),
        Ok(Since::Ago(duration)) => Ok(Until::In(duration)),
        Err(_) => Err("write a date like 2026-12-01 (UTC), or in how long: 24h, 7d, 2w".to_owned()),
    }
}

/// A point in time to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Until {
    At(Timestamp),
    In(SignedDuration),
}

impl Until {
    /// The point in time, seen from `now`.
    pub(super) fn resolve(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(time) => time,
            Self::In(duration) => now.checked_add(duration).unwrap_or(Timestamp::MAX),
        }
    }
}

fn parse_ago(written: &str) -> Option<SignedDuration> {
    let unit = written.chars().next_back()?;
    let hours = match unit {
        'm' | 'h' => 1,
        'd' => 24,
        'w' => 24 * 7,
        _ => return None,
    };
    let count: i64 = written[..written.len() - unit.len_utf8()].parse().ok()?;
    if !(0..=100_000).contains(&count) {
        return None;
    }
    Some(if unit == 'm' {
        SignedDuration::from_mins(count)
    } else {
        SignedDuration::from_hours(count * hours)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_ages_are_understood() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        for (written, meant) in [
            ("2026-11-01", "2026-11-01T00:00:00Z"),
            ("2026-11-01T08:30", "2026-11-01T08:30:00Z"),
            ("2026-11-01T08:30:00+05:00", "2026-11-01T03:30:00Z"),
            ("7d", "2026-11-15T10:00:00Z"),
            ("24h", "2026-11-21T10:00:00Z"),
            ("90m", "2026-11-22T08:30:00Z"),
            ("2w", "2026-11-08T10:00:00Z"),
        ] {
            let since = parse_since(written).unwrap();
            assert_eq!(since.resolve(now), meant.parse().unwrap(), "{written}");
        }
    }

    #[test]
    fn times_to_come_are_counted_forward() {
        let now: Timestamp = "2026-11-22T10:00:00Z".parse().unwrap();
        for (written, meant) in [
            ("2026-12-01", "2026-12-01T00:00:00Z"),
            ("7d", "2026-11-29T10:00:00Z"),
        ] {
            let until = parse_until(written).unwrap();
            assert_eq!(until.resolve(now), meant.parse().unwrap(), "{written}");
        }
        assert!(parse_until("soon").unwrap_err().contains("in how long"));
    }

    #[test]
    fn other_texts_say_what_to_write() {
        for written in [
            "",
            "yesterday",
            "7",
            "d",
            "-3d",
            "01.11.2026",
            "2026-13-01",
            "7д",
            "999999999999w",
        ] {
            assert!(
                parse_since(written).unwrap_err().contains("7d"),
                "{written}"
            );
        }
    }
}
