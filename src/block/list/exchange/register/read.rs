//! Reading a register, our own or another body's.

use crate::block::list::OrderFacts;
use crate::block::{BlockTarget, HostName};
use crate::suspect::SuspectUrl;
use jiff::civil::{Date, DateTime};
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// One record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterRecord {
    /// Its number.
    pub id: u64,
    /// When it was entered; the format has no zone.
    pub included: Option<DateTime>,
    /// `default`, `domain`, `domain-mask` or `ip`.
    pub block_type: String,
    /// The decision that it carries out.
    pub order: Option<OrderFacts>,
    /// URLs as they stand.
    pub urls: Vec<String>,
    /// Names as they stand; a mask begins with `*.`.
    pub domains: Vec<String>,
    /// Addresses as they stand, of both families.
    pub addresses: Vec<String>,
}

/// A register that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// It is written in an encoding that is not windows-1251 or UTF-8.
    #[error("the register is in {0}; windows-1251 and UTF-8 can be read")]
    Encoding(String),
    /// It is no XML.
    #[error("byte {at} of the register: {reason}")]
    Xml {
        /// Position in the text.
        at: u64,
        /// What is wrong.
        reason: String,
    },
    /// It is another document.
    #[error("this is no register: its root is not `register`")]
    NoRegister,
}

impl RegisterRecord {
    /// What it asks to be blocked; none where its parts do not fit its type.
    pub fn target(&self) -> Option<BlockTarget> {
        let name = |written: &String| HostName::parse(written.trim_start_matches("*.")).ok();
        match self.block_type.as_str() {
            "default" => SuspectUrl::parse(self.urls.first()?)
                .ok()
                .map(BlockTarget::Url),
            "domain" => name(self.domains.first()?).map(BlockTarget::Host),
            "domain-mask" => name(self.domains.iter().find(|name| name.starts_with("*."))?)
                .map(BlockTarget::HostAndBelow),
            "ip" => self
                .addresses
                .first()?
                .parse()
                .ok()
                .map(BlockTarget::Address),
            _ => None,
        }
    }
}

/// Reads a register of either encoding. What it does not know is passed over; entities are never expanded.
pub fn read_register(bytes: &[u8]) -> Result<Vec<RegisterRecord>, RegisterError> {
    let text = decode(bytes)?;
    let mut reader = Reader::from_str(&text);
    let mut records = Vec::new();
    let mut record: Option<RegisterRecord> = None;
    let mut collected = String::new();
    let (mut depth, mut is_register) = (0_usize, false);
    loop {
        let position = reader.buffer_position();
        let wrong = |reason: String| RegisterError::Xml {
            at: position,
            reason,
        };
        match reader
            .read_event()
            .map_err(|error| wrong(error.to_string()))?
        {
            Event::Start(start) => {
                depth += 1;
                collected.clear();
                match start.local_name().as_ref() {
                    b"register" if depth == 1 => is_register = true,
                    b"content" => record = Some(begin(&start).map_err(wrong)?),
                    b"decision" => decide(&mut record, &start).map_err(wrong)?,
                    _ => {}
                }
            }
            Event::Empty(start) if start.local_name().as_ref() == b"decision" => {
                decide(&mut record, &start).map_err(wrong)?;
            }
            Event::CData(data) => {
                collected.push_str(&data.decode().map_err(|error| wrong(error.to_string()))?);
            }
            Event::Text(data) => {
                collected.push_str(&data.decode().map_err(|error| wrong(error.to_string()))?);
            }
            Event::End(end) => {
                depth = depth.saturating_sub(1);
                if end.local_name().as_ref() == b"content" {
                    records.extend(record.take());
                } else if let Some(record) = &mut record {
                    keep(record, end.local_name().as_ref(), collected.trim());
                }
                collected.clear();
            }
            Event::Eof if depth > 0 => {
                return Err(wrong("it ends before its root does".to_owned()));
            }
            Event::Eof if is_register => return Ok(records),
            Event::Eof => return Err(RegisterError::NoRegister),
            _ => {}
        }
    }
}

fn keep(record: &mut RegisterRecord, element: &[u8], text: &str) {
    match element {
        b"url" => record.urls.push(text.to_owned()),
        b"domain" => record.domains.push(text.to_owned()),
        b"ip" | b"ipv6" => record.addresses.push(text.to_owned()),
        _ => {}
    }
}

fn begin(start: &BytesStart<'_>) -> Result<RegisterRecord, String> {
    let mut record = RegisterRecord::default();
    each_attribute(start, |key, value| match key {
        b"id" => record.id = value.parse().unwrap_or_default(),
        b"includeTime" => record.included = value.parse().ok(),
        b"blockType" => record.block_type = value,
        _ => {}
    })?;
    Ok(record)
}

fn decide(record: &mut Option<RegisterRecord>, start: &BytesStart<'_>) -> Result<(), String> {
    let (mut date, mut number, mut organ) = (None::<Date>, String::new(), String::new());
    each_attribute(start, |key, value| match key {
        b"date" => date = value.parse().ok(),
        b"number" => number = value,
        b"org" => organ = value,
        _ => {}
    })?;
    if let (Some(record), Some(date)) = (record, date) {
        record.order = Some(OrderFacts {
            number,
            date,
            organ,
        });
    }
    Ok(())
}

fn each_attribute(
    start: &BytesStart<'_>,
    mut take: impl FnMut(&[u8], String),
) -> Result<(), String> {
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let value = attribute
            .normalized_value(XmlVersion::Implicit1_0)
            .map_err(|error| error.to_string())?;
        take(attribute.key.local_name().as_ref(), value.into_owned());
    }
    Ok(())
}

/// The text, by the encoding that its declaration names.
fn decode(bytes: &[u8]) -> Result<String, RegisterError> {
    let declaration: Vec<u8> = bytes.iter().take(200).copied().collect();
    let declaration = String::from_utf8_lossy(&declaration).to_ascii_lowercase();
    let declaration = declaration.split("?>").next().unwrap_or_default();
    let named = declaration
        .split("encoding=")
        .nth(1)
        .and_then(|rest| rest.get(1..)?.split(['"', '\'']).next());
    let encoding = match named.unwrap_or("utf-8") {
        "windows-1251" | "cp1251" => encoding_rs::WINDOWS_1251,
        "utf-8" | "utf8" => encoding_rs::UTF_8,
        other => return Err(RegisterError::Encoding(other.chars().take(40).collect())),
    };
    Ok(encoding.decode(bytes).0.into_owned())
}
