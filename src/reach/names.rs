//! Names: one question to one name server at a time, with everything that it answered.

use super::connect::open;
use super::log::{Meter, Occasion};
use super::record::{Answer, DnsQuery};
use super::socks::Place;
use super::vantage::{NameService, Way};
use super::{Failure, MeasureSettings};
use hickory_resolver::proto::op::{Message, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

/// Failures of names and of name servers.
pub(super) const DNS_FAILURES: [Failure; 4] = [
    Failure::NxDomain,
    Failure::DnsRefused,
    Failure::DnsServerFailed,
    Failure::DnsNoAnswer,
];
/// Records kept of one answer.
const MAX_ANSWERS: usize = 50;
/// Answers longer than this are not kept as they are, bytes.
const MAX_RAW: usize = 4 << 10;
/// Times that a question is sent over UDP, which loses packets.
const SENDINGS: u32 = 2;

/// What one question brought.
struct Reply {
    engine: &'static str,
    answered: Result<(Message, Vec<u8>), Failure>,
}

impl Meter<'_> {
    /// The places of a host: addresses in the order of the answers, each once; the name itself where the
    /// proxy resolves it.
    pub(super) async fn places(&self, occasion: Occasion, host: &str, port: u16) -> Vec<Place> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return vec![Place::Address(address)];
        }
        if self.vantage.names == NameService::Proxy {
            self.note_plain(occasion, host, "socks5h", Ok(Vec::new()), self.seconds());
            return vec![Place::Name(host.to_owned())];
        }
        let fits = |host_of: &str| host_of == host || host_of == "*";
        let mut fixed = self.settings.overrides.iter();
        if let Some(found) = fixed.find(|entry| entry.port == port && fits(&entry.host)) {
            self.note_plain(
                occasion,
                host,
                "override",
                Ok(vec![found.address]),
                self.seconds(),
            );
            return vec![Place::Address(found.address)];
        }
        let mut addresses = match self.vantage.names {
            NameService::Server(server) => self.ask_both(occasion, host, server).await,
            _ => self.ask_system(occasion, host).await,
        };
        let mut seen = Vec::new();
        addresses.retain(|address| {
            let is_new = !seen.contains(address);
            seen.push(*address);
            is_new
        });
        addresses.into_iter().map(Place::Address).collect()
    }

    /// As programs of this machine ask, and the first name server itself, because only it tells codes.
    async fn ask_system(&self, occasion: Occasion, host: &str) -> Vec<IpAddr> {
        let servers = read_system_conf().map(|(config, _)| config.name_servers);
        let server = servers.ok().and_then(|servers| {
            let first = servers.first()?;
            let port = first.connections.first().map_or(53, |way| way.port);
            Some(SocketAddr::new(first.ip, port))
        });
        let machine = async {
            let t0 = self.seconds();
            let looking = tokio::net::lookup_host((host, 0));
            let found = match timeout(self.settings.timeout, looking).await {
                Err(_) => Err(Failure::Timeout),
                Ok(Err(_)) => Err(Failure::other("dns_lookup_error")),
                Ok(Ok(found)) => Ok(found.map(|address| address.ip()).collect()),
            };
            let addresses = found.clone().unwrap_or_default();
            self.note_plain(occasion, host, "getaddrinfo", found, t0);
            addresses
        };
        let Some(server) = server else {
            return machine.await;
        };
        let (machine, _) = tokio::join!(machine, self.ask_both(occasion, host, server));
        // What the machine itself would connect to counts; the name server's own words are beside it.
        machine
    }

    async fn ask_both(&self, occasion: Occasion, host: &str, server: SocketAddr) -> Vec<IpAddr> {
        let (four, six) = tokio::join!(
            self.ask(occasion, host, RecordType::A, server),
            self.ask(occasion, host, RecordType::AAAA, server)
        );
        four.into_iter().chain(six).collect()
    }

    async fn ask(
        &self,
        occasion: Occasion,
        host: &str,
        kind: RecordType,
        server: SocketAddr,
    ) -> Vec<IpAddr> {
        let t0 = self.seconds();
        let reply = question(&self.vantage.way, host, kind, server, self.settings).await;
        let mut query = DnsQuery {
            engine: reply.engine.to_owned(),
            hostname: host.to_owned(),
            query_type: kind.to_string(),
            resolver_address: Some(server.to_string()),
            failure: None,
            rcode: None,
            answers: Vec::new(),
            raw_response: None,
            t0,
            t: self.seconds(),
            x_try: occasion.try_number,
            x_purpose: occasion.purpose,
        };
        match reply.answered {
            Err(failure) => query.failure = Some(failure),
            Ok((message, raw)) => {
                let code = message.metadata.response_code;
                query.rcode = Some(u16::from(code));
                query.answers = answers_of(&message);
                query.failure = failure_of(code, &query.answers);
                query.raw_response =
                    (raw.len() <= MAX_RAW).then(|| data_encoding::BASE64.encode(&raw));
            }
        }
        let addresses = query.answers.iter().filter_map(Answer::address).collect();
        self.note(|events| events.queries.push(query));
        addresses
    }

    /// Enters a lookup of which only addresses are known.
    fn note_plain(
        &self,
        occasion: Occasion,
        host: &str,
        engine: &str,
        found: Result<Vec<IpAddr>, Failure>,
        t0: f64,
    ) {
        let (found, failure) = match found {
            Ok(found) => (found, None),
            Err(failure) => (Vec::new(), Some(failure)),
        };
        let answer = |address: &IpAddr| match address {
            IpAddr::V4(address) => answer_v4(*address, None),
            IpAddr::V6(address) => answer_v6(*address, None),
        };
        let query = DnsQuery {
            engine: engine.to_owned(),
            hostname: host.to_owned(),
            query_type: "ANY".to_owned(),
            resolver_address: None,
            failure,
            rcode: None,
            answers: found.iter().take(MAX_ANSWERS).map(answer).collect(),
            raw_response: None,
            t0,
            t: self.seconds(),
            x_try: occasion.try_number,
            x_purpose: occasion.purpose,
        };
        self.note(|events| events.queries.push(query));
    }
}

