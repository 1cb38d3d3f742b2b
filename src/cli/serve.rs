//! `tazy serve`

use super::block_profile::load_block_rules;
use super::export_issue::{list_options, unit_of};
use super::open::{RulesOption, StoreOption, system_clock};
use super::review::desk_options;
use super::scan::block_on;
use super::signals::Interrupts;
use super::{CliError, Exit, Terminal};
use crate::config::DeskOptions;
use crate::report::clean_line;
use crate::store::StoreError;
use crate::web::{
    AccessLine, AccessTokens, Keeper, KeeperError, ListHead, Server, Shelf, Site, new_token,
};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

const EXAMPLES: &str = "\
Examples:
  tazy serve                                          for this machine: http://127.0.0.1:8742/lists/
  tazy serve token customs >> tokens                  a token for a client; it is shown once
  tazy serve --listen 10.0.0.5:8742 --tokens tokens   for others: only with tokens
  curl -H \"Authorization: Bearer $TOKEN\" http://10.0.0.5:8742/lists/rpz

  /lists/        what there is, as JSON      /lists/FORMAT      the list (ETag, If-None-Match)
  /taxii2/       TAXII 2.1, read-only        /lists/FORMAT.sig  its signature
  /health        whether the server runs

What is served is the list that was issued last. The store is open only while a new issue is read: scan,
review and issue as usual meanwhile. Connections are not encrypted; before a network that is not your
own, put a server that does TLS in front. Ctrl-C ends it; answers under way are finished.";
const TOKEN_HELP: &str = "\
The token is written to standard error, once; the line for the file of tokens, which holds its digest only,
to standard output:
  tazy serve token customs >> tokens";
/// How often the store is looked at for a new issue.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Lines of the access log that may wait to be written.
const WAITING_LINES: usize = 1024;

/// Arguments of `tazy serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(super) struct ServeCommand {
    #[command(subcommand)]
    verb: Option<Verb>,
    /// Address and port [default: `listen` under [serve] in tazy.toml, else 127.0.0.1:8742]
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
    /// File with the digests of clients' tokens [default: `tokens` under [serve] in tazy.toml]
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    #[command(flatten)]
    store: StoreOption,
    #[command(flatten)]
    rules: RulesOption,
    /// Read settings from this file instead of tazy.toml in the store's directory
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Make a token for a client
    #[command(after_help = TOKEN_HELP)]
    Token {
        /// Name of the client: letters, digits, dots, hyphens and underscores
        name: String,
    },
}

impl ServeCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        if let Some(Verb::Token { name }) = &self.verb {
            return make_token(name, terminal);
        }
        self.store.require_directory()?;
        let desk = desk_options(self.config.as_deref(), &self.store)?;
        let address = match self.listen {
            Some(address) => address,
            None => desk.serve.listen().map_err(CliError::usage)?,
        };
        let tokens = read_tokens(self.tokens.as_deref().or(desk.serve.tokens.as_deref()))?;
        if tokens.is_empty() && !address.ip().is_loopback() {
            return Err(CliError::usage(format!(
                "{address} can be reached from other machines, and there are no tokens"
            ))
            .with_hint(
                "make one with `tazy serve token NAME >> FILE` and name the file with --tokens FILE, or listen on \
                 127.0.0.1",
            ));
        }
        let keeper = Keeper::new(
            self.store.directory(),
            head(&desk)?,
            load_block_rules(&self.rules)?,
            system_clock(),
        )
        .map_err(|error| {
            CliError::failure(format!("no folder for the list's files: {error}"))
                .with_hint("name another place with the environment variable TMPDIR")
        })?;
        block_on(serve(address, tokens, keeper, terminal))?
    }
}

/// As `tazy export` writes it, so that both give the same bytes.
fn head(desk: &DeskOptions) -> Result<ListHead, CliError> {
    Ok(ListHead {
        title: desk.block.title().to_owned(),
        unit: unit_of(desk)?,
        contact: desk.block.contact.clone(),
        options: list_options(desk)?,
    })
}

fn make_token(name: &str, terminal: &mut Terminal) -> Result<Exit, CliError> {
    let (token, line) = new_token(name).map_err(CliError::failure)?;
    writeln!(terminal.err, "tazy: the token of {name}, shown only now:")?;
    writeln!(terminal.err, "{token}")?;
    writeln!(terminal.out, "{line}")?;
    terminal.out.flush()?;
    Ok(Exit::Done)
}

