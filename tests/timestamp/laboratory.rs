//! A time stamping authority in a temporary directory: keys, certificates and replies made by `openssl`, served over
//! HTTP on loopback.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const CONFIGURATION: &str = "
[req]
distinguished_name = name
[name]
[tsa]
default_tsa = plain
[plain]
serial = ./serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
accuracy = secs:1
clock_precision_digits = 3
tsa_name = yes
ess_cert_id_chain = yes
ess_cert_id_alg = sha256
[short]
serial = ./serial
signer_digest = sha512
default_policy = 1.3.6.1.4.1.99999.1
digests = sha256
ess_cert_id_alg = sha1
[choosy]
serial = ./serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.99999.1
digests = sha512
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[stamps]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
[signs]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
";

pub(crate) const RSA: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
pub(crate) const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];

/// Whether `openssl` is there. Without it the test says so and passes, unless `TAZY_TEST_ALL=1`.
pub(crate) fn has_openssl() -> bool {
    let found = Command::new("openssl").arg("version").output();
    let is_there = found.is_ok_and(|output| output.stdout.starts_with(b"OpenSSL 3"));
    if !is_there {
        let all = std::env::var("TAZY_TEST_ALL").is_ok_and(|value| value == "1");
        assert!(!all, "TAZY_TEST_ALL=1, but there is no OpenSSL 3");
        eprintln!("skipped: needs OpenSSL 3 (openssl)");
    }
    is_there
}

/// The directory in which `openssl` works.
#[derive(Clone)]
pub(crate) struct Laboratory {
    directory: Arc<tempfile::TempDir>,
}

impl Laboratory {
    pub(crate) fn new() -> Self {
        let directory = Arc::new(tempfile::tempdir().unwrap());
        let laboratory = Self { directory };
        fs::write(laboratory.path("authority.conf"), CONFIGURATION).unwrap();
        fs::write(laboratory.path("serial"), "01").unwrap();
        laboratory
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect(name)
    }

    fn try_openssl(&self, arguments: &[&str]) -> Output {
        Command::new("openssl")
            .args(arguments)
            .current_dir(self.directory.path())
            .output()
            .unwrap()
    }

    fn openssl(&self, arguments: &[&str]) {
        let output = self.try_openssl(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments:?}: {said}");
    }

    fn key(&self, name: &str, options: &[&str]) {
        let file = format!("{name}.key");
        self.openssl(&[&["genpkey", "-out", &file], options].concat());
    }

    /// A root of its own.
    pub(crate) fn root(&self, name: &str, key: &[&str]) {
        self.key(name, key);
        let (key, subject) = (format!("{name}.key"), format!("/O=Unit Example/CN={name}"));
        self.openssl(&[
            "req",
            "-new",
            "-x509",
            "-key",
            &key,
            "-subj",
            &subject,
            "-days",
            "30",
            "-config",
            "authority.conf",
            "-extensions",
            "root",
            "-out",
            &format!("{name}.pem"),
        ]);
    }

    /// A certificate that `issuer` gives, valid for so many days from now.
    pub(crate) fn issue(&self, name: &str, issuer: &str, section: &str, key: &[&str], days: &str) {
        self.key(name, key);
        let (key, request) = (format!("{name}.key"), format!("{name}.csr"));
        let subject = format!("/O=Unit Example/CN={name}.unit.example");
        self.openssl(&[
            "req",
            "-new",
            "-key",
            &key,
            "-subj",
            &subject,
            "-config",
            "authority.conf",
            "-out",
            &request,
        ]);
        self.openssl(&[
            "x509",
            "-req",
            "-in",
            &request,
            "-CA",
            &format!("{issuer}.pem"),
            "-CAkey",
            &format!("{issuer}.key"),
            "-CAcreateserial",
            "-days",
            days,
            "-extfile",
            "authority.conf",
            "-extensions",
            section,
            "-out",
            &format!("{name}.pem"),
        ]);
    }

