//! A jurisdiction file → a profile, with everything that is wrong with it.

use super::source::{ActFile, AuthorityFile, DeadlineFile, ProfileFile, YearFile};
use super::{Authority, BlockRulesError, CalendarSource, Deadline, Profile, Term};
use crate::document::Language;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use serde_saphyr::Spanned;
use std::collections::{BTreeMap, BTreeSet};

/// What may have to happen.
const AWAITED: [&str; 8] = [
    "approve",
    "submit",
    "acknowledge",
    "order",
    "effect",
    "removed",
    "appealed",
    "lifted",
];
/// After what.
const BEGINS: [&str; 8] = [
    "draft",
    "approve",
    "submit",
    "acknowledge",
    "order",
    "effect",
    "appeal",
    "lift",
];
/// Ten years: whatever is longer is a slip of the pen.
const LONGEST_DAYS: u32 = 3660;

/// A profile in the making.
struct Reader<'a> {
    file: &'a str,
    errors: Vec<BlockRulesError>,
    profile: Profile,
}

/// Reads a file; `None` if it holds acts alone, so that nobody can be addressed by it.
pub(super) fn read_profile(
    file: &str,
    source: ProfileFile,
) -> Result<Option<Profile>, Vec<BlockRulesError>> {
    let mut reader = Reader {
        file,
        errors: Vec::new(),
        profile: Profile::default(),
    };
    let is_profile = !source.authorities.is_empty();
    reader.take(source, is_profile);
    if reader.errors.is_empty() {
        Ok(is_profile.then_some(reader.profile))
    } else {
        Err(reader.errors)
    }
}

