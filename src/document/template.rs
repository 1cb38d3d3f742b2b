//! Templates: built in, or those of a directory; filled in and read.

use super::model::Block;
use super::pairing::side_by_side;
use super::parse::parse_fragment;
use super::scan::sections_of;
use super::{Edition, Language};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, ErrorKind, UndefinedBehavior, Value};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(rust_embed::RustEmbed)]
#[folder = "rules/documents/"]
struct BuiltIn;

/// Ending of template files.
const ENDING: &str = ".html";
/// A longer template is none.
const MAX_LENGTH: u64 = 1 << 20;

/// A template that cannot be used, or cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct TemplateError {
    /// Name of the file.
    pub file: String,
    /// Line, from 1; 0 if it is about the whole file.
    pub line: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

/// The templates that papers are written from, by the names of their files.
#[derive(Debug, Clone)]
pub struct Templates {
    files: BTreeMap<String, Template>,
}

#[derive(Debug, Clone)]
struct Template {
    text: String,
    sections: BTreeMap<Language, String>,
}

impl Templates {
    /// The built-in templates; files of `directory` stand for those of the same name.
    pub fn load(directory: Option<&Path>) -> Result<Self, Vec<TemplateError>> {
        let mut texts: BTreeMap<String, String> = BTreeMap::new();
        for path in <BuiltIn as rust_embed::RustEmbed>::iter() {
            if let Some(file) = <BuiltIn as rust_embed::RustEmbed>::get(&path)
                && path.ends_with(ENDING)
            {
                let text = String::from_utf8_lossy(&file.data).into_owned();
                texts.insert(path.into_owned(), text);
            }
        }
        let mut errors = Vec::new();
        if let Some(directory) = directory {
            for read in read_directory(directory).map_err(|error| vec![error])? {
                match read {
                    // A name typed wrongly would silently leave the built-in template in use.
                    Ok((name, _)) if !texts.contains_key(&name) && !name.starts_with('_') => {
                        let message = format!(
                            "no document has this name; there are {}. Parts to include begin with _",
                            documents(&texts).collect::<Vec<_>>().join(", ")
                        );
                        errors.push(of_file(&name, message));
                    }
                    Ok((name, text)) => {
                        texts.insert(name, text);
                    }
                    Err(error) => errors.push(error),
                }
            }
        }
        let mut files = BTreeMap::new();
        for (name, text) in texts {
            match sections_of(&name, &text) {
                Ok(sections) => {
                    files.insert(name, Template { text, sections });
                }
                Err(error) => errors.push(error),
            }
        }
        let templates = Self { files };
        for language in Language::ALL {
            errors.extend(templates.environment(language).err());
        }
        if errors.is_empty() {
            Ok(templates)
        } else {
            Err(errors)
        }
    }

