//! Objects one after the other: as a bundle, or as TAXII hands them out.

use super::super::clean_text;
use super::super::uuids::uuid_v4_of;
use super::object::{
    Common, EntryIds, TLP_AMBER, identity_id, indicator, modified, observable, observed,
    relationship, revoked_indicator, sighting, stix_time, unfit,
};
use crate::block::BlockTarget;
use crate::block::list::{BlockList, ExportReport, ListEntry, ListError, Omission};
use crate::id::ItemId;
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, BufWriter, Write};

/// The identity of a unit never changes, so neither do its times.
const IDENTITY_TIME: &str = "2026-01-01T00:00:00.000Z";
/// The definition as the standard prints it (STIX 2.1 §7.2.1.4).
const TLP_AMBER_OBJECT: &str = r#"{"type":"marking-definition","spec_version":"2.1","id":"marking-definition--f88d31f6-486f-44da-b317-01333bde0b82","created":"2017-01-20T00:00:00.000Z","definition_type":"tlp","name":"TLP:AMBER","definition":{"tlp":"amber"}}"#;

/// What is known of an object without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StixHead<'a> {
    /// `indicator--…`
    pub id: &'a str,
    /// Its type, as in the identifier.
    pub kind: &'static str,
    /// Its `modified`; none for objects without versions.
    pub modified: Option<Timestamp>,
    /// The entry that it belongs to; none for what belongs to the whole list.
    pub item: Option<&'a ItemId>,
}

#[expect(clippy::struct_field_names, reason = "STIX names them")]
#[derive(Serialize)]
struct Identity<'a> {
    r#type: &'static str,
    spec_version: &'static str,
    id: &'a str,
    created: &'static str,
    modified: &'static str,
    name: String,
    identity_class: &'static str,
    object_marking_refs: [&'static str; 1],
}

/// The report without its references.
#[expect(clippy::struct_field_names, reason = "STIX names them")]
#[derive(Serialize)]
struct Report<'a> {
    r#type: &'static str,
    #[serde(flatten)]
    common: Common<'a>,
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    description: String,
    report_types: [&'static str; 1],
    published: String,
}

/// Writes a bundle, one object a line.
pub fn write_stix(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let mut out = BufWriter::new(out);
    let serial = list.serial.to_string();
    let generated = stix_time(list.generated);
    let bundle = uuid_v4_of("bundle", &[&list.unit, &list.title, &serial, &generated]);
    writeln!(
        out,
        "{{\"type\":\"bundle\",\"id\":\"bundle--{bundle}\",\"objects\":["
    )?;
    each_stix_object(list, &mut |_, object| {
        out.write_all(object)?;
        out.write_all(b",\n")
    })?;
    write_report(list, &mut out)?;
    out.write_all(b"\n]}\n")?;
    out.flush()?;
    let mut report = ExportReport::default();
    report
        .omitted
        .extend(list.entries.iter().filter_map(omission));
    report.written += list.entries.len() - report.omitted.len();
    Ok(report)
}

fn omission(entry: &ListEntry) -> Option<Omission> {
    let reason = unfit(&entry.target)?;
    Some(Omission {
        item: entry.item.clone(),
        target: entry.target.clone(),
        reason: reason.to_owned(),
    })
}

/// The entries that STIX can hold.
fn held(list: &BlockList) -> impl Iterator<Item = &ListEntry> {
    let fits = |entry: &&ListEntry| unfit(&entry.target).is_none();
    list.entries.iter().filter(fits)
}

/// Gives every object of a sorted list, as JSON, each once; the objects that others refer to come first.
pub fn each_stix_object(
    list: &BlockList,
    take: &mut dyn FnMut(StixHead<'_>, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let whole = |id, kind, modified| StixHead {
        id,
        kind,
        modified,
        item: None,
    };
    let marking = whole(TLP_AMBER, "marking-definition", None);
    take(marking, TLP_AMBER_OBJECT.as_bytes())?;
    let unit = clean_text(&list.unit);
    let identity = format!("identity--{}", identity_id(&unit));
    let object = Identity {
        r#type: "identity",
        spec_version: "2.1",
        id: &identity,
        created: IDENTITY_TIME,
        modified: IDENTITY_TIME,
        name: if unit.is_empty() {
            "unit".to_owned()
        } else {
            unit
        },
        identity_class: "organization",
        object_marking_refs: [TLP_AMBER],
    };
    let time = IDENTITY_TIME.parse().ok();
    let head = whole(&identity, "identity", time);
    take(head, &serde_json::to_vec(&object)?)?;
    let mut buffer = Vec::new();
    held(list).try_for_each(|entry| each_of_entry(list, entry, &identity, &mut buffer, take))
}

