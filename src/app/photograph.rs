//! What a flagged site looks like in a browser: a screenshot of its most telling pages, and everything that the
//! browser loaded for it, kept as evidence.

use super::scan::ScanError;
use super::visit::{Visitor, run_blocking};
use crate::capture::{Circumstances, Manifest, Resource, seal};
use crate::clock::Clock;
use crate::fetch::{Fetcher, Outcome, PacedFetcher, Request, RobotsCache};
use crate::flag::{Attempt, SiteVerdict, Visit};
use crate::frontier::Politeness;
use crate::id::CaptureId;
use crate::render::{
    Exchange, RenderError, RenderRequest, RenderSettings, Rendered, Renderer, StoredAnswer,
};
use crate::suspect::SuspectUrl;
use futures_util::future::BoxFuture;
use serde_json::json;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// Pages of a site that are photographed: the entry page and those with the weightiest findings.
const MAX_PAGES: usize = 2;
/// The browser's requests keep the pace of the run, so a page takes its time.
const LIMIT: Duration = Duration::from_secs(90);
/// Refused requests that are listed of a page.
const MAX_LISTED: usize = 200;

/// A browser and the fetcher that it is given.
#[derive(Debug)]
pub(super) struct Photographer {
    renderer: Renderer,
    /// A browser takes much memory: one page at a time.
    turn: Semaphore,
}

/// What the browser's requests go through: robots.txt and the pace of the run.
#[derive(Debug)]
struct Errands {
    fetcher: Arc<PacedFetcher>,
    robots: Arc<RobotsCache>,
    politeness: Arc<Politeness>,
}

impl Fetcher for Errands {
    fn fetch<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let decision = self.robots.decide(&*self.fetcher, &request.url).await;
            if let Some(delay) = decision.crawl_delay {
                self.politeness
                    .set_crawl_delay(&request.url.authority(), delay);
            }
            if decision.permits() {
                self.fetcher.fetch(request).await
            } else {
                self.robots.refusal(&request.url, &decision)
            }
        })
    }
}

impl Photographer {
    /// Starts a browser once, so that a scan fails before its first visit where there is none.
    pub(super) async fn start(
        mut settings: RenderSettings,
        fetcher: Arc<PacedFetcher>,
        robots: Arc<RobotsCache>,
        politeness: Arc<Politeness>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, RenderError> {
        settings.limit = settings.limit.max(LIMIT);
        let errands = Errands {
            fetcher,
            robots,
            politeness,
        };
        Ok(Self {
            renderer: Renderer::start(settings, Arc::new(errands), clock).await?,
            turn: Semaphore::new(1),
        })
    }
}

impl Visitor {
    /// Photographs the most telling pages of a site that was flagged. Nothing of it is judged; what goes wrong is
    /// noted with the visit.
    pub(super) async fn photograph(
        &self,
        visit: &mut Visit,
        manifests: &mut Vec<Manifest>,
    ) -> Result<(), ScanError> {
        let Some(photographer) = &self.photographer else {
            return Ok(());
        };
        if visit.verdict != SiteVerdict::Flagged {
            return Ok(());
        }
        for page in telling_pages(visit, manifests) {
            let Some(place) = manifests.iter().position(|manifest| manifest.id == page) else {
                continue;
            };
            let url = manifests[place].url.clone();
            let stored = self.stored_answers(manifests).await?;
            // The semaphore is never closed.
            let turn = photographer.turn.acquire().await;
            let request = RenderRequest {
                url: url.clone(),
                stored,
            };
            let rendered = photographer.renderer.render(request).await;
            drop(turn);
            match rendered {
                Ok(rendered) => {
                    if let Err(failure) = &rendered.view {
                        note(visit, &url, &failure.to_string());
                    }
                    let loaded = self.keep_exchanges(visit, &rendered.exchanges).await?;
                    let resources = resources_of(&url, rendered, &loaded);
                    let store = Arc::clone(&self.store);
                    let mut manifest = manifests[place].clone();
                    manifests[place] = run_blocking(move || {
                        store.append_resources(&mut manifest, &resources)?;
                        Ok(manifest)
                    })
                    .await?;
                    visit.loaded.extend(loaded.iter().map(|it| it.id.clone()));
                    manifests.extend(loaded);
                }
                Err(error) => note(visit, &url, &error.to_string()),
            }
        }
        Ok(())
    }

    /// The pages of the visit as they were captured: the browser is given these instead of asking again.
    async fn stored_answers(&self, manifests: &[Manifest]) -> Result<Vec<StoredAnswer>, ScanError> {
        let store = Arc::clone(&self.store);
        let manifests = manifests.to_vec();
        run_blocking(move || {
            let mut answers = Vec::new();
            for manifest in &manifests {
                answers.push(StoredAnswer::of_capture(&store.written_capture(manifest)?));
            }
            Ok(answers)
        })
        .await
    }

