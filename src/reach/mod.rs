//! What one vantage sees of a target: names, connections, TLS, HTTP. Measured, not judged.
//!
//! - [`Reach`]: everything that one vantage measured about one URL.

mod record;

pub use record::Reach;
