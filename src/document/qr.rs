//! QR codes (ISO/IEC 18004) as pictures.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Empty modules around a code (ISO/IEC 18004 §6.3.8).
const QUIET: usize = 4;
/// Pixels a module.
const SCALE: usize = 6;

/// The text cannot be shown as a QR code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a QR code of {0} bytes cannot be made")]
pub struct QrError(usize);

/// Dark modules, row by row, with the quiet zone.
struct Matrix {
    side: usize,
    dark: Vec<bool>,
}

fn matrix_of(text: &str) -> Result<Matrix, QrError> {
    let code =
        QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| QrError(text.len()))?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let mut dark = vec![false; side * side];
    for (at, color) in code.to_colors().into_iter().enumerate() {
        let (row, column) = (at / width + QUIET, at % width + QUIET);
        dark[row * side + column] = color == Color::Dark;
    }
    Ok(Matrix { side, dark })
}

/// The code as SVG, one unit a module.
pub fn qr_svg(text: &str) -> Result<String, QrError> {
    let Matrix { side, dark } = matrix_of(text)?;
    let mut path = String::new();
    for (row, modules) in dark.chunks(side).enumerate() {
        let mut column = 0;
        while column < side {
            let length = modules[column..].iter().take_while(|&&dark| dark).count();
            if length > 0 {
                // Writing to a string cannot fail.
                let _ = write!(path, "M{column} {row}h{length}v1h-{length}z");
            }
            column += length + 1;
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\"/></svg>"
    ))
}

/// The code as PNG in black and white.
pub fn qr_png(text: &str) -> Result<Vec<u8>, QrError> {
    let problem = || QrError(text.len());
    let Matrix { side, dark } = matrix_of(text)?;
    let pixels = side * SCALE;
    // One bit a pixel, white is 1, rows begin with a new byte.
    let row_bytes = pixels.div_ceil(8);
    let mut bits = vec![0_u8; row_bytes * pixels];
    for (row, line) in bits.chunks_mut(row_bytes).enumerate() {
        for column in 0..pixels {
            if !dark[row / SCALE * side + column / SCALE] {
                line[column / 8] |= 0x80 >> (column % 8);
            }
        }
    }
    let mut picture = Vec::new();
    let length = u32::try_from(pixels).map_err(|_| problem())?;
    let mut encoder = png::Encoder::new(&mut picture, length, length);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header().map_err(|_| problem())?;
    writer.write_image_data(&bits).map_err(|_| problem())?;
    writer.finish().map_err(|_| problem())?;
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_finders_and_quiet_zone_in_both_forms() {
        let matrix = matrix_of("sha256:00").unwrap();
        let at = |row: usize, column: usize| matrix.dark[row * matrix.side + column];
        assert!(!at(3, 3) && at(4, 4) && !at(5, 5) && at(6, 6));
        let svg = qr_svg("sha256:00").unwrap();
        assert!(svg.contains("M4 4h7v1h-7z"), "the upper edge of a finder");
        let png = qr_png("sha256:00").unwrap();
        let mut decoder = png::Decoder::new(std::io::Cursor::new(&png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        let width = matrix.side * SCALE;
        for row in 0..matrix.side {
            for column in 0..matrix.side {
                let pixel = pixels[row * SCALE * width + column * SCALE];
                assert_eq!(pixel == 0, at(row, column));
            }
        }
    }

    #[test]
    fn too_long_a_text_is_an_error() {
        assert!(qr_svg(&"x".repeat(5000)).is_err());
        assert!(qr_png(&"x".repeat(5000)).is_err());
    }
}
