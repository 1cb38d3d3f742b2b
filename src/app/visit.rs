//! One site's visit: from its entry pages to a committed [`Visit`].

use super::photograph::Photographer;
use super::plan::SitePlan;
use super::scan::{Progress, ScanError};
use crate::capture::{Capture, Manifest};
use crate::clock::Clock;
use crate::fetch::{Outcome, PacedFetcher, RobotsCache, Session, Truncation};
use crate::flag::{Attempt, SiteVerdict, Visit, minimized, raise};
use crate::frontier::{Discovered, Frontier, HostBudget, Politeness, Scope, Target};
use crate::id::RunId;
use crate::page::{Gate, LinkKind, Page, PageKind, Refresh};
use crate::rules::Ruleset;
use crate::store::Store;
use crate::suspect::SuspectUrl;
use crate::verdict::{Band, Examined, Verdict, distinct_entities, examine, judge};
use jiff::Timestamp;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Semaphore, mpsc};

/// A visit remembers this many failed requests in words; all are counted.
const MAX_ATTEMPTS: usize = 50;

/// Everything that visits of one run share.
#[derive(Debug)]
pub(super) struct Visitor {
    pub(super) store: Arc<Store>,
    ruleset: Arc<Ruleset>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) fetcher: Arc<PacedFetcher>,
    pub(super) politeness: Arc<Politeness>,
    pub(super) robots: Arc<RobotsCache>,
    pub(super) run: RunId,
    pub(super) profile: &'static str,
    budget: HostBudget,
    /// Whether visits that raised nothing keep words and personal identifiers.
    keep_clear_details: bool,
    /// Takes pictures of flagged sites, where that is asked for.
    pub(super) photographer: Option<Photographer>,
    /// Parsing is work for the processor: more of it at once than processors only costs memory.
    processors: Semaphore,
}

/// What has come of a visit so far.
#[derive(Debug)]
pub(super) struct SiteVisit {
    pub(super) site: String,
    pub(super) frontier: Frontier,
    pub(super) session: Session,
    pub(super) pages_fetched: usize,
    pub(super) landed_on: Option<SuspectUrl>,
    manifests: Vec<Manifest>,
    examined: Vec<Examined>,
    gate: Option<Gate>,
    outcomes: BTreeMap<String, u32>,
    attempts: Vec<Attempt>,
    bytes: u64,
    started: Timestamp,
    progress: mpsc::Sender<Progress>,
}

