//! Time servers on loopback.

use jiff::Timestamp;
use std::net::SocketAddr;
use std::time::Instant;
use tazy::clock::{Clock, SystemClock};
use tazy::fetch::{ClockOffset, LeapWarning};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

/// Seconds from 1900, where NTP begins, to 1970.
const NTP_TO_UNIX: i128 = 2_208_988_800;

/// A wall clock that stands still.
#[derive(Debug)]
struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }

    fn instant(&self) -> Instant {
        SystemClock.instant()
    }
}

/// An SNTP server that is ahead by so many milliseconds, with this first byte and stratum.
async fn serve(ahead: i64, first: u8, stratum: u8) -> (SocketAddr, JoinHandle<()>) {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let mut query = [0; 48];
        while let Ok((_, from)) = socket.recv_from(&mut query).await {
            let mut answer = [0; 48];
            (answer[0], answer[1]) = (first, stratum);
            answer[12..16].copy_from_slice(b"GPS\0");
            answer[24..32].copy_from_slice(&query[40..48]);
            let now = SystemClock.now().as_nanosecond() + i128::from(ahead) * 1_000_000;
            let stamp = ntp(now);
            for place in [16, 32, 40] {
                answer[place..place + 8].copy_from_slice(&stamp);
            }
            socket.send_to(&answer, from).await.unwrap();
        }
    });
    (address, task)
}

/// 32 bits of seconds and 32 of fraction (RFC 5905 §6).
fn ntp(nanosecond: i128) -> [u8; 8] {
    let second = nanosecond.div_euclid(1_000_000_000) + NTP_TO_UNIX;
    let fraction = (nanosecond.rem_euclid(1_000_000_000) << 32) / 1_000_000_000;
    u64::try_from((second << 32) | fraction)
        .unwrap()
        .to_be_bytes()
}

fn moment() -> Timestamp {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

async fn measure(server: &str) -> ClockOffset {
    ClockOffset::measure(server, &Standing(moment())).await
}

#[tokio::test]
async fn the_offset_is_what_the_server_is_ahead() {
    for ahead in [0, 90_000, -1_500] {
        // Version 4, mode 4 (server); 0x64 announces a minute of 61 seconds.
        let (address, task) = serve(ahead, 0x64, 1).await;
        let offset = measure(&address.to_string()).await;
        task.abort();
        let measured = offset.measured().expect("a measurement").clone();
        let off = measured.offset_ms - f64::from(i32::try_from(ahead).unwrap());
        assert!(off.abs() <= measured.round_trip_ms.max(5.0), "{measured:?}");
        assert_eq!(
            (measured.stratum, measured.leap),
            (1, LeapWarning::Inserted)
        );
        assert_eq!(
            (measured.address, measured.measured_at),
            (address, moment())
        );
        let json = serde_json::to_string(&offset).unwrap();
        assert_eq!(serde_json::from_str::<ClockOffset>(&json).unwrap(), offset);
        let digits = json.split("\"offset_ms\":").nth(1).unwrap();
        let digits = digits.split(',').next().unwrap();
        assert!(
            digits.split('.').nth(1).is_some_and(|it| it.len() <= 3),
            "{digits}"
        );
    }
}

#[tokio::test]
async fn a_server_that_is_not_synchronized_gives_no_measurement() {
    for (first, stratum) in [(0xe4, 1), (0x24, 0), (0x24, 16), (0x23, 1)] {
        let (address, task) = serve(0, first, stratum).await;
        let offset = measure(&address.to_string()).await;
        task.abort();
        let json = serde_json::to_value(&offset).unwrap();
        let reason = json["unmeasured"].as_str().expect("a reason");
        assert!(
            reason.contains("cannot be used"),
            "{first:x} {stratum}: {reason}"
        );
        assert_eq!(json["server"], address.to_string());
        assert_eq!(serde_json::from_value::<ClockOffset>(json).unwrap(), offset);
    }
}

#[tokio::test]
async fn silence_takes_two_seconds_and_is_no_measurement() {
    let silent = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let begun = SystemClock.instant();
    let offset = measure(&address.to_string()).await;
    assert!(begun.elapsed().as_secs_f64() < 4.0);
    assert!(offset.measured().is_none());
    let text = serde_json::to_string(&offset).unwrap();
    assert!(text.contains("no answer"), "{text}");
}

#[tokio::test]
async fn a_server_without_an_address_is_no_measurement() {
    for wrong in ["", "no such host", "127.0.0.1:", ":123", "[::1"] {
        assert!(measure(wrong).await.measured().is_none(), "{wrong}");
    }
}
