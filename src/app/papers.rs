//! The papers of a request as files.

use crate::block::document::{
    LogPosition, Measurement, PaperError, PaperFacts, PaperKind, raw_urls, raw_urls_csv,
    write_paper,
};
use crate::block::profile::Profile;
use crate::digest::Digest;
use crate::document::{Edition, Paper, Templates};
use crate::dossier::RequestFile;
use crate::render::{PrintError, RenderSettings, print_pdfs};
use crate::store::{Store, StoreError};
use jiff::Timestamp;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A form of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PaperFormat {
    /// A page that prints itself.
    Html,
    /// For word processors.
    Docx,
    /// Printed by Chromium.
    Pdf,
    /// URLs for machines, one a line.
    Txt,
    /// URLs for machines with their targets.
    Csv,
}

/// What is written where.
#[derive(Debug, Clone)]
pub struct PaperOrder {
    /// Which papers; none means those that the request needs now.
    pub kinds: Vec<PaperKind>,
    /// In which languages; none means those of the request, two of them side by side.
    pub editions: Vec<Edition>,
    /// In which forms.
    pub formats: Vec<PaperFormat>,
    /// Where to.
    pub directory: PathBuf,
    /// Replace files that are there.
    pub force: bool,
    /// How PDF is printed.
    pub render: RenderSettings,
}

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PaperFile {
    /// Where it is.
    pub path: PathBuf,
    /// Code of the paper.
    pub kind: String,
    /// Its languages: `ru`, `ru+kk`.
    pub language: String,
    /// Its form.
    pub format: PaperFormat,
    /// Its length.
    pub bytes: usize,
    /// Its digest.
    pub digest: Digest,
}

