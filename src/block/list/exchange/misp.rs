//! A MISP event (MISP core format, draft-dulaunoy-misp-core-format).
//!
//! A URL is `url`, one host `hostname`, a host with everything below it `domain`, an address `ip-dst`.

use super::uuids::uuid_of;
use super::{all_written, clean_text};
use crate::block::ScopeKind;
use crate::block::list::{BlockList, ExportReport, ListEntry, ListError};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{BufWriter, Write};
use uuid::Uuid;

/// "Medium" and "completed"; seen by nobody but the organization until that is changed.
const THREAT_LEVEL: &str = "2";
const ANALYSIS: &str = "2";
const OWN_ORGANIZATION_ONLY: &str = "0";

/// The event without its attributes.
#[derive(Serialize)]
struct Event {
    uuid: Uuid,
    info: String,
    date: String,
    timestamp: String,
    threat_level_id: &'static str,
    analysis: &'static str,
    distribution: &'static str,
    published: bool,
    #[serde(rename = "Orgc")]
    organization: Organization,
    #[serde(rename = "Tag")]
    tags: [Tag; 1],
}

#[derive(Serialize)]
struct Organization {
    uuid: Uuid,
    name: String,
}

#[derive(Serialize)]
struct Tag {
    name: String,
}

#[derive(Serialize)]
struct Attribute {
    uuid: Uuid,
    r#type: &'static str,
    category: &'static str,
    value: String,
    to_ids: bool,
    distribution: &'static str,
    timestamp: String,
    first_seen: String,
    last_seen: String,
    comment: String,
    #[serde(rename = "Tag")]
    tags: [Tag; 1],
}

/// Writes one event. Its UUID names the unit's list and not one issue of it, so that an import of a later issue
/// brings the event up to date.
pub fn write_misp(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let unit = clean_text(&list.unit);
    let event = Event {
        uuid: uuid_of("misp event", &[&unit, &list.title]),
        info: format!("{} (serial {})", clean_text(&list.title), list.serial),
        date: list.generated.to_zoned(TimeZone::UTC).date().to_string(),
        timestamp: list.generated.as_second().to_string(),
        threat_level_id: THREAT_LEVEL,
        analysis: ANALYSIS,
        distribution: OWN_ORGANIZATION_ONLY,
        published: false,
        organization: Organization {
            uuid: uuid_of("unit", &[&unit]),
            name: unit,
        },
        tags: [Tag {
            name: "tlp:amber".to_owned(),
        }],
    };
    let mut out = BufWriter::new(out);
    let head = serde_json::to_string(&event).map_err(std::io::Error::from)?;
    // The attributes go before the last brace, one by one.
    let head = head.strip_suffix('}').unwrap_or(&head);
    write!(out, "{{\"Event\":{head},\"Attribute\":[")?;
    for (at, entry) in list.entries.iter().enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        let attribute = serde_json::to_vec(&attribute(entry)).map_err(std::io::Error::from)?;
        out.write_all(&attribute)?;
    }
    out.write_all(b"\n]}}\n")?;
    out.flush()?;
    Ok(all_written(list))
}

fn attribute(entry: &ListEntry) -> Attribute {
    let kind = match entry.target.scope() {
        ScopeKind::Url => "url",
        ScopeKind::Host => "hostname",
        ScopeKind::HostAndBelow => "domain",
        ScopeKind::Address => "ip-dst",
    };
    let time = |time: jiff::Timestamp| format!("{time:.6}");
    Attribute {
        uuid: uuid_of("misp attribute", &[entry.item.as_str()]),
        r#type: kind,
        category: "Network activity",
        value: entry.target.live(),
        to_ids: true,
        distribution: OWN_ORGANIZATION_ONLY,
        timestamp: entry.decided.as_second().max(0).to_string(),
        first_seen: time(entry.first_seen.min(entry.last_seen)),
        last_seen: time(entry.first_seen.max(entry.last_seen)),
        comment: comment(entry),
        tags: [Tag {
            name: format!("tazy:category=\"{}\"", entry.category),
        }],
    }
}

fn comment(entry: &ListEntry) -> String {
    let mut comment = format!("{}; item {}", entry.category, entry.item);
    if let Some(order) = &entry.order {
        let (number, organ) = (clean_text(&order.number), clean_text(&order.organ));
        // Writing to a string does not fail.
        let _ = write!(comment, "; order {number} of {}, {organ}", order.date);
    }
    comment.push_str("; ");
    comment.push_str(&clean_text(&entry.reasons));
    comment
}
