//! The words for verdicts, bands, categories and gates (see `docs/style.md`).

use crate::flag::SiteVerdict;
use crate::page::Gate;
use crate::rules::Category;
use crate::verdict::Band;
use jiff::Timestamp;

/// The word for a verdict, as in JSON.
pub fn verdict_word(verdict: SiteVerdict) -> &'static str {
    match verdict {
        SiteVerdict::Flagged => "flagged",
        SiteVerdict::Clear => "clear",
        SiteVerdict::Gated => "gated",
        SiteVerdict::Unreachable => "unreachable",
    }
}

/// The word for a band, as in JSON.
pub fn band_word(band: Band) -> &'static str {
    match band {
        Band::Clear => "clear",
        Band::Review => "review",
        Band::Urgent => "urgent",
    }
}

/// A category in words.
pub fn category_title(category: Category) -> &'static str {
    match category {
        Category::DrugSale => "sale of drugs",
        Category::DrugJob => "recruitment of drug couriers",
        Category::Phishing => "phishing",
        Category::InvestmentFraud => "investment fraud",
        Category::FakeShop => "fake shop",
        Category::AdvanceFee => "advance fee",
        Category::JobFraud => "job fraud",
        Category::CryptoFraud => "crypto fraud",
        Category::ForgedDocuments => "forged documents",
        Category::IllegalGambling => "illegal gambling",
    }
}

/// Why a site could not be judged.
pub fn gate_reason(gate: Gate) -> &'static str {
    match gate {
        Gate::Captcha => "asks visitors to prove that they are human",
        Gate::Login => "shows nothing without a login",
        Gate::NeedsBrowser => "builds its pages by script; needs a browser",
    }
}

/// A score of 0 to 1 in two digits, never rounded up: nothing is certain.
pub(super) fn score_text(score: f64) -> String {
    format!("{:.2}", (score * 100.0).floor() / 100.0)
}

/// A time to the minute.
pub(super) fn minute_text(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// `1 page`, `2 pages`.
pub(super) fn counted(count: usize, one: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {one}{plural}")
}