/// Papers were not written.
#[derive(Debug, thiserror::Error)]
pub enum PapersError {
    /// A paper cannot be made.
    #[error(transparent)]
    Paper(#[from] PaperError),
    /// A file is there.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// A file cannot be written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// The list of URLs cannot be written.
    #[error("the list of URLs: {0}")]
    Csv(#[from] csv::Error),
    /// PDF cannot be printed; what needs no browser was written.
    #[error("{error}")]
    Print {
        /// Why not.
        error: PrintError,
        /// What was written before.
        written: Vec<PaperFile>,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What came of an order.
#[derive(Debug, Default)]
pub struct WrittenPapers {
    /// What was written.
    pub files: Vec<PaperFile>,
    /// Papers that could not be made, each with what is missing.
    pub not_made: Vec<PaperError>,
}

/// A file before it is written.
struct Draft {
    name: String,
    kind: String,
    language: String,
    format: PaperFormat,
    /// For PDF the page that is to be printed.
    content: Vec<u8>,
}

/// A paper, and what it is.
type Made = (PaperKind, Edition, Paper);

/// Writes the papers of a request: what can be made, with what is missing for the others. The same records give
/// the same bytes, but for PDF.
pub async fn write_papers(
    store: &Store,
    file: &RequestFile,
    profile: &Profile,
    templates: &Templates,
    order: &PaperOrder,
) -> Result<WrittenPapers, PapersError> {
    let (papers, not_made) = papers_of(store, file, profile, templates, order)?;
    let id = plain(file.request.id.as_str());
    let mut drafts = Vec::new();
    for paper in &papers {
        let formats = order.formats.iter();
        drafts.extend(formats.filter_map(|format| draft_of(&id, paper, *format)));
    }
    if papers.iter().any(|(kind, _, _)| *kind == PaperKind::Annex) {
        drafts.extend(url_lists(file, &id)?);
    }
    require_free(order, &drafts)?;
    let is_pdf = |draft: &Draft| draft.format == PaperFormat::Pdf;
    let (to_print, drafts): (Vec<Draft>, Vec<Draft>) = drafts.into_iter().partition(is_pdf);
    let mut files = write_all(drafts, order)?;
    match print_drafts(to_print, order).await {
        Ok(printed) => files.extend(write_all(printed, order)?),
        Err(error) => {
            return Err(PapersError::Print {
                error,
                written: files,
            });
        }
    }
    Ok(WrittenPapers { files, not_made })
}

fn draft_of(id: &str, (kind, edition, paper): &Made, format: PaperFormat) -> Option<Draft> {
    let (ending, content) = match format {
        PaperFormat::Html => ("html", paper.html().into_bytes()),
        PaperFormat::Docx => ("docx", paper.docx()),
        PaperFormat::Pdf => ("pdf", paper.html().into_bytes()),
        PaperFormat::Txt | PaperFormat::Csv => return None,
    };
    Some(Draft {
        name: format!("{id}_{kind}_{}.{ending}", edition.file_part()),
        kind: kind.to_string(),
        language: edition.to_string(),
        format,
        content,
    })
}

async fn print_drafts(drafts: Vec<Draft>, order: &PaperOrder) -> Result<Vec<Draft>, PrintError> {
    if drafts.is_empty() {
        return Ok(drafts);
    }
    let page = |draft: &Draft| String::from_utf8_lossy(&draft.content).into_owned();
    let pages: Vec<String> = drafts.iter().map(page).collect();
    let printed = print_pdfs(&pages, &order.render).await?;
    let with_content = |(draft, content)| Draft { content, ..draft };
    Ok(drafts.into_iter().zip(printed).map(with_content).collect())
}

fn papers_of(
    store: &Store,
    file: &RequestFile,
    profile: &Profile,
    templates: &Templates,
    order: &PaperOrder,
) -> Result<(Vec<Made>, Vec<PaperError>), PapersError> {
    let measurements = measurements_of(file);
    let log = log_position(store)?;
    let facts = PaperFacts {
        request: &file.request,
        steps: &file.steps,
        measurements: &measurements,
        superseded_by: file.superseded_by.as_ref(),
        profile,
        log: log.as_ref(),
    };
    let mut kinds = order.kinds.clone();
    if kinds.is_empty() {
        kinds = PaperKind::needed(&facts);
    }
    let mut editions = order.editions.clone();
    if editions.is_empty() {
        editions = vec![usual_edition(file, profile)];
    }
    let made = last_record(file);
    let (mut papers, mut not_made) = (Vec::new(), Vec::new());
    for kind in kinds {
        for &edition in &editions {
            match write_paper(kind, edition, &facts, templates, made) {
                Ok(paper) => papers.push((kind, edition, paper)),
                Err(missing @ PaperError::Missing { .. }) => not_made.push(missing),
                Err(other) => return Err(other.into()),
            }
        }
    }
    Ok((papers, not_made))
}

/// The languages of the request, of the profile: the first alone, or the first two side by side.
fn usual_edition(file: &RequestFile, profile: &Profile) -> Edition {
    let own = &file.request.languages;
    let languages = if own.is_empty() {
        &profile.languages
    } else {
        own
    };
    match languages.as_slice() {
        [left, right, ..] => Edition::Both(*left, *right),
        [only] => Edition::One(*only),
        [] => Edition::One(crate::document::Language::En),
    }
}

/// When the latest record was made: the papers are dated by it, so that they can be made again byte for byte.
fn last_record(file: &RequestFile) -> Timestamp {
    let steps = file.steps.iter().map(|step| step.at);
    steps
        .max()
        .unwrap_or(file.request.drafted)
        .max(file.request.drafted)
}

fn measurements_of(file: &RequestFile) -> Vec<Measurement> {
    file.verifications
        .iter()
        .map(|verification| Measurement {
            item: verification.item.clone(),
            at: verification.at,
            verdict: code(verification.verdict),
            confidence: code(verification.confidence),
            vantages: verification.reaches.len(),
        })
        .collect()
}

/// The code of an enum as JSON writes it.
fn code(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn log_position(store: &Store) -> Result<Option<LogPosition>, StoreError> {
    let signed = store.latest_checkpoint()?;
    Ok(signed.map(|signed| LogPosition {
        origin: signed.checkpoint.origin().to_owned(),
        size: signed.checkpoint.size(),
        root: signed.checkpoint.root(),
    }))
}

fn url_lists(file: &RequestFile, id: &str) -> Result<[Draft; 2], PapersError> {
    let draft = |format, ending: &str, content| Draft {
        name: format!("{id}_annex-urls.{ending}"),
        kind: "annex-urls".to_owned(),
        language: String::new(),
        format,
        content,
    };
    Ok([
        draft(
            PaperFormat::Txt,
            "txt",
            raw_urls(&file.request).into_bytes(),
        ),
        draft(PaperFormat::Csv, "csv", raw_urls_csv(&file.request)?),
    ])
}

/// An id as part of a file's name, whoever wrote it into the journal.
fn plain(id: &str) -> String {
    id.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
        .take(40)
        .collect()
}

/// Nothing is written if any file is there.
fn require_free(order: &PaperOrder, drafts: &[Draft]) -> Result<(), PapersError> {
    let mut paths = drafts.iter().map(|draft| order.directory.join(&draft.name));
    match paths.find(|path| path.symlink_metadata().is_ok()) {
        Some(path) if !order.force => Err(PapersError::Exists(path)),
        _ => Ok(()),
    }
}

fn write_all(drafts: Vec<Draft>, order: &PaperOrder) -> Result<Vec<PaperFile>, PapersError> {
    drafts
        .into_iter()
        .map(|draft| {
            let path = order.directory.join(&draft.name);
            write_whole(&path, &draft.content)
                .map_err(|error| PapersError::File(path.clone(), error))?;
            Ok(PaperFile {
                path,
                kind: draft.kind,
                language: draft.language,
                format: draft.format,
                bytes: draft.content.len(),
                digest: Digest::of(&draft.content),
            })
        })
        .collect()
}

/// Writes beside and renames, so that nobody ever reads half a paper.
fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory)?;
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let written = std::fs::File::create(&beside).and_then(|mut file| {
        file.write_all(content)?;
        file.sync_all()?;
        std::fs::rename(&beside, path)
    });
    if written.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    written
}