/// Gives the indicator of an entry that was taken off the list of a unit at `time`, revoked, so that programs that
/// have it stop acting on it.
pub fn give_revoked_indicator(
    unit: &str,
    entry: &ListEntry,
    time: Timestamp,
    take: &mut dyn FnMut(StixHead<'_>, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    if unfit(&entry.target).is_some() {
        return Ok(());
    }
    let identity = format!("identity--{}", identity_id(&clean_text(unit)));
    let ids = EntryIds::of(entry);
    // A version is later than the one that it replaces.
    let time = time.max(modified(entry) + std::time::Duration::from_millis(1));
    let head = StixHead {
        id: &ids.indicator,
        kind: "indicator",
        modified: Some(time),
        item: Some(&entry.item),
    };
    let object = revoked_indicator(entry, &ids, &identity, time);
    take(head, &serde_json::to_vec(&object)?)
}

fn each_of_entry(
    list: &BlockList,
    entry: &ListEntry,
    identity: &str,
    buffer: &mut Vec<u8>,
    take: &mut dyn FnMut(StixHead<'_>, &[u8]) -> io::Result<()>,
) -> io::Result<()> {
    let ids = EntryIds::of(entry);
    let observable = observable(&entry.target);
    let modified = modified(entry);
    let mut give =
        |kind, id: &str, modified, write: &dyn Fn(&mut Vec<u8>) -> serde_json::Result<()>| {
            buffer.clear();
            write(buffer)?;
            let item = Some(&entry.item);
            let head = StixHead {
                id,
                kind,
                modified,
                item,
            };
            take(head, buffer)
        };
    if !is_given_before(list, &entry.target) {
        give(observable.r#type, &observable.id, None, &|buffer| {
            serde_json::to_writer(buffer, &observable)
        })?;
    }
    give("indicator", &ids.indicator, Some(modified), &|buffer| {
        serde_json::to_writer(buffer, &indicator(entry, &ids, identity))
    })?;
    give("observed-data", &ids.observed, Some(modified), &|buffer| {
        serde_json::to_writer(buffer, &observed(entry, &ids, identity, &observable.id))
    })?;
    give("sighting", &ids.sighting, Some(modified), &|buffer| {
        serde_json::to_writer(buffer, &sighting(entry, &ids, identity))
    })?;
    give(
        "relationship",
        &ids.relationship,
        Some(modified),
        &|buffer| serde_json::to_writer(buffer, &relationship(entry, &ids, identity)),
    )
}

/// One name by itself and with everything below it are the same `domain-name`; the narrower comes first.
fn is_given_before(list: &BlockList, target: &BlockTarget) -> bool {
    let BlockTarget::HostAndBelow(name) = target else {
        return false;
    };
    let narrower = BlockTarget::Host(name.clone());
    let found = list
        .entries
        .binary_search_by(|entry| entry.target.cmp(&narrower));
    found.is_ok()
}

fn write_report(list: &BlockList, out: &mut impl Write) -> io::Result<()> {
    let unit = clean_text(&list.unit);
    let identity = format!("identity--{}", identity_id(&unit));
    let serial = list.serial.to_string();
    let generated = stix_time(list.generated);
    let title = clean_text(&list.title);
    let contact = list.contact.as_deref().map(clean_text);
    let id = uuid_v4_of("report", &[&unit, &list.title, &serial, &generated]);
    let report = Report {
        r#type: "report",
        common: Common {
            spec_version: "2.1",
            id: format!("report--{id}"),
            created_by_ref: &identity,
            created: generated.clone(),
            modified: generated.clone(),
            object_marking_refs: [TLP_AMBER],
        },
        name: format!("{title} (serial {serial})"),
        description: contact.map_or_else(String::new, |contact| format!("Contact: {contact}")),
        report_types: ["indicator"],
        published: generated,
    };
    let head = serde_json::to_string(&report)?;
    let head = head.strip_suffix('}').unwrap_or(&head);
    write!(out, "{head},\"object_refs\":[\"{identity}\"")?;
    for entry in held(list) {
        write!(out, ",\"{}\"", EntryIds::of(entry).indicator)?;
    }
    out.write_all(b"]}")
}
