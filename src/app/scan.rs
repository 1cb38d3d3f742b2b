//! The main job: a list of suspects to flags in the store.

use super::photograph::Photographer;
use super::plan::{SitePlan, plan_sites};
use super::visit::Visitor;
use super::{App, Stop};
use crate::fetch::{FetchSettings, HttpFetcher, PacedFetcher, RobotsCache, RobotsMode, SetupError};
use crate::flag::{SiteVerdict, Visit};
use crate::frontier::{HostBudget, Politeness, PolitenessSettings};
use crate::id::RunId;
use crate::render::{RenderError, RenderSettings};
use crate::store::{Provenance, Run, RunState, StoreError};
use crate::suspect::{Suspect, SuspectUrl};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// How a scan goes about its list.
#[derive(Debug, Clone, Default)]
pub struct ScanSettings {
    /// Sites visited at once; 0 means the default.
    pub concurrency: usize,
    /// What one site may cost.
    pub budget: HostBudget,
    /// How gently hosts are asked.
    pub politeness: PolitenessSettings,
    /// Whether robots.txt binds the run.
    pub robots: RobotsMode,
    /// How requests are made.
    pub fetch: FetchSettings,
    /// By whom, for whom and from where.
    pub provenance: Option<Provenance>,
    /// Whether visits that raised nothing keep words of their pages and personal identifiers in the journal.
    pub keep_clear_details: bool,
    /// With which browser flagged sites are photographed; `None` for not at all.
    pub render: Option<RenderSettings>,
}

impl ScanSettings {
    /// Sites visited at once where nothing else is asked for.
    pub const DEFAULT_CONCURRENCY: usize = 16;
}

/// What happens during a scan, told to its observer in order.
#[derive(Debug)]
pub enum ScanEvent<'a> {
    /// A visit begins.
    SiteStarted {
        /// Host as given in the list.
        site: &'a str,
    },
    /// A request ended, well or badly.
    PageFetched {
        /// Host as given in the list.
        site: &'a str,
        /// What was asked for.
        url: &'a SuspectUrl,
        /// The word under which the outcome is counted.
        outcome: &'a str,
        /// Pages fetched so far.
        pages: usize,
    },
    /// A visit is committed: nothing can lose it any more.
    SiteFinished {
        /// What was found.
        visit: &'a Visit,
    },
}

/// How a scan ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanSummary {
    /// The run.
    pub run: RunId,
    /// Sites finished by this process.
    pub sites: usize,
    /// … of which flagged.
    pub flagged: usize,
    /// … of which clear.
    pub clear: usize,
    /// … of which could not be judged.
    pub gated: usize,
    /// … of which gave nothing.
    pub unreachable: usize,
    /// Sites of the list that are not finished.
    pub remaining: usize,
    /// Whether it was stopped before its end.
    pub interrupted: bool,
    /// Shadow rules that held, with the number of sites.
    pub shadow: BTreeMap<String, usize>,
}

/// tazy itself failed.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The settings of requests cannot be used.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Screenshots were asked for and there is no browser that can be used.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A thread of ours died.
    #[error("internal failure while visiting a site: {0}")]
    Internal(String),
}

/// What visits tell the scan while they go on.
#[derive(Debug)]
pub(super) enum Progress {
    Started(String),
    Fetched {
        site: String,
        url: SuspectUrl,
        outcome: String,
        pages: usize,
    },
}