impl Visitor {
    #[expect(
        clippy::too_many_arguments,
        reason = "called once, where a run is put together"
    )]
    pub(super) fn new(
        store: Arc<Store>,
        ruleset: Arc<Ruleset>,
        clock: Arc<dyn Clock>,
        fetcher: Arc<PacedFetcher>,
        politeness: Arc<Politeness>,
        robots: Arc<RobotsCache>,
        run: RunId,
        profile: &'static str,
        budget: HostBudget,
        keep_clear_details: bool,
        photographer: Option<Photographer>,
    ) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            store,
            ruleset,
            clock,
            fetcher,
            politeness,
            robots,
            run,
            profile,
            budget,
            keep_clear_details,
            photographer,
            processors: Semaphore::new(processors),
        }
    }

    /// Visits a site and commits what was found. When this returns, nothing can lose it.
    pub(super) async fn visit_and_commit(
        &self,
        plan: SitePlan,
        progress: mpsc::Sender<Progress>,
    ) -> Result<Visit, ScanError> {
        // The observer may have gone with an aborted scan; the visit does not depend on it.
        let _ = progress.send(Progress::Started(plan.site.clone())).await;
        let mut state = self.begin(&plan, progress);
        self.crawl(&mut state).await?;
        let (mut visit, mut manifests) = self.conclude(&plan, state);
        self.photograph(&mut visit, &mut manifests).await?;
        let (store, whole) = (Arc::clone(&self.store), self.keep_clear_details);
        run_blocking(move || {
            let earlier = store.flag_of_site(&visit.site)?;
            let flag = raise(&visit, earlier.as_ref());
            visit.flag = flag.as_ref().map(|flag| flag.id.clone());
            let kept = if whole {
                visit.clone()
            } else {
                minimized(&visit)
            };
            store.commit_visit(&kept, &manifests, flag.as_ref())?;
            Ok(visit)
        })
        .await
    }

    fn begin(&self, plan: &SitePlan, progress: mpsc::Sender<Progress>) -> SiteVisit {
        let host = plan
            .entries
            .first()
            .map_or(plan.site.as_str(), |entry| entry.host());
        let mut frontier = Frontier::new(Scope::of_site(host), &self.budget);
        for entry in &plan.entries {
            frontier.add_entry(entry.clone());
        }
        SiteVisit {
            site: plan.site.clone(),
            frontier,
            session: Session::default(),
            pages_fetched: 0,
            landed_on: None,
            manifests: Vec::new(),
            examined: Vec::new(),
            gate: None,
            outcomes: BTreeMap::new(),
            attempts: Vec::new(),
            bytes: 0,
            started: self.clock.now(),
            progress,
        }
    }

    /// The only loop of the program: links of a page return to the frontier.
    async fn crawl(&self, state: &mut SiteVisit) -> Result<(), ScanError> {
        let deadline: Instant = self.clock.instant() + self.budget.max_time;
        while let Some(target) = state.frontier.next() {
            self.follow(state, &target).await?;
            if state.bytes >= self.budget.max_bytes {
                state.note(
                    &target.url,
                    "byte_budget",
                    "the site's byte budget is spent",
                );
                break;
            }
            if self.clock.instant() >= deadline {
                state.note(
                    &target.url,
                    "time_budget",
                    "the site's time budget is spent",
                );
                break;
            }
        }
        Ok(())
    }

    /// Writes, parses and examines a sealed capture; its links go to the frontier.
    /// Gives back where the page itself sends its visitors.
    pub(super) async fn take_in(
        &self,
        state: &mut SiteVisit,
        target: &Target,
        capture: Capture,
    ) -> Result<Option<Refresh>, ScanError> {
        state.bytes += capture.manifest.body_bytes;
        let (store, ruleset) = (Arc::clone(&self.store), Arc::clone(&self.ruleset));
        // The semaphore is never closed.
        let turn = self.processors.acquire().await;
        let (manifest, mut examined) = run_blocking(move || {
            let manifest = store.append_capture(&capture)?;
            Ok((manifest, examine(&capture, &ruleset)))
        })
        .await?;
        drop(turn);
        if manifest.hop == 0 {
            state.pages_fetched += 1;
        }
        let is_entry = target.depth == 0;
        if is_entry && state.examined.iter().all(|page| page.page.gate.is_some()) {
            state.gate = examined.page.gate;
        }
        state.note_shortfalls(&manifest, &examined.page);
        state.discover(target, &examined.page);
        let refresh = examined.page.refresh.take();
        examined.forget_content();
        state.manifests.push(manifest);
        state.examined.push(examined);
        Ok(refresh)
    }

    fn conclude(&self, plan: &SitePlan, state: SiteVisit) -> (Visit, Vec<Manifest>) {
        let verdict = judge(&state.examined, &self.ruleset);
        let answer = state.answer(&verdict);
        let visit = Visit {
            entry: plan.entries[0].clone(),
            run: self.run.clone(),
            verdict: answer,
            entities: distinct_entities(&state.examined),
            pages: state
                .examined
                .iter()
                .filter(|page| page.page.status < 400)
                .count(),
            bytes: state.bytes,
            outcomes: state.outcomes,
            gate: if answer == SiteVerdict::Gated {
                state.gate
            } else {
                None
            },
            attempts: state.attempts,
            traps: state.frontier.traps(),
            landed_on: state.landed_on,
            captures: state
                .manifests
                .iter()
                .map(|manifest| manifest.id.clone())
                .collect(),
            ruleset: verdict.ruleset,
            shadow: verdict.shadow,
            minimized: false,
            loaded: Vec::new(),
            categories: verdict.categories,
            started: state.started,
            finished: self.clock.now(),
            flag: None,
            site: state.site,
        };
        (visit, state.manifests)
    }
}

