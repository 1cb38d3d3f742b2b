//! Pictures, decoded with distrust and encoded anew.
//!
//! The browser that wrote a picture had a hostile page in it. What a person opens was written by us: the
//! same pixels and nothing else.

use png::{BitDepth, ColorType, Compression, Decoder, Encoder, Filter, Limits, Transformations};
use std::io::Cursor;

/// The widest picture, pixels.
pub(super) const MAX_WIDTH: u32 = 1280;
/// The highest picture, pixels.
pub(super) const MAX_HEIGHT: u32 = 12_000;
/// What the decoder may allocate beside the pixels, bytes.
const DECODER_MEMORY: usize = 1 << 20;

/// Why a picture is not taken over.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Not a PNG, or a broken one.
    #[error("not a valid PNG: {0}")]
    Decode(#[from] png::DecodingError),
    /// Larger than a screenshot can be.
    #[error("{0} × {1} pixels are more than {MAX_WIDTH} × {MAX_HEIGHT}")]
    TooLarge(u32, u32),
    /// A kind of PNG that browsers do not write for screenshots.
    #[error("{0} in a screenshot")]
    Unexpected(&'static str),
    /// The pixels could not be written.
    #[error("PNG: {0}")]
    Encode(#[from] png::EncodingError),
}

/// Decodes a screenshot (PNG, W3C third edition: RGB or RGBA of 8 bits, at most 1280 × 12,000 pixels) and
/// encodes its pixels anew: only `IHDR`, `IDAT` and `IEND`, the same bytes for the same pixels.
///
/// # Errors
/// Whatever is not exactly one such picture: other forms of PNG, wrong checksums, missing or further bytes.
pub fn reencode_png(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let mut decoder = Decoder::new_with_limits(
        Cursor::new(bytes),
        Limits {
            bytes: DECODER_MEMORY,
        },
    );
    decoder.set_transformations(Transformations::IDENTITY);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    let header = decoder.read_header_info()?;
    let (width, height, color) = (header.width, header.height, header.color_type);
    if width > MAX_WIDTH || height > MAX_HEIGHT {
        return Err(PictureError::TooLarge(width, height));
    }
    let samples: usize = match color {
        ColorType::Rgb => 3,
        ColorType::Rgba => 4,
        _ => return Err(PictureError::Unexpected("other colors than RGB")),
    };
    if header.bit_depth != BitDepth::Eight || header.interlaced {
        return Err(PictureError::Unexpected(
            "other samples than 8 bits in rows",
        ));
    }
    let mut reader = decoder.read_info()?;
    if reader.info().is_animated() {
        return Err(PictureError::Unexpected("an animation"));
    }
    let mut pixels = vec![0; width as usize * height as usize * samples];
    reader.next_frame(&mut pixels)?;
    reader.finish()?;
    if end_of_png(bytes) != Some(bytes.len()) {
        return Err(PictureError::Unexpected("something after the end"));
    }
    encode(&pixels, width, height, color)
}

fn encode(
    pixels: &[u8],
    width: u32,
    height: u32,
    color: ColorType,
) -> Result<Vec<u8>, PictureError> {
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Up);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(png)
}

/// Where the `IEND` chunk ends: a chunk is its length, its name, that many bytes and a checksum.
fn end_of_png(bytes: &[u8]) -> Option<usize> {
    let mut at = 8;
    loop {
        let length = bytes.get(at..at + 4)?.try_into().ok()?;
        let name = bytes.get(at + 4..at + 8)?;
        at = at.checked_add(12 + u32::from_be_bytes(length) as usize)?;
        if name == b"IEND" {
            return Some(at);
        }
    }
}
