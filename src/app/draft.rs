//! Confirmed flags → a block request, filled from what the store knows.

use super::draft_site::SiteFacts;
use crate::block::profile::{BlockRules, Profile};
use crate::block::{BlockRequest, BlockTarget, HostProblem, Override, Purpose, ScopeKind};
use crate::document::Language;
use crate::flag::Flag;
use crate::id::RequestId;
use crate::review::Reviewer;
use crate::rules::Category;
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Days after which a block is looked at again, where the profile says nothing.
const REVIEW_DAYS: u32 = 180;

/// What a person says of the request that is to be drafted.
#[derive(Debug, Clone)]
pub struct DraftSettings {
    /// What is asked for.
    pub purpose: Purpose,
    /// Code of the jurisdiction.
    pub jurisdiction: String,
    /// Id of the addressee in its profile.
    pub authority: String,
    /// Who exactly, where the profile leaves it open.
    pub addressee: Option<String>,
    /// Languages of the documents; none for those of the addressee.
    pub languages: Vec<Language>,
    /// The unit that asks.
    pub unit: String,
    /// Where it is reached.
    pub contact: Option<String>,
    /// How wide a block is asked for of each site.
    pub scope: ScopeKind,
    /// Exact targets instead of those that follow from the scope; only with one flag.
    pub targets: Vec<BlockTarget>,
    /// Why one URL is not enough.
    pub scope_reason: Option<String>,
    /// Provisions, by id; none for those that the profile names for the category.
    pub grounds: Vec<String>,
    /// The reasons in words; `None` for the notes of the decisions.
    pub reasons: Option<String>,
    /// Objections that a supervisor sets aside.
    pub overrides: Vec<Override>,
    /// When the block is to be looked at again; `None` for as long as the profile says.
    pub review_by: Option<Date>,
    /// The request that this one replaces.
    pub supersedes: Option<RequestId>,
    /// The request whose site came back or moved.
    pub parent: Option<RequestId>,
}

