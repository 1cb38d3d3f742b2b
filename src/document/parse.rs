//! The strict reader: filled-in template → blocks. What it does not understand is an error, never left out.

use super::Language;
use super::clean::is_printable;
use super::model::{Block, Cell, Class, Inline, Look, Row, Style, Table, Text};
use super::tag::{PLACE, Tag, check_tag, is_void, percent, read_tag};
use super::template::TemplateError;

/// Blocks of one paper; one that needs more is split by hand.
const MAX_BLOCKS: usize = 100_000;

/// Reads a fragment. `file` is named in errors about tags that do not say where they come from.
pub(super) fn parse_fragment(file: &str, html: &str) -> Result<Vec<Block>, TemplateError> {
    let mut reader = Reader {
        rest: html,
        place: (file.to_owned(), 1),
        blocks: 0,
    };
    let blocks = reader.blocks(None);
    blocks.map_err(|message| TemplateError {
        file: reader.place.0.clone(),
        line: reader.place.1,
        message,
    })
}

enum Token<'a> {
    Start(Tag<'a>),
    End(&'a str),
    Words(String),
}

struct Reader<'a> {
    rest: &'a str,
    /// The latest tag's file and line.
    place: (String, usize),
    blocks: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Option<Token<'a>>, String> {
        let rest = self.rest;
        if rest.is_empty() {
            return Ok(None);
        }
        if !rest.starts_with('<') {
            let end = rest.find('<').unwrap_or(rest.len());
            self.rest = &rest[end..];
            return decode(&rest[..end]).map(|words| Some(Token::Words(words)));
        }
        let tag = read_tag(rest)?;
        check_tag(&tag)?;
        if let Some((file, line)) = tag
            .attribute(PLACE)
            .and_then(|place| place.rsplit_once(':'))
        {
            self.place = (file.to_owned(), line.parse().unwrap_or(0));
        }
        self.rest = &rest[tag.length..];
        Ok(Some(if tag.is_end {
            Token::End(tag.name)
        } else {
            Token::Start(tag)
        }))
    }

    /// Blocks up to the end of the text, or of the cell that they stand in.
    fn blocks(&mut self, cell: Option<&str>) -> Result<Vec<Block>, String> {
        let mut blocks = Vec::new();
        let mut loose = Line::default();
        loop {
            self.blocks += 1;
            if self.blocks > MAX_BLOCKS {
                return Err("the paper is too long; make several of it".to_owned());
            }
            let token = self.next()?;
            match (token, cell) {
                (None, None) => return Ok(blocks),
                (None, Some(open)) => return Err(format!("<{open}> is not closed")),
                (Some(Token::End(name)), Some(open)) if name == open => {
                    loose.flush_into(&mut blocks);
                    return Ok(blocks);
                }
                (Some(Token::End(name)), _) => {
                    return Err(format!("</{name}> closes nothing that is open"));
                }
                (Some(Token::Words(words)), Some(_)) => loose.add(&words, Style::default()),
                (Some(Token::Words(words)), None) if words.trim().is_empty() => {}
                (Some(Token::Words(words)), None) => {
                    let begin: String = words.trim().chars().take(40).collect();
                    return Err(format!(
                        "{begin:?} stands in no paragraph; put <p> around it"
                    ));
                }
                (Some(Token::Start(tag)), Some(_)) if is_inline(tag.name) => {
                    self.inline(&tag, Style::default(), &mut loose)?;
                }
                (Some(Token::Start(tag)), _) => {
                    loose.flush_into(&mut blocks);
                    let block = self.block(&tag, cell.is_some())?;
                    blocks.extend(block);
                }
            }
        }
    }

    fn block(&mut self, tag: &Tag<'a>, is_in_cell: bool) -> Result<Option<Block>, String> {
        let look = look_of(tag);
        Ok(Some(match tag.name {
            "p" => Block::Paragraph(self.text(tag.name, look)?),
            "h1" => Block::Heading(1, self.text(tag.name, look)?),
            "h2" => Block::Heading(2, self.text(tag.name, look)?),
            "h3" => Block::Heading(3, self.text(tag.name, look)?),
            "ul" | "ol" => return self.list(tag, look.language),
            "img" => Block::Qr(decode(tag.attribute("alt").unwrap_or_default())?),
            "hr" if tag.attribute("class").is_none() => Block::Rule,
            "hr" if !is_in_cell => Block::PageBreak,
            "table" if !is_in_cell => return self.table(look),
            "table" | "hr" => {
                return Err(format!("<{}> cannot stand in a cell", tag.name));
            }
            other => return Err(format!("<{other}> cannot stand here")),
        }))
    }

    fn text(&mut self, name: &str, look: Look) -> Result<Text, String> {
        let mut line = Line::default();
        self.line(name, Style::default(), &mut line)?;
        let runs = line.finish();
        Ok(Text { look, runs })
    }

    /// Words and what marks them, up to the end of `open`.
    fn line(&mut self, open: &str, style: Style, line: &mut Line) -> Result<(), String> {
        loop {
            match self.next()? {
                None => return Err(format!("<{open}> is not closed")),
                Some(Token::Words(words)) => line.add(&words, style),
                Some(Token::End(name)) if name == open => return Ok(()),
                Some(Token::End(name)) => {
                    return Err(format!("</{name}> before <{open}> is closed"));
                }
                Some(Token::Start(tag)) if is_inline(tag.name) => self.inline(&tag, style, line)?,
                Some(Token::Start(tag)) => {
                    return Err(format!(
                        "<{}> cannot stand in <{open}>; is that closed?",
                        tag.name
                    ));
                }
            }
        }
    }

    fn inline(&mut self, tag: &Tag<'a>, style: Style, line: &mut Line) -> Result<(), String> {
        let mut inner = style;
        let mark = match tag.name {
            "strong" => &mut inner.is_strong,
            "em" => &mut inner.is_emphasis,
            "code" => &mut inner.is_code,
            _ => {
                line.break_line();
                return Ok(());
            }
        };
        // Each within itself would say nothing, and bounds the depth.
        if std::mem::replace(mark, true) {
            return Err(format!("<{0}> stands in <{0}>", tag.name));
        }
        self.line(tag.name, inner, line)
    }

    fn list(&mut self, tag: &Tag<'a>, language: Option<Language>) -> Result<Option<Block>, String> {
        let mut entries = Vec::new();
        while let Some(entry) = self.child(tag.name, &["li"])? {
            entries.push(self.text(entry.name, Look::default())?.runs);
        }
        let block = Block::List {
            is_numbered: tag.name == "ol",
            language,
            entries,
        };
        Ok(has_entries(&block).then_some(block))
    }

    fn table(&mut self, look: Look) -> Result<Option<Block>, String> {
        let mut table = Table {
            look,
            ..Table::default()
        };
        while let Some(child) = self.child("table", &["thead", "tbody", "tr"])? {
            match child.name {
                "tr" => table.body.push(self.row()?),
                part => {
                    while self.child(part, &["tr"])?.is_some() {
                        let row = self.row()?;
                        if part == "thead" {
                            table.head.push(row);
                        } else {
                            table.body.push(row);
                        }
                    }
                }
            }
        }
        let is_there = table.rows().next().is_some();
        Ok(is_there.then_some(Block::Table(table)))
    }

    fn row(&mut self) -> Result<Row, String> {
        let mut row = Row::new();
        while let Some(cell) = self.child("tr", &["td", "th"])? {
            let span = cell.attribute("colspan").and_then(|span| span.parse().ok());
            row.push(Cell {
                is_head: cell.name == "th",
                look: look_of(&cell),
                width: cell.attribute("width").and_then(percent),
                span: span.unwrap_or(1),
                blocks: self.blocks(Some(cell.name))?,
            });
        }
        if row.is_empty() {
            return Err("a row needs a cell".to_owned());
        }
        Ok(row)
    }

    /// The next element of `parent`, one of `names`; `None` at the parent's end.
    fn child(&mut self, parent: &str, names: &[&str]) -> Result<Option<Tag<'a>>, String> {
        loop {
            return match self.next()? {
                Some(Token::Words(words)) if words.trim().is_empty() => continue,
                Some(Token::End(name)) if name == parent => Ok(None),
                Some(Token::Start(tag)) if names.contains(&tag.name) => Ok(Some(tag)),
                None => Err(format!("<{parent}> is not closed")),
                _ => Err(format!(
                    "in <{parent}> there is only <{}>",
                    names.join(">, <")
                )),
            };
        }
    }
}

