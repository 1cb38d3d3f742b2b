//! DNS asked by ourselves, because its answers are evidence.

use super::resolver::Resolved;
use super::tls::printable;
use super::{NameLookup, NameQuestion, NameSource, Resolver, SystemResolver};
use futures_util::future::BoxFuture;
use hickory_resolver::config::{
    ConnectionConfig, NameServerConfig, ResolverOpts, ServerOrderingStrategy,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::xfer::{DnsHandle, FirstAnswer};
use hickory_resolver::net::{DnsError, NetError, NoRecords};
use hickory_resolver::proto::op::{DnsRequestOptions, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use hickory_resolver::{Hosts, NameServerPool, PoolContext, TlsConfig};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

/// Records kept of one answer.
const MAX_RECORDS: usize = 50;
/// Steps of a CNAME chain that are followed; resolvers give up at about as many.
const MAX_ALIASES: usize = 16;
/// Questions asked to follow a chain that a name server left unfinished.
const MAX_FOLLOWED: usize = 4;
/// Name servers asked in turn; the C library asks three.
const MAX_SERVERS: usize = 3;
/// Times that each is asked, if it fails.
const MAX_ROUNDS: usize = 2;

/// Asks the name servers that this machine is set up to ask, and reports what they answered.
///
/// The hosts file goes before DNS, and the search list is used for names without a dot, as the C library
/// does. Other sources that a machine may be set up with (mDNS, a directory) are not asked. Nothing is
/// cached: names are resolved once a connection, and the lifetime of a record is to be as it was received.
#[derive(Debug)]
pub struct DnsResolver {
    servers: Vec<Server>,
    hosts: Hosts,
    search: Vec<Name>,
    rounds: usize,
    /// Why name servers cannot be asked.
    obstacle: Option<String>,
}

/// One name server.
struct Server {
    address: SocketAddr,
    pool: NameServerPool<TokioRuntimeProvider>,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.address.fmt(f)
    }
}

impl DnsResolver {
    /// As this machine is set up. Where its configuration cannot be read, its own resolver is asked, and
    /// every lookup says so.
    pub fn from_system() -> Self {
        let hosts = Hosts::from_system().unwrap_or_default();
        let built = read_system_conf().and_then(|(config, options)| {
            let addresses = config.name_servers.iter().map(|server| {
                let port = server.connections.first().map_or(53, |way| way.port);
                SocketAddr::new(server.ip, port)
            });
            let addresses: Vec<SocketAddr> = addresses.take(MAX_SERVERS).collect();
            let rounds = options.attempts.clamp(1, MAX_ROUNDS);
            let mut resolver = Self::asking(&addresses, options)?;
            resolver.search = config.search;
            resolver.rounds = rounds;
            Ok(resolver)
        });
        let resolver = built.unwrap_or_else(|error| Self {
            obstacle: Some(printable(&format!(
                "the settings of DNS of this machine cannot be read ({error}); its own resolver was asked"
            ))),
            ..Self::empty()
        });
        Self { hosts, ..resolver }
    }

    /// Asks these name servers, in this order, each at most for `timeout`; no hosts file, no search list.
    pub fn with_servers(servers: &[SocketAddr], timeout: Duration) -> io::Result<Self> {
        let mut options = ResolverOpts::default();
        options.timeout = timeout;
        Self::asking(servers, options).map_err(io::Error::other)
    }

    fn empty() -> Self {
        Self {
            servers: Vec::new(),
            hosts: Hosts::default(),
            search: Vec::new(),
            rounds: 1,
            obstacle: None,
        }
    }

    fn asking(servers: &[SocketAddr], mut options: ResolverOpts) -> Result<Self, NetError> {
        // Each is asked by itself, so that it is known who answered.
        options.num_concurrent_reqs = 1;
        options.server_ordering_strategy = ServerOrderingStrategy::UserProvidedOrder;
        let context = Arc::new(PoolContext::new(options, TlsConfig::new()?));
        let server = |&address: &SocketAddr| {
            let with_port = |mut way: ConnectionConfig| {
                way.port = address.port();
                way
            };
            let mut config = NameServerConfig::udp_and_tcp(address.ip());
            config.connections = config.connections.into_iter().map(with_port).collect();
            let provider = TokioRuntimeProvider::default();
            let pool = NameServerPool::from_config([config], Arc::clone(&context), provider);
            Server { address, pool }
        };
        Ok(Self {
            servers: servers.iter().map(server).collect(),
            ..Self::empty()
        })
    }

    async fn find(&self, host: &str) -> io::Result<Resolved> {
        if let Some(obstacle) = &self.obstacle {
            let mut resolved = SystemResolver.look_up(host).await?;
            resolved.lookup.note = Some(obstacle.clone());
            return Ok(resolved);
        }
        // RFC 7686: such names are for Tor alone; a name server must not learn of them.
        let last_label = host.trim_end_matches('.').rsplit('.').next();
        if last_label.is_some_and(|label| label.eq_ignore_ascii_case("onion")) {
            return Err(io::Error::other(
                "names of .onion are resolved by Tor only; use --proxy socks5h://…",
            ));
        }
        let mut lookup = NameLookup::new(host, NameSource::Dns);
        for name in self.candidates(host)? {
            let addresses = self.in_hosts_file(&name);
            if !addresses.is_empty() {
                lookup.source = NameSource::HostsFile;
                return Ok(resolved(addresses, lookup));
            }
            let (four, six) = tokio::join!(
                self.follow(&name, RecordType::A),
                self.follow(&name, RecordType::AAAA)
            );
            let addresses: Vec<IpAddr> = four.0.into_iter().chain(six.0).collect();
            lookup.questions.extend(four.1.into_iter().chain(six.1));
            if !addresses.is_empty() {
                return Ok(resolved(addresses, lookup));
            }
        }
        Err(io::Error::other(why_not(&lookup.questions)))
    }

    /// The fully qualified names to try, in order.
    fn candidates(&self, host: &str) -> io::Result<Vec<Name>> {
        let mut name = Name::from_utf8(host).map_err(io::Error::other)?;
        let mut candidates = Vec::new();
        if !host.contains('.') && !name.is_localhost() {
            let with = |domain: &Name| name.clone().append_domain(domain).ok();
            candidates.extend(self.search.iter().filter_map(with));
        }
        name.set_fqdn(true);
        candidates.push(name);
        for candidate in &mut candidates {
            candidate.set_fqdn(true);
        }
        Ok(candidates)
    }

    fn in_hosts_file(&self, name: &Name) -> Vec<IpAddr> {
        [RecordType::A, RecordType::AAAA]
            .into_iter()
            .filter_map(|kind| {
                self.hosts
                    .lookup_static_host(&Query::query(name.clone(), kind))
            })
            .flat_map(|found| {
                let addresses = found.answers().iter().filter_map(address_of);
                addresses.collect::<Vec<_>>()
            })
            .take(NameLookup::MAX_ADDRESSES)
            .collect()
    }

    /// Asks for one type, and again where the answer ends in a name without addresses.
    async fn follow(&self, name: &Name, kind: RecordType) -> (Vec<IpAddr>, Vec<NameQuestion>) {
        let mut questions = Vec::new();
        let mut name = name.clone();
        for _ in 0..MAX_FOLLOWED {
            let (question, records) = self.ask(&name, kind).await;
            questions.push(question);
            let target = end_of_chain(&name, &records);
            let addresses: Vec<IpAddr> = records
                .iter()
                .filter(|record| record.name == target)
                .filter_map(address_of)
                .take(NameLookup::MAX_ADDRESSES)
                .collect();
            if !addresses.is_empty() || target == name {
                return (addresses, questions);
            }
            name = target;
        }
        (Vec::new(), questions)
    }

    /// One question: to each name server in turn until one knows.
    async fn ask(&self, name: &Name, kind: RecordType) -> (NameQuestion, Vec<Record>) {
        let mut question = NameQuestion {
            name: printable(&name.to_string()),
            kind: kind.to_string(),
            server: None,
            records: Vec::new(),
            failure: None,
        };
        let mut failures = Vec::new();
        for server in (0..self.rounds).flat_map(|_| &self.servers) {
            question.server = Some(server.address.to_string());
            let query = Query::query(name.clone(), kind);
            let asked = server.pool.lookup(query, request_options());
            let (records, failure, is_final) = match asked.first_answer().await {
                Ok(response) => {
                    let code = response.response_code;
                    let failure = (code != ResponseCode::NoError).then(|| code_in_words(code));
                    (response.into_message().answers, failure, true)
                }
                Err(error) => {
                    let (failure, is_final) = failure_in_words(&error);
                    (Vec::new(), Some(failure), is_final)
                }
            };
            if let Some(failure) = failure {
                failures.push(format!("{}: {failure}", server.address));
            }
            if is_final {
                question.records = records
                    .iter()
                    .take(MAX_RECORDS)
                    .map(|record| printable(&record.to_string()))
                    .collect();
                question.failure = (!failures.is_empty()).then(|| failures.join("; "));
                return (question, records);
            }
        }
        question.failure = Some(failures.join("; "));
        (question, Vec::new())
    }
}

impl Resolver for DnsResolver {
    fn resolve<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(self.find(host).await?.addresses) })
    }

    fn look_up<'a>(&'a self, host: &'a str) -> BoxFuture<'a, io::Result<Resolved>> {
        Box::pin(self.find(host))
    }
}

