//! What is awaited, on a terminal.

use super::flags::new_table;
use super::words::minute_text;
use super::{Style, clean_line, fit_width};
use crate::app::Awaited;
use comfy_table::Cell;

/// A table of what is awaited, in the order given.
pub fn due_table(awaited: &[Awaited], style: Style) -> String {
    let header = ["Request", "Awaited", "Of", "Until", "Late by", "Target"];
    let mut table = new_table(style, &header);
    for Awaited {
        request,
        authority,
        target,
        due,
    } in awaited
    {
        // A deadline that nobody confirmed, or that runs into a year without a calendar.
        let mark = if due.confirmed && due.is_covered {
            ""
        } else {
            " ?"
        };
        let late = due.overdue_by.map(|late| {
            let hours = late.as_hours();
            if hours < 48 {
                format!("{hours} h")
            } else {
                format!("{} d", hours / 24)
            }
        });
        table.add_row([
            Cell::new(clean_line(request.as_str())),
            Cell::new(clean_line(&due.act)),
            Cell::new(fit_width(authority, 40)),
            Cell::new(format!("{}{mark}", minute_text(due.due))),
            Cell::new(late.unwrap_or_default()),
            Cell::new(fit_width(target, 60)),
        ]);
    }
    table.to_string()
}
