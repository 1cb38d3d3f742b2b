//! `tazy rules fmt` and `tazy rules schema`

use super::{CliError, Exit, Terminal};
use crate::block::profile::BlockFileKind;
use crate::rules::{MODEL_FILE, SchemaKind, format_yaml};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Arguments of `tazy rules fmt`.
#[derive(Debug, clap::Args)]
pub(super) struct FormatAction {
    /// A rule file, or a directory of them [default: the directory of --rules, else ./rules]
    path: Option<PathBuf>,
    /// Change nothing; name the files that are not in canonical form and exit with 1
    #[arg(long)]
    check: bool,
}

/// Arguments of `tazy rules schema`.
#[derive(Debug, clap::Args)]
pub(super) struct SchemaAction {
    /// Which kind of file
    #[arg(value_name = "KIND", default_value = "pack", value_parser = kind_parser())]
    kind: FileKind,
}

/// A kind of file under `rules/`, whoever reads it.
#[derive(Debug, Clone, Copy)]
enum FileKind {
    Ruleset(SchemaKind),
    Blocking(BlockFileKind),
}

impl FileKind {
    fn all() -> impl Iterator<Item = Self> {
        let ruleset = SchemaKind::ALL.into_iter().map(Self::Ruleset);
        ruleset.chain(BlockFileKind::ALL.into_iter().map(Self::Blocking))
    }

    fn as_str(self) -> &'static str {
        match self {
            Self::Ruleset(kind) => kind.as_str(),
            Self::Blocking(kind) => kind.as_str(),
        }
    }
}

fn kind_parser() -> impl TypedValueParser<Value = FileKind> {
    PossibleValuesParser::new(FileKind::all().map(FileKind::as_str)).map(|name| {
        let named = FileKind::all().find(|kind| kind.as_str() == name);
        named.unwrap_or(FileKind::Ruleset(SchemaKind::Pack))
    })
}

impl SchemaAction {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let schema = match self.kind {
            FileKind::Ruleset(kind) => kind.schema(),
            FileKind::Blocking(kind) => kind.schema(),
        };
        let text = serde_json::to_string_pretty(&schema).map_err(CliError::failure)?;
        writeln!(terminal.out, "{text}")?;
        Ok(Exit::Done)
    }
}

impl FormatAction {
    #[cfg(test)]
    pub(super) fn of(path: &Path, check: bool) -> Self {
        Self {
            path: Some(path.to_owned()),
            check,
        }
    }

    pub(super) fn run(
        &self,
        rules: Option<&Path>,
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        let path = self.path.as_deref().or(rules).unwrap_or(Path::new("rules"));
        let files = yaml_files(path)?;
        let (mut changed, mut refused) = (0, 0);
        for file in &files {
            let text = std::fs::read_to_string(file).map_err(|error| failed(file, &error))?;
            match format_yaml(&text) {
                Ok(formatted) if formatted == text => {}
                Ok(formatted) => {
                    changed += 1;
                    writeln!(terminal.out, "{}", file.display())?;
                    if !self.check {
                        replace(file, &formatted).map_err(|error| failed(file, &error))?;
                    }
                }
                Err(error) => {
                    refused += 1;
                    writeln!(terminal.err, "{}:{error}", file.display())?;
                }
            }
        }
        let done = if self.check {
            "not in canonical form"
        } else {
            "formatted"
        };
        writeln!(
            terminal.err,
            "{} files, {changed} {done}, {refused} refused",
            files.len()
        )?;
        Ok(if refused > 0 || (self.check && changed > 0) {
            Exit::Failure
        } else {
            Exit::Done
        })
    }
}

/// Writes beside and renames, so that nobody ever reads half a file.
fn replace(file: &Path, text: &str) -> std::io::Result<()> {
    let beside = file.with_extension("yaml.new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, file)
}

fn failed(path: &Path, error: &std::io::Error) -> CliError {
    CliError::failure(format!("{}: {error}", path.display()))
}

/// A file by itself, or every YAML file of a directory and what is below it.
fn yaml_files(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    let mut files = Vec::new();
    let mut open = vec![path.to_owned()];
    while let Some(next) = open.pop() {
        if !next.is_dir() {
            files.push(next);
            continue;
        }
        for entry in std::fs::read_dir(&next).map_err(|error| failed(&next, &error))? {
            let found = entry.map_err(|error| failed(&next, &error))?.path();
            // Nobody edits the model.
            let is_model = found.file_name().is_some_and(|name| name == MODEL_FILE);
            let is_yaml = found.extension().is_some_and(|ending| ending == "yaml") && !is_model;
            if found.is_dir() || is_yaml {
                open.push(found);
            }
        }
    }
    files.sort();
    Ok(files)
}
