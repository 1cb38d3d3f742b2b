//! JSON Lines: a header, then one entry a line.

use super::{all_written, clean_text};
use crate::block::list::{BlockList, ExportReport, ListEntry, ListError};
use crate::block::{BlockTarget, ItemEvidence};
use crate::digest::RunningDigest;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use std::io::{self, BufWriter, Write};

const SCHEMA: &str = "tazy.blocklist/1";

#[derive(Serialize)]
struct Header<'a> {
    r#type: &'static str,
    schema: &'static str,
    title: String,
    unit: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    contact: Option<String>,
    serial: u64,
    generated: &'a Timestamp,
    count: usize,
    /// Of all bytes after the first line feed.
    sha256_of_body: String,
}

#[derive(Serialize)]
struct Row<'a> {
    r#type: &'static str,
    id: &'a str,
    #[serde(flatten)]
    target: Target<'a>,
    category: &'static str,
    family: &'static str,
    decided_at: &'a Timestamp,
    decided_by_role: &'static str,
    legal_basis: &'a [String],
    reasons: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Order>,
    request_id: &'a str,
    flag_id: &'a str,
    urls: Vec<&'a str>,
    evidence: &'a [ItemEvidence],
    first_seen: &'a Timestamp,
    last_seen: &'a Timestamp,
    expires: Date,
}

/// `domain` means the name and every name below it.
#[derive(Serialize)]
#[serde(tag = "scope", rename_all = "snake_case")]
enum Target<'a> {
    Url { url: &'a str },
    Host { host: &'a str },
    HostAndBelow { domain: &'a str },
    Address { address: std::net::IpAddr },
}

#[derive(Serialize)]
struct Order {
    number: String,
    date: Date,
    organ: String,
}

/// Writes JSON Lines. The entries are composed twice, so that the header can carry their digest and nothing is
/// kept in memory.
pub fn write_jsonl(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let mut digest = DigestSink::default();
    write_body(list, &mut digest)?;
    let header = Header {
        r#type: "header",
        schema: SCHEMA,
        title: clean_text(&list.title),
        unit: clean_text(&list.unit),
        contact: list.contact.as_deref().map(clean_text),
        serial: list.serial,
        generated: &list.generated,
        count: list.entries.len(),
        sha256_of_body: digest.0.so_far().hex(),
    };
    let mut out = BufWriter::new(out);
    write_line(&header, &mut out)?;
    write_body(list, &mut out)?;
    out.flush()?;
    Ok(all_written(list))
}

fn write_body(list: &BlockList, out: &mut impl Write) -> io::Result<()> {
    list.entries
        .iter()
        .try_for_each(|entry| write_line(&row(entry), out))
}

fn write_line(object: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    let mut line = serde_json::to_vec(object)?;
    line.push(b'\n');
    out.write_all(&line)
}

fn row(entry: &ListEntry) -> Row<'_> {
    Row {
        r#type: "entry",
        id: entry.item.as_str(),
        target: match &entry.target {
            BlockTarget::Url(url) => Target::Url { url: url.as_str() },
            BlockTarget::Host(name) => Target::Host {
                host: name.as_str(),
            },
            BlockTarget::HostAndBelow(name) => Target::HostAndBelow {
                domain: name.as_str(),
            },
            BlockTarget::Address(address) => Target::Address { address: *address },
        },
        category: entry.category.as_str(),
        family: entry.category.family().as_str(),
        decided_at: &entry.decided,
        decided_by_role: "reviewer",
        legal_basis: &entry.grounds,
        reasons: clean_text(&entry.reasons),
        order: entry.order.as_ref().map(|order| Order {
            number: clean_text(&order.number),
            date: order.date,
            organ: clean_text(&order.organ),
        }),
        request_id: entry.request.as_str(),
        flag_id: entry.flag.as_str(),
        urls: entry.urls.iter().map(SuspectUrl::as_str).collect(),
        evidence: &entry.evidence,
        first_seen: &entry.first_seen,
        last_seen: &entry.last_seen,
        expires: entry.review_by,
    }
}

/// Takes what is written to it for the digest alone.
#[derive(Default)]
struct DigestSink(RunningDigest);

impl Write for DigestSink {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.0.update(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
