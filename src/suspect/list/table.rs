//! Lists that are tables: CSV with a header, as spreadsheets save it.

use super::{MAX_LINE_BYTES, Reading, read_url};
use crate::suspect::Suspect;

/// Names of the column with the URL, the surest first (an "address" may be a street).
const URL_COLUMNS: &[&str] = &[
    "url",
    "urls",
    "ссылка",
    "link",
    "href",
    "сайт",
    "site",
    "website",
    "web",
    "веб-сайт",
    "интернет-ресурс",
    "сілтеме",
    "домен",
    "domain",
    "host",
    "url-адрес",
    "адрес сайта",
    "ссылка на сайт",
    "адрес",
    "address",
    "мекенжай",
    "мекенжайы",
];
/// Names of the column that says who reported it.
const REPORTER_COLUMNS: &[&str] = &[
    "reported_by",
    "reported by",
    "reporter",
    "source",
    "источник",
    "заявитель",
    "кто сообщил",
    "дереккөз",
    "көзі",
    "өтініш беруші",
];
/// Names of the column that says on what basis.
const BASIS_COLUMNS: &[&str] = &[
    "basis",
    "основание",
    "case",
    "reason",
    "дело",
    "номер дела",
    "ердр",
    "сдтб",
    "негіз",
    "негізі",
];
const SEPARATORS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// Where a table has what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    separator: u8,
    url: usize,
    reported_by: Option<usize>,
    basis: Option<usize>,
    /// Byte offset of the first row after the header.
    rows: usize,
}

impl Layout {
    /// The layout, if the first line that says anything is a header.
    pub(super) fn of_text(text: &str) -> Option<Self> {
        let mut declared = None;
        let mut rows = 0;
        for line in text.split_inclusive('\n').take(100) {
            rows += line.len();
            let line = line.trim_end_matches(['\r', '\n']).trim_matches(' ');
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            // Spreadsheets name the separator in a line of its own.
            if let Some(separator) = line
                .strip_prefix("sep=")
                .and_then(|rest| rest.bytes().next())
            {
                declared = Some(separator);
                continue;
            }
            return SEPARATORS
                .into_iter()
                .filter(|separator| declared.is_none_or(|declared| declared == *separator))
                .filter_map(|separator| Self::of_header(line, separator, rows))
                .max_by_key(|(cells, _)| *cells)
                .map(|(_, layout)| layout);
        }
        None
    }

    fn of_header(line: &str, separator: u8, rows: usize) -> Option<(usize, Self)> {
        if line.len() > MAX_LINE_BYTES {
            return None;
        }
        let mut header = csv::StringRecord::new();
        reader(line.as_bytes(), separator, true)
            .read_record(&mut header)
            .ok()?;
        let cells: Vec<String> = header.iter().map(normal_name).collect();
        let column = |names: &[&str]| {
            names
                .iter()
                .find_map(|name| cells.iter().position(|cell| cell == name))
        };
        let layout = Self {
            separator,
            url: column(URL_COLUMNS)?,
            reported_by: column(REPORTER_COLUMNS),
            basis: column(BASIS_COLUMNS),
            rows,
        };
        Some((cells.len(), layout))
    }

    /// Reads the rows below the header.
    pub(super) fn read(&self, text: &str, reading: &mut Reading) {
        let mut place = Place { offset: 0, line: 1 };
        if let Some(broken_at) = self.read_rows(text, self.rows, true, &mut place, reading) {
            // A quote that is never closed swallows the rest; from there on quotes mean nothing.
            let next = text[broken_at..]
                .find('\n')
                .map_or(text.len(), |end| broken_at + end + 1);
            self.read_rows(text, next, false, &mut place, reading);
        }
    }

    /// Reads rows from byte `start` on. `Some(offset)` if the row there is too long to be one.
    fn read_rows(
        &self,
        text: &str,
        start: usize,
        quoting: bool,
        place: &mut Place,
        reading: &mut Reading,
    ) -> Option<usize> {
        let mut rows = reader(&text.as_bytes()[start..], self.separator, quoting);
        let mut row = csv::StringRecord::new();
        loop {
            let from = offset_of(start, &rows);
            // The text is valid UTF-8 and rows may have any length, so that nothing else can fail.
            if !rows.read_record(&mut row).unwrap_or(false) {
                return None;
            }
            let from = skip_to_row(text, from);
            let line = place.line_at(text, from);
            let shown = text[from..].lines().next().unwrap_or_default();
            let raw = text.get(from..offset_of(start, &rows)).unwrap_or_default();
            if quoting && has_open_quote(&row, raw) {
                reading.refuse(
                    line,
                    shown,
                    "a quotation mark is opened here and never closed",
                );
                return Some(from);
            }
            if row.as_slice().len() > MAX_LINE_BYTES {
                reading.refuse(line, shown, "the row is too long to be one");
                continue;
            }
            self.read_row(&row, line, shown, reading);
        }
    }

    fn read_row(&self, row: &csv::StringRecord, line: usize, shown: &str, reading: &mut Reading) {
        let cell = |column: usize| {
            row.get(column)
                .map(str::trim)
                .filter(|cell| !cell.is_empty())
        };
        if row
            .get(0)
            .is_some_and(|first| first.trim_start().starts_with('#'))
        {
            return;
        }
        let Some(written) = cell(self.url) else {
            if row.iter().any(|cell| !cell.trim().is_empty()) {
                reading.refuse(line, shown, "the URL column is empty");
            }
            return;
        };
        let note = |column: Option<usize>| column.and_then(cell).map(str::to_owned);
        match read_url(written) {
            Ok(url) => reading.accept(Suspect {
                url,
                reported_by: note(self.reported_by),
                basis: note(self.basis),
            }),
            Err(reason) => reading.refuse(line, shown, reason),
        }
    }
}

fn reader(bytes: &[u8], separator: u8, quoting: bool) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(separator)
        .quoting(quoting)
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .from_reader(bytes)
}

fn offset_of(start: usize, rows: &csv::Reader<&[u8]>) -> usize {
    start.saturating_add(usize::try_from(rows.position().byte()).unwrap_or(usize::MAX))
}

/// Quotation marks around a cell come in pairs; a row that runs over lines and has an odd one took more
/// than its own.
fn has_open_quote(row: &csv::StringRecord, raw: &str) -> bool {
    let runs_over = row.as_slice().contains('\n');
    runs_over && (raw.len() > MAX_LINE_BYTES || raw.matches('"').count() % 2 == 1)
}

/// A column name without case, quotation marks and the marks of forms (`URL *`, `Ссылка:`).
fn normal_name(cell: &str) -> String {
    cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | ':' | '"' | '\u{feff}'))
        .to_lowercase()
}

/// The reader's position may stand before blank and comment lines that it skips.
fn skip_to_row(text: &str, mut offset: usize) -> usize {
    loop {
        offset += text[offset..].len() - text[offset..].trim_start_matches(['\r', '\n']).len();
        if !text[offset..].starts_with('#') {
            return offset;
        }
        offset += text[offset..].find('\n').unwrap_or(text[offset..].len());
    }
}

/// Counts lines up to rising offsets.
struct Place {
    offset: usize,
    line: usize,
}

impl Place {
    fn line_at(&mut self, text: &str, offset: usize) -> usize {
        let skipped = text.as_bytes().get(self.offset..offset).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', skipped).count();
        self.offset = self.offset.max(offset);
        self.line
    }
}