fn has_entries(block: &Block) -> bool {
    !matches!(block, Block::List { entries, .. } if entries.is_empty())
}

fn is_inline(name: &str) -> bool {
    matches!(name, "strong" | "em" | "code") || (is_void(name) && name == "br")
}

fn look_of(tag: &Tag<'_>) -> Look {
    let classes = tag.attribute("class").unwrap_or_default();
    Look {
        classes: classes
            .split_whitespace()
            .filter_map(Class::named)
            .collect(),
        language: tag.attribute("lang").and_then(Language::named),
    }
}

/// A line in the making: white space as in HTML, one space for a run, none at the ends.
#[derive(Default)]
struct Line {
    runs: Vec<Inline>,
}

impl Line {
    fn add(&mut self, words: &str, style: Style) {
        let mut text = String::with_capacity(words.len());
        for c in words.chars() {
            // A no-break space is no white space of HTML's.
            if matches!(c, ' ' | '\n' | '\t' | '\r' | '\u{c}') {
                let is_after_space = match text.chars().next_back() {
                    None => self.ends_with_space(),
                    Some(before) => before == ' ',
                };
                if !is_after_space {
                    text.push(' ');
                }
            } else if is_printable(c) {
                text.push(c);
            }
        }
        match self.runs.last_mut() {
            Some(Inline::Words(before, known)) if *known == style => before.push_str(&text),
            _ if text.is_empty() => {}
            _ => self.runs.push(Inline::Words(text, style)),
        }
    }

