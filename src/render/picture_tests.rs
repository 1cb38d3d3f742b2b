use super::picture::{MAX_HEIGHT, MAX_WIDTH};
use super::{PictureError, reencode_png};
use png::{BitDepth, ColorType, Encoder};
use proptest::prelude::*;
use std::io::Cursor;

fn picture(width: u32, height: u32, color: ColorType, pixels: &[u8]) -> Vec<u8> {
    let mut png = Vec::new();
    let mut encoder = Encoder::new(&mut png, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    encoder
        .add_text_chunk("Comment".into(), "secret".into())
        .unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(pixels).unwrap();
    writer.finish().unwrap();
    png
}

fn pixels_of(png: &[u8]) -> Vec<u8> {
    let mut reader = png::Decoder::new(Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    pixels
}

fn chunk_names(png: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    let mut at = 8;
    while at < png.len() {
        let length = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        names.push(String::from_utf8(png[at + 4..at + 8].to_vec()).unwrap());
        at += 12 + length;
    }
    names.dedup();
    names
}

/// A chunk with a right checksum.
fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
    let mut checksum = flate2::Crc::new();
    checksum.update(name);
    checksum.update(data);
    let length = u32::try_from(data.len()).unwrap();
    [
        &length.to_be_bytes()[..],
        name,
        data,
        &checksum.sum().to_be_bytes(),
    ]
    .concat()
}

fn header(width: u32, height: u32, depth: u8, color: u8, interlace: u8) -> Vec<u8> {
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    let kind = [depth, color, 0, 0, interlace];
    [
        &b"\x89PNG\r\n\x1a\n"[..],
        &chunk(b"IHDR", &[&size[..], &kind].concat()),
    ]
    .concat()
}

#[test]
fn pixels_stay_and_everything_else_goes() {
    let pixels: Vec<u8> = (0..60).collect();
    for (color, width) in [(ColorType::Rgb, 5), (ColorType::Rgba, 3)] {
        let original = picture(width, 4, color, &pixels[..48.max(width as usize * 12)]);
        assert!(chunk_names(&original).contains(&"tEXt".to_owned()));
        let anew = reencode_png(&original).unwrap();
        assert_eq!(chunk_names(&anew), ["IHDR", "IDAT", "IEND"]);
        assert_eq!(pixels_of(&anew), pixels_of(&original));
        assert_eq!(reencode_png(&anew).unwrap(), anew, "the same bytes again");
    }
}

#[test]
fn what_is_not_exactly_one_picture_is_refused() {
    let good = picture(2, 2, ColorType::Rgb, &[7; 12]);
    let trailing = [&good[..], b"<script>"].concat();
    assert!(matches!(
        reencode_png(&trailing),
        Err(PictureError::Unexpected("something after the end"))
    ));
    let twice = [&good[..], &good].concat();
    assert!(reencode_png(&twice).is_err());
    for garbage in [&b""[..], b"GIF89a", b"\x89PNG\r\n\x1a\n", &[0; 4096]] {
        assert!(reencode_png(garbage).is_err());
    }
    for end in 0..good.len() {
        assert!(reencode_png(&good[..end]).is_err(), "cut at {end}");
    }
}

#[test]
fn bombs_are_refused_before_memory_is_taken() {
    for (width, height) in [
        (u32::MAX >> 1, u32::MAX >> 1),
        (MAX_WIDTH + 1, 1),
        (1, MAX_HEIGHT + 1),
    ] {
        let bomb = [header(width, height, 8, 2, 0), chunk(b"IDAT", b"")].concat();
        assert!(matches!(
            reencode_png(&bomb),
            Err(PictureError::TooLarge(..))
        ));
    }
    let sixteen_bits = [header(2, 2, 16, 2, 0), chunk(b"IDAT", b"")].concat();
    let interlaced = [header(2, 2, 8, 2, 1), chunk(b"IDAT", b"")].concat();
    let palette = [header(2, 2, 8, 3, 0), chunk(b"IDAT", b"")].concat();
    for unexpected in [sixteen_bits, interlaced, palette] {
        assert!(matches!(
            reencode_png(&unexpected),
            Err(PictureError::Unexpected(_))
        ));
    }
    // A text of a gigabyte, announced and not there.
    let mut lie = header(2, 2, 8, 2, 0);
    lie.extend_from_slice(&(1_u32 << 30).to_be_bytes());
    lie.extend_from_slice(b"tEXtabc");
    assert!(reencode_png(&lie).is_err());
}

proptest! {
    #[test]
    fn no_flipped_byte_brings_it_down_or_slips_into_the_result(at in 0_usize..120, mask in 1_u8..) {
        let good = picture(2, 2, ColorType::Rgb, &[9; 12]);
        let mut flipped = good.clone();
        let at = at % good.len();
        flipped[at] ^= mask;
        if let Ok(anew) = reencode_png(&flipped) {
            prop_assert_eq!(chunk_names(&anew), ["IHDR", "IDAT", "IEND"]);
            prop_assert_eq!(pixels_of(&anew), pixels_of(&good));
        }
    }
}