    /// Every file with its text.
    pub fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .map(|(name, template)| (name.as_str(), template.text.as_str()))
    }

    /// Languages that a file has sections in.
    pub fn languages(&self, file: &str) -> Vec<Language> {
        let template = self.files.get(file);
        template.map_or_else(Vec::new, |found| found.sections.keys().copied().collect())
    }

    /// The document `name` in one or two languages; `facts` gives what it is filled in with.
    pub fn write<T: Serialize>(
        &self,
        name: &str,
        edition: Edition,
        facts: impl Fn(Language) -> T,
    ) -> Result<Vec<Block>, TemplateError> {
        let write = |language| self.write_one(name, language, &facts(language));
        match edition {
            Edition::One(language) => write(language),
            Edition::Both(left, right) => {
                side_by_side((left, write(left)?), (right, write(right)?))
                    .map_err(|message| of_file(&format!("{name}{ENDING}"), message))
            }
        }
    }

    fn write_one(
        &self,
        name: &str,
        language: Language,
        facts: &impl Serialize,
    ) -> Result<Vec<Block>, TemplateError> {
        let file = format!("{name}{ENDING}");
        let environment = self.environment(language)?;
        let template = environment
            .get_template(&file)
            .map_err(|_| of_file(&file, format!("it has no <section lang=\"{language}\">")))?;
        let values = Value::from(Serde(facts));
        self.check_names(&file, &template, &values)?;
        let text = template
            .render(values)
            .map_err(|error| self.engine_error(&file, language, &error))?;
        parse_fragment(&file, &text)
    }

    /// Names that nobody fills in are found in branches that are not taken, too.
    fn check_names(
        &self,
        file: &str,
        template: &minijinja::Template<'_, '_>,
        values: &Value,
    ) -> Result<(), TemplateError> {
        let known: Vec<String> = values
            .try_iter()
            .map(|keys| keys.map(|key| key.to_string()).collect())
            .unwrap_or_default();
        let mut unknown: Vec<String> = template
            .undeclared_variables(false)
            .into_iter()
            .filter(|name| !known.contains(name) && !ENGINE_FUNCTIONS.contains(&name.as_str()))
            .collect();
        unknown.sort();
        let Some(name) = unknown.first() else {
            return Ok(());
        };
        let text = self.files.get(file).map_or("", |found| &found.text);
        let line = text.lines().position(|line| line.contains(name.as_str()));
        Err(TemplateError {
            file: file.to_owned(),
            line: line.map_or(0, |line| line + 1),
            message: format!(
                "there is no variable {name}; there are {}",
                known.join(", ")
            ),
        })
    }

    /// The engine with all sections of one language: escaping always on, nothing undefined is passed over.
    fn environment(&self, language: Language) -> Result<Environment<'_>, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        // Would let text through as markup.
        environment.remove_filter("safe");
        for (name, template) in &self.files {
            if let Some(section) = template.sections.get(&language) {
                environment
                    .add_template(name, section)
                    .map_err(|error| self.engine_error(name, language, &error))?;
            }
        }
        Ok(environment)
    }

    fn engine_error(
        &self,
        file: &str,
        language: Language,
        error: &minijinja::Error,
    ) -> TemplateError {
        // An error within an included part is wrapped in one about the line that includes it.
        let mut inner = error;
        while let Some(source) = std::error::Error::source(inner)
            .and_then(|source| source.downcast_ref::<minijinja::Error>())
        {
            inner = source;
        }
        let file = inner.name().unwrap_or(file).to_owned();
        let line = inner.line().unwrap_or(0);
        let section = self
            .files
            .get(&file)
            .and_then(|found| found.sections.get(&language));
        // The engine says the line; what is wrong in it is best shown by the line itself.
        let shown = section
            .and_then(|text| text.lines().nth(line.saturating_sub(1)))
            .map(|text| text.trim().chars().take(100).collect::<String>());
        let message = match inner.kind() {
            ErrorKind::UndefinedError => {
                "there is no such variable; see `tazy block template list`"
            }
            ErrorKind::TemplateNotFound => "there is no such part in this language",
            ErrorKind::UnknownFilter => "there is no such filter",
            _ => "",
        };
        let message = if message.is_empty() {
            inner.to_string()
        } else {
            format!("{message}: {}", shown.unwrap_or_default())
        };
        TemplateError {
            file,
            line,
            message,
        }
    }
}

/// What the engine itself defines.
const ENGINE_FUNCTIONS: [&str; 6] = ["range", "dict", "namespace", "debug", "loop", "self"];

fn of_file(file: &str, message: String) -> TemplateError {
    TemplateError {
        file: file.to_owned(),
        line: 0,
        message,
    }
}

/// Names of files that are documents by themselves.
fn documents(texts: &BTreeMap<String, String>) -> impl Iterator<Item = &str> {
    texts
        .keys()
        .map(String::as_str)
        .filter(|name| !name.starts_with('_'))
}

type Read = Result<(String, String), TemplateError>;

fn read_directory(directory: &Path) -> Result<Vec<Read>, TemplateError> {
    let place = directory.display().to_string();
    let unreadable = |error: std::io::Error| of_file(&place, format!("cannot be read: {error}"));
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_template = path.extension().is_some_and(|ending| ending == "html");
        if is_template && path.is_file() {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Err(of_file(
            &place,
            "there is no .html file in it; `tazy block template copy DIR` puts the built-in ones there"
                .to_owned(),
        ));
    }
    paths.sort();
    Ok(paths.iter().map(|path| read_file(path)).collect())
}

fn read_file(path: &Path) -> Read {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let problem = |message: String| of_file(&name, message);
    let length = std::fs::metadata(path).map_or(0, |found| found.len());
    if length > MAX_LENGTH {
        return Err(problem(format!("it has more than {MAX_LENGTH} bytes")));
    }
    let bytes = std::fs::read(path).map_err(|error| problem(format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let lines = memchr::memchr_iter(b'\n', before).count();
        TemplateError {
            file: name.clone().into_owned(),
            line: lines + 1,
            message: "it is not UTF-8; save it as UTF-8".to_owned(),
        }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    Ok((name.into_owned(), text))
}
