//! `tazy review export-manifest`

use super::open::StoreOption;
use super::{CliError, Exit, Terminal};
use crate::app::export_manifest;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `tazy review export-manifest`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  tazy review export-manifest decided
  tazy eval decided/manifest.jsonl --misses misses.jsonl

Confirmed flags become drug_sale, phishing or fraud; flags dismissed as honest become benign_hard.
The files are pages of suspects, unpacked and not cleaned: open them in no browser.")]
pub(super) struct ExportCommand {
    /// A directory that is made, or is empty
    directory: PathBuf,
    #[command(flatten)]
    store: StoreOption,
}

impl ExportCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let store = self.store.open_existing(terminal)?;
        let exported = export_manifest(&store, &self.directory).map_err(CliError::failure)?;
        let manifest = self.directory.join("manifest.jsonl");
        writeln!(
            terminal.out,
            "{} confirmed and {} honest sites, {} pages; {} decisions say nothing about their site.",
            exported.confirmed, exported.honest, exported.pages, exported.left_out
        )?;
        if exported.unreadable > 0 {
            writeln!(
                terminal.err,
                "tazy: {} captures cannot be read; see tazy store check{}",
                exported.unreadable,
                self.store.as_typed()
            )?;
        }
        writeln!(terminal.out, "Next: tazy eval {}", manifest.display())?;
        terminal.out.flush()?;
        Ok(Exit::Done)
    }
}
