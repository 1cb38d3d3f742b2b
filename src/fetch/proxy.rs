//! The proxy that the user named.

use super::SetupError;
use url::Url;

/// A proxy as given on the command line.
#[derive(Debug, Clone)]
pub(crate) struct ProxyAddress {
    /// Host name or address, IPv6 without brackets, lower case.
    pub(crate) host: String,
    pub(crate) port: u16,
    kind: ProxyKind,
    /// User name and password.
    credentials: Option<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ProxyKind {
    Http,
    /// Names are resolved here.
    Socks5,
    /// Names are left to the proxy.
    Socks5h,
}

impl ProxyAddress {
    pub(crate) fn from_written(text: &str) -> Result<Self, SetupError> {
        let problem = |reason: &str| SetupError::Proxy(text.to_owned(), reason.to_owned());
        let help = "write it like http://127.0.0.1:8080 or socks5h://127.0.0.1:9050";
        let url = Url::parse(text).map_err(|_| problem(help))?;
        let (kind, port) = match url.scheme() {
            "http" => (ProxyKind::Http, 80),
            "socks5" => (ProxyKind::Socks5, 1080),
            "socks5h" => (ProxyKind::Socks5h, 1080),
            _ => return Err(problem(help)),
        };
        let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
        let host = host.trim_matches(['[', ']']);
        if host.is_empty() {
            return Err(problem(help));
        }
        let password = url.password().map(unescaped).unwrap_or_default();
        let credentials = (!url.username().is_empty() || url.password().is_some())
            .then(|| (unescaped(url.username()), password));
        Ok(Self {
            host: host.to_owned(),
            port: url.port().unwrap_or(port),
            kind,
            credentials,
        })
    }

    /// True if the proxy resolves names: then nothing is known here about the addresses of targets.
    pub(crate) fn resolves_names(&self) -> bool {
        self.kind != ProxyKind::Socks5
    }

    pub(crate) fn is_http(&self) -> bool {
        self.kind == ProxyKind::Http
    }

    /// Where to connect, as a URL without credentials.
    pub(crate) fn url(&self) -> String {
        let scheme = match self.kind {
            ProxyKind::Http => "http",
            ProxyKind::Socks5 => "socks5",
            ProxyKind::Socks5h => "socks5h",
        };
        let (host, port) = (&self.host, self.port);
        if host.contains(':') {
            format!("{scheme}://[{host}]:{port}")
        } else {
            format!("{scheme}://{host}:{port}")
        }
    }

    pub(crate) fn credentials(&self) -> Option<&(String, String)> {
        self.credentials.as_ref()
    }

    /// The value of `Proxy-Authorization` (RFC 7617), for HTTP proxies that want one.
    pub(super) fn authorization(&self) -> Option<String> {
        let (user, password) = self.credentials.as_ref().filter(|_| self.is_http())?;
        let pair = format!("{user}:{password}");
        Some(format!(
            "Basic {}",
            data_encoding::BASE64.encode(pair.as_bytes())
        ))
    }
}

/// Percent escapes removed.
fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| data_encoding::HEXLOWER_PERMISSIVE.decode(digits).ok());
        if let Some(byte) = escaped {
            bytes.extend(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_proxy_is_refused_with_an_example() {
        for wrong in ["127.0.0.1:8080", "ftp://127.0.0.1:1", "socks4://a:1", ""] {
            let error = ProxyAddress::from_written(wrong).unwrap_err().to_string();
            assert!(error.contains("socks5h://127.0.0.1:9050"), "{error}");
        }
        let proxy = |text| ProxyAddress::from_written(text).unwrap();
        assert!(proxy("http://127.0.0.1:8080").resolves_names());
        assert!(proxy("socks5h://127.0.0.1:1080").resolves_names());
        assert!(!proxy("socks5://127.0.0.1:1080").resolves_names());
    }

    #[test]
    fn what_is_told_of_a_proxy_has_no_credentials() {
        let proxy = ProxyAddress::from_written("http://us%3Aer:p%40ss@Proxy.example").unwrap();
        assert_eq!(proxy.url(), "http://proxy.example:80");
        let (user, password) = proxy.credentials().unwrap();
        assert_eq!((user.as_str(), password.as_str()), ("us:er", "p@ss"));
        assert_eq!(
            proxy.authorization().as_deref(),
            Some("Basic dXM6ZXI6cEBzcw==")
        );
        let proxy = ProxyAddress::from_written("socks5://[::1]").unwrap();
        assert_eq!(proxy.url(), "socks5://[::1]:1080");
        assert_eq!(proxy.authorization(), None);
    }
}
