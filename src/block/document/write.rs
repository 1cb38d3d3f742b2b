//! Facts → paper.

use super::context::variables;
use super::local::Local;
use super::missing::missing_for;
use super::{PaperFacts, PaperKind};
use crate::document::{Edition, Paper, TemplateError, Templates};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What stands on every page until a second person has approved.
const DRAFT: &str = "ПРОЕКТ / ЖОБА / DRAFT";

/// Why a paper is not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaperError {
    /// Facts without which it says nothing.
    #[error("{kind} is not made; missing: {}", missing.join("; "))]
    Missing {
        /// Which paper.
        kind: PaperKind,
        /// What is missing, each with what to do.
        missing: Vec<String>,
    },
    /// The template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// Local times cannot be told.
    #[error(
        "this machine does not know the time zone {0:?}; install the package tzdata, or mend the profile"
    )]
    TimeZone(String),
}

/// A paper of a request, or why it is not made. `made` becomes the date of the file.
pub fn write_paper(
    kind: PaperKind,
    edition: Edition,
    facts: &PaperFacts<'_>,
    templates: &Templates,
    made: Timestamp,
) -> Result<Paper, PaperError> {
    let languages = edition.languages();
    let missing = missing_for(kind, &languages, facts);
    if !missing.is_empty() {
        return Err(PaperError::Missing { kind, missing });
    }
    let mut filled = BTreeMap::new();
    for &language in &languages {
        let local = Local::new(&facts.profile.time_zone, language)
            .ok_or_else(|| PaperError::TimeZone(facts.profile.time_zone.clone()))?;
        filled.insert(language, variables(kind, facts, &local));
    }
    let blocks = templates.write(kind.as_str(), edition, |language| filled.get(&language))?;
    let banner = match facts.superseded_by {
        Some(later) => Some(format!("ЗАМЕНЁН / АУЫСТЫРЫЛДЫ / SUPERSEDED → {later}")),
        None => facts.is_draft().then(|| DRAFT.to_owned()),
    };
    Ok(Paper {
        title: Paper::first_heading(&blocks).unwrap_or_else(|| kind.to_string()),
        languages,
        reference: facts.request.id.to_string(),
        banner,
        made: Some(made),
        blocks,
    })
}
