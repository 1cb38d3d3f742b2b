//! JSON schemas of the files of a ruleset, made from the types that read them (JSON Schema 2020-12).

use super::brands::Brands;
use super::condition::entity_kind_names;
use super::overrides::OverridesSource;
use super::regions::region_kind_names;
use super::signal::Signal;
use super::source::PackSource;
use super::{Category, Family, Scoring};
use schemars::{Schema, SchemaGenerator, json_schema, schema_for};

/// A kind of file that has a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaKind {
    /// Terms and rules.
    Pack,
    /// `scoring.yaml`
    Scoring,
    /// `brands.yaml`
    Brands,
    /// A user's local changes.
    Overrides,
}

impl SchemaKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [Self::Pack, Self::Scoring, Self::Brands, Self::Overrides];

    /// Its name on the command line and in `docs/schema`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pack => "pack",
            Self::Scoring => "scoring",
            Self::Brands => "brands",
            Self::Overrides => "overrides",
        }
    }

    /// The kind of a file by its path relative to the rules directory.
    pub fn of_file(path: &str) -> Self {
        match path {
            "scoring.yaml" => Self::Scoring,
            "brands.yaml" => Self::Brands,
            "overrides.yaml" => Self::Overrides,
            _ => Self::Pack,
        }
    }

    /// The schema.
    pub fn schema(self) -> serde_json::Value {
        let mut schema = match self {
            Self::Pack => schema_for!(PackSource),
            Self::Scoring => schema_for!(Scoring),
            Self::Brands => schema_for!(Brands),
            Self::Overrides => schema_for!(OverridesSource),
        };
        schema.insert("title".to_owned(), format!("tazy {}", self.as_str()).into());
        schema.to_value()
    }
}

fn one_of(names: impl IntoIterator<Item = &'static str>) -> Schema {
    let names: Vec<&str> = names.into_iter().collect();
    json_schema!({"type": "string", "enum": names})
}

fn list_of(members: &Schema) -> Schema {
    json_schema!({"type": "array", "items": members})
}

/// Infinity, the default of some caps, has no JSON.
pub(super) fn without_default(schema: &mut Schema) {
    schema.remove("default");
}

pub(super) fn category_names(_: &mut SchemaGenerator) -> Schema {
    one_of(Category::ALL.map(Category::as_str))
}

pub(super) fn family_names(_: &mut SchemaGenerator) -> Schema {
    list_of(&one_of([Family::Drugs, Family::Fraud].map(Family::as_str)))
}

pub(super) fn entity_names(_: &mut SchemaGenerator) -> Schema {
    one_of(entity_kind_names())
}

pub(super) fn signal_names(_: &mut SchemaGenerator) -> Schema {
    one_of(Signal::ALL.iter().map(|signal| signal.as_str()))
}

pub(super) fn region_names(_: &mut SchemaGenerator) -> Schema {
    list_of(&one_of(region_kind_names()))
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