    /// The reply of an authority to the query in the file `query.tsq`; `chain` goes into the token.
    pub(crate) fn reply(&self, signer: &str, chain: &str, section: &str) -> Vec<u8> {
        self.openssl(&[
            "ts",
            "-reply",
            "-queryfile",
            "query.tsq",
            "-config",
            "authority.conf",
            "-section",
            section,
            "-signer",
            &format!("{signer}.pem"),
            "-inkey",
            &format!("{signer}.key"),
            "-chain",
            &format!("{chain}.pem"),
            "-out",
            "reply.tsr",
        ]);
        self.read("reply.tsr")
    }

    /// As [`Self::reply`], but signed by somebody whom `openssl ts` would not let sign.
    pub(crate) fn forged_reply(&self, signer: &str, honest: &str, chain: &str) -> Vec<u8> {
        self.reply(honest, chain, "plain");
        self.openssl(&[
            "ts",
            "-reply",
            "-in",
            "reply.tsr",
            "-token_out",
            "-out",
            "token.tsr",
        ]);
        self.openssl(&[
            "cms",
            "-verify",
            "-noverify",
            "-inform",
            "DER",
            "-in",
            "token.tsr",
            "-out",
            "info.der",
        ]);
        self.openssl(&[
            "cms",
            "-sign",
            "-cades",
            "-binary",
            "-nodetach",
            "-econtent_type",
            "1.2.840.113549.1.9.16.1.4",
            "-in",
            "info.der",
            "-signer",
            &format!("{signer}.pem"),
            "-inkey",
            &format!("{signer}.key"),
            "-md",
            "sha256",
            "-outform",
            "DER",
            "-out",
            "token.tsr",
        ]);
        let token = self.read("token.tsr");
        let granted = [0x30, 0x03, 0x02, 0x01, 0x00];
        let length = u16::try_from(granted.len() + token.len()).unwrap();
        let [high, low] = length.to_be_bytes();
        [&[0x30, 0x82, high, low], granted.as_slice(), &token].concat()
    }

    /// What `openssl ts -verify` says of a token for `data`.
    pub(crate) fn openssl_verifies(&self, token: &[u8], root: &str, data: &[u8]) -> bool {
        fs::write(self.path("judged.tsr"), token).unwrap();
        fs::write(self.path("judged.data"), data).unwrap();
        let root = format!("{root}.pem");
        let arguments = [
            "ts",
            "-verify",
            "-token_in",
            "-in",
            "judged.tsr",
            "-data",
            "judged.data",
            "-CAfile",
            &root,
        ];
        self.try_openssl(&arguments).status.success()
    }
}

/// What the server does with a query.
pub(crate) type Conduct = Arc<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// An answer with these bytes, in HTTP.
pub(crate) fn answer(status: u16, content_type: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Whatever\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), body].concat()
}

/// A time stamping reply with these bytes.
pub(crate) fn reply(body: &[u8]) -> Vec<u8> {
    answer(200, "application/timestamp-reply", body)
}

/// Answers queries in the name of `signer`, as a section of the configuration says.
pub(crate) fn honest(
    laboratory: &Laboratory,
    signer: &str,
    chain: &str,
    section: &'static str,
) -> Conduct {
    let (laboratory, signer, chain) = (laboratory.clone(), signer.to_owned(), chain.to_owned());
    Arc::new(move |query| {
        write(&laboratory.path("query.tsq"), query);
        reply(&laboratory.reply(&signer, &chain, section))
    })
}

/// Writes a file that must be writable.
pub(crate) fn write(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).unwrap();
}

/// A server on loopback that ends when dropped.
pub(crate) struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start(conduct: Conduct) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, Arc::clone(&conduct)));
            }
        });
        Self { address, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/timestamp", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// One query; no answer at all if the conduct gives no bytes.
async fn converse(stream: TcpStream, conduct: Conduct) {
    let mut stream = BufReader::new(stream);
    let (mut length, mut is_query) = (0, false);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        is_query |= line == "content-type: application/timestamp-query";
    }
    let mut query = vec![0; length];
    stream.read_exact(&mut query).await.unwrap();
    assert!(is_query, "the content type of a query is missing");
    let bytes = tokio::task::spawn_blocking(move || conduct(&query))
        .await
        .unwrap();
    if bytes.is_empty() {
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
    let _ = stream.get_mut().write_all(&bytes).await;
    let _ = stream.get_mut().shutdown().await;
}
