//! What stands in a bundle for readers: the index of the WARC file, the list of pages.

use super::layout;
use super::verification::{Check, CheckId};
use super::verify::Work;
use super::warc_stream::SeenRecord;
use serde::Deserialize;
use std::collections::{HashMap, HashSet};
use std::io::{self, BufRead, BufReader, Read, Seek};

const MAX_LINE: u64 = 1 << 20;

/// The JSON of a line of the index (CDXJ).
#[derive(Deserialize)]
struct Indexed {
    url: String,
    offset: Number,
    length: Number,
    #[serde(default)]
    digest: Option<String>,
}

/// Writers of CDXJ give numbers as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Plain(u64),
    Text(String),
}

impl Number {
    fn value(&self) -> Option<u64> {
        match self {
            Self::Plain(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
        }
    }
}

#[derive(Deserialize)]
struct ListedPage {
    #[serde(default)]
    url: Option<String>,
}

impl<R: Read + Seek> Work<'_, R> {
    /// Index and pages against what is in the WARC file.
    pub(super) fn check_index(&mut self) -> io::Result<()> {
        let mut check = Check::begun(CheckId::WarcIndex);
        let lines = self.lines_of(layout::INDEX, &mut check)?;
        compare_index(&lines, &self.contents.records, &mut check);
        let lines = self.lines_of(layout::PAGES, &mut check)?;
        let records = self.contents.records.values();
        let uris: HashSet<&str> = records.filter_map(|r| r.field("WARC-Target-URI")).collect();
        for (number, line) in lines.iter().enumerate() {
            let place = format!("{}, line {}", layout::PAGES, number + 1);
            check.checked += 1;
            match serde_json::from_slice::<ListedPage>(line) {
                Err(error) => check.fail(place, error),
                // The first line says which form this is.
                Ok(ListedPage { url: None }) if number == 0 => {}
                Ok(ListedPage { url: Some(url) }) if uris.contains(url.as_str()) => {}
                Ok(_) => check.fail(place, "this page is not in the WARC file"),
            }
        }
        self.conclude(check);
        Ok(())
    }

    fn lines_of(&mut self, name: &str, check: &mut Check) -> io::Result<Vec<Vec<u8>>> {
        let mut lines = Vec::new();
        let Some(entry) = self.container.entry(name).cloned() else {
            check.fail(name, "it is missing");
            return Ok(lines);
        };
        // Both have about one line a record.
        let most = self.contents.records.len() + 16;
        let mut source = BufReader::new(self.container.stream(&entry)?);
        loop {
            let mut line = Vec::new();
            let read = (&mut source).take(MAX_LINE).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(lines);
            }
            if line.pop() != Some(b'\n') || lines.len() > most {
                check.fail(
                    name,
                    "it has more or longer lines than the WARC file has records",
                );
                return Ok(lines);
            }
            lines.push(line);
        }
    }
}

fn compare_index(lines: &[Vec<u8>], records: &HashMap<String, SeenRecord>, check: &mut Check) {
    let answers = records.values();
    let mut by_offset: HashMap<u64, &SeenRecord> =
        answers.map(|record| (record.offset, record)).collect();
    for (number, line) in lines.iter().enumerate() {
        let place = format!("{}, line {}", layout::INDEX, number + 1);
        check.checked += 1;
        let json = line
            .iter()
            .position(|&byte| byte == b'{')
            .map(|at| &line[at..]);
        let indexed = json.and_then(|json| serde_json::from_slice::<Indexed>(json).ok());
        let Some(indexed) = indexed else {
            check.fail(place, "it is not a line of an index");
            continue;
        };
        let record = indexed
            .offset
            .value()
            .and_then(|offset| by_offset.remove(&offset));
        let agrees = record.is_some_and(|record| {
            record.length == indexed.length.value().unwrap_or_default()
                && record.field("WARC-Target-URI") == Some(indexed.url.as_str())
                && is_digest_of(indexed.digest.as_deref(), record)
        });
        if !agrees {
            check.fail(place, "no such record is there in the WARC file");
        }
    }
    for record in by_offset.values() {
        if matches!(record.kind(), "response" | "revisit") {
            check.fail(
                layout::INDEX,
                format_args!("the record {} is not in the index", record.id()),
            );
        }
    }
}

fn is_digest_of(stated: Option<&str>, record: &SeenRecord) -> bool {
    let block = record.block_digest;
    stated.is_none_or(|stated| {
        record.field("WARC-Payload-Digest") == Some(stated)
            || stated == block.to_string()
            || stated == block.warc()
            || record
                .http
                .as_ref()
                .is_some_and(|http| http.payload_digest.to_string() == stated)
    })
}
