//! XARF v4: reports of abuse, one JSON document a line.
//!
//! XARF knows phishing and kinds of fraud. It has no type for drugs, forged documents or gambling: such entries
//! are left out and reported, never filed as something else.

use super::uuids::uuid_v4_of;
use super::{clean_text, strict_uri};
use crate::block::list::{BlockList, ExportReport, ListEntry, ListError, ListFormat, Omission};
use crate::block::{BlockTarget, HostName};
use crate::digest::Digest;
use crate::rules::Category;
use crate::suspect::SuspectUrl;
use jiff::Timestamp;
use serde::Serialize;
use std::io::{BufWriter, Write};
use uuid::Uuid;

const VERSION: &str = "4.2.0";
/// Limits of the schema, characters.
const MAX_ORGANIZATION: usize = 200;
const MAX_DESCRIPTION: usize = 1000;
/// Limit of the schema, items.
const MAX_EVIDENCE: usize = 50;

#[expect(clippy::struct_field_names, reason = "XARF names them")]
#[derive(Serialize)]
struct Report<'a> {
    xarf_version: &'static str,
    report_id: Uuid,
    timestamp: Timestamp,
    reporter: &'a Contact,
    sender: &'a Contact,
    source_identifier: String,
    category: &'static str,
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    fraud_type: Option<&'static str>,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    verified_at: Timestamp,
    verification_method: &'static str,
    evidence_source: &'static str,
    evidence: Vec<Evidence>,
    tags: [String; 1],
    description: String,
}

#[expect(clippy::struct_field_names, reason = "XARF names them")]
#[derive(Serialize)]
struct Contact {
    org: String,
    contact: String,
    domain: String,
}

#[derive(Serialize)]
struct Evidence {
    content_type: &'static str,
    description: &'static str,
    payload: String,
    hash: String,
    size: usize,
}

/// Writes reports, one a line. They go to whoever hosts or registers the site: a target of one host is reported
/// with the URL that showed the content.
pub fn write_xarf(list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
    let contact = contact_of(list)?;
    let mut report = ExportReport::default();
    let mut out = BufWriter::new(out);
    for entry in &list.entries {
        match compose(entry, &contact)? {
            Ok(line) => {
                serde_json::to_writer(&mut out, &line).map_err(std::io::Error::from)?;
                out.write_all(b"\n")?;
                report.written += 1;
            }
            Err(reason) => report.omitted.push(Omission {
                item: entry.item.clone(),
                target: entry.target.clone(),
                reason: reason.to_owned(),
            }),
        }
    }
    out.flush()?;
    Ok(report)
}

fn compose<'a>(
    entry: &'a ListEntry,
    contact: &'a Contact,
) -> Result<Result<Report<'a>, &'static str>, ListError> {
    if !ListFormat::Xarf.can_express(entry.target.scope()) {
        return Ok(Err("XARF reports URLs, not whole domains or addresses"));
    }
    let Some((kind, fraud_type)) = kind_of(entry.category) else {
        return Ok(Err(
            "XARF has no type for this category; write to the host instead",
        ));
    };
    let Some(url) = reported_url(entry) else {
        return Ok(Err("no URL of this host showed the content"));
    };
    let seen = entry
        .evidence
        .iter()
        .map(|evidence| evidence.fetched)
        .max()
        .unwrap_or(entry.last_seen);
    Ok(Ok(Report {
        xarf_version: VERSION,
        report_id: uuid_v4_of("xarf report", &[entry.item.as_str()]),
        timestamp: seen,
        reporter: contact,
        sender: contact,
        source_identifier: url.host().trim_matches(['[', ']']).to_owned(),
        category: "content",
        r#type: kind,
        fraud_type,
        url: strict_uri(url),
        domain: Some(url.host())
            .filter(|host| is_xarf_domain(host))
            .map(str::to_owned),
        verified_at: seen,
        verification_method: "manual",
        evidence_source: "researcher_analysis",
        evidence: evidence(entry)?,
        tags: [format!("category:{}", entry.category)],
        description: first_characters(&clean_text(&entry.reasons), MAX_DESCRIPTION),
    }))
}

/// The URL of the target; of a host, the first of its own URLs that showed the content.
fn reported_url(entry: &ListEntry) -> Option<&SuspectUrl> {
    match &entry.target {
        BlockTarget::Url(url) => Some(url),
        target => entry.urls.iter().find(|url| target.covers(url)),
    }
}

/// Type and kind of fraud (XARF v4 `content-fraud`).
fn kind_of(category: Category) -> Option<(&'static str, Option<&'static str>)> {
    Some(match category {
        Category::Phishing => ("phishing", None),
        Category::InvestmentFraud => ("fraud", Some("investment")),
        Category::FakeShop => ("fraud", Some("shopping")),
        Category::AdvanceFee => ("fraud", Some("advance_fee")),
        Category::JobFraud => ("fraud", Some("employment")),
        Category::CryptoFraud => ("fraud", Some("cryptocurrency")),
        Category::DrugSale
        | Category::DrugJob
        | Category::ForgedDocuments
        | Category::IllegalGambling => return None,
    })
}

fn evidence(entry: &ListEntry) -> Result<Vec<Evidence>, ListError> {
    let compose = |capture| -> Result<Evidence, ListError> {
        let payload = serde_json::to_vec(capture).map_err(std::io::Error::from)?;
        Ok(Evidence {
            content_type: "application/json",
            description: "What was fetched, when, and the SHA-256 digests of what came back",
            hash: Digest::of(&payload).to_string(),
            size: payload.len(),
            payload: data_encoding::BASE64.encode(&payload),
        })
    };
    entry
        .evidence
        .iter()
        .take(MAX_EVIDENCE)
        .map(compose)
        .collect()
}

/// Who reports: XARF asks for an e-mail address, and its domain.
fn contact_of(list: &BlockList) -> Result<Contact, ListError> {
    let written = list.contact.as_deref().unwrap_or_default();
    let words = written.split(|c: char| c.is_whitespace() || ",;<>()\"'".contains(c));
    let address = words.filter_map(|word| {
        let word = word.trim_start_matches("mailto:");
        let (local, domain) = word.split_once('@')?;
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"._%+-".contains(&b);
        let domain = HostName::parse(domain).ok()?;
        (!local.is_empty() && local.bytes().all(is_plain))
            .then(|| (format!("{local}@{}", domain.as_str()), domain))
    });
    let Some((contact, domain)) = { address }.next() else {
        return Err(ListError::Unfit(
            "XARF reports name an e-mail address to answer to, and the list has none".to_owned(),
        ));
    };
    Ok(Contact {
        org: first_characters(&clean_text(&list.unit), MAX_ORGANIZATION),
        contact,
        domain: domain.as_str().to_owned(),
    })
}

/// Whether the schema takes a name for a domain: it knows no underscores, no two hyphens in a row and so no
/// international names, and top-level domains of letters only.
fn is_xarf_domain(host: &str) -> bool {
    let Some((labels, top)) = host.rsplit_once('.') else {
        return false;
    };
    let is_part = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    top.len() >= 2
        && top.bytes().all(|b| b.is_ascii_lowercase())
        && labels.split('.').all(|label| label.split('-').all(is_part))
}

fn first_characters(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}
