//! JSON Lines.

use serde::Serialize;
use std::io::{self, Write};

/// Writes one object and a line feed and flushes, so that a reader sees each as soon as it exists.
pub fn write_json_line(out: &mut dyn Write, object: &impl Serialize) -> io::Result<()> {
    let mut line = serde_json::to_vec(object)?;
    line.push(b'\n');
    out.write_all(&line)?;
    out.flush()
}
