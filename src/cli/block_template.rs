//! `tazy block template`

use super::{CliError, Exit, Terminal};
use crate::block::document::{check_templates, sample_variables};
use crate::document::{Language, TemplateError, Templates};
use crate::report::{clean_line, write_json_line};
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

const EXAMPLES: &str = "\
How a lawyer changes the wording, with a text editor and nothing else:
  tazy block template copy our-templates           the built-in templates as files
  (edit submission.html; each file has a <section lang=\"…\"> for each language)
  tazy block template check our-templates          every mistake with file and line
  tazy block document b-3f0c9a1b22d4 --templates our-templates

  tazy block template list                         the templates, and the variables that they are filled with

Delete from the directory what you do not change: what is not there is taken from the built-in ones.";

/// Errors that are shown; the first mended often mend the rest.
const SHOWN: usize = 20;

/// Arguments of `tazy block template`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct TemplateCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Fill in every template with an invented request, in every language
    Check(Check),
    /// List templates and variables
    List(List),
    /// Write the built-in templates into a directory
    Copy(Copy),
}

#[derive(Debug, clap::Args)]
struct Check {
    /// Directory of templates [default: check the built-in ones]
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Print one JSON object a mistake
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct List {
    /// Directory of templates [default: list the built-in ones]
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Print one JSON object a template, then one with the variables
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
struct Copy {
    /// Directory; files that are there are left as they are
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

impl TemplateCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Verb::Check(check) => check.run(terminal),
            Verb::List(list) => list.run(terminal),
            Verb::Copy(copy) => copy.run(terminal),
        }
    }
}

/// The templates, or every error in them.
pub(super) fn load_templates(directory: Option<&Path>) -> Result<Templates, CliError> {
    Templates::load(directory).map_err(|errors| {
        let mut message = format!("the templates cannot be used ({} wrong)", errors.len());
        for error in errors.iter().take(SHOWN) {
            message.push_str("\n  ");
            message.push_str(&clean_line(&error.to_string()));
        }
        CliError::failure(message).with_hint("mend them and try `tazy block template check DIR`")
    })
}

impl Check {
    fn run(&self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let errors = match Templates::load(self.directory.as_deref()) {
            Ok(templates) => check_templates(&templates),
            Err(errors) => errors,
        };
        for error in &errors {
            self.tell(error, terminal)?;
        }
        if errors.is_empty() {
            writeln!(terminal.err, "The templates can be used.")?;
            return Ok(Exit::Done);
        }
        writeln!(terminal.err, "{} wrong.", errors.len())?;
        Ok(Exit::Failure)
    }

    fn tell(&self, error: &TemplateError, terminal: &mut Terminal) -> Result<(), CliError> {
        if self.json {
            let object =
                json!({ "file": error.file, "line": error.line, "message": error.message });
            write_json_line(&mut terminal.out, &object)?;
        } else {
            writeln!(terminal.out, "{}", clean_line(&error.to_string()))?;
        }
        Ok(())
    }
}

impl List {
    fn run(&self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let templates = load_templates(self.directory.as_deref())?;
        let variables = sample_variables(Language::En).unwrap_or_default();
        for (file, _) in templates.files() {
            let languages: Vec<&str> = templates
                .languages(file)
                .into_iter()
                .map(Language::as_str)
                .collect();
            if self.json {
                let object = json!({ "template": file, "languages": languages });
                write_json_line(&mut terminal.out, &object)?;
            } else {
                writeln!(terminal.out, "{file}  {}", languages.join(" "))?;
            }
        }
        if self.json {
            write_json_line(&mut terminal.out, &json!({ "variables": variables }))?;
        } else {
            writeln!(
                terminal.out,
                "\nVariables, with values of an invented request:"
            )?;
            write_variables("", &variables, terminal)?;
        }
        Ok(Exit::Done)
    }
}

/// One line a variable: `items[].evidence[].utc = "…"`.
fn write_variables(name: &str, value: &Value, terminal: &mut Terminal) -> Result<(), CliError> {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let dot = if name.is_empty() { "" } else { "." };
                write_variables(&format!("{name}{dot}{key}"), member, terminal)?;
            }
        }
        Value::Array(list) => {
            let first = list.first().unwrap_or(&Value::Null);
            write_variables(&format!("{name}[]"), first, terminal)?;
        }
        other => writeln!(terminal.out, "  {name} = {other}")?,
    }
    Ok(())
}

impl Copy {
    fn run(&self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let templates = load_templates(None)?;
        let failed = |path: &Path, error: std::io::Error| {
            CliError::failure(format!("{}: {error}", path.display()))
        };
        std::fs::create_dir_all(&self.directory).map_err(|error| failed(&self.directory, error))?;
        let (mut written, mut left) = (0, 0);
        for (file, text) in templates.files() {
            let path = self.directory.join(file);
            let opened = std::fs::OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(&path);
            match opened {
                Ok(mut open) => {
                    open.write_all(text.as_bytes())
                        .map_err(|error| failed(&path, error))?;
                    written += 1;
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => left += 1,
                Err(error) => return Err(failed(&path, error)),
            }
        }
        writeln!(
            terminal.out,
            "{written} templates written to {}, {left} that were there left as they are",
            clean_line(&self.directory.display().to_string())
        )?;
        Ok(Exit::Done)
    }
}
