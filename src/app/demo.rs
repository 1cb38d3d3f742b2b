//! The fixture sites, served on loopback: the demo's Internet.
//!
//! [`DemoServer`] answers for every fictional host of `fixtures/sites/`; its [`Resolver`] knows no others,
//! so nothing can leave the machine.

use crate::fetch::Resolver;
use crate::suspect::{Suspect, SuspectUrl};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use futures_util::future::BoxFuture;
use rust_embed::RustEmbed;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use tokio::task::JoinHandle;

#[derive(RustEmbed)]
#[folder = "fixtures/sites/"]
struct FixtureFiles;

/// A fixture site: a host, what it answers, and what is expected of it.
#[derive(Debug, Clone)]
pub struct FixtureSite {
    /// Name of its folder.
    pub name: String,
    /// Its fictional host.
    pub host: String,
    /// Where a visit begins.
    pub entry: SuspectUrl,
    /// What a scan of it must find.
    pub expected: Expectation,
    answers: HashMap<String, Vec<Answer>>,
}

/// `expect.toml`: what a scan of a fixture site must find.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// `flagged`, `clear` or `gated`.
    pub verdict: String,
    /// The family (`drugs`, `fraud`) of the highest category, if flagged.
    pub family: Option<String>,
    /// Rules that must hold.
    #[serde(default)]
    pub must_fire: Vec<String>,
    /// Rules that must not hold.
    #[serde(default)]
    pub must_not_fire: Vec<String>,
    /// Rules were written without looking at this site.
    #[serde(default)]
    pub held_out: bool,
    /// Why tazy does not do this yet. Such a site is reported, and its test says so.
    pub known_miss: Option<String>,
}

#[derive(Debug, Deserialize)]
struct SiteFile {
    host: String,
    #[serde(default = "root_path")]
    entry: String,
    responses: BTreeMap<String, OneOrMany>,
}

fn root_path() -> String {
    "/".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    Many(Vec<Answer>),
    One(Box<Answer>),
}

/// One answer of a site; the first whose `when` holds is given.
#[derive(Debug, Clone, Deserialize)]
struct Answer {
    #[serde(default)]
    when: When,
    file: Option<String>,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(skip)]
    body: Vec<u8>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct When {
    #[serde(rename = "ua_contains")]
    user_agent: String,
    #[serde(rename = "referer_contains")]
    referer: String,
    #[serde(rename = "cookie_contains")]
    cookie: String,
}

impl When {
    fn holds(&self, headers: &HeaderMap) -> bool {
        let carries = |name: HeaderName, wanted: &str| {
            let value = headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default();
            value.to_lowercase().contains(&wanted.to_lowercase())
        };
        carries(header::USER_AGENT, &self.user_agent)
            && carries(header::REFERER, &self.referer)
            && carries(header::COOKIE, &self.cookie)
    }
}

/// Reads the fixture sites that are built into the program, in the order of their names.
pub fn fixture_sites() -> io::Result<Vec<FixtureSite>> {
    let mut sites: Vec<FixtureSite> = Vec::new();
    for path in FixtureFiles::iter() {
        if let Some(name) = path.strip_suffix("/site.json") {
            sites.push(read_site(name)?);
        }
    }
    sites.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(sites)
}

fn read_site(name: &str) -> io::Result<FixtureSite> {
    let wrong = |what: String| io::Error::other(format!("fixtures/sites/{name}: {what}"));
    let read = |file: &str| {
        let found = FixtureFiles::get(&format!("{name}/{file}"));
        found
            .map(|file| file.data.into_owned())
            .ok_or_else(|| wrong(format!("{file} is missing")))
    };
    let site: SiteFile =
        serde_json::from_slice(&read("site.json")?).map_err(|error| wrong(error.to_string()))?;
    let expected =
        String::from_utf8(read("expect.toml")?).map_err(|error| wrong(error.to_string()))?;
    let expected = toml::from_str(&expected).map_err(|error| wrong(error.to_string()))?;
    let entry = format!("http://{}{}", site.host, site.entry);
    let mut answers = HashMap::new();
    for (path, given) in site.responses {
        let mut variants = match given {
            OneOrMany::Many(variants) => variants,
            OneOrMany::One(only) => vec![*only],
        };
        for variant in &mut variants {
            if let Some(file) = &variant.file {
                variant.body = read(file)?;
            }
        }
        answers.insert(path, variants);
    }
    Ok(FixtureSite {
        name: name.to_owned(),
        entry: SuspectUrl::parse(&entry).map_err(|error| wrong(error.to_string()))?,
        host: site.host,
        expected,
        answers,
    })
}

