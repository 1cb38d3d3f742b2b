//! The figures of a period for people and for spreadsheets.
//!
//! All forms are made of the same tables, so that no form can say what another does not.

mod chart;
mod csv;
mod pages;
mod sections;
mod text;

pub use csv::figures_csv;
pub use pages::{figures_html, figures_paper};
pub use text::write_figures;
