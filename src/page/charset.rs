//! Bytes to text: header, byte order mark, meta, then detection.

/// Decoded text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodedText {
    /// The body as UTF-8.
    pub text: String,
    /// WHATWG name of the character set that was used.
    pub charset: &'static str,
}

/// Decodes a body. `content_type` is the HTTP header as received.
pub fn decode_text(content_type: Option<&str>, body: &[u8]) -> DecodedText {
    let _ = (content_type, body);
    todo!()
}
