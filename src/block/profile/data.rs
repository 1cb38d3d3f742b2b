//! A profile as its file says it.

use crate::block::BlockAct;
use crate::document::Language;
use crate::rules::Category;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A jurisdiction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// Its code: `kz`.
    pub jurisdiction: String,
    /// Its name.
    pub title: BTreeMap<Language, String>,
    /// Languages of its documents, the first is the default.
    pub languages: Vec<Language>,
    /// Its time zone (IANA), by which days and hours count.
    pub time_zone: String,
    /// Who can be addressed.
    pub authorities: Vec<Authority>,
    /// Provisions that a category usually rests on, by id.
    pub grounds: BTreeMap<Category, Vec<String>>,
    /// Heading of every provision, by id (`kz.criminal_code.297`).
    pub provisions: BTreeMap<String, BTreeMap<Language, String>>,
    /// Provisions whose number, heading and applicability a lawyer confirmed.
    pub confirmed_provisions: BTreeSet<String>,
    /// Days on which nobody works although it is a weekday.
    pub holidays: BTreeSet<Date>,
    /// Weekend days on which people work.
    pub working_weekends: BTreeSet<Date>,
    /// Years that the calendar covers.
    pub calendar_years: BTreeSet<i16>,
    /// Where the days off of each year are written, by year.
    pub calendar_sources: BTreeMap<i16, CalendarSource>,
    /// Hours after an order takes effect at which it is verified, ascending; then every `verify_every_days`.
    pub verify_after_hours: Vec<u32>,
    /// Days between later verifications.
    pub verify_every_days: u32,
    /// Days after which a block is to be looked at again.
    pub review_days: u32,
    /// What a lawyer must confirm before it is relied on, in English.
    pub to_confirm: Vec<String>,
}

/// What an addressee is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Orders that access be restricted.
    OrderBody,
    /// Restricts access (provider).
    Operator,
    /// Hosts the content.
    Host,
    /// Registered the domain.
    Registrar,
    /// A platform that carries it.
    Platform,
    /// A messenger that carries it.
    Messenger,
    /// Runs the site.
    Owner,
}

/// Somebody who can be addressed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Authority {
    /// Its id: `information_committee`.
    pub id: String,
    /// What it is.
    pub role: Role,
    /// Its name.
    pub title: BTreeMap<Language, String>,
    /// Where it is written to.
    pub address: Option<String>,
    /// Where electronic mail reaches it.
    pub email: Option<String>,
    /// How requests are filed there, in English.
    pub channel: Option<String>,
    /// Its languages.
    pub languages: Vec<Language>,
    /// What it decides about; empty for everything.
    pub categories: Vec<Category>,
    /// Templates of the documents that are sent to it.
    pub documents: Vec<String>,
    /// How long it has.
    pub deadlines: Vec<Deadline>,
}

/// How long something may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Hours, nights and holidays included.
    Hours(u32),
    /// Calendar days.
    Days(u32),
    /// Working days.
    WorkingDays(u32),
}

/// Where the days off of a year are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CalendarSource {
    /// The law or the announcement.
    pub source: String,
    /// Whether a lawyer confirmed it.
    pub confirmed: bool,
}

/// A deadline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Deadline {
    /// What has to happen, by the code of its act (`acknowledge`, `order`, `effect`).
    pub act: String,
    /// After what, by the code of its act (`submit`, `order`).
    pub after: String,
    /// Within how long.
    pub within: Term,
    /// Where it is written.
    pub source: String,
    /// Whether a lawyer confirmed it.
    pub confirmed: bool,
}

impl Role {
    /// Its code in files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OrderBody => "order_body",
            Self::Operator => "operator",
            Self::Host => "host",
            Self::Registrar => "registrar",
            Self::Platform => "platform",
            Self::Messenger => "messenger",
            Self::Owner => "owner",
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self {
            Self::Hours(count) => (count, "hour"),
            Self::Days(count) => (count, "day"),
            Self::WorkingDays(count) => (count, "working day"),
        };
        let plural = if *count == 1 { "" } else { "s" };
        write!(f, "{count} {unit}{plural}")
    }
}

impl Profile {
    /// The addressee with this id.
    pub fn authority(&self, id: &str) -> Option<&Authority> {
        self.authorities.iter().find(|authority| authority.id == id)
    }

    /// Those who can be asked about a category: those who decide about nothing else, then those who decide about
    /// everything.
    pub fn authorities_for(&self, category: Category) -> impl Iterator<Item = &Authority> {
        let of_it = move |authority: &&Authority| authority.categories.contains(&category);
        let of_all = |authority: &&Authority| authority.categories.is_empty();
        let authorities = &self.authorities;
        let own = authorities.iter().filter(of_it);
        own.chain(authorities.iter().filter(of_all))
    }

    /// Whether people work on this day.
    pub fn is_working_day(&self, day: Date) -> bool {
        use jiff::civil::Weekday::{Saturday, Sunday};
        let is_weekend = matches!(day.weekday(), Saturday | Sunday);
        self.working_weekends.contains(&day) || (!is_weekend && !self.holidays.contains(&day))
    }
}

impl Deadline {
    /// Whether it begins to run with this act.
    pub fn begins_with(&self, act: &BlockAct) -> bool {
        self.after == act.as_str()
    }
}
