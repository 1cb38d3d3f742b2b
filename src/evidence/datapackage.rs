//! `datapackage.json`: what is in the bundle, with digests (WACZ 1.2.0, Frictionless Data Package).

use super::container::Measure;
use crate::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The version of the WACZ specification.
const WACZ_VERSION: &str = "1.2.0";

/// `datapackage.json`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataPackage {
    /// Always `data-package`: version 1.2.0 says `wacz`, which its own readers refuse.
    pub profile: String,
    /// Version of the specification.
    pub wacz_version: String,
    /// One sentence.
    pub title: String,
    /// What it is, in words.
    pub description: String,
    /// When the last record was written that is in it.
    pub created: Timestamp,
    /// What made it.
    pub software: String,
    /// The page to show first.
    #[serde(rename = "mainPageUrl")]
    pub main_page_url: String,
    /// When it was captured.
    #[serde(rename = "mainPageDate")]
    pub main_page_date: Timestamp,
    /// The same, as version 1.2.0 has it.
    pub home: Home,
    /// Every other file but `datapackage-digest.json`.
    pub resources: Vec<PackageResource>,
}

/// The page to show first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Home {
    /// Its URL.
    pub url: String,
    /// When it was captured.
    pub ts: Timestamp,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageResource {
    /// Its file name in lower case.
    pub name: String,
    /// Its name in the bundle.
    pub path: String,
    /// Its digest.
    pub hash: Digest,
    /// Its length.
    pub bytes: u64,
}

impl DataPackage {
    /// Of a bundle about `site`.
    pub(super) fn new(
        site: &str,
        flag: &str,
        created: Timestamp,
        main_page: (String, Timestamp),
        resources: Vec<PackageResource>,
    ) -> Self {
        let (url, date) = main_page;
        Self {
            profile: "data-package".to_owned(),
            wacz_version: WACZ_VERSION.to_owned(),
            title: format!("{site}: evidence about flag {flag}"),
            description:
                "What a crawler was sent by a suspected web site, what was found in it, and proofs \
                that neither was changed since. Read tazy/README.en.txt, tazy/README.kk.txt or \
                tazy/README.ru.txt first. Check with: tazy evidence verify FILE"
                    .to_owned(),
            created,
            software: concat!("tazy ", env!("CARGO_PKG_VERSION")).to_owned(),
            main_page_url: url.clone(),
            main_page_date: date,
            home: Home { url, ts: date },
            resources,
        }
    }
}

impl PackageResource {
    /// The entry `path`.
    pub(super) fn of(path: &str, measure: &Measure) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        Self {
            name: name.to_lowercase(),
            path: path.to_owned(),
            hash: measure.digest,
            bytes: measure.bytes,
        }
    }
}
