//! From where blocks are verified: `[verify]`.

use super::ConfigError;
use crate::fetch::{AddressGuard, Override};
use crate::reach::{Control, MeasureSettings, Vantage, VantageFacts};
use crate::store;
use crate::suspect::SuspectUrl;
use serde::Deserialize;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::time::Duration;

/// Port of name servers.
const DNS_PORT: u16 = 53;
/// More vantages than this are a mistake.
const MAX_VANTAGES: usize = 32;

/// `[verify]`, as written.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VerifyOptions {
    /// Name servers that are asked beside the usual one: `ADDR` or `ADDR:PORT`, and `,country=KZ` behind it
    /// where a provider's server is to show what its customers see.
    pub resolvers: Vec<String>,
    /// SOCKS5 exits.
    pub vantages: Vec<VantageOptions>,
    /// Hosts and addresses of block pages and sinkholes of the country's providers.
    pub block_pages: Vec<String>,
    /// A site over https that nobody blocks [default: <https://example.com/>].
    pub control_url: Option<String>,
    /// How many times everything is tried [default: 3].
    pub tries: Option<u8>,
    /// Seconds between two tries [default: 10].
    pub pause_s: Option<f64>,
    /// Seconds that one step may take [default: 8].
    pub timeout_s: Option<f64>,
}

/// `[[verify.vantages]]`: a SOCKS5 exit, as written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VantageOptions {
    /// Its name.
    pub name: String,
    /// `socks5h://HOST:PORT`.
    pub proxy: String,
    /// Country of the exit, two letters.
    pub country: Option<String>,
    /// Autonomous system of the exit: `AS9198`.
    pub asn: Option<String>,
    /// Address of the exit.
    pub egress_ip: Option<IpAddr>,
    /// Name server that is asked through the exit, instead of the exit's own.
    pub resolver: Option<String>,
}

impl VantageOptions {
    /// Reads `NAME=socks5h://HOST:PORT[,country=FI][,asn=AS1759][,egress_ip=ADDR][,resolver=ADDR]`.
    pub fn from_written(written: &str) -> Result<Self, String> {
        let form = "write it like helsinki=socks5h://127.0.0.1:9050,country=FI,asn=AS1759";
        let (name, rest) = written.split_once('=').ok_or(form)?;
        let mut parts = rest.split(',');
        let mut options = Self {
            name: name.trim().to_owned(),
            proxy: parts.next().unwrap_or_default().trim().to_owned(),
            ..Self::default()
        };
        for part in parts {
            let (key, value) = part.split_once('=').ok_or(form)?;
            let value = value.trim().to_owned();
            match key.trim() {
                "country" => options.country = Some(value),
                "asn" => options.asn = Some(value),
                "resolver" => options.resolver = Some(value),
                "egress_ip" => {
                    let address = value.parse();
                    options.egress_ip =
                        Some(address.map_err(|_| format!("{value:?} is not an address"))?);
                }
                other => {
                    return Err(format!(
                        "{other:?} is none of country, asn, egress_ip, resolver; {form}"
                    ));
                }
            }
        }
        options.to_vantage()?;
        Ok(options)
    }

    /// The vantage.
    pub fn to_vantage(&self) -> Result<Vantage, String> {
        if self.name.trim().is_empty() || self.name.chars().any(char::is_control) {
            return Err("a vantage needs a name".to_owned());
        }
        check_country(self.country.as_ref())?;
        let server = self.resolver.as_deref().map(parse_resolver).transpose()?;
        let (server, resolver_country) = server.unzip();
        let facts = VantageFacts {
            name: self.name.trim().to_owned(),
            country: self.country.clone(),
            asn: self.asn.clone(),
            egress_ip: self.egress_ip,
            resolver_country: resolver_country.flatten(),
            ..VantageFacts::default()
        };
        Vantage::through(facts, &self.proxy, server).map_err(|_| {
            format!(
                "{}: a vantage needs a SOCKS5 proxy like socks5h://127.0.0.1:9050",
                self.name
            )
        })
    }
}

