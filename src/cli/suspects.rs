//! Which sites to scan: typed, from files, from standard input.

use super::{CliError, Terminal};
use crate::report::{clean_line, fit_width};
use crate::suspect::{Suspect, SuspectList, SuspectUrl, read_list};
use std::collections::HashSet;
use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};

/// Some five million URLs; a longer list is a mistake, or should be split.
const MAX_LIST_BYTES: u64 = 256 << 20;
/// Bad lines that are named one by one.
const SHOWN_PROBLEMS: usize = 20;

/// Reads every URL and list that was named. Bad lines of lists are told and skipped; a bad URL that was
/// typed is an error.
pub(super) fn gather_suspects(
    typed: &[String],
    lists: &[String],
    terminal: &mut Terminal,
) -> Result<Vec<Suspect>, CliError> {
    let mut gathered = Gathered::default();
    for word in typed.iter().filter(|word| *word != "-") {
        let url = SuspectUrl::from_written(word).map_err(|problem| {
            CliError::usage(format!("{}: {problem}", fit_width(word, 80)))
                .with_hint("a file with a list is given as --list FILE")
        })?;
        gathered.add_all([Suspect::bare(url)]);
    }
    let mut stdin_is_read = false;
    for name in lists.iter().chain(typed.iter().filter(|word| *word == "-")) {
        if name == "-" && std::mem::replace(&mut stdin_is_read, true) {
            continue;
        }
        let bytes = read_bytes(name, terminal)?;
        let list = read_list(&bytes);
        tell_problems(name, &list, terminal);
        gathered.add_all(list.suspects);
    }
    if gathered.suspects.is_empty() {
        return Err(CliError::usage("there is no site to scan").with_hint(
            "name URLs (tazy scan shop.example), a list (--list suspects.txt), or `-` for a list on standard input",
        ));
    }
    Ok(gathered.suspects)
}

#[derive(Default)]
struct Gathered {
    suspects: Vec<Suspect>,
    seen: HashSet<SuspectUrl>,
}

impl Gathered {
    fn add_all(&mut self, suspects: impl IntoIterator<Item = Suspect>) {
        for suspect in suspects {
            if self.seen.insert(suspect.url.clone()) {
                self.suspects.push(suspect);
            }
        }
    }
}

fn read_bytes(name: &str, terminal: &mut Terminal) -> Result<Vec<u8>, CliError> {
    let failed = |error: io::Error| {
        CliError::usage(format!("--list {}: {error}", clean_line(name)))
            .with_hint("name a file with one URL a line, or a CSV with a column `url`")
    };
    let source: Box<dyn Read> = if name == "-" {
        let stdin = io::stdin();
        if stdin.is_terminal() {
            let _ = writeln!(
                terminal.err,
                "Type one URL a line; end with Ctrl-D on a line of its own."
            );
        }
        Box::new(stdin)
    } else {
        Box::new(File::open(name).map_err(failed)?)
    };
    let mut bytes = Vec::new();
    source
        .take(MAX_LIST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > MAX_LIST_BYTES {
        return Err(CliError::usage(format!(
            "--list {}: longer than {} MiB",
            clean_line(name),
            MAX_LIST_BYTES >> 20
        ))
        .with_hint("split it into several lists"));
    }
    Ok(bytes)
}

/// A closed standard error does not keep a scan from its list.
fn tell_problems(name: &str, list: &SuspectList, terminal: &mut Terminal) {
    let name = if name == "-" {
        "standard input".to_owned()
    } else {
        clean_line(name)
    };
    for problem in list.problems.iter().take(SHOWN_PROBLEMS) {
        let (line, text) = (problem.line, fit_width(&problem.text, 60));
        let reason = clean_line(&problem.reason);
        let _ = writeln!(
            terminal.err,
            "tazy: {name}:{line}: skipped {text:?}: {reason}"
        );
    }
    let more = list.problems.len().saturating_sub(SHOWN_PROBLEMS) + list.more_problems;
    if more > 0 {
        let _ = writeln!(terminal.err, "tazy: {name}: {more} more lines skipped");
    }
    if list.encoding != "UTF-8" && !list.suspects.is_empty() {
        let _ = writeln!(terminal.err, "tazy: {name}: read as {}", list.encoding);
    }
    if list.repeated > 0 {
        let _ = writeln!(
            terminal.err,
            "tazy: {name}: {} repeated URLs count once",
            list.repeated
        );
    }
}
