//! Files of the guards as their authors write them. Unknown keys are refused.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_saphyr::Spanned;

/// Why a name is protected.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Protected {
    /// States and their bodies.
    Government,
    /// Banks and payment.
    Bank,
    /// Press, broadcasting, agencies.
    Media,
    /// Harm reduction, treatment, health, rights.
    HarmReduction,
    /// Much-used sites and services.
    MuchUsed,
    /// A name that frauds borrow, with the domains that are really its own.
    Brand,
}

impl Protected {
    /// Its code in files and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Government => "government",
            Self::Bank => "bank",
            Self::Media => "media",
            Self::HarmReduction => "harm_reduction",
            Self::MuchUsed => "much_used",
            Self::Brand => "brand",
        }
    }
}

/// Names that can never be blocked: `rules/blocking/protected/*.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct ProtectedFile {
    /// What the file holds.
    #[serde(rename = "title")]
    pub(super) _title: String,
    /// Why they are protected.
    pub(super) reason: Protected,
    /// The day on which the list was looked through last.
    #[schemars(with = "String")]
    pub(super) as_of: Date,
    /// Where the names come from.
    #[serde(rename = "source")]
    _source: String,
    /// Names; each protects itself and every name below it.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) names: Vec<Spanned<String>>,
    /// Suffixes under which a state or a body gives out all names (gov.kz).
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) suffixes: Vec<Spanned<String>>,
}

/// How the pages of a platform's tenants are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tenants {
    /// Each has a name below the platform's own: it can be blocked by itself.
    SubHost,
    /// Each has a path: only URLs can be asked for.
    Path,
}

/// Platforms that many people share: `rules/blocking/platforms.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct PlatformsFile {
    /// The day on which the list was looked through last.
    #[serde(rename = "as_of")]
    #[schemars(with = "String")]
    _as_of: Date,
    /// Where it comes from.
    #[serde(rename = "source")]
    _source: String,
    /// Platforms whose tenants have names of their own.
    #[schemars(with = "Vec<String>")]
    pub(super) sub_host: Vec<Spanned<String>>,
    /// Platforms whose tenants have paths.
    #[schemars(with = "Vec<String>")]
    pub(super) path: Vec<Spanned<String>>,
}

/// Networks that many sites share: `rules/blocking/networks.yaml`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct NetworksFile {
    /// The networks.
    #[schemars(with = "Vec<NetworkFile>")]
    pub(super) networks: Vec<Spanned<NetworkFile>>,
}

/// One operator's addresses.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::block) struct NetworkFile {
    /// Who operates it.
    pub(super) name: String,
    /// The day on which the ranges were looked up last.
    #[schemars(with = "String")]
    pub(super) as_of: Date,
    /// Where they are published.
    pub(super) source: String,
    /// Ranges in CIDR notation (RFC 4632, RFC 4291).
    #[schemars(with = "Vec<String>")]
    pub(super) ranges: Vec<Spanned<String>>,
}

/// What guards take of `rules/brands.yaml`; the ruleset reads the rest.
#[derive(Debug, Deserialize)]
pub(super) struct BrandsFile {
    #[serde(default)]
    pub(super) brands: Vec<BrandFile>,
    #[serde(default)]
    pub(super) protected: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) free_hosting: Vec<Spanned<String>>,
}

/// A brand's domains.
#[derive(Debug, Deserialize)]
pub(super) struct BrandFile {
    pub(super) domains: Vec<Spanned<String>>,
}
