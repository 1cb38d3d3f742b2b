//! Yields per day, week or month.

use super::EntityKind;
use super::context::{Collection, after, before};
use super::number::Number;

const PERIODS: [(&str, &str); 31] = [
    ("в день", "day"),
    ("в сутки", "day"),
    ("за сутки", "day"),
    ("за день", "day"),
    ("ежедневн", "day"),
    ("каждый день", "day"),
    ("суточн", "day"),
    ("күніне", "day"),
    ("күн сайын", "day"),
    ("күнделікті", "day"),
    ("кунине", "day"),
    ("kúnine", "day"),
    ("kunine", "day"),
    ("тәулігіне", "day"),
    ("daily", "day"),
    ("per day", "day"),
    ("a day", "day"),
    ("/day", "day"),
    ("/день", "day"),
    ("в час", "hour"),
    ("hourly", "hour"),
    ("в неделю", "week"),
    ("еженедельн", "week"),
    ("аптасына", "week"),
    ("weekly", "week"),
    ("per week", "week"),
    ("в месяц", "month"),
    ("ежемесячн", "month"),
    ("айына", "month"),
    ("ай сайын", "month"),
    ("monthly", "month"),
];

const YEARLY: [&str; 14] = [
    "годов",
    "в год",
    "за год",
    "жылдық",
    "жылына",
    "per annum",
    "p.a",
    "apr",
    "apy",
    "per year",
    "annual",
    "yearly",
    "a year",
    "гэсв",
];

/// A percentage per day, week or month; annual rates are the ordinary kind and not reported.
pub(super) fn read_percent(text: &str, start: usize, number: &Number, collection: &mut Collection) {
    let window = after(text, number.end, 90);
    let unit = window.trim_start();
    let Some(sign) = ["%", "процент", "пайыз", "percent", "prosent"]
        .iter()
        .find(|s| unit.starts_with(**s))
    else {
        return;
    };
    let blanks = window.len() - unit.len();
    let following = unit.get(sign.len()..).unwrap_or_default();
    let line = following
        .split(['\n', '\t', ';', '!'])
        .next()
        .unwrap_or_default();
    let line = line.split(". ").next().unwrap_or_default();
    let near: String = line.chars().take(36).collect();
    // What follows a colon tells of something else.
    let near = near.split(['%', ':']).next().unwrap_or_default();
    let said = before(text, start, 48);
    let said = said
        .rsplit(['\n', '\t', ';', '!', '.', '%'])
        .next()
        .unwrap_or_default();
    if YEARLY.iter().any(|w| near.contains(w) || said.contains(w)) {
        return;
    }
    let after_it = PERIODS
        .iter()
        .filter_map(|&(w, p)| near.find(w).map(|at| (at, p)))
        .min();
    let before_it = PERIODS
        .iter()
        .filter_map(|&(w, p)| said.rfind(w).map(|at| (at, p)))
        .max();
    let Some((_, period)) = after_it.or(before_it) else {
        return;
    };
    let end = number.end + blanks + sign.len();
    if text.is_char_boundary(end) {
        collection.add(
            EntityKind::PercentPerPeriod,
            format!("{}% {period}", number.value),
            start..end,
        );
    }
}