impl VerifyOptions {
    pub(super) fn check(&self, path: &Path) -> Result<(), ConfigError> {
        let refuse = |key: &str, reason: String| {
            ConfigError::new(format!("{}: verify.{key}", path.display()), reason)
        };
        if self.vantages.len() + self.resolvers.len() > MAX_VANTAGES {
            return Err(refuse(
                "vantages",
                format!("more than {MAX_VANTAGES} vantages"),
            ));
        }
        for written in &self.resolvers {
            parse_resolver(written).map_err(|reason| refuse("resolvers", reason))?;
        }
        for vantage in &self.vantages {
            vantage
                .to_vantage()
                .map_err(|reason| refuse("vantages", reason))?;
        }
        if self
            .block_pages
            .iter()
            .any(|place| place.trim().is_empty() || place.contains('/'))
        {
            let reason = "give host names and addresses, such as blocked.provider.example";
            return Err(refuse("block_pages", reason.to_owned()));
        }
        if let Some(url) = &self.control_url {
            parse_control(url).map_err(|reason| refuse("control_url", reason))?;
        }
        if !(1..=10).contains(&self.tries.unwrap_or(3)) {
            return Err(refuse("tries", "give 1 to 10 tries".to_owned()));
        }
        for (key, seconds, least) in [
            ("pause_s", self.pause_s, 0.0),
            ("timeout_s", self.timeout_s, 0.1),
        ] {
            if seconds.is_some_and(|seconds| !(least..=600.0).contains(&seconds)) {
                return Err(refuse(key, format!("give {least} to 600 seconds")));
            }
        }
        Ok(())
    }

    /// Every vantage: this machine first, then name servers, then exits. `here` is what is known of it.
    pub fn vantages(&self, here: &store::Vantage) -> Result<Vec<Vantage>, ConfigError> {
        let wrong = |reason: String| ConfigError::new("verify", reason);
        let own = facts_here(here);
        let mut vantages = vec![Vantage::here(own.clone())];
        for written in &self.resolvers {
            let (server, country) = parse_resolver(written).map_err(wrong)?;
            let facts = VantageFacts {
                name: format!("{} asking {server}", own.name),
                resolver_country: country,
                ..own.clone()
            };
            vantages.push(Vantage::with_resolver(facts, server));
        }
        for written in &self.vantages {
            vantages.push(written.to_vantage().map_err(wrong)?);
        }
        Ok(vantages)
    }

    /// How is measured. Nothing private is connected to unless `allow_private`.
    pub fn settings(
        &self,
        allow_private: bool,
        overrides: Vec<Override>,
    ) -> Result<MeasureSettings, ConfigError> {
        let written = self.control_url.as_deref().unwrap_or(Control::DEFAULT);
        let control = parse_control(written)
            .map_err(|reason| ConfigError::new("verify.control_url", reason))?;
        let usual = MeasureSettings::against(control);
        let seconds = |written: Option<f64>, usual| written.map_or(usual, Duration::from_secs_f64);
        Ok(MeasureSettings {
            tries: self.tries.unwrap_or(usual.tries),
            pause: seconds(self.pause_s, usual.pause),
            timeout: seconds(self.timeout_s, usual.timeout),
            guard: AddressGuard { allow_private },
            overrides,
            ..usual
        })
    }
}

/// What is known of this machine as a vantage.
pub fn facts_here(here: &store::Vantage) -> VantageFacts {
    VantageFacts {
        name: here
            .name
            .clone()
            .unwrap_or_else(|| "this machine".to_owned()),
        country: here.country.clone(),
        asn: here.asn.clone(),
        egress_ip: here
            .egress_ip
            .as_deref()
            .and_then(|address| address.parse().ok()),
        ..VantageFacts::default()
    }
}

/// A control: https, with a host name.
pub fn parse_control(written: &str) -> Result<SuspectUrl, String> {
    let url = SuspectUrl::parse(written).map_err(|error| error.to_string())?;
    if url.as_url().scheme() == "https" && url.as_url().domain().is_some() {
        Ok(url)
    } else {
        Err("the control must be a site over https, such as https://example.com/".to_owned())
    }
}

/// A name server: `ADDR` or `ADDR:PORT`, and `,country=KZ` behind it.
pub fn parse_resolver(written: &str) -> Result<(SocketAddr, Option<String>), String> {
    let wrong = || {
        format!(
            "{written:?} is not the address of a name server; write it like 9.9.9.9, 127.0.0.1:5353 or 192.0.2.53,country=KZ"
        )
    };
    let (place, country) = match written.split_once(',') {
        Some((place, rest)) => {
            let country = rest.trim().strip_prefix("country=").ok_or_else(wrong)?;
            (place.trim(), Some(country.trim().to_owned()))
        }
        None => (written.trim(), None),
    };
    check_country(country.as_ref())?;
    let bare = place.trim_matches(['[', ']']).parse::<IpAddr>();
    let server = bare
        .map(|address| SocketAddr::new(address, DNS_PORT))
        .or_else(|_| place.parse())
        .map_err(|_| wrong())?;
    Ok((server, country))
}

fn check_country(country: Option<&String>) -> Result<(), String> {
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
    match country.filter(|code| !is_code(code)) {
        Some(code) => Err(format!(
            "{code:?} is not a country; give two letters, like KZ"
        )),
        None => Ok(()),
    }
}
