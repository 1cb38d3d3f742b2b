//! A ZIP file with nothing in it that depends on when, where or by whom it was made.

use std::io::{Cursor, Write as _};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

/// Packs entries in their order. Papers are bounded in blocks and text, far below what ZIP can hold.
pub(super) fn zip_of(entries: &[(String, Vec<u8>)]) -> Vec<u8> {
    // In memory nothing fails but what no paper has: two parts of one name.
    pack(entries).unwrap_or_default()
}

fn pack(entries: &[(String, Vec<u8>)]) -> ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    // 1980-01-01, the first day that ZIP knows.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644);
    for (name, content) in entries {
        writer.start_file(name.as_str(), options)?;
        writer.write_all(content)?;
    }
    Ok(writer.finish()?.into_inner())
}
