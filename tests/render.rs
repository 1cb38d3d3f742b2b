//! Pages drawn by a real Chromium through our proxy, and pages that try to get past it.
//!
//! Needs `chromium`; without it the tests say so and pass, with `TAZY_TEST_ALL=1` they fail.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

#[expect(dead_code, unused_imports, reason = "this file needs a part of it")]
mod support;

#[path = "render/endings.rs"]
mod endings;
#[path = "render/escapes.rs"]
mod escapes;
#[path = "render/sights.rs"]
mod sights;

use futures_util::future::BoxFuture;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tazy::clock::SystemClock;
use tazy::fetch::{
    AddressGuard, FetchSettings, Fetcher, HttpFetcher, Outcome, Request, SystemResolver,
};
use tazy::render::{RenderError, RenderRequest, RenderSettings, Rendered, Renderer, View};
use tazy::suspect::SuspectUrl;
use tempfile::TempDir;

/// A fetcher for the laboratory: loopback is permitted, but only for the servers that are named.
#[derive(Debug)]
struct LabFetcher {
    permitted: Vec<String>,
    lab: HttpFetcher,
    /// With the guard of the public Internet.
    public: HttpFetcher,
}

impl LabFetcher {
    fn new(permitted: &[String]) -> Arc<Self> {
        let fetcher = |allow_private| {
            let settings = FetchSettings {
                guard: AddressGuard { allow_private },
                timeout: Duration::from_mins(1),
                insecure_evidence: true,
                ..FetchSettings::default()
            };
            HttpFetcher::new(settings, Arc::new(SystemResolver), Arc::new(SystemClock))
                .expect("a fetcher")
        };
        Arc::new(Self {
            permitted: permitted.to_vec(),
            lab: fetcher(true),
            public: fetcher(false),
        })
    }
}

impl Fetcher for LabFetcher {
    fn fetch<'a>(&'a self, request: &'a Request) -> BoxFuture<'a, Outcome> {
        if self.permitted.contains(&request.url.authority()) {
            self.lab.fetch(request)
        } else {
            self.public.fetch(request)
        }
    }
}

/// A renderer with a workspace of its own.
struct Studio {
    renderer: Renderer,
    workspace: TempDir,
}

impl Studio {
    /// `None` without Chromium.
    async fn open(site: &SuspectUrl, limit: u64) -> Option<Self> {
        let change = |settings: RenderSettings| RenderSettings {
            limit: Duration::from_secs(limit),
            ..settings
        };
        Self::open_with(site, change).await
    }

    async fn open_with(
        site: &SuspectUrl,
        change: impl FnOnce(RenderSettings) -> RenderSettings,
    ) -> Option<Self> {
        let workspace = tempfile::tempdir().expect("a directory");
        let settings = change(lab_settings(workspace.path()));
        let fetcher = LabFetcher::new(&[site.authority()]);
        match Renderer::start(settings, fetcher, Arc::new(SystemClock)).await {
            Ok(renderer) => Some(Self {
                renderer,
                workspace,
            }),
            Err(RenderError::NoBrowser(_)) => {
                let all = std::env::var("TAZY_TEST_ALL").is_ok_and(|value| value == "1");
                assert!(!all, "TAZY_TEST_ALL=1 needs chromium on the PATH");
                println!("skipped: needs chromium on the PATH");
                None
            }
            Err(error) => panic!("{error}"),
        }
    }

    async fn render(&self, url: &SuspectUrl) -> Rendered {
        let request = RenderRequest {
            url: url.clone(),
            stored: Vec::new(),
        };
        let rendered = self.renderer.render(request).await.expect("a rendering");
        self.assert_nothing_left();
        rendered
    }

    /// No profile directory, and no process that was started with it.
    fn assert_nothing_left(&self) {
        assert_eq!(left_in(self.workspace.path()), Vec::<PathBuf>::new());
        assert_no_process(self.workspace.path());
    }
}

fn lab_settings(workspace: &Path) -> RenderSettings {
    RenderSettings {
        allow_root: true,
        workspace: workspace.to_owned(),
        ..RenderSettings::default()
    }
}

fn left_in(workspace: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(workspace).expect("the workspace");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

/// The browser's crash handler stands outside its process group and goes a moment after it.
fn assert_no_process(workspace: &Path) {
    let is_gone = (0..40).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        processes_of(workspace).is_empty()
    });
    assert!(is_gone, "{:?}", processes_of(workspace));
}

/// Command lines of living processes that name the directory.
fn processes_of(workspace: &Path) -> Vec<String> {
    let name = workspace.display().to_string();
    let processes = std::fs::read_dir("/proc").expect("the processes");
    processes
        .filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(&name))
        .collect()
}

fn view(rendered: &Rendered) -> &View {
    match &rendered.view {
        Ok(view) => view,
        Err(failure) => panic!("{failure}; blocked: {:?}", rendered.blocked),
    }
}

/// Paths of what was fetched, sorted.
fn fetched(rendered: &Rendered) -> Vec<String> {
    let paths = rendered.exchanges.iter();
    let mut paths: Vec<String> = paths
        .map(|exchange| exchange.url.as_url().path().to_owned())
        .collect();
    paths.sort();
    paths
}