/// Visits every site of the list and commits each as it ends.
///
/// With `resume`, `suspects` is ignored and the sites of that run that are not committed are visited.
/// The observer is called on the caller's task, in order.
pub async fn scan(
    app: &App,
    suspects: Vec<Suspect>,
    resume: Option<RunState>,
    settings: ScanSettings,
    stop: Stop,
    observer: &mut dyn FnMut(ScanEvent<'_>),
) -> Result<ScanSummary, ScanError> {
    let tools = Tools::build(app, &settings).await?;
    let (run, plans) = begin(app, suspects, resume, &settings)?;
    let visitor = Arc::new(tools.into_visitor(app, &run, &settings));
    let mut summary = ScanSummary {
        run: run.clone(),
        sites: 0,
        flagged: 0,
        clear: 0,
        gated: 0,
        unreachable: 0,
        remaining: plans.len(),
        interrupted: false,
        shadow: BTreeMap::new(),
    };
    let concurrency = if settings.concurrency == 0 {
        ScanSettings::DEFAULT_CONCURRENCY
    } else {
        settings.concurrency
    };
    let mut waiting = plans.into_iter();
    let mut visits: JoinSet<Result<Visit, ScanError>> = JoinSet::new();
    let (progress, mut told) = mpsc::channel(256);
    loop {
        while visits.len() < concurrency && !stop.is_requested() {
            let Some(plan) = waiting.next() else { break };
            let (visitor, progress) = (Arc::clone(&visitor), progress.clone());
            visits.spawn(async move { visitor.visit_and_commit(plan, progress).await });
        }
        if visits.is_empty() {
            break;
        }
        tokio::select! {
            biased;
            () = stop.aborted() => break,
            Some(event) = told.recv() => tell(observer, &event),
            Some(ended) = visits.join_next() => {
                while let Ok(event) = told.try_recv() {
                    tell(observer, &event);
                }
                let visit = ended.map_err(|error| ScanError::Internal(error.to_string()))??;
                summary.count(&visit);
                observer(ScanEvent::SiteFinished { visit: &visit });
            }
        }
    }
    visits.shutdown().await;
    summary.interrupted = stop.is_requested() && summary.remaining > 0;
    if summary.remaining == 0 {
        app.store.finish_run(&run)?;
    }
    Ok(summary)
}

impl ScanSummary {
    fn count(&mut self, visit: &Visit) {
        self.sites += 1;
        self.remaining -= 1;
        for rule in visit.shadow.keys() {
            *self.shadow.entry(rule.clone()).or_default() += 1;
        }
        match visit.verdict {
            SiteVerdict::Flagged => self.flagged += 1,
            SiteVerdict::Clear => self.clear += 1,
            SiteVerdict::Gated => self.gated += 1,
            SiteVerdict::Unreachable => self.unreachable += 1,
        }
    }
}

fn tell(observer: &mut dyn FnMut(ScanEvent<'_>), event: &Progress) {
    match event {
        Progress::Started(site) => observer(ScanEvent::SiteStarted { site }),
        Progress::Fetched {
            site,
            url,
            outcome,
            pages,
        } => {
            observer(ScanEvent::PageFetched {
                site,
                url,
                outcome,
                pages: *pages,
            });
        }
    }
}

/// Records the run, or takes up the one that was interrupted.
fn begin(
    app: &App,
    suspects: Vec<Suspect>,
    resume: Option<RunState>,
    settings: &ScanSettings,
) -> Result<(RunId, Vec<SitePlan>), ScanError> {
    app.store.archive_ruleset(app.ruleset.archive())?;
    if let Some(state) = resume {
        let finished: HashSet<&str> = state.finished_sites.iter().map(String::as_str).collect();
        let mut plans = plan_sites(&state.run.suspects);
        plans.retain(|plan| !finished.contains(plan.site.as_str()));
        return Ok((state.run.id, plans));
    }
    let started = app.clock.now();
    let plans = plan_sites(&suspects);
    let run = Run {
        id: RunId::begun(started, std::process::id()),
        started,
        suspects,
        profile: settings.fetch.profile.name.to_owned(),
        robots: settings.robots,
        program: concat!("tazy ", env!("CARGO_PKG_VERSION")).to_owned(),
        ruleset: app.ruleset.version().to_owned(),
        provenance: settings.provenance.clone(),
    };
    app.store.begin_run(&run)?;
    Ok((run.id, plans))
}

/// What visits of one run share, built before anything is recorded of it.
struct Tools {
    fetcher: Arc<PacedFetcher>,
    politeness: Arc<Politeness>,
    robots: Arc<RobotsCache>,
    photographer: Option<Photographer>,
}

impl Tools {
    async fn build(app: &App, settings: &ScanSettings) -> Result<Self, ScanError> {
        let fetcher = HttpFetcher::new(
            settings.fetch.clone(),
            Arc::clone(&app.resolver),
            Arc::clone(&app.clock),
        )?;
        let politeness = Arc::new(Politeness::new(settings.politeness.clone()));
        let fetcher = Arc::new(PacedFetcher::new(
            Arc::new(fetcher),
            Arc::clone(&politeness),
            Arc::clone(&app.clock),
        ));
        let robots = Arc::new(RobotsCache::new(settings.robots));
        let photographer = match &settings.render {
            None => None,
            Some(render) => Some(
                Photographer::start(
                    RenderSettings {
                        profile: settings.fetch.profile.clone(),
                        ..render.clone()
                    },
                    Arc::clone(&fetcher),
                    Arc::clone(&robots),
                    Arc::clone(&politeness),
                    Arc::clone(&app.clock),
                )
                .await?,
            ),
        };
        Ok(Self {
            fetcher,
            politeness,
            robots,
            photographer,
        })
    }

    fn into_visitor(self, app: &App, run: &RunId, settings: &ScanSettings) -> Visitor {
        Visitor::new(
            Arc::clone(&app.store),
            Arc::clone(&app.ruleset),
            Arc::clone(&app.clock),
            self.fetcher,
            self.politeness,
            self.robots,
            run.clone(),
            settings.fetch.profile.name,
            settings.budget.clone(),
            settings.keep_clear_details,
            self.photographer,
        )
    }
}
