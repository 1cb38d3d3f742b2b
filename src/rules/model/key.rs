//! Stable keys of facts and words.

use std::fmt;

/// A stable 64-bit key of a fact or word: FNV-1a over its name, finished with the mixer of `MurmurHash3`, so
/// that low bits serve as a bucket. Keys stand in model files: they never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(u64);

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;

impl Key {
    /// The key of a name.
    pub fn of(name: &str) -> Self {
        KeyBuilder::default().with(name).finish()
    }

    /// The key of the fact that a rule holds.
    pub fn of_rule(rule: &str) -> Self {
        KeyBuilder::default().with("rule:").with(rule).finish()
    }

    /// The bucket among `1 << bits`.
    pub fn bucket(self, bits: u32) -> usize {
        // The mask leaves few enough bits for any platform.
        usize::try_from(self.0 & ((1 << bits) - 1)).unwrap_or(0)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A key in the making.
#[derive(Debug, Clone, Copy)]
pub(super) struct KeyBuilder(u64);

impl Default for KeyBuilder {
    fn default() -> Self {
        Self(OFFSET)
    }
}

impl KeyBuilder {
    pub(super) fn with(self, text: &str) -> Self {
        text.bytes().fold(self, Self::byte)
    }

    pub(super) fn byte(self, byte: u8) -> Self {
        Self((self.0 ^ u64::from(byte)).wrapping_mul(PRIME))
    }

    /// Adds the key of another name.
    pub(super) fn and(self, other: Self) -> Self {
        other.0.to_le_bytes().into_iter().fold(self, Self::byte)
    }

    pub(super) fn finish(self) -> Key {
        let mut x = self.0;
        x ^= x >> 33;
        x = x.wrapping_mul(0xff51_afd7_ed55_8ccd);
        x ^= x >> 33;
        x = x.wrapping_mul(0xc4ce_b9fe_1a85_ec53);
        Key(x ^ (x >> 33))
    }
}
