//! Figures of rules as a table.

use super::flags::new_table;
use super::{Style, fit_width};
use crate::app::RuleStats;
use comfy_table::{Cell, CellAlignment};

/// A table of what decisions say of rules, in the order given.
pub fn rule_table(stats: &[&RuleStats], style: Style) -> String {
    let header = [
        "Rule",
        "Status",
        "Hits",
        "Confirmed",
        "Dismissed",
        "Precision (95 %)",
        "Unique",
        "Clear",
        "Last hit",
        "Cost",
        "Owner",
    ];
    let mut table = new_table(style, &header);
    let number = |n: usize| Cell::new(n).set_alignment(CellAlignment::Right);
    for rule in stats {
        let last = rule
            .last_hit
            .map(|time| time.strftime("%Y-%m-%d").to_string());
        let cost = rule.cost.map(|cost| cost.to_string());
        let or_dash = |text: Option<String>| Cell::new(text.unwrap_or_else(|| "-".to_owned()));
        table.add_row([
            Cell::new(fit_width(&rule.rule, 60)),
            Cell::new(rule.status.unwrap_or("gone")),
            number(rule.hits),
            number(rule.confirmed),
            number(rule.dismissed),
            or_dash(precision_text(rule)),
            number(rule.unique),
            number(rule.clear),
            or_dash(last),
            or_dash(cost).set_alignment(CellAlignment::Right),
            or_dash(rule.owner.as_deref().map(|owner| fit_width(owner, 24))),
        ]);
    }
    table.to_string()
}

/// `0.93 (0.81–0.98)`
fn precision_text(rule: &RuleStats) -> Option<String> {
    let (low, high) = rule.interval?;
    Some(format!("{:.2} ({low:.2}–{high:.2})", rule.precision?))
}
