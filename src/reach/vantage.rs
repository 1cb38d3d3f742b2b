//! From where is measured.

use crate::fetch::{ProxyAddress, SetupError};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, SocketAddr};

/// What is known of a vantage. What tazy does not ask the network about is as its operator states it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VantageFacts {
    /// Its name.
    pub name: String,
    /// Country, ISO 3166 code of two letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Autonomous system: `AS9198`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asn: Option<String>,
    /// The address under which it appears to sites.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress_ip: Option<IpAddr>,
    /// The name server that it asks, if not the usual one of its machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolver: Option<String>,
    /// Country in which that name server answers, where it is known: one of the country shows its blocks, any
    /// other is a control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolver_country: Option<String>,
    /// `direct`, or the proxy without credentials.
    pub via: String,
}

/// How `via` calls connections of this machine itself.
pub(super) const DIRECT: &str = "direct";

impl VantageFacts {
    /// Whether connections are made by the machine that measures itself.
    pub fn is_direct(&self) -> bool {
        self.via == DIRECT
    }

    /// What tells networks apart: two vantages of one network do not confirm each other.
    pub fn network(&self) -> String {
        let known = |value: &Option<String>| value.clone().unwrap_or_default().to_uppercase();
        match self.egress_ip {
            Some(address) => address.to_string(),
            None => format!("{} {} {}", self.via, known(&self.country), known(&self.asn)),
        }
    }
}

/// How connections are made.
#[derive(Debug, Clone)]
pub(super) enum Way {
    Direct,
    Socks(ProxyAddress),
}

/// Who is asked for addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NameService {
    /// As programs of this machine do, and its first name server besides.
    System,
    /// This name server, over the vantage's own way.
    Server(SocketAddr),
    /// The proxy.
    Proxy,
}

/// A place to measure from.
#[derive(Debug, Clone)]
pub struct Vantage {
    /// What is known of it.
    pub facts: VantageFacts,
    pub(super) way: Way,
    pub(super) names: NameService,
}

impl Vantage {
    /// This machine, as its programs see the network.
    pub fn here(facts: VantageFacts) -> Self {
        Self {
            facts: VantageFacts {
                via: DIRECT.to_owned(),
                resolver: None,
                resolver_country: None,
                ..facts
            },
            way: Way::Direct,
            names: NameService::System,
        }
    }

    /// This machine with another name server.
    pub fn with_resolver(facts: VantageFacts, server: SocketAddr) -> Self {
        Self {
            facts: VantageFacts {
                via: DIRECT.to_owned(),
                resolver: Some(server.to_string()),
                ..facts
            },
            way: Way::Direct,
            names: NameService::Server(server),
        }
    }

    /// Through a SOCKS5 proxy, which also resolves names unless a name server is given: that one is asked
    /// through the proxy, over TCP.
    pub fn through(
        facts: VantageFacts,
        proxy: &str,
        server: Option<SocketAddr>,
    ) -> Result<Self, SetupError> {
        let address = ProxyAddress::from_written(proxy)?;
        if address.is_http() {
            return Err(SetupError::Proxy(
                address.url(),
                "a vantage needs a SOCKS5 proxy; write it like socks5h://127.0.0.1:9050".to_owned(),
            ));
        }
        Ok(Self {
            facts: VantageFacts {
                via: address.url(),
                resolver: server.map(|server| server.to_string()),
                ..facts
            },
            way: Way::Socks(address),
            names: server.map_or(NameService::Proxy, NameService::Server),
        })
    }
}
