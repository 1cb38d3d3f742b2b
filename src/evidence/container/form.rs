//! The bytes around the entries, as the writer makes them and the reader demands them (APPNOTE 6.3.10).

use super::Measure;

/// First bytes of a local header (§4.3.7).
pub(super) const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// First bytes of a record of the central directory (§4.3.12).
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";
/// Bytes of a local header before the name.
pub(super) const LOCAL_LENGTH: usize = 30;
/// Bytes of the ZIP64 field of a local header.
pub(super) const LOCAL_EXTRA: usize = 20;

/// 1980-01-01, the first day that ZIP knows.
const DATE: u16 = 0x21;
const PLAIN_VERSION: u16 = 10;
const ZIP64_VERSION: u16 = 45;
/// Numbers from here on stand in ZIP64 fields.
const FULL: u64 = u32::MAX as u64;
const FULL_COUNT: u64 = u16::MAX as u64;

/// Little-endian bytes.
#[derive(Default)]
struct Bytes(Vec<u8>);

impl Bytes {
    fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn two(self, number: u16) -> Self {
        self.raw(&number.to_le_bytes())
    }

    fn four(self, number: u32) -> Self {
        self.raw(&number.to_le_bytes())
    }

    fn eight(self, number: u64) -> Self {
        self.raw(&number.to_le_bytes())
    }

    /// A length that its field may be too small for.
    fn two_of(self, length: usize) -> Self {
        self.two(u16::try_from(length).unwrap_or(u16::MAX))
    }

    /// A number, or the sign that it stands in the ZIP64 field.
    fn four_or_full(self, number: u64) -> Self {
        self.four(u32::try_from(number).unwrap_or(u32::MAX))
    }
}

/// Version, flags, method, time, date, CRC-32, both sizes: the same in both headers.
fn common(version: u16, measure: &Measure) -> Vec<u8> {
    Bytes::default()
        .two(version)
        .two(0)
        .two(0)
        .two(0)
        .two(DATE)
        .four(measure.crc32)
        .four_or_full(measure.bytes)
        .four_or_full(measure.bytes)
        .0
}

fn zip64_field(numbers: &[u64]) -> Vec<u8> {
    if numbers.is_empty() {
        return Vec::new();
    }
    let field = Bytes::default().two(1).two_of(numbers.len() * 8);
    numbers.iter().fold(field, |field, &n| field.eight(n)).0
}

/// What stands before an entry's data.
pub(super) fn local_header(name: &str, measure: &Measure) -> Vec<u8> {
    let large = measure.bytes >= FULL;
    let sizes = [measure.bytes, measure.bytes];
    let extra = zip64_field(if large { &sizes } else { &[] });
    let version = if large { ZIP64_VERSION } else { PLAIN_VERSION };
    Bytes::default()
        .raw(&LOCAL)
        .raw(&common(version, measure))
        .two_of(name.len())
        .two_of(extra.len())
        .raw(name.as_bytes())
        .raw(&extra)
        .0
}

/// The record of an entry in the central directory.
pub(super) fn central_record(name: &str, measure: &Measure, offset: u64) -> Vec<u8> {
    let mut numbers = Vec::new();
    if measure.bytes >= FULL {
        numbers.extend([measure.bytes, measure.bytes]);
    }
    if offset >= FULL {
        numbers.push(offset);
    }
    let extra = zip64_field(&numbers);
    let version = if extra.is_empty() {
        PLAIN_VERSION
    } else {
        ZIP64_VERSION
    };
    Bytes::default()
        .raw(&CENTRAL)
        .two(version)
        .raw(&common(version, measure))
        .two_of(name.len())
        .two_of(extra.len())
        // Comment, disk, both attributes.
        .two(0)
        .two(0)
        .two(0)
        .four(0)
        .four_or_full(offset)
        .raw(name.as_bytes())
        .raw(&extra)
        .0
}

/// What stands after the central directory of `entries` records, which has `length` bytes from `offset` on
/// (§4.3.14 to §4.3.16).
pub(super) fn end_records(entries: u64, length: u64, offset: u64) -> Vec<u8> {
    let mut end = Bytes::default();
    if entries >= FULL_COUNT || length >= FULL || offset >= FULL {
        end = end
            .raw(b"PK\x06\x06")
            .eight(44)
            .two(ZIP64_VERSION)
            .two(ZIP64_VERSION)
            .four(0)
            .four(0)
            .eight(entries)
            .eight(entries)
            .eight(length)
            .eight(offset)
            .raw(b"PK\x06\x07")
            .four(0)
            .eight(offset + length)
            .four(1);
    }
    let count = u16::try_from(entries).unwrap_or(u16::MAX);
    end.raw(b"PK\x05\x06")
        .two(0)
        .two(0)
        .two(count)
        .two(count)
        .four_or_full(length)
        .four_or_full(offset)
        .two(0)
        .0
}
