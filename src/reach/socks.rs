//! SOCKS5 (RFC 1928, RFC 1929), of our own because its reply says how the far side failed.

use super::Failure;
use crate::fetch::ProxyAddress;
use std::io;
use std::net::IpAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const VERSION: u8 = 5;
const NO_AUTHENTICATION: u8 = 0;
const USER_AND_PASSWORD: u8 = 2;
const CONNECT: u8 = 1;

/// Where a connection is to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Address(IpAddr),
    /// A name that the proxy resolves.
    Name(String),
}

impl Place {
    pub(super) fn text(&self) -> String {
        match self {
            Self::Address(address) => address.to_string(),
            Self::Name(name) => name.clone(),
        }
    }

    /// With a port, as URLs write it.
    pub(super) fn with_port(&self, port: u16) -> String {
        match self {
            Self::Address(IpAddr::V6(address)) => format!("[{address}]:{port}"),
            other => format!("{}:{port}", other.text()),
        }
    }
}

/// Asks the proxy behind `stream` for a connection to `place`.
pub(super) async fn ask_for(
    stream: &mut TcpStream,
    proxy: &ProxyAddress,
    place: &Place,
    port: u16,
) -> Result<(), Failure> {
    let broken = |error: io::Error| {
        Failure::other(&format!(
            "socks_error: the proxy broke off: {}",
            error.kind()
        ))
    };
    greet(stream, proxy).await?;
    let request = request_to(place, port)
        .ok_or_else(|| Failure::other("socks_error: the name is too long"))?;
    stream.write_all(&request).await.map_err(broken)?;
    let mut head = [0; 4];
    stream.read_exact(&mut head).await.map_err(broken)?;
    if head[0] != VERSION {
        return Err(Failure::other("socks_error: this is no SOCKS5 proxy"));
    }
    if let Some(failure) = failure_of_reply(head[1]) {
        return Err(failure);
    }
    let rest = match head[3] {
        1 => 4 + 2,
        4 => 16 + 2,
        3 => usize::from(stream.read_u8().await.map_err(broken)?) + 2,
        _ => return Err(Failure::other("socks_error: the reply cannot be read")),
    };
    let mut bound = vec![0; rest];
    stream.read_exact(&mut bound).await.map_err(broken)?;
    Ok(())
}

async fn greet(stream: &mut TcpStream, proxy: &ProxyAddress) -> Result<(), Failure> {
    let broken = |error: io::Error| {
        Failure::other(&format!(
            "socks_error: the proxy broke off: {}",
            error.kind()
        ))
    };
    let method = if proxy.credentials().is_some() {
        USER_AND_PASSWORD
    } else {
        NO_AUTHENTICATION
    };
    stream
        .write_all(&[VERSION, 1, method])
        .await
        .map_err(broken)?;
    let mut chosen = [0; 2];
    stream.read_exact(&mut chosen).await.map_err(broken)?;
    if chosen != [VERSION, method] {
        return Err(Failure::other(
            "socks_error: the proxy wants another way to log in",
        ));
    }
    let Some((user, password)) = proxy.credentials() else {
        return Ok(());
    };
    let (Ok(user_length), Ok(password_length)) =
        (u8::try_from(user.len()), u8::try_from(password.len()))
    else {
        return Err(Failure::other(
            "socks_error: user name or password is too long",
        ));
    };
    let mut login = vec![1, user_length];
    login.extend(user.as_bytes());
    login.push(password_length);
    login.extend(password.as_bytes());
    stream.write_all(&login).await.map_err(broken)?;
    let mut answer = [0; 2];
    stream.read_exact(&mut answer).await.map_err(broken)?;
    if answer[1] == 0 {
        Ok(())
    } else {
        Err(Failure::other(
            "socks_error: the proxy refuses user name and password",
        ))
    }
}

fn request_to(place: &Place, port: u16) -> Option<Vec<u8>> {
    let mut request = vec![VERSION, CONNECT, 0];
    match place {
        Place::Address(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Place::Address(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        Place::Name(name) => {
            request.push(3);
            request.push(u8::try_from(name.len()).ok()?);
            request.extend(name.as_bytes());
        }
    }
    request.extend(port.to_be_bytes());
    Some(request)
}

/// What the reply of the proxy means (RFC 1928 §6).
fn failure_of_reply(reply: u8) -> Option<Failure> {
    Some(match reply {
        0 => return None,
        3 => Failure::NetworkUnreachable,
        4 => Failure::HostUnreachable,
        5 => Failure::ConnectionRefused,
        6 => Failure::Timeout,
        other => Failure::other(&format!("socks_error: reply {other}")),
    })
}
