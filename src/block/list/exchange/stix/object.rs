//! The objects of one entry.

use super::super::uuids::uuid_v4_of;
use super::super::{clean_text, strict_uri};
use crate::block::BlockTarget;
use crate::block::list::ListEntry;
use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::Serialize;
use std::net::IpAddr;
use uuid::Uuid;

/// Namespace of the identifiers of cyber-observable objects (STIX 2.1 §2.9).
const OBSERVABLES: Uuid = uuid::uuid!("00abedb4-aa42-466c-9c01-fed23315a9b7");
/// TLP:AMBER (STIX 2.1 §7.2.1.4).
pub(super) const TLP_AMBER: &str = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
/// "High" on the scale of appendix A: a person confirmed it.
const CONFIDENCE: u8 = 85;
/// Most that STIX counts (§5.2).
const MAX_COUNT: usize = 999_999_999;

/// A time as STIX writes it, exact to the millisecond.
pub fn stix_time(time: Timestamp) -> String {
    format!("{time:.3}")
}

/// Identifier of the unit.
pub(super) fn identity_id(unit: &str) -> Uuid {
    uuid_v4_of("unit", &[unit])
}

/// Properties that all domain and relationship objects have.
#[derive(Serialize)]
pub(super) struct Common<'a> {
    pub(super) spec_version: &'static str,
    pub(super) id: String,
    pub(super) created_by_ref: &'a str,
    pub(super) created: String,
    pub(super) modified: String,
    pub(super) object_marking_refs: [&'static str; 1],
}

#[derive(Serialize)]
pub(super) struct Observable {
    pub(super) r#type: &'static str,
    spec_version: &'static str,
    pub(super) id: String,
    value: String,
    object_marking_refs: [&'static str; 1],
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub(super) enum EntryObject<'a> {
    Indicator {
        #[serde(flatten)]
        common: Common<'a>,
        name: String,
        #[serde(skip_serializing_if = "String::is_empty")]
        description: String,
        indicator_types: [&'static str; 1],
        pattern: String,
        pattern_type: &'static str,
        pattern_version: &'static str,
        valid_from: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        valid_until: Option<String>,
        confidence: u8,
        labels: [String; 3],
        #[serde(skip_serializing_if = "Vec::is_empty")]
        external_references: Vec<Reference>,
        #[serde(skip_serializing_if = "Option::is_none")]
        revoked: Option<bool>,
    },
    ObservedData {
        #[serde(flatten)]
        common: Common<'a>,
        first_observed: String,
        last_observed: String,
        number_observed: usize,
        object_refs: [&'a str; 1],
    },
    Sighting {
        #[serde(flatten)]
        common: Common<'a>,
        first_seen: String,
        last_seen: String,
        count: usize,
        sighting_of_ref: &'a str,
        observed_data_refs: [&'a str; 1],
        where_sighted_refs: [&'a str; 1],
    },
    Relationship {
        #[serde(flatten)]
        common: Common<'a>,
        relationship_type: &'static str,
        source_ref: &'a str,
        target_ref: &'a str,
    },
}

#[derive(Serialize)]
pub(super) struct Reference {
    source_name: &'static str,
    external_id: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
}

/// The identifiers of an entry's objects.
pub(super) struct EntryIds {
    pub(super) indicator: String,
    pub(super) observed: String,
    pub(super) sighting: String,
    pub(super) relationship: String,
}

impl EntryIds {
    pub(super) fn of(entry: &ListEntry) -> Self {
        let id = |kind: &str| format!("{kind}--{}", uuid_v4_of(kind, &[entry.item.as_str()]));
        Self {
            indicator: id("indicator"),
            observed: id("observed-data"),
            sighting: id("sighting"),
            relationship: id("relationship"),
        }
    }
}

/// When the entry last changed: decided, ordered or seen.
pub(super) fn modified(entry: &ListEntry) -> Timestamp {
    let ordered = entry.order.as_ref().and_then(|order| midnight(order.date));
    entry
        .decided
        .max(entry.last_seen)
        .max(ordered.unwrap_or(entry.decided))
}

/// What is to be blocked.
pub(super) fn observable(target: &BlockTarget) -> Observable {
    let kind = match target {
        BlockTarget::Url(_) => "url",
        BlockTarget::Host(_) | BlockTarget::HostAndBelow(_) => "domain-name",
        BlockTarget::Address(IpAddr::V4(_)) => "ipv4-addr",
        BlockTarget::Address(IpAddr::V6(_)) => "ipv6-addr",
    };
    let value = match target {
        BlockTarget::Url(url) => strict_uri(url),
        target => target.live(),
    };
    // Canonical JSON (RFC 8785) of the contributing property; values are printable ASCII.
    let escaped = value.replace('\\', "\\\\").replace('"', "\\\"");
    let name = format!("{{\"value\":\"{escaped}\"}}");
    Observable {
        r#type: kind,
        spec_version: "2.1",
        id: format!("{kind}--{}", Uuid::new_v5(&OBSERVABLES, name.as_bytes())),
        value,
        object_marking_refs: [TLP_AMBER],
    }
}

/// Why STIX cannot hold a target, if it cannot.
pub(super) fn unfit(target: &BlockTarget) -> Option<&'static str> {
    match target {
        BlockTarget::Host(name) | BlockTarget::HostAndBelow(name)
            if name.as_str().contains('_') =>
        {
            Some("domain names of STIX have no underscore")
        }
        _ => None,
    }
}

/// The pattern that matches exactly the scope (STIX 2.1 §9).
pub(super) fn pattern(target: &BlockTarget) -> String {
    let literal = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
    match target {
        BlockTarget::Url(url) => {
            let (written, strict) = (literal(url.as_str()), literal(&strict_uri(url)));
            if written == strict {
                format!("[url:value = '{written}']")
            } else {
                format!("[url:value = '{written}' OR url:value = '{strict}']")
            }
        }
        BlockTarget::Host(name) => format!("[domain-name:value = '{}']", literal(name.as_str())),
        BlockTarget::HostAndBelow(name) => {
            // It has no `_`, which stands for any character in LIKE: see `unfit`.
            let name = name.as_str();
            format!("[domain-name:value = '{name}' OR domain-name:value LIKE '%.{name}']")
        }
        BlockTarget::Address(IpAddr::V4(address)) => format!("[ipv4-addr:value = '{address}']"),
        BlockTarget::Address(IpAddr::V6(address)) => format!("[ipv6-addr:value = '{address}']"),
    }
}

fn common<'a>(entry: &ListEntry, id: &str, identity: &'a str) -> Common<'a> {
    Common {
        spec_version: "2.1",
        id: id.to_owned(),
        created_by_ref: identity,
        created: stix_time(entry.decided),
        modified: stix_time(modified(entry)),
        object_marking_refs: [TLP_AMBER],
    }
}

pub(super) fn indicator<'a>(
    entry: &ListEntry,
    ids: &EntryIds,
    identity: &'a str,
) -> EntryObject<'a> {
    let scope = entry.target.scope().as_str();
    let order = entry.order.iter().filter(|order| !order.number.is_empty());
    EntryObject::Indicator {
        common: common(entry, &ids.indicator, identity),
        name: format!("{}: {}", entry.category, entry.target),
        description: clean_text(&entry.reasons),
        indicator_types: ["malicious-activity"],
        pattern: pattern(&entry.target),
        pattern_type: "stix",
        pattern_version: "2.1",
        valid_from: stix_time(entry.decided),
        valid_until: midnight(entry.review_by)
            .filter(|end| stix_time(*end) > stix_time(entry.decided))
            .map(stix_time),
        confidence: CONFIDENCE,
        labels: [
            format!("scope:{scope}"),
            format!("category:{}", entry.category),
            format!("family:{}", entry.category.family()),
        ],
        external_references: order
            .map(|order| Reference {
                source_name: "order",
                external_id: clean_text(&order.number),
                description: clean_text(&order.organ),
            })
            .collect(),
        revoked: None,
    }
}

