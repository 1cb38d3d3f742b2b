//! Settings as written → settings that can be used.

use super::{ConfigError, Origin, Render, ScanOptions};
use crate::fetch::{AddressGuard, FetchSettings, Override, Profile, RobotsMode};
use crate::frontier::{HostBudget, PolitenessSettings};
use crate::suspect::SuspectUrl;
use std::fmt::Display;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Sites visited at the same time, where nothing else is asked for.
const DEFAULT_CONCURRENCY: usize = 16;

/// Validated and complete settings of a scan.
#[derive(Debug, Clone)]
pub struct Config {
    /// Sites visited at the same time.
    pub concurrency: usize,
    /// What one site may cost.
    pub budget: HostBudget,
    /// How gently hosts are asked.
    pub politeness: PolitenessSettings,
    /// Whether robots.txt binds the scan.
    pub robots: RobotsMode,
    /// How requests are made.
    pub fetch: FetchSettings,
}

impl ScanOptions {
    /// Checks every setting that is written; the error names it as its origin does.
    pub fn check(&self, origin: &Origin) -> Result<(), ConfigError> {
        let name = |key: &str| origin.name_of(key);
        within(
            &name("rate"),
            self.rate,
            &(0.001..=10_000.0),
            "requests a second",
        )?;
        within(
            &name("global_rate"),
            self.global_rate,
            &(1..=1_000_000),
            "requests a second",
        )?;
        within(&name("concurrency"), self.concurrency, &(1..=1024), "sites")?;
        within(
            &name("max_pages"),
            self.max_pages,
            &(1..=1_000_000),
            "pages",
        )?;
        within(&name("max_depth"), self.max_depth, &(0..=1000), "links")?;
        within(
            &name("timeout_s"),
            self.timeout_s,
            &(0.1..=600.0),
            "seconds",
        )?;
        within(
            &name("site_timeout_s"),
            self.site_timeout_s,
            &(0.1..=86_400.0),
            "seconds",
        )?;
        if let Some(written) = &self.profile
            && Profile::named(written).is_none()
        {
            let known = Profile::ALL.map(|profile| profile.name).join(", ");
            return Err(ConfigError::new(
                name("profile"),
                format!("there is no profile {written:?}; there are {known}"),
            ));
        }
        if self.render == Some(Render::Always) {
            return Err(ConfigError::new(
                name("render"),
                "this build has no browser rendering; use auto or never. Pages that need a browser are \
                 shown as gated, for a person to look at",
            ));
        }
        if let Some(proxy) = &self.proxy {
            check_proxy(proxy).map_err(|reason| ConfigError::new(name("proxy"), reason))?;
        }
        for written in &self.resolve {
            read_override(written).map_err(|reason| ConfigError::new(name("resolve"), reason))?;
        }
        Ok(())
    }

    /// The complete settings. What was not checked before is checked here, as of the command line.
    pub fn into_config(self) -> Result<Config, ConfigError> {
        self.check(&Origin::CommandLine)?;
        let (budget, pace, fetch) = (
            HostBudget::default(),
            PolitenessSettings::default(),
            FetchSettings::default(),
        );
        let seconds =
            |written: Option<f64>, default| written.map_or(default, Duration::from_secs_f64);
        let overrides = self.resolve.iter().map(|written| read_override(written));
        Ok(Config {
            concurrency: self.concurrency.unwrap_or(DEFAULT_CONCURRENCY),
            budget: HostBudget {
                max_pages: self.max_pages.unwrap_or(budget.max_pages),
                max_depth: self.max_depth.unwrap_or(budget.max_depth),
                max_time: seconds(self.site_timeout_s, budget.max_time),
                ..budget
            },
            politeness: PolitenessSettings {
                rate_per_host: self.rate.unwrap_or(pace.rate_per_host),
                global_rate: self.global_rate.unwrap_or(pace.global_rate),
                allow_any_rate: self.allow_private,
                ..pace
            },
            robots: self.robots.unwrap_or_default(),
            fetch: FetchSettings {
                profile: self
                    .profile
                    .as_deref()
                    .and_then(Profile::named)
                    .unwrap_or(Profile::HONEST),
                timeout: seconds(self.timeout_s, fetch.timeout),
                guard: AddressGuard {
                    allow_private: self.allow_private,
                },
                proxy: self.proxy,
                overrides: overrides
                    .collect::<Result<_, _>>()
                    .map_err(|reason| ConfigError::new("--resolve", reason))?,
                insecure_evidence: self.insecure_evidence,
                ..fetch
            },
        })
    }
}

fn within<N: PartialOrd + Display + Copy>(
    name: &str,
    written: Option<N>,
    allowed: &RangeInclusive<N>,
    unit: &str,
) -> Result<(), ConfigError> {
    match written {
        Some(n) if !allowed.contains(&n) => Err(ConfigError::new(
            name,
            format!(
                "{n} is out of range; give {} to {} {unit}",
                allowed.start(),
                allowed.end()
            ),
        )),
        _ => Ok(()),
    }
}

fn check_proxy(written: &str) -> Result<(), String> {
    let form = "write it like http://127.0.0.1:8080 or socks5h://127.0.0.1:9050";
    // The text is not repeated: it may hold a password.
    let url = url::Url::parse(written).map_err(|error| format!("not a URL ({error}); {form}"))?;
    if !matches!(url.scheme(), "http" | "socks5" | "socks5h") {
        return Err(format!(
            "{}:// is no proxy that tazy can use; {form}",
            url.scheme()
        ));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(format!("the host is missing; {form}"));
    }
    Ok(())
}

/// `HOST:PORT:ADDR`, as in curl.
pub fn read_override(written: &str) -> Result<Override, String> {
    let wrong =
        || format!("{written:?} is not HOST:PORT:ADDR; write it like shop.kz:443:192.0.2.7");
    let (host, rest) = written.split_once(':').ok_or_else(wrong)?;
    let (port, address) = rest.split_once(':').ok_or_else(wrong)?;
    let port = port
        .parse::<u16>()
        .ok()
        .filter(|port| *port > 0)
        .ok_or_else(wrong)?;
    let address = address
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>()
        .map_err(|_| wrong())?;
    if host.is_empty() {
        return Err(wrong());
    }
    // As the URLs of the list have it: lower case, IDNA-encoded.
    let host = SuspectUrl::from_written(host)
        .map_or_else(|_| host.to_lowercase(), |url| url.host().to_owned());
    Ok(Override {
        host,
        port,
        address,
    })
}
