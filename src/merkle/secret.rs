//! Bytes that must not be left behind.

use std::fmt;
use std::hint::black_box;

/// Bytes that are overwritten when they are dropped, and that `Debug` does not show.
///
/// They stay where they are on the heap when the value is moved. What other code copied, the system swapped out or an
/// optimizer kept in a register is beyond what safe Rust reaches.
pub(super) struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Takes the bytes over; nothing may have copied them.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for SecretBytes {
    fn drop(&mut self) {
        self.0.fill(0);
        // Otherwise the optimizer may find that nobody reads the zeros.
        black_box(&mut self.0);
    }
}

/// A private key as text: for the file that keeps it, and for nothing else. Overwritten when dropped; no `Display`.
pub struct SecretText(SecretBytes);

impl SecretText {
    pub(super) fn new(text: String) -> Self {
        Self(SecretBytes::new(text.into_bytes()))
    }

    /// The text, one line without its end.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.0.as_bytes()).unwrap_or_default()
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(not shown)")
    }
}