/// Serves the fixture sites until it is dropped.
#[derive(Debug)]
pub struct DemoServer {
    address: SocketAddr,
    hosted: Arc<Hosted>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Hosted {
    sites: HashMap<String, FixtureSite>,
    requests: Mutex<HashMap<String, u64>>,
}

impl DemoServer {
    /// Begins to serve these sites on a free port of loopback.
    pub async fn start(sites: Vec<FixtureSite>) -> io::Result<Self> {
        let sites: HashMap<String, FixtureSite> = sites
            .into_iter()
            .map(|site| (site.host.clone(), site))
            .collect();
        let hosted = Arc::new(Hosted {
            sites,
            requests: Mutex::default(),
        });
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&hosted));
        let task = tokio::spawn(async move {
            // It ends only with the task; a failure to accept shows as an unreachable site.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self {
            address,
            hosted,
            task,
        })
    }

    /// The suspects to scan, in the order of their hosts.
    pub fn suspects(&self) -> Vec<Suspect> {
        let mut entries: Vec<SuspectUrl> = self
            .hosted
            .sites
            .values()
            .map(|site| site.entry.clone())
            .collect();
        entries.sort();
        entries.into_iter().map(Suspect::bare).collect()
    }

    /// Where it listens. It also answers as a forward proxy, for a scan in another process.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Requests seen so far, by host.
    pub fn requests(&self) -> HashMap<String, u64> {
        self.hosted
            .requests
            .lock()
            .map(|requests| requests.clone())
            .unwrap_or_default()
    }

    /// A resolver that knows the fixture hosts and nothing else.
    pub fn resolver(&self) -> Arc<dyn Resolver> {
        Arc::new(DemoResolver {
            address: self.address,
            hosted: Arc::clone(&self.hosted),
        })
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Debug)]
struct DemoResolver {
    address: SocketAddr,
    hosted: Arc<Hosted>,
}

impl Resolver for DemoResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        let known = self.hosted.sites.contains_key(host);
        let answer = if known {
            Ok(vec![self.address])
        } else {
            Err(io::Error::other("no such host in the demo"))
        };
        Box::pin(std::future::ready(answer))
    }
}

async fn answer(State(hosted): State<Arc<Hosted>>, request: Request) -> Response<Body> {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default();
    let path = request.uri().path();
    let with_query = request
        .uri()
        .path_and_query()
        .map_or(path, |full| full.as_str());
    if let Ok(mut requests) = hosted.requests.lock() {
        *requests.entry(host.to_owned()).or_default() += 1;
    }
    let chosen = hosted.sites.get(host).and_then(|site| {
        let variants = site
            .answers
            .get(with_query)
            .or_else(|| site.answers.get(path))?;
        variants
            .iter()
            .find(|variant| variant.when.holds(request.headers()))
    });
    let Some(chosen) = chosen else {
        return respond(
            StatusCode::NOT_FOUND,
            &BTreeMap::new(),
            b"<html><body>Not found</body></html>".to_vec(),
        );
    };
    let status = chosen
        .status
        .and_then(|code| StatusCode::from_u16(code).ok())
        .unwrap_or(StatusCode::OK);
    respond(status, &chosen.headers, chosen.body.clone())
}

fn respond(
    status: StatusCode,
    headers: &BTreeMap<String, String>,
    body: Vec<u8>,
) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::try_from(name.as_str()),
            HeaderValue::from_str(value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
