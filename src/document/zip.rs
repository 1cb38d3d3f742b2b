//! A ZIP file (APPNOTE 6.3.10) with nothing in it that depends on when, where or by whom it was made.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write as _;

/// 1980-01-01, the first day that ZIP knows.
const DATE: u16 = 0x21;
/// Names and text of entries are UTF-8.
const UTF8: u16 = 1 << 11;
const DEFLATED: u16 = 8;
const VERSION: u16 = 20;

/// Packs entries in their order.
pub(super) fn zip_of(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in entries {
        let offset = out.len();
        let packed = deflate(content);
        let mut crc = Crc::new();
        crc.update(content);
        let mut common = Vec::new();
        for number in [VERSION, UTF8, DEFLATED, 0, DATE] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), length(packed.len()), length(content.len())] {
            common.extend(number.to_le_bytes());
        }
        common.extend(short(name.len()).to_le_bytes());
        common.extend(0_u16.to_le_bytes());
        out.extend(b"PK\x03\x04");
        out.extend(&common);
        out.extend(name.as_bytes());
        out.extend(&packed);
        directory.extend(b"PK\x01\x02");
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&common);
        // Comment, disk, attributes inside and outside.
        directory.extend([0; 10]);
        directory.extend(length(offset).to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let offset = out.len();
    out.extend(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        out.extend(short(entries.len()).to_le_bytes());
    }
    out.extend(length(directory.len()).to_le_bytes());
    out.extend(length(offset).to_le_bytes());
    out.extend([0; 2]);
    out
}

fn deflate(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    // Writing to memory cannot fail.
    let _ = encoder.write_all(content);
    encoder.finish().unwrap_or_default()
}

/// Papers are far below 4 GiB: they are bounded in blocks and text.
fn length(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn short(number: usize) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}
