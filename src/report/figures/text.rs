//! Figures on a terminal.

use super::sections::{basis_of, dossiers_of, sections_of, title_of};
use crate::app::StoreFigures;
use crate::report::flags::new_table;
use crate::report::{Style, clean_line};
use std::io::{self, Write};

/// Writes every table, and with `with_dossiers` what stands behind every number.
pub fn write_figures(
    out: &mut dyn Write,
    found: &StoreFigures,
    with_dossiers: bool,
    style: Style,
) -> io::Result<()> {
    writeln!(out, "{}", clean_line(&title_of(&found.figures)))?;
    for section in sections_of(&found.figures) {
        writeln!(out, "\n{}", section.title)?;
        if section.rows.is_empty() {
            writeln!(out, "  nothing in this period")?;
            continue;
        }
        let header: Vec<&str> = section.header.iter().map(String::as_str).collect();
        let mut table = new_table(style, &header);
        for row in &section.rows {
            table.add_row(row.iter().map(|cell| clean_line(cell)));
        }
        writeln!(out, "{table}")?;
    }
    if with_dossiers {
        writeln!(out, "\nDossiers")?;
        for (name, dossiers) in dossiers_of(&found.figures) {
            writeln!(out, "  {}: {dossiers}", clean_line(&name))?;
        }
    }
    writeln!(out)?;
    for line in basis_of(found) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}
