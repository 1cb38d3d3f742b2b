use super::*;
use crate::app::Outlook;
use crate::rules::{Category, Ruleset};
use crate::verdict::Band;

const PACK: &str = "\
pack: test
version: 1.0.0
owner: a.serikova
terms: {words: {any: [кристалл]}}
rules:
  - {id: drug_sale.trial, version: 1, status: shadow, category: drug_sale, evidence: goods, weight: 1, when: {term: words}}
  - {id: context.trial, version: 1, status: shadow, lowers: [drugs], evidence: report, weight: -1, when: {term: words}}
";

fn rule(id: &str) -> RuleInfo {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("test.yaml"), PACK).unwrap();
    let ruleset = Ruleset::load(folder.path()).unwrap();
    let mut rules = ruleset.rules().into_iter();
    rules.find(|rule| rule.id == id).unwrap()
}

fn drugs() -> RuleInfo {
    rule("drug_sale.trial")
}

fn outlook(band: Band) -> Outlook {
    Outlook {
        band,
        category: None,
        score: 0.0,
    }
}

fn visit(kind: ReplayKind, holds: bool, before: Band, after: Band) -> Replayed {
    Replayed {
        site: "a.example".to_owned(),
        flag: None,
        kind,
        before: outlook(before),
        after: outlook(after),
        holds,
    }
}

const CONFIRMED: ReplayKind = ReplayKind::Confirmed {
    category: Category::DrugJob,
};
const HONEST: ReplayKind = ReplayKind::Dismissed {
    honest: true,
    protected: false,
};

/// Confirmed sites on which the rule holds, and then `more`.
fn replay_of(confirmed: usize, more: Vec<Replayed>) -> Replay {
    let mut visits = vec![visit(CONFIRMED, true, Band::Review, Band::Urgent); confirmed];
    visits.extend(more);
    Replay {
        visits,
        ..Replay::default()
    }
}

fn refusals(rule: &RuleInfo, replay: &Replay) -> Vec<String> {
    weigh_promotion(rule, replay, 0.9, 20).refusals
}

#[test]
fn thirty_five_right_hits_of_thirty_five_reach_the_bar_and_thirty_four_do_not() {
    assert_eq!(refusals(&drugs(), &replay_of(35, Vec::new())), [""; 0]);
    let refused = refusals(&drugs(), &replay_of(34, Vec::new()));
    assert_eq!(
        refused,
        ["it was right in 34 of 34; the lower end of the interval is 0.898, the bar is 0.900"]
    );
    let few = weigh_promotion(&drugs(), &replay_of(19, Vec::new()), 0.8, 20);
    assert_eq!(
        few.refusals,
        ["it holds on 19 decided visits; 20 are asked for"]
    );
}

#[test]
fn only_decisions_that_concern_the_rule_are_lessons() {
    let other_family = ReplayKind::Confirmed {
        category: Category::Phishing,
    };
    let not_honest = ReplayKind::Dismissed {
        honest: false,
        protected: false,
    };
    let more = vec![
        visit(other_family, true, Band::Review, Band::Review),
        visit(not_honest, true, Band::Review, Band::Review),
        visit(ReplayKind::Open, true, Band::Review, Band::Review),
        visit(HONEST, false, Band::Review, Band::Review),
        visit(HONEST, true, Band::Review, Band::Review),
    ];
    let promotion = weigh_promotion(&drugs(), &replay_of(40, more), 0.8, 20);
    assert_eq!((promotion.right, promotion.decided), (40, 41));
    assert_eq!(promotion.refusals, [""; 0]);
}

#[test]
fn evidence_against_is_right_where_the_site_is_honest() {
    let context = rule("context.trial");
    let protected = ReplayKind::Dismissed {
        honest: true,
        protected: true,
    };
    let honest = vec![visit(protected, true, Band::Review, Band::Clear); 40];
    assert_eq!(refusals(&context, &replay_of(0, honest.clone())), [""; 0]);
    let promotion = weigh_promotion(&context, &replay_of(5, honest), 0.9, 20);
    assert_eq!((promotion.right, promotion.decided), (40, 45));
    assert!(promotion.refusals[0].contains("40 of 45"));
}

#[test]
fn no_decision_may_be_undone_whatever_the_figures_say() {
    let protected = ReplayKind::Dismissed {
        honest: true,
        protected: true,
    };
    for (kind, holds, before, after, wanted) in [
        (
            CONFIRMED,
            false,
            Band::Review,
            Band::Clear,
            "confirmed flags would be lost: 1 (a.example)",
        ),
        (
            HONEST,
            false,
            Band::Clear,
            Band::Review,
            "dismissed flags would be raised again: 1 (a.example)",
        ),
        (
            protected,
            true,
            Band::Clear,
            Band::Clear,
            "it holds on sites of a protected kind: 1 (a.example)",
        ),
    ] {
        let refused = refusals(
            &drugs(),
            &replay_of(400, vec![visit(kind, holds, before, after)]),
        );
        assert_eq!(refused, [wanted]);
    }
    let mut unfinished = replay_of(400, Vec::new());
    unfinished.stopped = true;
    unfinished.unreadable.push("b.example".to_owned());
    assert_eq!(refusals(&drugs(), &unfinished).len(), 2);
}

#[test]
fn only_a_shadow_rule_goes_live() {
    for status in [Status::Live, Status::Draft, Status::Deprecated] {
        let rule = RuleInfo { status, ..drugs() };
        assert_eq!(refusals(&rule, &replay_of(40, Vec::new())).len(), 1);
    }
}

#[test]
fn the_line_of_the_status_is_found_in_every_style_of_yaml() {
    for (text, line, wanted) in [
        (
            "rules:\n  - id: a\n    status: shadow # x\n",
            2,
            "rules:\n  - id: a\n    status: live # x\n",
        ),
        (
            "rules:\n  - status: shadow\n    id: a\n",
            2,
            "rules:\n  - status: live\n    id: a\n",
        ),
        (
            "rules:\n  - {id: a, status: shadow, n: 1}\n",
            2,
            "rules:\n  - {id: a, status: live, n: 1}\n",
        ),
        (
            "- id: a\r\n  status: \"shadow\"\r\n",
            1,
            "- id: a\r\n  status: \"live\"\r\n",
        ),
        (
            "- id: a\n  status: shadow\n- id: b\n  status: shadow\n",
            3,
            "- id: a\n  status: shadow\n- id: b\n  status: live\n",
        ),
    ] {
        assert_eq!(live_text(text, line).as_deref(), Some(wanted), "{text}");
    }
    for (text, line) in [
        ("- id: a\n  status: live\n", 1),
        ("- id: a\n  status: shadowy\n", 1),
        ("- id: a\n  note: status: shadow\n", 1),
        ("- id: a\n", 9),
        ("", 0),
    ] {
        assert_eq!(live_text(text, line), None, "{text}");
    }
}