impl SiteVisit {
    /// Counts an outcome and tells whoever watches.
    pub(super) async fn count(&mut self, url: &SuspectUrl, outcome: &Outcome) {
        let label = outcome.label();
        *self.outcomes.entry(label.clone()).or_default() += 1;
        match outcome {
            Outcome::Response(_) => {}
            Outcome::Refused(refusal) => self.remember(url, &label, refusal.to_string()),
            Outcome::Failed(failure) => self.remember(url, &label, failure.to_string()),
        }
        let told = Progress::Fetched {
            site: self.site.clone(),
            url: url.clone(),
            outcome: label,
            pages: self.pages_fetched,
        };
        // See `visit_and_commit`.
        let _ = self.progress.send(told).await;
    }

    /// Records something that is not the outcome of a request.
    pub(super) fn note(&mut self, url: &SuspectUrl, label: &str, detail: &str) {
        *self.outcomes.entry(label.to_owned()).or_default() += 1;
        self.remember(url, label, detail.to_owned());
    }

    /// What of an answer could not be had or read.
    fn note_shortfalls(&mut self, manifest: &Manifest, page: &Page) {
        let label = manifest.truncated.map(|truncation| match truncation {
            Truncation::Length => ("too_large", "longer than the limit; judged by what came"),
            Truncation::Time => ("too_slow", "slower than the limit; judged by what came"),
            Truncation::Disconnect => (
                "broken_off",
                "the connection ended early; judged by what came",
            ),
        });
        if let Some((label, detail)) = label {
            self.note(&manifest.url, label, detail);
        }
        if page.kind == PageKind::Other && manifest.body_bytes > 0 {
            let kind = manifest
                .content_type
                .as_deref()
                .unwrap_or("of unknown type");
            self.note(
                &manifest.url,
                "not_html",
                &format!("no readable page: {kind}"),
            );
        }
        if page.kind != PageKind::Other && !page.cuts.is_empty() {
            self.note(&manifest.url, "cut", &page.cuts.join(", "));
        }
    }

    fn remember(&mut self, url: &SuspectUrl, label: &str, detail: String) {
        if self.attempts.len() < MAX_ATTEMPTS {
            self.attempts.push(Attempt {
                url: url.clone(),
                outcome: label.to_owned(),
                detail,
            });
        }
    }

    fn discover(&mut self, target: &Target, page: &Page) {
        for frame in page
            .links
            .iter()
            .filter(|link| link.kind == LinkKind::Frame)
        {
            // What the entry page frames is what its visitors see, wherever it is hosted.
            if let (0, Some(url)) = (target.depth, &frame.url) {
                self.frontier.admit_host(url.host());
            }
        }
        let links: Vec<Discovered<'_>> = page
            .links
            .iter()
            .filter_map(|link| {
                Some(Discovered {
                    url: link.url.as_ref()?,
                    text: &link.text,
                })
            })
            .collect();
        self.frontier.discover(target, &links);
    }

    fn answer(&self, verdict: &Verdict) -> SiteVerdict {
        let refused = self.outcomes.contains_key("robots");
        let read = self.examined.iter().any(|page| page.page.status < 400);
        let locked_out = self
            .examined
            .iter()
            .any(|page| matches!(page.page.status, 401 | 403));
        if verdict.band() > Band::Clear {
            SiteVerdict::Flagged
        } else if self.gate.is_some() || (!read && (refused || locked_out)) {
            SiteVerdict::Gated
        } else if read {
            SiteVerdict::Clear
        } else {
            SiteVerdict::Unreachable
        }
    }
}

/// Runs work that blocks (disk, parsing) off the threads that serve the network.
pub(super) async fn run_blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ScanError> + Send + 'static,
) -> Result<T, ScanError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| ScanError::Internal(error.to_string()))?
}
