//! Visit → flag.

use super::{SiteVerdict, Visit};
use crate::id::{CaptureId, FlagId, RunId};
use crate::suspect::SuspectUrl;
use crate::verdict::{Band, CategoryScore, NamedEntity};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A site that a person should look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Flag {
    /// Which flag; one per site.
    pub id: FlagId,
    /// Host as given in the list.
    pub site: String,
    /// The first URL asked for.
    pub entry: SuspectUrl,
    /// Highest band of any category.
    pub band: Band,
    /// Every category with findings, highest score first.
    pub categories: Vec<CategoryScore>,
    /// Identifiers found.
    pub entities: Vec<NamedEntity>,
    /// The captures that show it.
    pub captures: Vec<CaptureId>,
    /// Version of the ruleset.
    pub ruleset: String,
    /// The run that saw it last.
    pub run: RunId,
    /// When it was first raised.
    pub raised: Timestamp,
    /// When it was last seen.
    pub seen: Timestamp,
    /// How many visits raised it.
    pub visits: u32,
}

/// The flag that a visit raises, if it raises one. An earlier flag of the site is carried on.
pub fn raise(visit: &Visit, earlier: Option<&Flag>) -> Option<Flag> {
    if visit.verdict != SiteVerdict::Flagged {
        return None;
    }
    let band = visit
        .categories
        .iter()
        .map(|category| category.band)
        .max()?;
    Some(Flag {
        id: FlagId::of_site(&visit.site),
        site: visit.site.clone(),
        entry: visit.entry.clone(),
        band,
        categories: visit.categories.clone(),
        entities: visit.entities.clone(),
        captures: visit.captures.clone(),
        ruleset: visit.ruleset.clone(),
        run: visit.run.clone(),
        raised: earlier.map_or(visit.finished, |flag| flag.raised),
        seen: visit.finished,
        visits: earlier.map_or(0, |flag| flag.visits) + 1,
    })
}
