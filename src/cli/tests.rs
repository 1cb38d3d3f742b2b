use super::*;
use clap::{CommandFactory, Parser};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

/// A terminal whose output can be read after it.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Buffer {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

fn terminal() -> (Terminal, Buffer) {
    let err = Buffer::default();
    let terminal = Terminal {
        out: Box::new(io::sink()),
        err: Box::new(err.clone()),
        interactive: false,
        color: false,
    };
    (terminal, err)
}

fn parse(words: &[&str]) -> Result<Cli, clap::Error> {
    Cli::try_parse_from([&["tazy"], words].concat())
}

fn refusal(words: &[&str]) -> CliError {
    let (mut terminal, _) = terminal();
    parse(words).unwrap().run(&mut terminal).unwrap_err()
}

#[test]
fn the_arguments_fit_together() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_teaches_by_example() {
    let mut command = Cli::command();
    for path in [&["scan"][..], &["flags", "list"], &["flags", "show"]] {
        let found = path.iter().fold(&mut command, |command, name| {
            command.find_subcommand_mut(name).unwrap()
        });
        let help = found.render_long_help().to_string();
        assert!(help.contains("Examples:"), "{path:?}: {help}");
    }
}

#[test]
fn the_promised_options_of_scan_exist() {
    let words = "scan --list l.csv --store s --rules r --rate 0.5 --concurrency 4 --max-pages 9 --max-depth 2 \
                 --timeout 5 --profile desktop --robots investigate --render auto --json --no-progress \
                 --fail-on-flag --proxy http://127.0.0.1:1 --resolve a.kz:80:127.0.0.1 --resolve b.kz:80:::1 \
                 --allow-private --insecure-evidence --global-rate 9 --site-timeout 60 --config c.toml --overrides o.yaml a.kz -";
    assert!(parse(&words.split_whitespace().collect::<Vec<_>>()).is_ok());
    assert!(parse(&["scan", "--resume", "--store", "s"]).is_ok());
    assert!(parse(&["scan", "--resume", "a.kz"]).is_err());
    assert!(parse(&["scan", "--robots", "ignore", "a.kz"]).is_err());
}

#[test]
fn what_cannot_be_used_is_refused_before_anything_is_made() {
    for (words, wanted) in [
        (&["scan", "--rate", "0", "a.kz"][..], "--rate"),
        (
            &["scan", "--render", "always", "a.kz"],
            "no browser rendering",
        ),
        (&["scan", "--proxy", "ftp://x", "a.kz"], "--proxy"),
        (&["scan", "--resolve", "a.kz", "a.kz"], "HOST:PORT:ADDR"),
        (
            &["scan", "--list", "/nonexistent/list", "a.kz"],
            "/nonexistent/list",
        ),
        (&["scan", "not a url"], "not a url"),
        (&["scan"], "no site to scan"),
        (
            &["scan", "--config", "/nonexistent.toml", "a.kz"],
            "/nonexistent.toml",
        ),
        (&["scan", "--rules", "/nonexistent", "a.kz"], "/nonexistent"),
        (
            &["scan", "--overrides", "/nonexistent.yaml", "a.kz"],
            "--overrides /nonexistent.yaml: no such file",
        ),
    ] {
        let store = tempfile::tempdir().unwrap();
        let place = store.path().join("new");
        let words = [words, &["--store", place.to_str().unwrap()]].concat();
        let error = refusal(&words);
        assert_eq!(error.exit, Exit::Usage, "{words:?}");
        assert!(
            error.message.contains(wanted),
            "{words:?}: {}",
            error.message
        );
        assert!(!place.exists(), "{words:?}");
    }
}

#[test]
fn a_store_that_is_not_there_is_not_made_by_looking() {
    for words in [
        &["flags", "list"][..],
        &["flags", "show", "f-1"],
        &["store", "check"],
        &["store", "rebuild"],
        &["scan", "--resume"],
    ] {
        let store = tempfile::tempdir().unwrap();
        let place = store.path().join("typo");
        let error = refusal(&[words, &["--store", place.to_str().unwrap()]].concat());
        assert_eq!(error.exit, Exit::Failure, "{words:?}");
        assert!(
            error.message.contains("there is no store"),
            "{words:?}: {}",
            error.message
        );
        assert!(error.hint.is_some_and(|hint| hint.contains("--store")));
        assert!(!place.exists(), "{words:?}");
    }
}

#[test]
fn bad_lines_of_a_list_are_told_by_number() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("list.txt");
    std::fs::write(&list, "a.kz\nbad line\u{202e} here\na.kz\n").unwrap();
    let (mut terminal, err) = terminal();
    let name = list.to_str().unwrap().to_owned();
    let suspects =
        suspects::gather_suspects(&["b.kz".into(), "a.kz".into()], &[name], &mut terminal).unwrap();
    let urls: Vec<&str> = suspects
        .iter()
        .map(|suspect| suspect.url.as_str())
        .collect();
    assert_eq!(urls, ["http://b.kz/", "http://a.kz/"]);
    let told = err.text();
    assert!(told.contains("list.txt:2: skipped"), "{told}");
    assert!(told.contains("1 repeated"), "{told}");
    assert!(!told.contains('\u{202e}'), "{told:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let error = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe));
    assert!(error.is_reader_gone);
    let error = CliError::from(io::Error::from(io::ErrorKind::StorageFull));
    assert!(!error.is_reader_gone);
}

#[test]
fn the_next_command_can_be_pasted_into_a_shell() {
    let typed = |path: &str| open::store_as_typed(std::path::Path::new(path));
    assert_eq!(typed("cases/17"), " --store cases/17");
    assert_eq!(typed("my case"), " --store 'my case'");
    assert_eq!(typed("o'b; rm"), r" --store 'o'\''b; rm'");
}
