//! What is kept of a visit that found nothing.

use super::{SiteVerdict, Visit};
use crate::entity::EntityKind;
use crate::rules::Finding;

/// The visit as it is stored: of a site that is clear, no words of its pages and nothing that leads to a person.
/// Those who write on or are named by such a site are bystanders. Scores, rules, counts and captures stay, so
/// that statistics and replays do not change; what was examined can be examined again while its captures are
/// kept.
#[must_use]
pub fn minimized(visit: &Visit) -> Visit {
    let mut kept = visit.clone();
    if visit.verdict != SiteVerdict::Clear {
        return kept;
    }
    for score in &mut kept.categories {
        score.findings.iter_mut().for_each(forget_words);
        score.against.iter_mut().for_each(forget_words);
    }
    kept.entities.retain(|entity| !is_personal(entity.kind));
    kept.minimized = true;
    kept
}

fn forget_words(finding: &mut Finding) {
    finding.excerpt.clear();
    finding.marks.clear();
    for witness in &mut finding.also {
        witness.excerpt.clear();
        witness.marks.clear();
    }
}

/// Whether an identifier may lead to one person: all ways to write to somebody, and numbers of cards and people.
fn is_personal(kind: EntityKind) -> bool {
    match kind {
        EntityKind::Telegram
        | EntityKind::Whatsapp
        | EntityKind::Phone
        | EntityKind::Email
        | EntityKind::BankCard
        | EntityKind::Iin
        | EntityKind::Session
        | EntityKind::Threema
        | EntityKind::Jabber => true,
        EntityKind::Bitcoin
        | EntityKind::Ethereum
        | EntityKind::Tron
        | EntityKind::Litecoin
        | EntityKind::Monero
        | EntityKind::Onion
        | EntityKind::Bin
        | EntityKind::GoogleAnalytics
        | EntityKind::YandexMetrika
        | EntityKind::FacebookPixel
        | EntityKind::TiktokPixel
        | EntityKind::Price
        | EntityKind::Weight
        | EntityKind::PricePerWeight
        | EntityKind::PercentPerPeriod => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "клад у Иванова";

    fn visit(verdict: &str) -> Visit {
        let finding = serde_json::json!({
            "rule": "drug_sale.stash_offer.ru", "category": "drug_sale", "evidence": "offer", "weight": 2.1,
            "url": "http://a.example/", "region": "text", "excerpt": SECRET, "marks": [[0, 8]], "span": [120, 164],
            "also": [{"url": "http://a.example/2", "region": "text", "excerpt": SECRET, "marks": [[0, 8]],
                "span": [1, 9]}],
        });
        let entity = |kind: &str, value: &str| serde_json::json!({"kind": kind, "value": value, "url": "http://a.example/"});
        serde_json::from_value(serde_json::json!({
            "site": "a.example", "entry": "http://a.example/", "run": "r-1", "verdict": verdict,
            "categories": [{"category": "drug_sale", "family": "drugs", "score": 0.2, "band": "clear",
                "findings": [finding.clone()], "against": [finding]}],
            "entities": [entity("phone", "+77010000000"), entity("email", "i@a.example"),
                entity("telegram", "@ivanov_example"), entity("yandex_metrika", "12345678")],
            "pages": 1, "bytes": 40, "outcomes": {"200": 1}, "captures": ["c-1"], "ruleset": "2026.03.1",
            "started": "2026-03-01T10:00:00Z", "finished": "2026-03-01T10:00:05Z", "flag": null,
        }))
        .unwrap()
    }

    #[test]
    fn of_a_clear_site_no_words_and_no_way_to_a_person_are_kept() {
        let told = visit("clear");
        let kept = minimized(&told);
        let json = serde_json::to_string(&kept).unwrap();
        for personal in [SECRET, "+77010000000", "i@a.example", "@ivanov_example"] {
            assert!(!json.contains(personal), "{personal}: {json}");
        }
        assert!(json.contains("12345678") && json.contains("\"minimized\":true"));
        let finding = &kept.categories[0].findings[0];
        let before = &told.categories[0].findings[0];
        assert_eq!((&finding.rule, finding.span), (&before.rule, before.span));
        assert_eq!(kept.captures, told.captures);
        assert_eq!(minimized(&kept), kept);
        assert!(!serde_json::to_string(&told).unwrap().contains("minimized"));
    }

    #[test]
    fn everything_is_kept_of_sites_that_are_flagged_or_could_not_be_judged() {
        for verdict in ["flagged", "gated", "unreachable"] {
            assert_eq!(minimized(&visit(verdict)), visit(verdict));
        }
    }
}
