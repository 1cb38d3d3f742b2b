//! How a scan goes about its work: as written on the command line and in `tazy.toml`, then validated.
//!
//! - [`ScanOptions`]: as written, every value optional. One definition serves the command line and the file,
//!   so that they cannot drift apart. What the command line says wins.
//! - [`read_options_file`]: `tazy.toml`; unknown keys are refused and the nearest valid key is named.
//! - [`Config`]: validated and complete.
//! - [`DeskOptions`]: who decides here, what a rule must show before it goes live, who collects evidence for
//!   whom, how long it is kept, how blocks are asked for, and where lists are served.
//! - [`VerifyOptions`]: from where blocks are verified.
//! - [`ConfigError`]: which setting, where it stands, and what to write instead.

mod block;
mod desk;
mod error;
mod evidence;
mod file;
mod options;
mod serve;
#[cfg(test)]
mod tests;
mod validate;
mod verify;

pub use block::BlockOptions;
pub use desk::{DeskOptions, PromotionOptions, ReviewOptions};
pub use error::{ConfigError, Origin};
pub use evidence::{EvidenceOptions, RetentionOptions};
pub use file::{read_desk_file, read_options_file};
pub use options::{Render, ScanOptions};
pub use serve::ServeOptions;
pub use validate::{Config, read_override};
pub use verify::{VantageOptions, VerifyOptions, facts_here, parse_control, parse_resolver};
