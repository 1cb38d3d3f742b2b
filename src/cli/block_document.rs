//! `tazy block document`

use super::block::find_request;
use super::block_profile::load_block_rules;
use super::block_template::load_templates;
use super::open::{RulesOption, StoreOption};
use super::scan::block_on;
use super::{CliError, Exit, Terminal};
use crate::app::{PaperFile, PaperFormat, PaperOrder, PapersError, WrittenPapers, write_papers};
use crate::block::document::{PaperError, PaperKind};
use crate::block::profile::{BlockRules, Profile};
use crate::document::Edition;
use crate::dossier::RequestFile;
use crate::render::RenderSettings;
use crate::report::{clean_line, write_json_line};
use clap::ValueEnum;
use clap::builder::PossibleValuesParser;
use std::io::Write;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  tazy block document b-3f0c9a1b22d4 --out dossier                     what the request needs now
  tazy block document shop.example --kind submission --language ru+kk  one paper, two languages side by side
  tazy block document b-3f0 --kind notice --language en --format docx
  tazy block document b-3f0 --kind all --format all --templates our-templates

A paper is made only if every fact that it needs is there; what is missing is listed. Until a second person has
approved, every page says that it is a draft. URLs are shown defanged; the files annex-urls.txt and .csv that go
with the annex carry them as they are. HTML prints itself; DOCX opens in word processors; PDF needs Chromium, which
prints with the network closed. How to change the wording: tazy block template --help";

/// Arguments of `tazy block document`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DocumentCommand {
    /// Id of the request, the beginning of one, or a site
    #[arg(value_name = "REQUEST")]
    request: String,
    /// Which paper; several times for several [default: those that the request needs now]
    #[arg(long = "kind", value_name = "KIND", value_parser = kind_parser())]
    kinds: Vec<String>,
    /// ru, kk, en, or two side by side: ru+kk; several times for several [default: those of the request]
    #[arg(long = "language", value_name = "LANGUAGE")]
    editions: Vec<Edition>,
    /// In which form; several times for several [default: html and docx]
    #[arg(long = "format", value_enum, value_name = "FORMAT")]
    formats: Vec<Form>,
    /// Directory that the files are written to
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Use the templates of this directory in place of the built-in ones of the same name
    #[arg(long, value_name = "DIR")]
    templates: Option<PathBuf>,
    #[command(flatten)]
    rules: RulesOption,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
    /// Chromium, for PDF [default: the one in PATH]
    #[arg(long, value_name = "FILE")]
    browser: Option<PathBuf>,
    /// Print PDF although tazy runs as root, which means without Chromium's sandbox
    #[arg(long)]
    browser_as_root: bool,
    #[command(flatten)]
    store: StoreOption,
    /// Print one JSON object a file
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A page that prints itself
    Html,
    /// For word processors
    Docx,
    /// Printed by Chromium
    Pdf,
    /// All three
    All,
}

/// Words that stand for one or many kinds.
const SHORT: [&str; 5] = ["protocol", "evidence", "notice", "lift", "all"];

fn kind_parser() -> PossibleValuesParser {
    let names = PaperKind::ALL.map(PaperKind::as_str);
    PossibleValuesParser::new(names.into_iter().chain(SHORT))
}

impl DocumentCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let templates = load_templates(self.templates.as_deref())?;
        let rules = load_block_rules(&self.rules)?;
        let store = self.store.open_existing(terminal)?;
        let file = find_request(&store, &self.request)?;
        let profile = profile_of(&rules, &file)?;
        let order = PaperOrder {
            kinds: self.kinds(&file, profile),
            editions: self.editions.clone(),
            formats: self.formats(),
            directory: self.out.clone(),
            force: self.force,
            render: RenderSettings {
                browser: self.browser.clone(),
                allow_root: self.browser_as_root,
                ..RenderSettings::default()
            },
        };
        let written = block_on(write_papers(&store, &file, profile, &templates, &order))?;
        match written {
            Ok(WrittenPapers { files, not_made }) => {
                self.tell(&files, terminal)?;
                if not_made.is_empty() {
                    return Ok(Exit::Done);
                }
                Err(not_made_error(&not_made))
            }
            Err(PapersError::Print { error, written }) => {
                self.tell(&written, terminal)?;
                Err(CliError::failure(error))
            }
            Err(error) => Err(hinted(&error)),
        }
    }

    fn kinds(&self, file: &RequestFile, profile: &Profile) -> Vec<PaperKind> {
        if self.kinds.iter().any(|kind| kind == "all") {
            return Vec::new();
        }
        let role = profile
            .authority(&file.request.authority)
            .map(|authority| authority.role);
        let mut kinds: Vec<PaperKind> = self
            .kinds
            .iter()
            .filter_map(|kind| match kind.as_str() {
                "protocol" => Some(PaperKind::InspectionProtocol),
                "evidence" => Some(PaperKind::EvidenceSheet),
                "lift" => Some(PaperKind::LiftRequest),
                "notice" => Some(role.map_or(PaperKind::NoticeHost, PaperKind::notice_to)),
                code => PaperKind::named(code),
            })
            .collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    fn formats(&self) -> Vec<PaperFormat> {
        let mut formats: Vec<PaperFormat> = self
            .formats
            .iter()
            .flat_map(|form| match form {
                Form::Html => vec![PaperFormat::Html],
                Form::Docx => vec![PaperFormat::Docx],
                Form::Pdf => vec![PaperFormat::Pdf],
                Form::All => vec![PaperFormat::Html, PaperFormat::Docx, PaperFormat::Pdf],
            })
            .collect();
        if formats.is_empty() {
            formats = vec![PaperFormat::Html, PaperFormat::Docx];
        }
        formats.sort_unstable();
        formats.dedup();
        formats
    }

    fn tell(&self, written: &[PaperFile], terminal: &mut Terminal) -> Result<(), CliError> {
        for file in written {
            if self.json {
                write_json_line(&mut terminal.out, file)?;
                continue;
            }
            let path = clean_line(&file.path.display().to_string());
            writeln!(terminal.out, "{}  {path}", file.digest)?;
        }
        terminal.out.flush()?;
        Ok(())
    }
}

fn profile_of<'a>(rules: &'a BlockRules, file: &RequestFile) -> Result<&'a Profile, CliError> {
    let code = &file.request.jurisdiction;
    rules.profile(code).ok_or_else(|| {
        let known: Vec<&str> = rules
            .profiles
            .iter()
            .map(|profile| profile.jurisdiction.as_str())
            .collect();
        let code = clean_line(code);
        CliError::failure(format!("there is no profile of the jurisdiction {code}")).with_hint(
            format!(
                "write rules/jurisdictions/{code}.yaml and name the directory with --rules; there are: {}",
                known.join(", ")
            ),
        )
    })
}

/// Each paper that was not made, with what is missing for it.
fn not_made_error(not_made: &[PaperError]) -> CliError {
    let lines: Vec<String> = not_made
        .iter()
        .map(|error| clean_line(&error.to_string()))
        .collect();
    CliError::failure(lines.join("\n  ")).with_hint(
        "facts are put into a new draft: tazy block draft … --supersede REQUEST; single papers: --kind",
    )
}

fn hinted(error: &PapersError) -> CliError {
    let hint = match error {
        PapersError::Exists(_) => {
            Some("name another directory with --out, or replace with --force")
        }
        PapersError::Paper(PaperError::Template(_)) => {
            Some("mend it, and try `tazy block template check DIR`")
        }
        _ => None,
    };
    let failure = CliError::failure(clean_line(&error.to_string()));
    match hint {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}