fn resolved(addresses: Vec<IpAddr>, lookup: NameLookup) -> Resolved {
    Resolved {
        addresses: addresses
            .into_iter()
            .map(|address| SocketAddr::new(address, 0))
            .collect(),
        lookup,
    }
}

fn request_options() -> DnsRequestOptions {
    let mut options = DnsRequestOptions::default();
    options.recursion_desired = true;
    options.use_edns = true;
    options
}

/// Why no question brought an address: that the name does not exist where a server said so.
fn why_not(questions: &[NameQuestion]) -> String {
    let failures = || questions.iter().filter_map(|q| q.failure.as_deref());
    failures()
        .find(|failure| failure.contains("NXDOMAIN"))
        .or_else(|| failures().find(|failure| !failure.contains("NODATA")))
        .or_else(|| failures().next())
        .unwrap_or("the name has no address")
        .to_owned()
}

/// Where the CNAME records of an answer lead from `name`.
fn end_of_chain(name: &Name, records: &[Record]) -> Name {
    let mut target = name.clone();
    for _ in 0..MAX_ALIASES {
        let alias = records.iter().find_map(|record| match &record.data {
            RData::CNAME(alias) if record.name == target => Some(alias.0.clone()),
            _ => None,
        });
        match alias {
            Some(next) => target = next,
            None => break,
        }
    }
    target
}

fn address_of(record: &Record) -> Option<IpAddr> {
    match &record.data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    }
}

/// The failure, and whether another name server need not be asked.
fn failure_in_words(error: &NetError) -> (String, bool) {
    match error {
        NetError::Dns(DnsError::NoRecordsFound(NoRecords { response_code, .. })) => {
            (code_in_words(*response_code), true)
        }
        NetError::Dns(DnsError::ResponseCode(code)) => (code_in_words(*code), false),
        NetError::Timeout => ("no answer in time".into(), false),
        other => (printable(&other.to_string()), false),
    }
}

fn code_in_words(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NODATA (the name has no record of this type)".into(),
        ResponseCode::NXDomain => "NXDOMAIN (there is no such name)".into(),
        ResponseCode::ServFail => "SERVFAIL (the name server failed)".into(),
        ResponseCode::Refused => "REFUSED (the name server does not answer us)".into(),
        other => format!("response code {} ({other})", u16::from(other)),
    }
}
