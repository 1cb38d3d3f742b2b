//! What the store knows of a confirmed site, and the items of a request that follow from it.

use super::draft::{DraftError, DraftSettings, defanged};
use crate::block::profile::Profile;
use crate::block::{
    BlockItem, BlockTarget, Bundle, HostName, ItemEvidence, ItemFinding, ScopeKind,
};
use crate::capture::{Manifest, ResourceRole};
use crate::custody::CustodyAct;
use crate::flag::Flag;
use crate::id::{ItemId, RequestId};
use crate::review::{Choice, Decision};
use crate::rules::{Category, Finding};
use crate::store::Store;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

/// Pages of one site that a request names; the most telling are taken.
const MAX_URLS: usize = 20;
/// Findings that are quoted for one target.
const MAX_FINDINGS: usize = 30;

/// What the store knows of a confirmed site.
pub(super) struct SiteFacts<'a> {
    flag: &'a Flag,
    decision: Decision,
    pub(super) category: Category,
    manifests: Vec<Manifest>,
    /// Pages that show it, the most telling first.
    urls: Vec<SuspectUrl>,
    bundle: Option<Bundle>,
}

impl<'a> SiteFacts<'a> {
    pub(super) fn gather(store: &Store, flag: &'a Flag) -> Result<Self, DraftError> {
        let not_confirmed = || DraftError::NotConfirmed {
            site: defanged(&flag.site),
            flag: flag.id.to_string(),
        };
        let decision = store
            .current_decision(&flag.id)?
            .ok_or_else(not_confirmed)?;
        let Choice::Confirm { category, .. } = decision.choice else {
            return Err(not_confirmed());
        };
        let captures = decision.grounds.captures.iter();
        let manifests = captures
            .map(|capture| store.manifest(capture))
            .collect::<Result<Vec<_>, _>>()?;
        let mut exports = store.custody()?.into_iter().filter(|event| {
            event.act == CustodyAct::Export && event.flag.as_ref() == Some(&flag.id)
        });
        let bundle = exports.next_back().and_then(|event| {
            Some(Bundle {
                digest: event.digest?,
                exported: event.at,
            })
        });
        Ok(Self {
            urls: telling_urls(flag, category, &manifests),
            flag,
            decision,
            category,
            manifests,
            bundle,
        })
    }

    pub(super) fn last_captured(&self) -> Timestamp {
        let times = self.manifests.iter().map(|manifest| manifest.requested_at);
        times.max().unwrap_or(self.flag.seen)
    }

    /// Addresses that the host of `target` had when it was captured.
    fn addresses(&self, host: Option<&HostName>) -> Vec<IpAddr> {
        let mut addresses = BTreeSet::new();
        for manifest in &self.manifests {
            if host.is_some_and(|host| manifest.url.host() != host.as_str()) {
                continue;
            }
            if let Some(names) = &manifest.dns {
                addresses.extend(names.addresses.iter().copied());
            }
            let remote = manifest.remote_addr.as_deref();
            if manifest.through.is_none()
                && let Some(remote) = remote.and_then(|text| text.parse::<SocketAddr>().ok())
            {
                addresses.insert(remote.ip());
            }
        }
        addresses.into_iter().collect()
    }

    /// What is to be blocked of this site.
    pub(super) fn targets(&self, settings: &DraftSettings) -> Result<Vec<BlockTarget>, DraftError> {
        if !settings.targets.is_empty() {
            return Ok(settings.targets.clone());
        }
        if settings.scope == ScopeKind::Url {
            return Ok(self.urls.iter().cloned().map(BlockTarget::Url).collect());
        }
        // The host that shows the content, not one that only leads there.
        let shown = self.urls.first().unwrap_or(&self.flag.entry);
        if settings.scope == ScopeKind::Address {
            let host = HostName::parse(shown.host()).ok();
            let addresses = self.addresses(host.as_ref());
            if addresses.is_empty() {
                return Err(DraftError::NoAddress(defanged(&self.flag.site)));
            }
            return Ok(addresses.into_iter().map(BlockTarget::Address).collect());
        }
        let host = HostName::parse(shown.host())?;
        Ok(vec![match settings.scope {
            ScopeKind::HostAndBelow => BlockTarget::HostAndBelow(host),
            _ => BlockTarget::Host(host),
        }])
    }

