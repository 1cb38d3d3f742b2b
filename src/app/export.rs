//! Decided flags with their stored pages → labelled data.

use super::eval::Label;
use crate::capture::{Capture, Manifest};
use crate::fetch::decode_body;
use crate::flag::Flag;
use crate::review::{Choice, Decision};
use crate::rules::{Category, Family};
use crate::store::{Store, StoreError};
use serde::Serialize;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// A page unpacks to this many bytes at most, as when it was judged.
const LARGEST_PAGE: usize = 16 << 20;

/// What was written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Exported {
    /// Flags that were confirmed.
    pub confirmed: usize,
    /// Flags that were dismissed as honest.
    pub honest: usize,
    /// Pages of them.
    pub pages: usize,
    /// Decisions that say nothing about the site: not decided on the merits, or deferred.
    pub left_out: usize,
    /// Captures that could not be read.
    pub unreadable: usize,
}

/// Why labelled data could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file cannot be written.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// One line of the manifest, as `tazy eval` reads it.
#[derive(Debug, Serialize)]
struct Line<'a> {
    id: String,
    site: &'a str,
    label: Label,
    path: String,
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'a str>,
    source: String,
    category: Option<Category>,
    decided: String,
}

/// Writes `manifest.jsonl` and the pages of every flag whose decision says what the site is into a directory,
/// which is made and must be empty. Pages are those on which was decided, unpacked, byte for byte otherwise.
pub fn export_manifest(store: &Store, directory: &Path) -> Result<Exported, ExportError> {
    let at = |path: &Path| {
        let path = path.display().to_string();
        move |source| ExportError::Io { path, source }
    };
    fs::create_dir_all(directory).map_err(at(directory))?;
    let mut entries = fs::read_dir(directory).map_err(at(directory))?;
    if entries.next().is_some() {
        return Err(ExportError::Io {
            path: directory.display().to_string(),
            source: io::Error::other("the directory is not empty; name a new one"),
        });
    }
    let path = directory.join("manifest.jsonl");
    let mut manifest = io::BufWriter::new(fs::File::create_new(&path).map_err(at(&path))?);
    let mut exported = Exported::default();
    store.each_flag(|flag| {
        let Some(decision) = store.current_decision(&flag.id)? else {
            return Ok(());
        };
        let Some(label) = label_of(&decision) else {
            exported.left_out += 1;
            return Ok(());
        };
        let folder = directory.join("pages").join(flag.id.as_str());
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let mut pages = 0;
        for id in &decision.grounds.captures {
            let Ok(capture) = store.capture(id) else {
                exported.unreadable += 1;
                continue;
            };
            let Some(extension) = extension_of(&capture) else {
                continue;
            };
            let name = format!("{pages:03}.{extension}");
            let file = folder.join(&name);
            fs::write(&file, page_of(&capture)).map_err(at(&file))?;
            let line = line_of(&flag, &decision, label, &capture.manifest, pages, &name);
            let written = serde_json::to_writer(&mut manifest, &line)
                .map_err(io::Error::from)
                .and_then(|()| manifest.write_all(b"\n"));
            written.map_err(at(&path))?;
            pages += 1;
        }
        exported.pages += pages;
        if label.is_positive() {
            exported.confirmed += 1;
        } else {
            exported.honest += 1;
        }
        Ok::<(), ExportError>(())
    })?;
    manifest.flush().map_err(at(&path))?;
    Ok(exported)
}

fn line_of<'a>(
    flag: &'a Flag,
    decision: &Decision,
    label: Label,
    manifest: &'a Manifest,
    page: usize,
    name: &str,
) -> Line<'a> {
    Line {
        id: format!("{}-{page:03}", flag.id),
        site: &flag.site,
        label,
        path: format!("pages/{}/{name}", flag.id),
        url: manifest.url.as_str(),
        content_type: manifest.content_type.as_deref(),
        source: decision.id.to_string(),
        category: decision.confirmed_category(),
        decided: decision.decided.to_string(),
    }
}

/// What a decision says its site is; `None` if it says nothing about that.
fn label_of(decision: &Decision) -> Option<Label> {
    match decision.choice {
        Choice::Confirm { category, .. } => Some(match (category, category.family()) {
            (Category::Phishing, _) => Label::Phishing,
            (_, Family::Drugs) => Label::DrugSale,
            (_, Family::Fraud) => Label::Fraud,
        }),
        _ => decision
            .lesson()
            .is_some_and(|is_confirmed| !is_confirmed)
            .then_some(Label::BenignHard),
    }
}

/// Pages and texts only: pictures and programs of suspects stay in the store.
fn extension_of(capture: &Capture) -> Option<&'static str> {
    if capture.body.is_empty() {
        return None;
    }
    let declared = capture
        .manifest
        .content_type
        .as_deref()
        .unwrap_or("text/html");
    let declared = declared.to_ascii_lowercase();
    if declared.contains("html") {
        Some("html")
    } else {
        (declared.starts_with("text/plain")).then_some("txt")
    }
}

fn page_of(capture: &Capture) -> Vec<u8> {
    let coding = capture.manifest.content_encoding.as_deref();
    decode_body(coding, &capture.body, LARGEST_PAGE).bytes
}
