//! Writing the register.

use super::super::clean_text;
use crate::block::BlockTarget;
use crate::block::list::{BlockList, ExportReport, ListEntry, ListError, Omission, OrderFacts};
use crate::digest::Digest;
use jiff::tz::TimeZone;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use std::net::IpAddr;

/// In which bytes it is written. windows-1251 has no Kazakh letters: in attributes they are character references,
/// which every XML reader understands; elements hold ASCII only.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum RegisterEncoding {
    /// What readers of this format expect.
    #[default]
    Windows1251,
    /// For readers that can choose.
    Utf8,
}

impl RegisterEncoding {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Windows1251, Self::Utf8];

    /// Its name in the declaration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Windows1251 => "windows-1251",
            Self::Utf8 => "utf-8",
        }
    }
}

/// Writes the register. Entries without an order are left out: a record names number, date and organ of the
/// decision that it carries out.
pub fn write_register(
    list: &BlockList,
    encoding: RegisterEncoding,
    out: &mut dyn Write,
) -> Result<ExportReport, ListError> {
    let mut out = BufWriter::new(out);
    let updated = format!("{:.0}", list.generated);
    write!(
        out,
        "<?xml version=\"1.0\" encoding=\"{}\"?>\n<reg:register xmlns:reg=\"http://rsoc.ru\" xmlns:tns=\"http://rsoc.ru\" \
         updateTime=\"{updated}\" updateTimeUrgently=\"{updated}\" formatVersion=\"2.4\">\n",
        encoding.as_str()
    )?;
    let mut report = ExportReport::default();
    let mut numbers = BTreeSet::new();
    for entry in &list.entries {
        let Some(order) = &entry.order else {
            report.omitted.push(Omission {
                item: entry.item.clone(),
                target: entry.target.clone(),
                reason: "there is no order, and a record of the register names it".to_owned(),
            });
            continue;
        };
        let record = compose(entry, order, number_of(entry, &mut numbers));
        match encoding {
            RegisterEncoding::Utf8 => out.write_all(record.as_bytes())?,
            // What the encoding lacks becomes a decimal character reference.
            RegisterEncoding::Windows1251 => {
                out.write_all(&encoding_rs::WINDOWS_1251.encode(&record).0)?;
            }
        }
        report.written += 1;
    }
    out.write_all(b"</reg:register>\n")?;
    out.flush()?;
    Ok(report)
}

/// Readers keep a record's number in 31 bits. It is made from the item, so that it stays the same from issue to
/// issue; of two items with the same number, which is rare, the later takes the next.
fn number_of(entry: &ListEntry, taken: &mut BTreeSet<u32>) -> u32 {
    let digest = Digest::of(entry.item.as_str().as_bytes());
    let [a, b, c, d, ..] = *digest.as_bytes();
    let mut number = (u32::from_be_bytes([a, b, c, d]) >> 1).max(1);
    while !taken.insert(number) {
        number = (number % 0x7fff_ffff) + 1;
    }
    number
}

fn compose(entry: &ListEntry, order: &OrderFacts, number: u32) -> String {
    let content = targets(&entry.target);
    let decision = format!(
        "<decision date=\"{}\" number=\"{}\" org=\"{}\"/>",
        order.date,
        attribute(&order.number),
        attribute(&order.organ)
    );
    let kind = match &entry.target {
        BlockTarget::Url(_) => "default",
        BlockTarget::Host(_) => "domain",
        BlockTarget::HostAndBelow(_) => "domain-mask",
        BlockTarget::Address(_) => "ip",
    };
    let included = entry
        .decided
        .to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%dT%H:%M:%S");
    let changed = format!("{:.0}", entry.decided.max(entry.last_seen));
    let digest = Digest::of_parts(&[kind.as_bytes(), decision.as_bytes(), content.as_bytes()]);
    let hash = digest.hex()[..32].to_uppercase();
    format!(
        "<content id=\"{number}\" includeTime=\"{included}\" entryType=\"1\" blockType=\"{kind}\" hash=\"{hash}\" \
         ts=\"{changed}\">{decision}{content}</content>\n"
    )
}

fn targets(target: &BlockTarget) -> String {
    match target {
        BlockTarget::Url(url) => {
            let host = url.host().trim_matches(['[', ']']);
            let place = match host.parse::<IpAddr>() {
                Ok(address) => address_element(&address),
                Err(_) => element("domain", host),
            };
            element("url", url.as_str()) + &place
        }
        BlockTarget::Host(name) => element("domain", name.as_str()),
        BlockTarget::HostAndBelow(name) => {
            element("domain", name.as_str()) + &element("domain", &format!("*.{}", name.as_str()))
        }
        BlockTarget::Address(address) => address_element(address),
    }
}

fn address_element(address: &IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("<ip>{address}</ip>"),
        IpAddr::V6(address) => format!("<ipv6>{address}</ipv6>"),
    }
}

/// An element of character data. A target is printable ASCII; anything else is percent-encoded, because no
/// reference counts here, and so is the sign that could end it.
fn element(name: &str, text: &str) -> String {
    let mut data = String::with_capacity(text.len());
    for byte in text.bytes() {
        if matches!(byte, b'!'..=b'~') && byte != b'>' {
            data.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(data, "%{byte:02X}");
        }
    }
    format!("<{name}><![CDATA[{data}]]></{name}>")
}

/// The value of an attribute. Line breaks and tabs are references: as they are, a reader takes them for blanks.
fn attribute(text: &str) -> String {
    let mut value = String::with_capacity(text.len());
    for c in clean_text(text).chars() {
        match c {
            '&' => value.push_str("&amp;"),
            '<' => value.push_str("&lt;"),
            '>' => value.push_str("&gt;"),
            '"' => value.push_str("&quot;"),
            '\n' => value.push_str("&#10;"),
            '\t' => value.push_str("&#9;"),
            c => value.push(c),
        }
    }
    value
}