fn answer_v4(address: Ipv4Addr, ttl: Option<u32>) -> Answer {
    Answer {
        answer_type: "A".to_owned(),
        ipv4: Some(address.to_string()),
        ipv6: None,
        hostname: None,
        ttl,
    }
}

fn answer_v6(address: Ipv6Addr, ttl: Option<u32>) -> Answer {
    Answer {
        answer_type: "AAAA".to_owned(),
        ipv4: None,
        ipv6: Some(address.to_string()),
        hostname: None,
        ttl,
    }
}

fn answers_of(message: &Message) -> Vec<Answer> {
    let answers = message.answers.iter().filter_map(|record| {
        let ttl = Some(record.ttl);
        Some(match &record.data {
            RData::A(address) => answer_v4(address.0, ttl),
            RData::AAAA(address) => answer_v6(address.0, ttl),
            RData::CNAME(name) => Answer {
                answer_type: "CNAME".to_owned(),
                ipv4: None,
                ipv6: None,
                hostname: Some(name.0.to_ascii()),
                ttl,
            },
            _ => return None,
        })
    });
    answers.take(MAX_ANSWERS).collect()
}

fn failure_of(code: ResponseCode, answers: &[Answer]) -> Option<Failure> {
    match code {
        ResponseCode::NoError if answers.iter().any(|answer| answer.address().is_some()) => None,
        ResponseCode::NoError => Some(Failure::DnsNoAnswer),
        ResponseCode::NXDomain => Some(Failure::NxDomain),
        ResponseCode::Refused => Some(Failure::DnsRefused),
        ResponseCode::ServFail => Some(Failure::DnsServerFailed),
        other => Some(Failure::other(&format!("dns_rcode_{}", u16::from(other)))),
    }
}

async fn question(
    way: &Way,
    host: &str,
    kind: RecordType,
    server: SocketAddr,
    settings: &MeasureSettings,
) -> Reply {
    let over_tcp = matches!(way, Way::Socks(_));
    let mut reply = Reply {
        engine: if over_tcp { "tcp" } else { "udp" },
        answered: Err(Failure::Timeout),
    };
    let Ok(mut name) = Name::from_ascii(host) else {
        reply.answered = Err(Failure::other("the name cannot be asked for"));
        return reply;
    };
    name.set_fqdn(true);
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(name, kind));
    let Ok(bytes) = message.to_vec() else {
        reply.answered = Err(Failure::other("the name cannot be asked for"));
        return reply;
    };
    if !over_tcp {
        reply.answered = ask_udp(&message, &bytes, server, settings).await;
        let is_cut = |answered: &(Message, Vec<u8>)| answered.0.metadata.truncation;
        if !reply.answered.as_ref().is_ok_and(is_cut) {
            return reply;
        }
        reply.engine = "tcp";
    }
    let asking = ask_tcp(way, &message, &bytes, server, settings);
    reply.answered = timeout(settings.timeout, asking)
        .await
        .unwrap_or(Err(Failure::Timeout));
    reply
}

async fn ask_udp(
    message: &Message,
    bytes: &[u8],
    server: SocketAddr,
    settings: &MeasureSettings,
) -> Result<(Message, Vec<u8>), Failure> {
    let failed = |error: io::Error| Failure::of_error(&error);
    let any: SocketAddr = if server.is_ipv4() {
        (Ipv4Addr::UNSPECIFIED, 0).into()
    } else {
        (Ipv6Addr::UNSPECIFIED, 0).into()
    };
    let socket = UdpSocket::bind(any).await.map_err(failed)?;
    socket.connect(server).await.map_err(failed)?;
    let mut buffer = vec![0; 4096];
    for _ in 0..SENDINGS {
        socket.send(bytes).await.map_err(failed)?;
        let receiving = async {
            loop {
                let length = socket.recv(&mut buffer).await.map_err(failed)?;
                if let Some(answer) = answer_to(message, &buffer[..length]) {
                    return Ok((answer, buffer[..length].to_vec()));
                }
            }
        };
        if let Ok(received) = timeout(settings.timeout / SENDINGS, receiving).await {
            return received;
        }
    }
    Err(Failure::Timeout)
}

async fn ask_tcp(
    way: &Way,
    message: &Message,
    bytes: &[u8],
    server: SocketAddr,
    settings: &MeasureSettings,
) -> Result<(Message, Vec<u8>), Failure> {
    let failed = |error: io::Error| Failure::of_error(&error);
    let mut stream: TcpStream =
        open(way, &Place::Address(server.ip()), server.port(), settings).await?;
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    stream.write_u16(length).await.map_err(failed)?;
    stream.write_all(bytes).await.map_err(failed)?;
    let length = stream.read_u16().await.map_err(failed)?;
    let mut answer = vec![0; usize::from(length)];
    stream.read_exact(&mut answer).await.map_err(failed)?;
    let read = answer_to(message, &answer)
        .ok_or_else(|| Failure::other("the name server answered something else"))?;
    Ok((read, answer))
}

/// The answer, if it is one to this question.
fn answer_to(question: &Message, bytes: &[u8]) -> Option<Message> {
    let answer = Message::from_vec(bytes).ok()?;
    let is_same = answer.metadata.id == question.metadata.id
        && (answer.queries.is_empty() || answer.queries == question.queries);
    is_same.then_some(answer)
}
