//! How a scan goes about its work: as written on the command line and in `tazy.toml`, then validated.
//!
//! - [`ScanOptions`]: as written, every value optional. One definition serves the command line and the file,
//!   so that they cannot drift apart. What the command line says wins.
//! - [`read_options_file`]: `tazy.toml`; unknown keys are refused and the nearest valid key is named.
//! - [`Config`]: validated and complete.
//! - [`ConfigError`]: which setting, where it stands, and what to write instead.

mod error;
mod file;
mod options;
#[cfg(test)]
mod tests;
mod validate;

pub use error::{ConfigError, Origin};
pub use file::read_options_file;
pub use options::{Render, ScanOptions};
pub use validate::Config;