impl Reader<'_> {
    fn wrong(&mut self, line: u64, message: impl Into<String>) {
        self.errors.push(BlockRulesError {
            file: self.file.to_owned(),
            line,
            message: message.into(),
        });
    }

    fn take(&mut self, source: ProfileFile, is_profile: bool) {
        let line = source.jurisdiction.referenced.line();
        self.profile.jurisdiction = source.jurisdiction.value;
        self.profile.title = source.title.into_map();
        self.profile.languages = source.languages;
        self.profile.to_confirm = source.to_confirm;
        self.take_provisions(source.acts);
        if !is_profile {
            return;
        }
        if self.profile.languages.is_empty() {
            self.wrong(line, "languages are missing; write languages: [ru, kk]");
        }
        match source.time_zone {
            Some(zone) if TimeZone::get(&zone.value).is_ok() => self.profile.time_zone = zone.value,
            Some(zone) => {
                let message = format!("no time zone {:?}; write one like Asia/Almaty", zone.value);
                self.wrong(zone.referenced.line(), message);
            }
            None => self.wrong(line, "time_zone is missing; write one like Asia/Almaty"),
        }
        self.profile.review_days = source.review_days.unwrap_or(180).clamp(1, LONGEST_DAYS);
        match source.verification {
            Some(schedule) if (1..=LONGEST_DAYS).contains(&schedule.every_days) => {
                if !schedule.after_hours.is_sorted() {
                    self.wrong(line, "verification: after_hours ascend");
                }
                self.profile.verify_after_hours = schedule.after_hours;
                self.profile.verify_every_days = schedule.every_days;
            }
            Some(_) => self.wrong(line, "verification: every_days is from 1 to 3660"),
            None => self.wrong(
                line,
                "verification is missing; write after_hours and every_days",
            ),
        }
        for year in source.calendar {
            self.take_year(year);
        }
        for authority in source.authorities {
            self.take_authority(authority);
        }
        self.take_grounds(source.grounds);
    }

    fn take_provisions(&mut self, acts: Vec<ActFile>) {
        for act in acts {
            let act_title = act.title.into_map();
            for article in act.articles {
                let line = article.referenced.line();
                let article = article.value;
                let id = format!("{}.{}.{}", self.profile.jurisdiction, act.id, article.id);
                if article.confirmed {
                    self.profile.confirmed_provisions.insert(id.clone());
                }
                let title = full_titles(&act_title, article.title.into_map());
                if self.profile.provisions.insert(id.clone(), title).is_some() {
                    self.wrong(line, format!("{id} exists already; take one away"));
                }
            }
        }
    }

    fn take_year(&mut self, year: Spanned<YearFile>) {
        let line = year.referenced.line();
        let year = year.value;
        let days = year.holidays.keys().chain(&year.working_weekends);
        let outside: Vec<String> = days
            .filter(|day| day.year() != year.year)
            .map(ToString::to_string)
            .collect();
        for day in outside {
            self.wrong(line, format!("{day} is not a day of {}", year.year));
        }
        for day in &year.working_weekends {
            if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) {
                let message = format!("working_weekends: {day} is no Saturday or Sunday");
                self.wrong(line, message);
            }
        }
        if !self.profile.calendar_years.insert(year.year) {
            self.wrong(line, format!("the year {} stands there twice", year.year));
        }
        self.profile.holidays.extend(year.holidays.into_keys());
        self.profile.working_weekends.extend(year.working_weekends);
        let source = CalendarSource {
            source: year.source,
            confirmed: year.confirmed,
        };
        self.profile.calendar_sources.insert(year.year, source);
    }

    fn take_authority(&mut self, written: Spanned<AuthorityFile>) {
        let line = written.referenced.line();
        let written = written.value;
        if self.profile.authority(&written.id).is_some() {
            let message = format!("authority {:?} exists already; rename one", written.id);
            self.wrong(line, message);
        }
        let languages = if written.languages.is_empty() {
            self.profile.languages.clone()
        } else {
            written.languages
        };
        let title = written.title.into_map();
        for language in &languages {
            if !title.contains_key(language) {
                let message = format!("{}: its name in {language} is missing", written.id);
                self.wrong(line, message);
            }
        }
        let mut deadlines = Vec::new();
        for deadline in written.deadlines {
            deadlines.extend(self.deadline_of(deadline));
        }
        self.profile.authorities.push(Authority {
            id: written.id,
            role: written.role,
            title,
            address: written.address,
            email: written.email,
            channel: written.channel,
            languages,
            categories: written.categories,
            documents: written.documents,
            deadlines,
        });
    }

    fn deadline_of(&mut self, written: Spanned<DeadlineFile>) -> Option<Deadline> {
        let line = written.referenced.line();
        let written = written.value;
        let known: BTreeSet<&str> = AWAITED.into();
        if !known.contains(written.act.as_str()) {
            let message = format!("act {:?}: write one of {}", written.act, AWAITED.join(", "));
            self.wrong(line, message);
            return None;
        }
        if !BEGINS.contains(&written.after.as_str()) {
            let message = format!(
                "after {:?}: write one of {}",
                written.after,
                BEGINS.join(", ")
            );
            self.wrong(line, message);
            return None;
        }
        let is_too_long = match written.within {
            Term::Hours(hours) => hours > LONGEST_DAYS * 24,
            Term::Days(days) | Term::WorkingDays(days) => days > LONGEST_DAYS,
        };
        if is_too_long {
            self.wrong(line, "a deadline is at most ten years");
            return None;
        }
        Some(Deadline {
            act: written.act,
            after: written.after,
            within: written.within,
            source: written.source,
            confirmed: written.confirmed,
        })
    }

    fn take_grounds(&mut self, grounds: BTreeMap<crate::rules::Category, Vec<Spanned<String>>>) {
        for (category, provisions) in grounds {
            let mut ids = Vec::new();
            for provision in provisions {
                if self.profile.provisions.contains_key(&provision.value) {
                    ids.push(provision.value);
                } else {
                    let message = format!(
                        "{category}: there is no provision {}; add it under acts or mend its id",
                        provision.value
                    );
                    self.wrong(provision.referenced.line(), message);
                }
            }
            self.profile.grounds.insert(category, ids);
        }
    }
}

/// The heading of an article with the name of its act behind it, as a document cites it.
fn full_titles(
    act: &BTreeMap<Language, String>,
    article: BTreeMap<Language, String>,
) -> BTreeMap<Language, String> {
    let cite = |(language, heading): (Language, String)| {
        let cited = match act.get(&language) {
            Some(act) => format!("{heading} ({act})"),
            None => heading,
        };
        (language, cited)
    };
    article.into_iter().map(cite).collect()
}
