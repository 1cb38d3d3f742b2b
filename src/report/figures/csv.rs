//! Figures for spreadsheets.

use crate::figures::Figures;
use std::fmt::Write as _;

/// One row a number and one row a dossier behind it: `row,name,value,dossier` (RFC 4180). Dossiers are sites as they
/// are, for programs; a cell that a spreadsheet would take for a formula begins with an apostrophe.
pub fn figures_csv(figures: &Figures) -> String {
    let mut csv = "row,name,value,dossier\r\n".to_owned();
    let mut line = |row: &str, name: &str, value: &str, dossier: &str| {
        let _ = write!(
            csv,
            "{row},{},{},{}\r\n",
            cell(name),
            cell(value),
            cell(dossier)
        );
    };
    for (name, number) in figures.numbers() {
        line("number", &name, &number.count.to_string(), "");
        for dossier in &number.dossiers {
            line("dossier", &name, "1", dossier);
        }
    }
    for (span, time) in &figures.times {
        let name = format!("time.{}", span.as_str());
        for (part, minutes) in [
            ("median_minutes", time.median_minutes),
            ("ninetieth_minutes", time.ninetieth_minutes),
        ] {
            line(
                "number",
                &format!("{name}.{part}"),
                &minutes.to_string(),
                "",
            );
        }
        for (dossier, minutes) in &time.dossiers {
            line("dossier", &name, &minutes.to_string(), dossier);
        }
    }
    for (rule, right) in &figures.rules {
        for (part, share) in [
            ("precision", right.precision),
            ("precision_low", right.low),
            ("precision_high", right.high),
        ] {
            line(
                "number",
                &format!("rule.{rule}.{part}"),
                &format!("{share:.4}"),
                "",
            );
        }
    }
    csv
}

/// A cell that no spreadsheet takes for a formula, quoted where it has to be.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        cell.push('\'');
    }
    cell.extend(text.chars().filter(|c| !c.is_control()));
    if cell.contains([',', '"']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn no_cell_is_a_formula_or_breaks_its_line() {
        for (text, written) in [
            ("shop.example", "shop.example"),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("=a,\"b\"", "\"'=a,\"\"b\"\"\""),
            ("-1", "'-1"),
            ("@x", "'@x"),
            ("\t=x", "'=x"),
            ("a\r\nb", "ab"),
        ] {
            assert_eq!(cell(text), written);
        }
    }
}
