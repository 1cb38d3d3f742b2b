//! A profile as its file says it.

use crate::block::BlockAct;
use crate::document::Language;
use crate::rules::Category;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// A jurisdiction.
#[derive(Debug, Clone, Default)]
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
    /// Days on which nobody works although it is a weekday.
    pub holidays: BTreeSet<Date>,
    /// Weekend days on which people work.
    pub working_weekends: BTreeSet<Date>,
    /// Years that the calendar covers.
    pub calendar_years: BTreeSet<i16>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
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
#[derive(Debug, Clone)]
pub struct Authority {
    /// Its id: `information_committee`.
    pub id: String,
    /// What it is.
    pub role: Role,
    /// Its name.
    pub title: BTreeMap<Language, String>,
    /// Where it is written to.
    pub address: Option<String>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Hours, nights and holidays included.
    Hours(u32),
    /// Calendar days.
    Days(u32),
    /// Working days.
    WorkingDays(u32),
}

/// A deadline.
#[derive(Debug, Clone)]
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

impl Profile {
    /// The addressee with this id.
    pub fn authority(&self, id: &str) -> Option<&Authority> {
        self.authorities.iter().find(|authority| authority.id == id)
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