/// The indicator of an entry that was taken off the list at `time`.
pub(super) fn revoked_indicator<'a>(
    entry: &ListEntry,
    ids: &EntryIds,
    identity: &'a str,
    time: Timestamp,
) -> EntryObject<'a> {
    let mut object = indicator(entry, ids, identity);
    if let EntryObject::Indicator {
        common, revoked, ..
    } = &mut object
    {
        common.modified = stix_time(time);
        *revoked = Some(true);
    }
    object
}

pub(super) fn observed<'a>(
    entry: &ListEntry,
    ids: &EntryIds,
    identity: &'a str,
    observable: &'a str,
) -> EntryObject<'a> {
    let times = entry.evidence.iter().map(|evidence| evidence.fetched);
    let (first, last) = (times.clone().min(), times.max());
    EntryObject::ObservedData {
        common: common(entry, &ids.observed, identity),
        first_observed: stix_time(first.unwrap_or(entry.first_seen.min(entry.last_seen))),
        last_observed: stix_time(last.unwrap_or(entry.first_seen.max(entry.last_seen))),
        number_observed: entry.evidence.len().clamp(1, MAX_COUNT),
        object_refs: [observable],
    }
}

pub(super) fn sighting<'a>(
    entry: &ListEntry,
    ids: &'a EntryIds,
    identity: &'a str,
) -> EntryObject<'a> {
    EntryObject::Sighting {
        common: common(entry, &ids.sighting, identity),
        first_seen: stix_time(entry.first_seen.min(entry.last_seen)),
        last_seen: stix_time(entry.first_seen.max(entry.last_seen)),
        count: entry.evidence.len().clamp(1, MAX_COUNT),
        sighting_of_ref: &ids.indicator,
        observed_data_refs: [&ids.observed],
        where_sighted_refs: [identity],
    }
}

pub(super) fn relationship<'a>(
    entry: &ListEntry,
    ids: &'a EntryIds,
    identity: &'a str,
) -> EntryObject<'a> {
    EntryObject::Relationship {
        common: common(entry, &ids.relationship, identity),
        relationship_type: "based-on",
        source_ref: &ids.indicator,
        target_ref: &ids.observed,
    }
}

fn midnight(date: Date) -> Option<Timestamp> {
    let zoned = date.to_datetime(Time::midnight()).to_zoned(TimeZone::UTC);
    zoned.ok().map(|zoned| zoned.timestamp())
}