/// A request that cannot be drafted.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// The store refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No such profile.
    #[error("there is no jurisdiction {written:?}; there are: {}", known.join(", "))]
    Jurisdiction {
        /// As it was written.
        written: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// No such addressee.
    #[error("{jurisdiction} has no addressee {written:?}; it has: {}", known.join(", "))]
    Authority {
        /// The profile.
        jurisdiction: String,
        /// As it was written.
        written: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The addressee does not decide about this.
    #[error("{authority} does not decide about {category}; those who do: {}", fit.join(", "))]
    NotCompetent {
        /// The addressee.
        authority: String,
        /// What the site was confirmed as.
        category: Category,
        /// Addressees that do.
        fit: Vec<String>,
    },
    /// A ground that the profile does not know.
    #[error("{0:?} is no provision of this jurisdiction")]
    Ground(String),
    /// The flag is not confirmed.
    #[error("{site} is not confirmed; a person decides first")]
    NotConfirmed {
        /// The site, defanged.
        site: String,
        /// The flag.
        flag: String,
    },
    /// A name that cannot be blocked as one.
    #[error(transparent)]
    Host(#[from] HostProblem),
    /// No address is known.
    #[error("{0} was not seen at any address")]
    NoAddress(String),
    /// The site was not seen since the request that it came back from.
    #[error("{site} was last captured {seen}, before its parent was drafted; scan it again first")]
    NotFresh {
        /// The site, defanged.
        site: String,
        /// When it was captured last.
        seen: Timestamp,
    },
    /// Explicit targets for many sites.
    #[error("targets can be named for one site at a time")]
    ManySites,
    /// The target has nothing to do with the flag.
    #[error("{target} is not where {site} showed anything")]
    Elsewhere {
        /// The target, defanged.
        target: String,
        /// The site, defanged.
        site: String,
    },
}

/// Drafts a request about confirmed flags. It is not recorded yet; the store asks everything again.
pub fn draft_request(
    store: &Store,
    rules: &BlockRules,
    flags: &[Flag],
    settings: DraftSettings,
    author: Reviewer,
    now: Timestamp,
) -> Result<BlockRequest, DraftError> {
    let profile = profile_of(rules, &settings.jurisdiction)?;
    let languages = check_authority(profile, &settings)?;
    if !settings.targets.is_empty() && flags.len() > 1 {
        return Err(DraftError::ManySites);
    }
    let parent = match &settings.parent {
        Some(parent) => Some(store.request(parent)?),
        None => None,
    };
    let id = RequestId::drafted(
        &settings.authority,
        author.as_str(),
        now,
        settings.supersedes.as_ref(),
    );
    let mut items = Vec::new();
    for flag in flags {
        let site = SiteFacts::gather(store, flag)?;
        check_competence(profile, &settings.authority, site.category)?;
        if let Some(parent) = &parent
            && site.last_captured() <= parent.drafted
        {
            return Err(DraftError::NotFresh {
                site: defanged(&flag.site),
                seen: site.last_captured(),
            });
        }
        for target in site.targets(&settings)? {
            items.push(site.item(&id, target, &settings, profile)?);
        }
    }
    let today = now.to_zoned(time_zone(profile)).date();
    let review_days = Some(profile.review_days).filter(|days| *days > 0);
    let later = jiff::Span::new().days(i64::from(review_days.unwrap_or(REVIEW_DAYS)));
    Ok(BlockRequest {
        id,
        purpose: settings.purpose,
        jurisdiction: settings.jurisdiction,
        authority: settings.authority,
        addressee: settings.addressee,
        languages,
        unit: settings.unit,
        contact: settings.contact,
        author,
        drafted: now,
        items,
        review_by: settings
            .review_by
            .unwrap_or_else(|| today.saturating_add(later)),
        supersedes: settings.supersedes,
        parent: settings.parent,
    })
}

fn time_zone(profile: &Profile) -> TimeZone {
    TimeZone::get(&profile.time_zone).unwrap_or(TimeZone::UTC)
}

pub(super) fn defanged(site: &str) -> String {
    site.replace('.', "[.]")
}

fn profile_of<'a>(rules: &'a BlockRules, written: &str) -> Result<&'a Profile, DraftError> {
    rules.profile(written).ok_or_else(|| {
        let known = rules.profiles.iter().map(|p| p.jurisdiction.clone());
        DraftError::Jurisdiction {
            written: written.to_owned(),
            known: known.collect(),
        }
    })
}

/// The addressee is known, the grounds are, and the languages of the documents.
fn check_authority(
    profile: &Profile,
    settings: &DraftSettings,
) -> Result<Vec<Language>, DraftError> {
    let Some(authority) = profile.authority(&settings.authority) else {
        return Err(DraftError::Authority {
            jurisdiction: profile.jurisdiction.clone(),
            written: settings.authority.clone(),
            known: profile.authorities.iter().map(|a| a.id.clone()).collect(),
        });
    };
    let unknown = |ground: &&String| !profile.provisions.contains_key(*ground);
    if let Some(ground) = settings.grounds.iter().find(unknown) {
        return Err(DraftError::Ground(ground.clone()));
    }
    let languages = [
        &settings.languages,
        &authority.languages,
        &profile.languages,
    ];
    let chosen = languages
        .into_iter()
        .find(|languages| !languages.is_empty());
    Ok(chosen.cloned().unwrap_or_else(|| vec![Language::Ru]))
}

fn check_competence(
    profile: &Profile,
    authority: &str,
    category: Category,
) -> Result<(), DraftError> {
    let decides = |categories: &[Category]| categories.is_empty() || categories.contains(&category);
    let asked = profile.authority(authority);
    if asked.is_some_and(|authority| decides(&authority.categories)) {
        return Ok(());
    }
    let fit = profile
        .authorities
        .iter()
        .filter(|a| decides(&a.categories));
    Err(DraftError::NotCompetent {
        authority: authority.to_owned(),
        category,
        fit: fit.map(|authority| authority.id.clone()).collect(),
    })
}
