//! The annex for machines: every URL and target as it is. Nothing else of tazy's papers has live URLs.

use crate::block::{BlockItem, BlockRequest};

/// One URL a line, those of each item together: the form that filing systems take.
pub fn raw_urls(request: &BlockRequest) -> String {
    let mut text = String::new();
    for item in &request.items {
        for url in live_urls(item) {
            text.push_str(&url);
            text.push_str("\r\n");
        }
    }
    text
}

/// Item, scope, target and URL of each line (RFC 4180). No field can begin like a formula: numbers, codes,
/// host names in A-labels, addresses and URLs do not.
pub fn raw_urls_csv(request: &BlockRequest) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(Vec::new());
    writer.write_record(["number", "item", "scope", "target", "url"])?;
    for (item, number) in request.items.iter().zip(1..) {
        for url in live_urls(item) {
            let number: i32 = number;
            writer.write_record([
                &number.to_string(),
                item.id.as_str(),
                item.target.scope().as_str(),
                &item.target.live(),
                &url,
            ])?;
        }
    }
    writer
        .into_inner()
        .map_err(|error| error.into_error().into())
}

fn live_urls(item: &BlockItem) -> impl Iterator<Item = String> + '_ {
    item.urls.iter().map(|url| url.as_str().to_owned())
}
