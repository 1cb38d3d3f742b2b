//! Templates as they are written: cut into sections by language, every tag checked and given its place.

use super::Language;
use super::tag::{PLACE, check_tag, read_tag};
use super::template::TemplateError;
use std::collections::BTreeMap;

/// What opens and closes a part that is the template engine's.
const ENGINE: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

/// The sections of a template, each at the line where it stands in the file.
pub(super) fn sections_of(
    file: &str,
    text: &str,
) -> Result<BTreeMap<Language, String>, TemplateError> {
    let mut scan = Scan {
        file,
        text,
        at: 0,
        line: 1,
        open: None,
        sections: BTreeMap::new(),
    };
    while scan.at < text.len() {
        scan.step().map_err(|message| scan.error(message))?;
    }
    if let Some((language, _)) = scan.open {
        let message = format!("<section lang=\"{language}\"> is not closed");
        return Err(scan.error(message));
    }
    if scan.sections.is_empty() {
        return Err(scan.error("there is no <section lang=\"ru\">…</section>".to_owned()));
    }
    Ok(scan.sections)
}

struct Scan<'a> {
    file: &'a str,
    text: &'a str,
    at: usize,
    line: usize,
    open: Option<(Language, String)>,
    sections: BTreeMap<Language, String>,
}

impl Scan<'_> {
    fn error(&self, message: String) -> TemplateError {
        TemplateError {
            file: self.file.to_owned(),
            line: self.line,
            message,
        }
    }

    /// Takes in the next tag, part of the engine's, comment or run of text.
    fn step(&mut self) -> Result<(), String> {
        let rest = &self.text[self.at..];
        if rest.starts_with("<!--") {
            let end = rest.find("-->").ok_or("a comment is not closed")? + 3;
            // Nothing of a comment gets into a paper, but its lines count.
            let lines = "\n".repeat(rest[..end].matches('\n').count());
            self.put(&lines);
            self.pass(end);
            return Ok(());
        }
        for (open, close) in ENGINE {
            if rest.starts_with(open) {
                let end = rest
                    .find(close)
                    .ok_or_else(|| format!("{open} is not closed by {close}"))?
                    + close.len();
                let part = &rest[..end];
                if open == "{%" && part.contains("autoescape") {
                    return Err("escaping is always on and cannot be switched".to_owned());
                }
                if self.open.is_none() && open != "{#" {
                    return Err("it stands outside of a <section lang=\"…\">".to_owned());
                }
                let part = part.to_owned();
                self.put(&part);
                self.pass(end);
                return Ok(());
            }
        }
        if rest.starts_with('<') {
            return self.tag();
        }
        let next = rest.char_indices().skip(1);
        let end = next
            .filter(|(_, c)| matches!(c, '<' | '{'))
            .map(|(at, _)| at)
            .next()
            .unwrap_or(rest.len());
        let words = rest[..end].to_owned();
        if self.open.is_none() && !words.trim().is_empty() {
            return Err("text stands outside of a <section lang=\"…\">".to_owned());
        }
        self.put(&words);
        self.pass(end);
        Ok(())
    }

    fn tag(&mut self) -> Result<(), String> {
        let tag = read_tag(&self.text[self.at..])?;
        let length = tag.length;
        if tag.name == "section" {
            let language = tag.attribute("lang").map(str::to_owned);
            let is_end = tag.is_end;
            self.section(is_end, language.as_deref())?;
        } else {
            if self.open.is_none() {
                return Err(format!(
                    "<{}> stands outside of a <section lang=\"…\">",
                    tag.name
                ));
            }
            check_tag(&tag)?;
            let written = self.text[self.at..self.at + length].to_owned();
            if tag.is_end {
                self.put(&written);
            } else {
                let name_end = 1 + tag.name.len();
                let place = format!(" {PLACE}=\"{}:{}\"", self.file, self.line);
                let (head, tail) = written.split_at(name_end);
                self.put(&format!("{head}{place}{tail}"));
            }
        }
        self.pass(length);
        Ok(())
    }

    fn section(&mut self, is_end: bool, language: Option<&str>) -> Result<(), String> {
        if is_end {
            let (language, section) = self.open.take().ok_or("</section> closes nothing")?;
            self.sections.insert(language, section);
            return Ok(());
        }
        if self.open.is_some() {
            return Err("a <section> cannot stand in another".to_owned());
        }
        let language = language
            .and_then(Language::named)
            .ok_or("write <section lang=\"ru\">, \"kk\" or \"en\"")?;
        if self.sections.contains_key(&language) {
            return Err(format!("there is a section in {language} already"));
        }
        // So that the engine counts lines as the file does.
        self.open = Some((language, "\n".repeat(self.line - 1)));
        Ok(())
    }

    fn put(&mut self, text: &str) {
        if let Some((_, section)) = &mut self.open {
            section.push_str(text);
        }
    }

    fn pass(&mut self, length: usize) {
        let passed = &self.text[self.at..self.at + length];
        self.line += passed.matches('\n').count();
        self.at += length;
    }
}
