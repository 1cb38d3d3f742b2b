//! Profiles and protection, read together.

use super::Profile;
use super::read::read_profile;
use super::source::ProfileFile;
use crate::block::guard::{Protection, is_protection_file, read_protection};
use crate::rules::{BLOCKING_FOLDER, rule_texts};
use serde::de::DeserializeOwned;
use std::path::Path;

const JURISDICTIONS_FOLDER: &str = "jurisdictions/";

/// Everything that requests are checked and written by.
#[derive(Debug, Clone, Default)]
pub struct BlockRules {
    /// The jurisdictions.
    pub profiles: Vec<Profile>,
    /// What may never be blocked.
    pub protection: Protection,
}

/// A file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct BlockRulesError {
    /// Path relative to the rules directory.
    pub file: String,
    /// Line, from 1; 0 if it is about the whole file.
    pub line: u64,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl BlockRules {
    /// Reads them from `directory` (a rules directory), or the built-in ones.
    ///
    /// A directory that says nothing of jurisdictions, or nothing of protection, does not switch it off: the
    /// built-in files hold there.
    ///
    /// # Errors
    /// Everything that is wrong with any file.
    pub fn load(directory: Option<&Path>) -> Result<Self, Vec<BlockRulesError>> {
        let files = texts(directory)?;
        let mut errors = Vec::new();
        let mut profiles: Vec<Profile> = Vec::new();
        for (file, text) in &files {
            if !file.starts_with(JURISDICTIONS_FOLDER) {
                continue;
            }
            let read = parse::<ProfileFile>(file, text)
                .map_err(|error| vec![error])
                .and_then(|source| read_profile(file, source));
            match read {
                Ok(profile) => profiles.extend(profile),
                Err(wrong) => errors.extend(wrong),
            }
        }
        for at in 1..profiles.len() {
            let name = &profiles[at].jurisdiction;
            if profiles[..at]
                .iter()
                .any(|other| other.jurisdiction == *name)
            {
                errors.push(BlockRulesError {
                    file: JURISDICTIONS_FOLDER.to_owned(),
                    line: 0,
                    message: format!("two files are about {name:?}; take one away"),
                });
            }
        }
        match read_protection(&files) {
            Ok(protection) if errors.is_empty() => Ok(Self {
                profiles,
                protection,
            }),
            Ok(_) => Err(errors),
            Err(wrong) => {
                errors.extend(wrong);
                Err(errors)
            }
        }
    }

    /// The profile of a jurisdiction.
    pub fn profile(&self, jurisdiction: &str) -> Option<&Profile> {
        self.profiles
            .iter()
            .find(|profile| profile.jurisdiction == jurisdiction)
    }
}

/// The files that blocking is about, what the directory leaves out from the built-in ones.
fn texts(directory: Option<&Path>) -> Result<Vec<(String, String)>, Vec<BlockRulesError>> {
    let read = |directory| {
        let texts = rule_texts(directory).map_err(|errors| {
            let errors = errors.into_iter().map(|error| BlockRulesError {
                file: error.file,
                line: error.line as u64,
                message: error.message,
            });
            errors.collect::<Vec<_>>()
        })?;
        let is_ours =
            |file: &str| file.starts_with(JURISDICTIONS_FOLDER) || is_protection_file(file);
        let ours = texts.into_iter().filter(|(file, _)| is_ours(file));
        Ok::<_, Vec<BlockRulesError>>(ours.collect::<Vec<_>>())
    };
    let built_in = read(None)?;
    let Some(directory) = directory else {
        return Ok(built_in);
    };
    let mut own = read(Some(directory))?;
    let has = |prefix: &str| own.iter().any(|(file, _)| file.starts_with(prefix));
    let prefixes = [JURISDICTIONS_FOLDER, BLOCKING_FOLDER, "brands.yaml"];
    let missing: Vec<&str> = prefixes.into_iter().filter(|prefix| !has(prefix)).collect();
    let is_missing = |file: &str| missing.iter().any(|prefix| file.starts_with(prefix));
    own.extend(built_in.into_iter().filter(|(file, _)| is_missing(file)));
    own.sort();
    Ok(own)
}

/// Parses YAML; what is wrong with its place.
pub(in crate::block) fn parse<T: DeserializeOwned>(
    file: &str,
    text: &str,
) -> Result<T, BlockRulesError> {
    serde_saphyr::from_str(text).map_err(|error| {
        let message = error.without_snippet().to_string();
        BlockRulesError {
            file: file.to_owned(),
            line: error.location().map_or(0, |location| location.line()),
            message: message.lines().next().unwrap_or("not YAML").to_owned(),
        }
    })
}

#[cfg(test)]
mod tests;
