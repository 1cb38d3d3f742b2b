//! Dates and times as people of the place write them.

use crate::document::Language;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// A place and a language.
#[derive(Debug, Clone)]
pub(super) struct Local {
    zone: TimeZone,
    pub(super) language: Language,
}

impl Local {
    /// The time zone with this name (IANA); `None` if this machine does not know it.
    pub(super) fn new(zone: &str, language: Language) -> Option<Self> {
        let zone = match zone {
            "" | "UTC" => TimeZone::UTC,
            name => TimeZone::get(name).ok()?,
        };
        Some(Self { zone, language })
    }

    /// `22.11.2026`, in English `22 November 2026`.
    pub(super) fn date(&self, date: Date) -> String {
        date.strftime(match self.language {
            Language::Ru | Language::Kk => "%d.%m.%Y",
            Language::En => "%-d %B %Y",
        })
        .to_string()
    }

    /// The day at the place.
    pub(super) fn day(&self, time: Timestamp) -> String {
        self.date(time.to_zoned(self.zone.clone()).date())
    }

    /// `22.11.2026 14:05:09 (UTC+05:00)`
    pub(super) fn time(&self, time: Timestamp) -> String {
        let zoned = time.to_zoned(self.zone.clone());
        let clock = zoned.strftime("%H:%M:%S (UTC%:z)");
        format!("{} {clock}", self.date(zoned.date()))
    }

    /// `22.11.2026 09:05:09 UTC`
    pub(super) fn utc(&self, time: Timestamp) -> String {
        let zoned = time.to_zoned(TimeZone::UTC);
        format!(
            "{} {}",
            self.date(zoned.date()),
            zoned.strftime("%H:%M:%S UTC")
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_say_where_they_are_told() {
        let time: Timestamp = "2026-11-22T21:05:09Z".parse().unwrap();
        let ru = Local::new("Asia/Almaty", Language::Ru).unwrap();
        assert_eq!(ru.time(time), "23.11.2026 02:05:09 (UTC+05:00)");
        assert_eq!(ru.utc(time), "22.11.2026 21:05:09 UTC");
        let en = Local::new("UTC", Language::En).unwrap();
        assert_eq!(en.day(time), "22 November 2026");
        assert!(Local::new("Asia/Nowhere", Language::Ru).is_none());
    }
}
