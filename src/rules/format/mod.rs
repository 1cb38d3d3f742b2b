//! The canonical form of rule files: what `tazy rules fmt` writes.
//!
//! - [`format_yaml`]: a file's text → the same content and comments in canonical form, or a refusal.
//!
//! Inside: `tree` (parser events → nodes with their comments) → `shape` (order of keys, what stands on one
//! line) → `print`. `canonical` ties them together and proves that nothing was lost.

mod canonical;
mod print;
mod scalar;
mod shape;
#[cfg(test)]
mod tests;
mod tree;

pub use canonical::{FormatError, format_yaml};
