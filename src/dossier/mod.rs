//! Everything about one request or one flag, put together from the append-only records.
//!
//! - [`RequestFile`]: a request with its steps and verifications; states are derived here, never stored.

mod request_file;

pub use request_file::RequestFile;
