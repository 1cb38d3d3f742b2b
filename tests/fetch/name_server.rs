//! A small DNS server.

use hickory_resolver::proto::op::{Message, Query, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// What a name server knows; other names do not exist (NXDOMAIN).
#[derive(Debug, Default)]
pub(crate) struct Zone {
    answers: HashMap<(String, RecordType), Vec<Record>>,
    failing: HashMap<String, ResponseCode>,
    silent: Vec<String>,
}

impl Zone {
    /// A server that knows no name.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The answer to a question: lines like `shop.example. 300 A 192.0.2.7`, none for a name without
    /// records of this type.
    pub(crate) fn answer(mut self, name: &str, kind: RecordType, lines: &[&str]) -> Self {
        let records = lines.iter().map(|line| record(line)).collect();
        self.answers.insert((name.to_owned(), kind), records);
        self
    }

    /// Fails for this name.
    pub(crate) fn failing(mut self, name: &str, code: ResponseCode) -> Self {
        self.failing.insert(name.to_owned(), code);
        self
    }

    /// Never answers for this name.
    pub(crate) fn silent(mut self, name: &str) -> Self {
        self.silent.push(name.to_owned());
        self
    }

    /// Starts serving on a free port of 127.0.0.1.
    pub(crate) async fn serve(self) -> NameServer {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
        let address = socket.local_addr().expect("an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        let task = tokio::spawn(async move {
            let mut buffer = [0; 4096];
            while let Ok((length, client)) = socket.recv_from(&mut buffer).await {
                let request = Message::from_vec(&buffer[..length]).expect("a question");
                let query = request.queries.first().expect("a question").clone();
                let question = format!("{} {}", query.name(), query.query_type());
                log.lock().expect("the log").push(question);
                if let Some(answer) = self.reply(request.metadata.id, query) {
                    let bytes = answer.to_vec().expect("an answer");
                    socket.send_to(&bytes, client).await.expect("sent");
                }
            }
        });
        NameServer {
            address,
            asked,
            task,
        }
    }

    fn reply(&self, id: u16, query: Query) -> Option<Message> {
        let name = query.name().to_string();
        if self.silent.contains(&name) {
            return None;
        }
        let mut answer = Message::response(id, hickory_resolver::proto::op::OpCode::Query);
        answer.metadata.recursion_available = true;
        let known = self.answers.get(&(name.clone(), query.query_type()));
        answer.metadata.response_code = match (self.failing.get(&name), known) {
            (Some(&code), _) => code,
            (None, Some(_)) => ResponseCode::NoError,
            (None, None) => ResponseCode::NXDomain,
        };
        answer.add_query(query);
        answer.add_answers(known.into_iter().flatten().cloned());
        Some(answer)
    }
}

fn record(line: &str) -> Record {
    let [name, ttl, kind, data] = line.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{line}");
    };
    let data = match kind {
        "A" => RData::A(A(data.parse().expect(line))),
        "AAAA" => RData::AAAA(AAAA(data.parse().expect(line))),
        "CNAME" => RData::CNAME(CNAME(data.parse().expect(line))),
        other => panic!("{other}"),
    };
    let name: Name = name.parse().expect(line);
    Record::from_rdata(name, ttl.parse().expect(line), data)
}

/// A running name server; ends when dropped.
#[derive(Debug)]
pub(crate) struct NameServer {
    /// Where it listens.
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl NameServer {
    /// The questions so far (`shop.example. A`), sorted.
    pub(crate) fn asked(&self) -> Vec<String> {
        let mut asked = self.asked.lock().expect("the log").clone();
        asked.sort();
        asked
    }
}

impl Drop for NameServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
