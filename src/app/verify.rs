//! Blocks are looked at: measured from every vantage, weighed, recorded one by one.

use super::Stop;
use crate::block::{BlockItem, BlockTarget, ItemState};
use crate::clock::Clock;
use crate::dossier::RequestFile;
use crate::fetch::Override;
use crate::flag::SiteVerdict;
use crate::id::{ItemId, RequestId, VerificationId};
use crate::reach::{MeasureError, MeasureSettings, Reach, Vantage, measure};
use crate::review::Reviewer;
use crate::store::{Store, StoreError};
use crate::suspect::SuspectUrl;
use crate::verify::{Assessment, Expectations, Fingerprints, Sibling, Verification, assess};
use futures_util::StreamExt;
use jiff::SignedDuration;
use std::net::IpAddr;
use std::sync::Arc;

/// Items that are measured at the same time: each is another host, and most of the time is waiting.
const SIDE_BY_SIDE: usize = 4;
/// Measurements of an earlier look count for this long.
const STAYS_FRESH: SignedDuration = SignedDuration::from_hours(48);
/// Clean sites at the address of a blocked one that are looked at, too.
const MAX_NEIGHBORS: usize = 2;
/// Sites whose latest visit is asked for its address.
const MAX_VISITS: usize = 2_000;

/// One item that is to be looked at.
#[derive(Debug, Clone)]
pub struct VerifyTarget {
    /// Its request.
    pub request: RequestId,
    /// Jurisdiction of the request.
    pub jurisdiction: String,
    /// The item.
    pub item: BlockItem,
    /// Where it stands.
    pub state: ItemState,
    /// Measurements of earlier looks.
    pub earlier: Vec<Reach>,
}

impl VerifyTarget {
    /// One item of a request.
    pub fn of(file: &RequestFile, item: &BlockItem) -> Self {
        let looks = file.verifications_of(&item.id);
        Self {
            request: file.request.id.clone(),
            jurisdiction: file.request.jurisdiction.clone(),
            item: item.clone(),
            state: file.state(&item.id),
            earlier: looks.flat_map(|look| look.reaches.clone()).collect(),
        }
    }

    /// The URL that is measured: the target itself, or the most telling one that it covers.
    pub fn url(&self) -> Option<SuspectUrl> {
        let item = &self.item;
        let covered = item.urls.iter().find(|url| item.target.covers(url));
        match &item.target {
            BlockTarget::Url(url) => Some(url.clone()),
            BlockTarget::Host(name) | BlockTarget::HostAndBelow(name) => covered
                .cloned()
                .or_else(|| SuspectUrl::parse(&format!("https://{}/", name.as_str())).ok()),
            BlockTarget::Address(_) => covered.or_else(|| item.urls.first()).cloned(),
        }
    }
}

/// How blocks are looked at.
#[derive(Debug, Clone)]
pub struct VerifyPlan {
    /// From where; none measures nothing and weighs what was imported.
    pub vantages: Vec<Vantage>,
    /// How.
    pub settings: MeasureSettings,
    /// How block pages give themselves away.
    pub fingerprints: Fingerprints,
    /// Measurements of other machines.
    pub imported: Vec<Reach>,
    /// Clean sites that are looked at, too.
    pub siblings: Vec<SuspectUrl>,
    /// Who asks.
    pub by: Reviewer,
}