fn read_tokens(path: Option<&Path>) -> Result<AccessTokens, CliError> {
    let Some(path) = path else {
        return Ok(AccessTokens::default());
    };
    let tokens = AccessTokens::read(path).map_err(|error| {
        CliError::usage(format!("{}: {error}", path.display()))
            .with_hint("make its lines with `tazy serve token NAME`")
    })?;
    if tokens.is_empty() {
        // A file that was named is there to keep people out.
        return Err(
            CliError::usage(format!("{}: there is no token in it", path.display()))
                .with_hint("make one with `tazy serve token NAME`"),
        );
    }
    Ok(tokens)
}

async fn serve(
    address: SocketAddr,
    tokens: AccessTokens,
    keeper: Keeper,
    terminal: &mut Terminal,
) -> Result<Exit, CliError> {
    let mut interrupts = Interrupts::listen().map_err(CliError::failure)?;
    let shelf = Arc::new(Shelf::default());
    let (keeper, first) = look(keeper, shelf.clone()).await?;
    if let Some(news) = first {
        tell(terminal, &news);
    }
    let (log, mut lines) = mpsc::channel(WAITING_LINES);
    let site = Site::new(shelf.clone(), tokens);
    let server = Server::listen(address, site, log).await.map_err(|error| {
        CliError::failure(format!("{address} cannot be listened at: {error}"))
            .with_hint("name another address or port with --listen ADDR:PORT")
    })?;
    let address = server.address().map_err(CliError::failure)?;
    writeln!(
        terminal.out,
        "Serving http://{address}/lists/ and http://{address}/taxii2/ (Ctrl-C ends it)"
    )?;
    terminal.out.flush()?;
    let (stop, stopped) = watch::channel(false);
    let (news, mut told) = mpsc::channel(1);
    let running = tokio::spawn(server.run(stopped));
    let keeping = tokio::spawn(keep(keeper, shelf, news));
    loop {
        tokio::select! {
            Some(line) = lines.recv() => tell(terminal, &access_line(&line)),
            Some(news) = told.recv() => tell(terminal, &news),
            () = interrupts.next() => break,
        }
    }
    keeping.abort();
    // The server is there: it waits for this.
    let _ = stop.send(true);
    let _ = running.await;
    while let Ok(line) = lines.try_recv() {
        tell(terminal, &access_line(&line));
    }
    Ok(Exit::Done)
}

/// Looks at the store now and then, and says what changed.
async fn keep(mut keeper: Keeper, shelf: Arc<Shelf>, news: mpsc::Sender<String>) {
    let mut said = String::new();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let Ok((returned, told)) = look(keeper, shelf.clone()).await else {
            return;
        };
        keeper = returned;
        // The same trouble is told once.
        if let Some(told) = told.filter(|told| *told != said) {
            said.clone_from(&told);
            if news.send(told).await.is_err() {
                return;
            }
        }
    }
}

async fn look(mut keeper: Keeper, shelf: Arc<Shelf>) -> Result<(Keeper, Option<String>), CliError> {
    let looked = tokio::task::spawn_blocking(move || {
        let looked = keeper.look(&shelf);
        let serial = shelf.edition().map(|edition| edition.serial());
        (keeper, looked, serial)
    });
    let (keeper, looked, serial) = looked.await.map_err(CliError::failure)?;
    let news = match (looked, serial) {
        (Ok(false) | Err(KeeperError::Store(StoreError::Locked(_))), Some(_)) => None,
        (Ok(true), Some(serial)) => Some(format!("the list with serial {serial} is served")),
        (Ok(_), None) => Some("no list was issued yet; it is served as soon as one is".to_owned()),
        (Err(KeeperError::Store(StoreError::Locked(_))), None) => {
            Some("the store is in use; its list is served as soon as it is free".to_owned())
        }
        (Err(error), _) => Some(format!("the list is as before: {error}")),
    };
    Ok((keeper, news))
}

fn access_line(line: &AccessLine) -> String {
    format!(
        "{} {} {} {}",
        line.client.as_deref().unwrap_or("-"),
        line.method,
        line.path,
        line.status
    )
}

/// What happens while it serves. A closed standard error is no reason to stop.
fn tell(terminal: &mut Terminal, text: &str) {
    let time = system_clock().now();
    let _ = writeln!(terminal.err, "tazy: {time:.0} {}", clean_line(text));
}
