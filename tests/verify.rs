//! Whether blocks are recognized, on a loopback network that does each kind of blocking.
//!
//! 127.0.0.10 is the site, 127.0.0.20 the control. Who is in the country reaches them through boxes of ours at
//! 127.0.0.11 and 127.0.0.21, which read the name in the `ClientHello` and drop, reset, close, answer with a
//! certificate of their own or let pass; who is outside, through a SOCKS5 proxy, reaches them themselves.
//! Packets that vanish are those of a listener whose backlog is full.

#![expect(
    clippy::large_futures,
    reason = "one at a time, on the stack of a test"
)]
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

#[path = "verify/blocks.rs"]
mod blocks;
#[path = "verify/boxes.rs"]
mod boxes;
#[path = "verify/command.rs"]
mod command;
#[path = "review/lab.rs"]
#[expect(dead_code, reason = "this file needs a part of it")]
mod desk;
#[path = "verify/exchange.rs"]
mod exchange;
#[path = "verify/lab.rs"]
mod lab;
#[path = "fetch/name_server.rs"]
#[expect(dead_code, reason = "this file needs a part of it")]
mod name_server;
#[path = "verify/names.rs"]
mod names;
