//! What rules do in a scan of a whole site: shadow rules, rules over sites, local changes.

use crate::support::{Site, server::Server};
use crate::{Lab, lab};
use jiff::civil::date;
use std::sync::Arc;
use tazy::flag::{SiteVerdict, Visit};
use tazy::rules::RulesetSource;

const PACK: &str = "\
pack: test
version: 1.0.0
owner: tazy
terms:
  goods: {any: [мефедрон]}
  order: {any: [тапсырыс, заказ]}
  hint: {any: [скидка]}
rules:
  - {id: drug_sale.goods, version: 1, status: live, category: drug_sale, evidence: goods, weight: 2, when: {term: goods}}
  - {id: drug_sale.hint, version: 1, status: shadow, category: drug_sale, evidence: goods, weight: 9, when: {term: hint}}
  - {id: drug_sale.apart, version: 1, status: live, scope: site, category: drug_sale, evidence: composite, weight: 3,
     when: {all: [{any_page: {term: goods}}, {any_page: {all: [{term: order}, {not: {term: goods}}]}}]}}
";
const SCORING: &str = "prior: -4\nreview: 0.5\nurgent: 0.9\nagainst_cap: 6\nsupplement_share: 0.7\n\
    other_pages_against_cap: 1\nevidence: {goods: {cap: 2.5}, composite: {cap: 3}}\n";

/// A laboratory with the pack above and perhaps local changes to it.
fn lab_with_pack(overrides: Option<&str>) -> Lab {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    std::fs::write(rules.join("test.yaml"), PACK).unwrap();
    std::fs::write(rules.join("scoring.yaml"), SCORING).unwrap();
    let changes = folder.path().join("overrides.yaml");
    std::fs::write(&changes, overrides.unwrap_or_default()).unwrap();
    let source = RulesetSource {
        directory: Some(rules),
        overrides: overrides.map(|_| changes),
    };
    let mut lab = lab();
    lab.app.ruleset = Arc::new(source.load(date(2026, 11, 22)).unwrap());
    lab
}

async fn shop() -> Server {
    Site::new()
        .page(
            "/",
            "<p>Скидка! <b>мефедрон</b> <a href='/order'>дальше</a>",
        )
        .page("/order", "<p>Как сделать заказ")
        .serve()
        .await
}

fn rules_of(visit: &Visit) -> Vec<&str> {
    let findings = visit.categories.iter().flat_map(|found| &found.findings);
    findings.map(|finding| finding.rule.as_str()).collect()
}

#[tokio::test]
async fn goods_and_order_on_two_pages_are_flagged_together_and_shadow_is_only_counted() {
    let server = shop().await;
    let lab = lab_with_pack(None);
    let (summary, visits) = lab.scan(&[server.url("/")]).await;
    let visit = &visits[0];
    assert_eq!(visit.verdict, SiteVerdict::Flagged);
    assert_eq!(rules_of(visit), ["drug_sale.apart", "drug_sale.goods"]);
    let apart = &visit.categories[0].findings[0];
    assert_eq!(apart.marks.len(), 1);
    assert_eq!(apart.also.len(), 1);
    assert_eq!(apart.also[0].url, server.url("/order"));
    assert_eq!(visit.shadow.get("drug_sale.hint"), Some(&1));
    assert_eq!(summary.shadow.get("drug_sale.hint"), Some(&1));
    let flag = lab.app.store.flag(visit.flag.as_ref().unwrap()).unwrap();
    let kept = serde_json::to_string(&flag).unwrap();
    assert!(kept.contains("Как сделать заказ") && !kept.contains("drug_sale.hint"));
}

#[tokio::test]
async fn a_disabled_rule_flags_nobody() {
    let server = shop().await;
    let disabled = "overrides:\n  - {disable: drug_sale.apart, reason: a test, author: me}\n";
    let visit = lab_with_pack(Some(disabled)).visit(server.url("/")).await;
    assert_eq!(visit.verdict, SiteVerdict::Clear);
    assert_eq!(rules_of(&visit), ["drug_sale.goods"]);
    let plain = lab_with_pack(None).visit(server.url("/")).await;
    assert_ne!(plain.ruleset, visit.ruleset);
}
