//! Name servers that run with a list, on ports of the loopback interface.

use crate::samples::program;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tazy::clock::{Clock, SystemClock};

/// What every name below `example` is answered with where nothing blocks it.
pub(crate) const TRUTH: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
/// Longer no server takes to begin to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server that is ended when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
    folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer of a name server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    /// 0 for no error, 3 for no such name.
    pub(crate) code: u8,
    /// Addresses in the answer.
    pub(crate) addresses: Vec<IpAddr>,
}

impl Answer {
    /// The truth, and nothing else.
    pub(crate) fn is_true(&self) -> bool {
        self.code == 0 && self.addresses == [IpAddr::from(TRUTH)]
    }
}

impl Server {
    /// BIND with the zone as its policy.
    pub(crate) fn bind(zone: &str) -> Option<Self> {
        let named = program("named", None)?;
        Some(Self::begin(|folder, port| {
            std::fs::write(folder.join("rpz.zone"), zone).unwrap();
            std::fs::write(folder.join("example.zone"), truth()).unwrap();
            let settings = format!(
                "options {{ directory \"{0}\"; pid-file none; session-keyfile none;\n\
                 listen-on port {port} {{ 127.0.0.1; }}; listen-on-v6 {{ none; }}; recursion no;\n\
                 allow-query {{ any; }}; notify no; dnssec-validation no;\n\
                 response-policy {{ zone \"rpz.tazy\"; }} recursive-only no qname-wait-recurse no; }};\n\
                 controls {{ }};\n\
                 zone \"rpz.tazy\" {{ type primary; file \"rpz.zone\"; allow-query {{ none; }}; }};\n\
                 zone \"example\" {{ type primary; file \"example.zone\"; }};\n",
                folder.display()
            );
            std::fs::write(folder.join("named.conf"), settings).unwrap();
            let mut command = Command::new(named);
            command
                .args(["-g", "-n", "1", "-c"])
                .arg(folder.join("named.conf"));
            command
        }))
    }

    /// unbound with the list in its configuration.
    pub(crate) fn unbound(list: &str) -> Option<Self> {
        let unbound = program("unbound", None)?;
        Some(Self::begin(|folder, port| {
            std::fs::write(folder.join("list.conf"), list).unwrap();
            let own =
                format!("local-zone: \"example.\" redirect\nlocal-data: \"example. A {TRUTH}\"\n");
            Self::unbound_command(&unbound, folder, port, &own, "include: \"list.conf\"\n")
        }))
    }

    /// unbound with the zone as its policy, which asks another server.
    pub(crate) fn unbound_with_policy(zone: &str, upstream: u16) -> Option<Self> {
        let unbound = program("unbound", None)?;
        Some(Self::begin(|folder, port| {
            std::fs::write(folder.join("rpz.zone"), zone).unwrap();
            let own = "module-config: \"respip iterator\"\ndo-not-query-localhost: no\n\
                       local-zone: \"example.\" nodefault\n";
            let more = format!(
                "stub-zone:\nname: \"example.\"\nstub-addr: 127.0.0.1@{upstream}\n\
                 rpz:\nname: rpz.tazy\nzonefile: \"rpz.zone\"\n"
            );
            Self::unbound_command(&unbound, folder, port, own, &more)
        }))
    }

    fn unbound_command(program: &Path, folder: &Path, port: u16, own: &str, more: &str) -> Command {
        let settings = format!(
            "server:\ndirectory: \"{0}\"\nchroot: \"\"\nusername: \"\"\npidfile: \"\"\nuse-syslog: no\n\
             interface: 127.0.0.1@{port}\nport: {port}\ndo-ip6: no\nnum-threads: 1\n{own}{more}\
             remote-control:\ncontrol-enable: no\n",
            folder.display()
        );
        let path = folder.join("unbound.conf");
        std::fs::write(&path, settings).unwrap();
        let mut command = Command::new(program);
        command.args(["-d", "-c"]).arg(path).current_dir(folder);
        command
    }

    /// dnsmasq with a configuration, and with a hosts file.
    pub(crate) fn dnsmasq(list: &str, hosts: &str) -> Option<Self> {
        let dnsmasq = program("dnsmasq", None)?;
        Some(Self::begin(|folder, port| {
            std::fs::write(folder.join("list.conf"), list).unwrap();
            std::fs::write(folder.join("hosts.txt"), hosts).unwrap();
            // It reads the hosts file after it became nobody.
            open_to_all(folder);
            let mut command = Command::new(dnsmasq);
            command
                .args([
                    "--keep-in-foreground",
                    "--no-resolv",
                    "--no-hosts",
                    "--bind-interfaces",
                ])
                .args([
                    "--listen-address=127.0.0.1",
                    "--pid-file",
                    "--log-facility=-",
                ])
                .arg(format!("--port={port}"))
                .arg(format!("--address=/example/{TRUTH}"))
                .arg(format!(
                    "--addn-hosts={}",
                    folder.join("hosts.txt").display()
                ))
                .arg(format!(
                    "--conf-file={}",
                    folder.join("list.conf").display()
                ));
            command
        }))
    }

