//! Where rules come from: built in or a directory, with or without a file of overrides.

use super::load::compile_with;
use super::ruleset::{RuleError, Ruleset};
use crate::digest::Digest;
use jiff::civil::Date;
use std::path::{Path, PathBuf};

#[derive(rust_embed::RustEmbed)]
#[folder = "rules/"]
struct EmbeddedRules;

/// A rule file: path relative to the rules directory, and text.
pub(super) type RuleFile = (String, String);

/// The statistical model among the rule files: written by a program, for a program.
pub const MODEL_FILE: &str = "model.yaml";

/// Files under it say what may be blocked and what not; rulesets leave them out.
pub const BLOCKING_FOLDER: &str = "blocking/";

/// Where rules come from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RulesetSource {
    /// Packs of this directory instead of the built-in ones.
    pub directory: Option<PathBuf>,
    /// Local changes to them.
    pub overrides: Option<PathBuf>,
}

/// Files as they were read, before they are compiled.
#[derive(Debug)]
pub(super) struct ReadRules {
    files: Vec<RuleFile>,
    overrides: Option<RuleFile>,
}

impl RulesetSource {
    /// Reads and compiles the rules; overrides that expired by `today` are ignored and noted.
    pub fn load(&self, today: Date) -> Result<Ruleset, Vec<RuleError>> {
        self.read()?.compile(today)
    }

    pub(super) fn read(&self) -> Result<ReadRules, Vec<RuleError>> {
        let files = match &self.directory {
            Some(directory) => read_directory(directory)?,
            None => embedded_files(),
        };
        // What may be blocked is no business of what is recognized: editing it makes no new ruleset.
        let files = files.into_iter().filter(|(file, _)| is_of_ruleset(file));
        let overrides = match &self.overrides {
            Some(path) => {
                let text =
                    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
                Some((path.display().to_string(), text))
            }
            None => None,
        };
        Ok(ReadRules {
            files: files.collect(),
            overrides,
        })
    }
}

impl ReadRules {
    /// Digest over every file.
    pub(super) fn digest(&self) -> Digest {
        digest_of(self.files.iter().chain(&self.overrides))
    }

    /// The same with another text of one file.
    pub(super) fn with_text(mut self, file: &str, text: &str) -> Self {
        for (_, old) in self.files.iter_mut().filter(|(name, _)| name == file) {
            text.clone_into(old);
        }
        self
    }

    pub(super) fn compile(&self, today: Date) -> Result<Ruleset, Vec<RuleError>> {
        let overrides = self.overrides.as_ref();
        compile_with(&self.files, overrides.map(|file| (file, today)))
    }
}

/// Whether a file takes part in a ruleset, by its path relative to the rules directory.
fn is_of_ruleset(file: &str) -> bool {
    !file.starts_with(BLOCKING_FOLDER)
}

/// The YAML files of `directory` (a rules directory), or the built-in ones, also those that take no part in a
/// ruleset: path relative to the rules directory, and text, sorted by path.
pub fn rule_texts(directory: Option<&Path>) -> Result<Vec<(String, String)>, Vec<RuleError>> {
    match directory {
        Some(directory) => read_directory(directory),
        None => Ok(embedded_files()),
    }
}

/// Digest over names and texts of files.
pub(super) fn digest_of<'a>(files: impl IntoIterator<Item = &'a RuleFile>) -> Digest {
    let parts: Vec<&[u8]> = files
        .into_iter()
        .flat_map(|(file, text)| [file.as_bytes(), b"\0", text.as_bytes(), b"\0"])
        .collect();
    Digest::of_parts(&parts)
}

/// The files that are built into the program.
pub(super) fn embedded_files() -> Vec<RuleFile> {
    let mut files: Vec<RuleFile> = <EmbeddedRules as rust_embed::RustEmbed>::iter()
        .filter(|path| path.ends_with(".yaml"))
        .filter_map(|path| {
            let file = <EmbeddedRules as rust_embed::RustEmbed>::get(&path)?;
            let text = String::from_utf8_lossy(&file.data).into_owned();
            Some((path.to_string(), text))
        })
        .collect();
    files.sort();
    files
}

/// Every YAML file of a directory and what is below it.
pub(super) fn read_directory(directory: &Path) -> Result<Vec<RuleFile>, Vec<RuleError>> {
    let mut files = Vec::new();
    let mut open = vec![directory.to_path_buf()];
    while let Some(folder) = open.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|error| unreadable(&folder, &error))?;
        for entry in entries {
            let path = entry.map_err(|error| unreadable(&folder, &error))?.path();
            if path.is_dir() {
                open.push(path);
            } else if path
                .extension()
                .is_some_and(|extension| extension == "yaml")
            {
                let text =
                    std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
                let name = path.strip_prefix(directory).unwrap_or(&path);
                files.push((name.to_string_lossy().replace('\\', "/"), text));
            }
        }
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Vec<RuleError> {
    vec![RuleError {
        file: path.display().to_string(),
        line: 0,
        message: format!("cannot be read: {error}"),
    }]
}