    /// Writes what the browser loaded as captures.
    async fn keep_exchanges(
        &self,
        visit: &Visit,
        exchanges: &[Exchange],
    ) -> Result<Vec<Manifest>, ScanError> {
        let mut captures = Vec::new();
        for exchange in exchanges {
            let Outcome::Response(response) = &exchange.outcome else {
                continue;
            };
            let circumstances = Circumstances {
                run: &self.run,
                site: &visit.site,
                referrer: exchange.referrer.as_ref(),
                hop: 0,
                via: Some("browser"),
                profile: self.profile,
                robots: None,
                attempts_before: &[],
            };
            captures.push(seal(*response.clone(), &circumstances));
        }
        let store = Arc::clone(&self.store);
        run_blocking(move || {
            let written = captures.iter().map(|capture| store.append_capture(capture));
            Ok(written.collect::<Result<Vec<_>, _>>()?)
        })
        .await
    }
}

/// The entry page, and the page with the weightiest findings.
fn telling_pages(visit: &Visit, manifests: &[Manifest]) -> Vec<CaptureId> {
    let mut weights: HashMap<&SuspectUrl, f64> = HashMap::new();
    for finding in visit.categories.iter().flat_map(|score| &score.findings) {
        *weights.entry(&finding.url).or_default() += finding.weight.max(0.0);
    }
    let readable = |manifest: &&Manifest| manifest.status == 200;
    let entry = manifests.iter().find(readable);
    let weightiest = manifests.iter().filter(readable).max_by(|a, b| {
        let weight = |manifest: &Manifest| weights.get(&manifest.url).copied().unwrap_or(0.0);
        weight(a).total_cmp(&weight(b))
    });
    let mut pages: Vec<CaptureId> = entry
        .into_iter()
        .chain(weightiest)
        .map(|manifest| manifest.id.clone())
        .collect();
    pages.dedup();
    pages.truncate(MAX_PAGES);
    pages
}

/// Picture, document, text, and how they came about.
fn resources_of(url: &SuspectUrl, rendered: Rendered, loaded: &[Manifest]) -> Vec<Resource> {
    let date = rendered.started;
    let mut record = json!({
        "engine": rendered.engine,
        "viewport": rendered.viewport,
        "javascript": rendered.javascript,
        "started": rendered.started,
        "duration_ms": u64::try_from(rendered.duration.as_millis()).unwrap_or(u64::MAX),
        "loaded": loaded.iter().map(|manifest| &manifest.id).collect::<Vec<_>>(),
        "from_store": rendered.from_store,
        "unfinished": rendered.unfinished,
        "blocked": rendered.blocked.iter().take(MAX_LISTED).collect::<Vec<_>>(),
        "blocked_unlisted": rendered.blocked_unlisted + rendered.blocked.len().saturating_sub(MAX_LISTED),
        "browser_requests": rendered.browser_requests,
        "program": concat!("tazy ", env!("CARGO_PKG_VERSION")),
    });
    let mut resources = Vec::new();
    match rendered.view {
        Err(failure) => record["failure"] = json!(failure),
        Ok(view) => {
            record["view"] = json!({
                "final_url": view.final_url, "title": view.title, "wait": view.wait,
                "scrolled": view.scrolled, "console_errors": view.console_errors,
                "dialogs": view.dialogs, "popups": view.popups, "text_cut": view.text_cut,
            });
            match view.screenshot {
                Err(reason) => record["screenshot"] = json!({ "failure": reason }),
                Ok(picture) => {
                    record["screenshot"] = json!({
                        "digest": picture.digest, "digest_as_drawn": picture.raw_digest,
                        "width": picture.width, "height": picture.height,
                        "full_page": picture.full_page, "cut_from": picture.truncated,
                    });
                    resources.push(Resource::screenshot(url.as_str(), picture.png, date));
                }
            }
            resources.push(Resource::dom(url.as_str(), view.dom, date));
            resources.push(Resource::visible_text(
                url.as_str(),
                view.visible_text,
                date,
            ));
        }
    }
    resources.push(Resource::rendering(
        url.as_str(),
        record.to_string().into_bytes(),
        date,
    ));
    resources
}

fn note(visit: &mut Visit, url: &SuspectUrl, detail: &str) {
    visit.attempts.push(Attempt {
        url: url.clone(),
        outcome: "screenshot".to_owned(),
        detail: detail.to_owned(),
    });
}
