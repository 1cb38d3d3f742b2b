//! What a site may be flagged for. Categories follow the offence, because the legal basis differs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What a site may be flagged for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Sale of drugs, or of prescription medicines without prescription.
    DrugSale,
    /// Recruitment of drug couriers and the like.
    DrugJob,
    /// Harvesting of passwords, cards, codes under somebody else's name.
    Phishing,
    /// Pyramids, fake brokers, guaranteed income.
    InvestmentFraud,
    /// Shops that take money and deliver nothing.
    FakeShop,
    /// Prizes, compensation and loans that cost a fee first.
    AdvanceFee,
    /// Paid tasks with a deposit, recruitment of money mules.
    JobFraud,
    /// Giveaways, wallet drainers, seed phrases.
    CryptoFraud,
    /// Diplomas, certificates and licences for money.
    ForgedDocuments,
    /// Unlicensed gambling.
    IllegalGambling,
}

/// Families of categories.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Drug sale and drug jobs.
    Drugs,
    /// Everything else.
    Fraud,
}

impl Category {
    /// All categories, in the order of reports.
    pub const ALL: [Self; 10] = [
        Self::DrugSale,
        Self::DrugJob,
        Self::Phishing,
        Self::InvestmentFraud,
        Self::FakeShop,
        Self::AdvanceFee,
        Self::JobFraud,
        Self::CryptoFraud,
        Self::ForgedDocuments,
        Self::IllegalGambling,
    ];

    /// The family it belongs to.
    pub fn family(self) -> Family {
        match self {
            Self::DrugSale | Self::DrugJob => Family::Drugs,
            _ => Family::Fraud,
        }
    }

    /// Its name in JSON, rule files and on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DrugSale => "drug_sale",
            Self::DrugJob => "drug_job",
            Self::Phishing => "phishing",
            Self::InvestmentFraud => "investment_fraud",
            Self::FakeShop => "fake_shop",
            Self::AdvanceFee => "advance_fee",
            Self::JobFraud => "job_fraud",
            Self::CryptoFraud => "crypto_fraud",
            Self::ForgedDocuments => "forged_documents",
            Self::IllegalGambling => "illegal_gambling",
        }
    }

    /// The category of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|category| category.as_str() == name)
    }
}

impl Family {
    /// Its name in JSON and rule files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drugs => "drugs",
            Self::Fraud => "fraud",
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