    pub(super) fn item(
        &self,
        request: &RequestId,
        target: BlockTarget,
        settings: &DraftSettings,
        profile: &Profile,
    ) -> Result<BlockItem, DraftError> {
        let is_covered = |url: &SuspectUrl| match &target {
            BlockTarget::Address(_) => true,
            other => other.covers(url),
        };
        let urls: Vec<SuspectUrl> = self
            .urls
            .iter()
            .filter(|u| is_covered(u))
            .cloned()
            .collect();
        if urls.is_empty() {
            return Err(DraftError::Elsewhere {
                target: target.to_string(),
                site: defanged(&self.flag.site),
            });
        }
        let shows = self.manifests.iter().filter(|m| is_covered(&m.url));
        let grounds = match settings.grounds.as_slice() {
            [] => profile
                .grounds
                .get(&self.category)
                .cloned()
                .unwrap_or_default(),
            named => named.to_vec(),
        };
        let reasons = settings.reasons.as_ref().or(self.decision.note.as_ref());
        let host = target.host();
        Ok(BlockItem {
            id: ItemId::of_target(
                request,
                &format!("{} {}", target.scope().as_str(), target.live()),
            ),
            scope_reason: settings.scope_reason.clone(),
            flag: self.flag.id.clone(),
            site: self.flag.site.clone(),
            decision: self.decision.id.clone(),
            decided_by: self.decision.author.clone(),
            decided: self.decision.decided,
            category: self.category,
            grounds,
            reasons: reasons.cloned().unwrap_or_default(),
            findings: quoted_findings(self.flag, self.category, &urls),
            evidence: shows.map(evidence_of).collect(),
            bundle: self.bundle.clone(),
            addresses: self.addresses(host.as_ref()),
            first_seen: self.flag.raised,
            last_seen: self.flag.seen,
            overrides: settings.overrides.clone(),
            urls,
            target,
        })
    }
}

/// The findings that speak for the confirmed category; those of its family where it has none of its own.
fn findings_for(flag: &Flag, category: Category) -> impl Iterator<Item = &Finding> {
    let has_own = flag
        .categories
        .iter()
        .any(|c| c.category == category && !c.findings.is_empty());
    let fits = move |other: Category| {
        other == category || (!has_own && other.family() == category.family())
    };
    let scores = flag
        .categories
        .iter()
        .filter(move |score| fits(score.category));
    scores.flat_map(|score| &score.findings)
}

/// Pages with findings, by the weight of these; those that were not captured are left out.
fn telling_urls(flag: &Flag, category: Category, manifests: &[Manifest]) -> Vec<SuspectUrl> {
    let mut weights: BTreeMap<&SuspectUrl, f64> = BTreeMap::new();
    for finding in findings_for(flag, category) {
        *weights.entry(&finding.url).or_default() += finding.weight;
        for witness in &finding.also {
            weights.entry(&witness.url).or_default();
        }
    }
    weights.retain(|url, _| manifests.iter().any(|manifest| manifest.url == **url));
    let mut urls: Vec<(&SuspectUrl, f64)> = weights.into_iter().collect();
    urls.sort_by(|(a, heavy), (b, light)| light.total_cmp(heavy).then_with(|| a.cmp(b)));
    urls.into_iter()
        .take(MAX_URLS)
        .map(|(url, _)| url.clone())
        .collect()
}

fn quoted_findings(flag: &Flag, category: Category, urls: &[SuspectUrl]) -> Vec<ItemFinding> {
    let quoted = findings_for(flag, category).filter(|finding| urls.contains(&finding.url));
    quoted
        .take(MAX_FINDINGS)
        .map(|finding| ItemFinding {
            rule: finding.rule.clone(),
            url: finding.url.clone(),
            excerpt: finding.excerpt.clone(),
            ruleset: flag.ruleset.clone(),
        })
        .collect()
}

fn evidence_of(manifest: &Manifest) -> ItemEvidence {
    let screenshot = manifest
        .resources
        .iter()
        .find(|resource| resource.role == ResourceRole::Screenshot);
    ItemEvidence {
        capture: manifest.id.clone(),
        url: manifest.url.clone(),
        fetched: manifest.requested_at,
        status: manifest.status,
        payload_digest: manifest.payload_digest,
        block_digest: manifest.block_digest,
        screenshot: screenshot.map(|resource| resource.digest),
    }
}