    fn begin(prepare: impl FnOnce(&Path, u16) -> Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let child = prepare(folder.path(), port)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut server = Self {
            child,
            port,
            folder,
        };
        let begun = SystemClock.instant();
        while server
            .try_ask("ready.example", 1)
            .is_none_or(|answer| !answer.is_true())
        {
            let ended = server.child.try_wait().unwrap();
            if ended.is_some() || begun.elapsed() > PATIENCE {
                let log = std::fs::read_to_string(server.folder.path().join("log"));
                panic!("the server does not answer ({ended:?}): {}", log.unwrap());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        server
    }

    /// Asks for the IPv4 address of a name.
    pub(crate) fn ask(&self, name: &str) -> Answer {
        self.ask_for(name, 1)
    }

    /// Asks for a sort of record: 1 for A, 28 for AAAA.
    pub(crate) fn ask_for(&self, name: &str, sort: u16) -> Answer {
        let mut asked = (0..5).filter_map(|_| self.try_ask(name, sort));
        asked.next().unwrap()
    }

    fn try_ask(&self, name: &str, sort: u16) -> Option<Answer> {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(2)))
            .unwrap();
        let mut question = vec![0x5a, 0x5a, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        for label in name.split('.') {
            question.push(u8::try_from(label.len()).unwrap());
            question.extend_from_slice(label.as_bytes());
        }
        question.push(0);
        question.extend_from_slice(&sort.to_be_bytes());
        question.extend_from_slice(&[0, 1]);
        let to = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        socket.send_to(&question, to).ok()?;
        let mut bytes = [0; 1500];
        let length = socket.recv(&mut bytes).ok()?;
        Some(read_answer(&bytes[..length], question.len()))
    }
}

/// Reads code and addresses; names in answers are pointers or plain labels.
fn read_answer(bytes: &[u8], question: usize) -> Answer {
    let count = u16::from_be_bytes([bytes[6], bytes[7]]);
    let (mut at, mut addresses) = (question, Vec::new());
    for _ in 0..count {
        while bytes[at] != 0 && bytes[at] < 0xc0 {
            at += 1 + usize::from(bytes[at]);
        }
        at += if bytes[at] == 0 { 1 } else { 2 };
        let sort = u16::from_be_bytes([bytes[at], bytes[at + 1]]);
        let length = usize::from(u16::from_be_bytes([bytes[at + 8], bytes[at + 9]]));
        let data = &bytes[at + 10..at + 10 + length];
        match sort {
            1 => addresses.push(<[u8; 4]>::try_from(data).unwrap().into()),
            28 => addresses.push(<[u8; 16]>::try_from(data).unwrap().into()),
            _ => {}
        }
        at += 10 + length;
    }
    Answer {
        code: bytes[3] & 0xf,
        addresses,
    }
}

/// A zone in which every name has an address, and a few have others.
fn truth() -> String {
    format!(
        "$TTL 60\n@ IN SOA ns.example. root.example. ( 1 3600 600 86400 60 )\n@ IN NS ns.example.\n\
         @ A {TRUTH}\n* A {TRUTH}\nns A 127.0.0.1\nat-address A 203.0.113.7\nbeside-address A 203.0.113.6\n\
         at-address6 AAAA 2001:db8::7\nbeside-address6 AAAA 2001:db8::6\n"
    )
}

fn free_port() -> u16 {
    loop {
        // The port has to be free for both: servers take it for UDP and TCP.
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

fn open_to_all(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Squid with the list, before a server of ours that answers everything with 200.
pub(crate) struct Proxy {
    squid: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.squid.kill();
        let _ = self.squid.wait();
    }
}

impl Proxy {
    pub(crate) fn squid(list: &str) -> Option<Self> {
        let squid = program("squid", None)?;
        let folder = tempfile::tempdir().unwrap();
        open_to_all(folder.path());
        let origin = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let upstream = origin.local_addr().unwrap().port();
        std::thread::spawn(move || answer_everything(&origin));
        let port = free_port();
        std::fs::write(folder.path().join("list.conf"), list).unwrap();
        // Names are never looked up: everything goes to our server. Nothing is written that needs an account.
        let settings = format!(
            "http_port 127.0.0.1:{port}\npid_filename none\ncoredump_dir {0}\ncache_log /dev/null\n\
             access_log none\ncache deny all\nshutdown_lifetime 0 seconds\nicp_port 0\npinger_enable off\n\
             dns_nameservers 127.0.0.1\nhosts_file none\n\
             cache_peer 127.0.0.1 parent {upstream} 0 no-query no-digest default\nnever_direct allow all\n\
             include {0}/list.conf\nhttp_access allow all\n",
            folder.path().display()
        );
        let path = folder.path().join("squid.conf");
        std::fs::write(&path, settings).unwrap();
        let squid = Command::new(squid)
            .args(["-N", "-f"])
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let proxy = Self {
            squid,
            port,
            _folder: folder,
        };
        let begun = SystemClock.instant();
        while proxy.try_ask("http://192.0.2.9/") != Some(200) {
            assert!(begun.elapsed() < PATIENCE, "squid does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(proxy)
    }

    /// Whether Squid refuses a URL of plain HTTP.
    pub(crate) fn refuses(&self, url: &str) -> bool {
        match self.try_ask(url) {
            Some(200) => false,
            Some(403) => true,
            other => panic!("{url}: {other:?}"),
        }
    }

    fn try_ask(&self, url: &str) -> Option<u16> {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!("GET {url} HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).ok()?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).ok()?;
        std::str::from_utf8(&head).ok()?.get(9..)?.parse().ok()
    }
}

fn answer_everything(origin: &std::net::TcpListener) {
    use std::io::{Read, Write};
    for stream in origin.incoming() {
        let Ok(mut stream) = stream else { return };
        let mut request = [0; 4096];
        let _ = stream.read(&mut request);
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    }
}