/// Why blocks could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// TLS.
    #[error(transparent)]
    Measure(#[from] MeasureError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Looks at every target, records each verification as soon as it is there and tells it to `observe`. When it
/// is told to stop, no new look begins; told again, those under way are given up. What is recorded stays.
pub async fn verify_blocks(
    store: &Store,
    clock: &Arc<dyn Clock>,
    targets: &[VerifyTarget],
    plan: &VerifyPlan,
    stop: &Stop,
    mut observe: impl FnMut(&VerifyTarget, &Verification),
) -> Result<Vec<Verification>, VerifyError> {
    let wanted = targets.iter().take_while(|_| !stop.is_requested());
    let looks =
        wanted.map(|target| async move { (target, look_at(store, clock, target, plan).await) });
    let mut looks = futures_util::stream::iter(looks).buffer_unordered(SIDE_BY_SIDE);
    let mut verifications = Vec::new();
    loop {
        let next = tokio::select! {
            next = looks.next() => next,
            () = stop.aborted() => None,
        };
        let Some((target, verification)) = next else {
            return Ok(verifications);
        };
        if let Some(verification) = verification? {
            store.record_verification(&verification)?;
            observe(target, &verification);
            verifications.push(verification);
        }
    }
}

/// One look; `None` if there is nothing to measure and nothing was imported.
async fn look_at(
    store: &Store,
    clock: &Arc<dyn Clock>,
    target: &VerifyTarget,
    plan: &VerifyPlan,
) -> Result<Option<Verification>, VerifyError> {
    let Some(url) = target.url() else {
        return Ok(None);
    };
    let at = clock.now();
    let settings = settings_for(target, &url, &plan.settings);
    let mut reaches = measure_all(&url, &plan.vantages, &settings, clock).await?;
    reaches.extend(imported_of(&url, plan));
    if reaches.is_empty() {
        return Ok(None);
    }
    if plan.vantages.is_empty() {
        // What this machine saw lately is the other half of what was imported.
        let is_fresh = |reach: &&Reach| {
            at.duration_since(reach.measured) <= STAYS_FRESH
                && reach.input.host() == url.host()
                && !reaches.iter().any(|new| new.vantage == reach.vantage)
        };
        let fresh: Vec<Reach> = target.earlier.iter().filter(is_fresh).cloned().collect();
        reaches.extend(fresh);
    }
    let known = expectations(target, plan);
    let mut found = assess(&reaches, &known);
    let mut siblings = Vec::new();
    if found.verdict != crate::verify::BlockVerdict::Reachable {
        let urls = sibling_urls(store, target, plan)?;
        for url in &urls {
            let other = Expectations {
                addresses: Vec::new(),
                ..known.clone()
            };
            siblings.push(look_beside(url, plan, &other, clock).await?);
        }
    }
    add_words(&mut found, target, &siblings);
    Ok(Some(Verification {
        id: VerificationId::of_item(&target.item.id, at),
        item: target.item.id.clone(),
        request: target.request.clone(),
        target: target.item.target.clone(),
        at,
        by: plan.by.clone(),
        verdict: found.verdict,
        confidence: found.confidence,
        reasons: found.reasons,
        reaches,
        open_from: found.open_from,
        siblings,
    }))
}

/// From every vantage side by side.
async fn measure_all(
    url: &SuspectUrl,
    vantages: &[Vantage],
    settings: &MeasureSettings,
    clock: &Arc<dyn Clock>,
) -> Result<Vec<Reach>, MeasureError> {
    let each = vantages
        .iter()
        .map(|vantage| measure(url, vantage, settings, clock));
    futures_util::future::join_all(each)
        .await
        .into_iter()
        .collect()
}

/// A block of an address is looked at at that address.
fn settings_for(
    target: &VerifyTarget,
    url: &SuspectUrl,
    settings: &MeasureSettings,
) -> MeasureSettings {
    let mut settings = settings.clone();
    if let BlockTarget::Address(address) = target.item.target {
        let fixed = Override {
            host: url.host().to_owned(),
            port: url.as_url().port_or_known_default().unwrap_or(443),
            address,
        };
        settings.overrides.insert(0, fixed);
    }
    settings
}

fn imported_of<'a>(url: &'a SuspectUrl, plan: &'a VerifyPlan) -> impl Iterator<Item = Reach> + 'a {
    let fits = |reach: &&Reach| reach.input.host() == url.host();
    plan.imported.iter().filter(fits).cloned()
}

fn expectations(target: &VerifyTarget, plan: &VerifyPlan) -> Expectations {
    let code = target.jurisdiction.to_uppercase();
    Expectations {
        fingerprints: plan.fingerprints.clone(),
        // `eu` is a jurisdiction and no country.
        country: (code.len() == 2 && code != "EU").then_some(code),
        addresses: target.item.addresses.clone(),
    }
}

async fn look_beside(
    url: &SuspectUrl,
    plan: &VerifyPlan,
    known: &Expectations,
    clock: &Arc<dyn Clock>,
) -> Result<Sibling, MeasureError> {
    let mut reaches = measure_all(url, &plan.vantages, &plan.settings, clock).await?;
    reaches.extend(imported_of(url, plan));
    let found = assess(&reaches, known);
    Ok(Sibling {
        url: url.clone(),
        verdict: found.verdict,
        confidence: found.confidence,
        reasons: found.reasons,
        reaches,
    })
}

fn sibling_urls(
    store: &Store,
    target: &VerifyTarget,
    plan: &VerifyPlan,
) -> Result<Vec<SuspectUrl>, StoreError> {
    let mut urls = plan.siblings.clone();
    if plan.vantages.is_empty() {
        // Nothing is asked; what was imported about them is weighed.
        let host = |url: &SuspectUrl| url.host().to_owned();
        urls.retain(|url| {
            plan.imported
                .iter()
                .any(|reach| host(&reach.input) == host(url))
        });
    } else {
        urls.extend(clean_neighbors(store, &target.item)?);
    }
    urls.retain(|url| !target.item.target.covers(url));
    urls.dedup();
    Ok(urls)
}

/// Sites of the store that were judged clear at an address of the item: whoever blocks the address hits them.
fn clean_neighbors(store: &Store, item: &BlockItem) -> Result<Vec<SuspectUrl>, StoreError> {
    let mut found = Vec::new();
    if item.addresses.is_empty() {
        return Ok(found);
    }
    let mut visits = 0;
    let mut failed = None;
    store.each_latest_visit(|visit| {
        visits += 1;
        if visit.verdict == SiteVerdict::Clear && visit.site != item.site {
            match address_of(store, &visit) {
                Ok(Some(address)) if item.addresses.contains(&address) => found.push(visit.entry),
                Ok(_) => {}
                Err(error) => failed = Some(error),
            }
        }
        visits < MAX_VISITS && found.len() < MAX_NEIGHBORS && failed.is_none()
    })?;
    failed.map_or(Ok(found), Err)
}

fn address_of(store: &Store, visit: &crate::flag::Visit) -> Result<Option<IpAddr>, StoreError> {
    let Some(capture) = visit.captures.first() else {
        return Ok(None);
    };
    match store.manifest(capture) {
        // Behind a proxy the address is the proxy's.
        Ok(manifest) if manifest.through.is_some() => Ok(None),
        Ok(manifest) => Ok(manifest
            .remote_addr
            .and_then(|address| address.parse::<std::net::SocketAddr>().ok())
            .map(|address| address.ip())),
        Err(StoreError::Unknown { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn add_words(found: &mut Assessment, target: &VerifyTarget, siblings: &[Sibling]) {
    if matches!(target.state, ItemState::Lifting | ItemState::Lifted) && !found.open_from.is_empty()
    {
        found
            .reasons
            .push("the block was lifted, and it is reached again".to_owned());
    } else if target.state == ItemState::Lifted {
        found
            .reasons
            .push("the block was lifted: it ought to be reached again".to_owned());
    }
    for sibling in siblings
        .iter()
        .filter(|sibling| sibling.verdict.is_blocked())
    {
        found.reasons.push(format!(
            "more is blocked than was ordered: {} ({})",
            sibling.url,
            sibling.verdict.as_str()
        ));
    }
}

/// The items that `written` names: an item, a request, a site or a target; beginnings of ids of four characters
/// or more are enough. Items that are neither in force nor lifted nor removed are left out unless named by id.
pub fn named_targets(files: &[RequestFile], written: &str) -> Vec<VerifyTarget> {
    let written = written.trim();
    let begins = |id: &str| id == written || (written.len() >= 4 && id.starts_with(written));
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.superseded_by.is_none()) {
        for item in &file.request.items {
            let state = file.state(&item.id);
            let is_open = state.is_in_force()
                || matches!(
                    state,
                    ItemState::Lifted | ItemState::Lifting | ItemState::Removed
                );
            let is_named = begins(item.id.as_str())
                || (is_open
                    && (begins(file.request.id.as_str())
                        || item.site == written
                        || item.target.live() == written
                        || SuspectUrl::from_written(written).is_ok_and(|url| {
                            url.authority() == item.site || item.target.covers(&url)
                        })));
            if is_named {
                found.push(VerifyTarget::of(file, item));
            }
        }
    }
    found
}

/// The item with this id.
pub fn target_of(files: &[RequestFile], item: &ItemId) -> Option<VerifyTarget> {
    files.iter().find_map(|file| {
        let own = file.request.items.iter().find(|own| own.id == *item)?;
        Some(VerifyTarget::of(file, own))
    })
}