    fn ends_with_space(&self) -> bool {
        match self.runs.last() {
            None | Some(Inline::Break) => true,
            Some(Inline::Words(words, _)) => words.ends_with(' '),
        }
    }

    fn break_line(&mut self) {
        self.trim_end();
        self.runs.push(Inline::Break);
    }

    fn trim_end(&mut self) {
        if let Some(Inline::Words(words, _)) = self.runs.last_mut() {
            words.truncate(words.trim_end_matches(' ').len());
            if words.is_empty() {
                self.runs.pop();
            }
        }
    }

    fn finish(mut self) -> Vec<Inline> {
        self.trim_end();
        self.runs
    }

    fn flush_into(&mut self, blocks: &mut Vec<Block>) {
        let runs = std::mem::take(self).finish();
        if !runs.is_empty() {
            blocks.push(Block::Paragraph(Text {
                look: Look::default(),
                runs,
            }));
        }
    }
}

/// Character references → characters (HTML, §13.5): the few that are needed, and numbers.
fn decode(text: &str) -> Result<String, String> {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        let reference = &rest[at + 1..];
        let end = reference.find(';').filter(|&end| end <= 8);
        let name = end.map(|end| &reference[..end]);
        let c = name.and_then(named_character).ok_or_else(|| {
            "`&` begins a character reference; write &amp; for the sign itself".to_owned()
        })?;
        decoded.push(c);
        rest = &reference[end.unwrap_or(0) + 1..];
    }
    decoded.push_str(rest);
    Ok(decoded)
}

fn named_character(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "laquo" => '«',
        "raquo" => '»',
        "mdash" => '—',
        "ndash" => '–',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    })
}
