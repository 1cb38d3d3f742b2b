//! `tazy export`

use super::export_all::AllCommand;
use super::export_check::CheckCommand;
use super::export_issue::IssueOptions;
use super::export_show::{DiffCommand, IssuesCommand};
use super::export_write::{FormatOutput, write_format};
use super::{CliError, Exit, Terminal};
use crate::block::HostName;
use crate::block::list::exchange::RegisterEncoding;
use crate::block::list::{ListFormat, ListOptions, RpzAction, SquidPart, SuricataAction};

const EXAMPLES: &str = "\
Examples:
  tazy export rpz --out /var/lib/bind/rpz.zone      for name servers
  tazy export adblock --out -                       to standard output
  tazy export all --out /srv/lists                  every format, signed, with export-report.json
  tazy export rpz --dry-run                         what would change, and what else would be hit
  tazy export diff                                  what changed since the list that went out last
  tazy export issues                                the lists that went out
  tazy export check rpz.zone --key 'unit.example/tazy+…'

A list holds what is ordered and not lifted. A format that cannot express an entry at its scope leaves it
out and says so; nothing is ever widened. A list whose entries changed takes a new serial; the same entries
give the same bytes. A list that grew by more than 20 % (and 10 entries) waits for --accept-growth REASON.";

const FORMAT_EXAMPLES: &str = "\
Examples:
  tazy export FORMAT --out FILE              FILE and its signature FILE.sig
  tazy export FORMAT --out -                 to standard output
  tazy export FORMAT --out FILE --json       with a report of everything left out
  tazy export FORMAT --dry-run               writes and records nothing";

const RPZ_EXAMPLES: &str = "\
Examples:
  tazy export rpz --out rpz.zone                               there is no such name
  tazy export rpz --out rpz.zone --garden blocked.unit.example  a page that explains the block
  tazy export rpz --out rpz.zone --origin rpz.unit.example      the name under which servers load it

BIND: zone \"rpz.unit.example\" { type primary; file \"rpz.zone\"; };
      options { response-policy { zone \"rpz.unit.example\"; }; };";

/// Arguments of `tazy export`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ExportCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Response policy zone, for BIND, unbound and their kin (hosts, hosts and below, addresses)
    #[command(after_help = RPZ_EXAMPLES)]
    Rpz(RpzCommand),
    /// hosts file (single hosts)
    #[command(after_help = FORMAT_EXAMPLES)]
    Hosts(FormatCommand),
    /// dnsmasq configuration (hosts and below)
    #[command(after_help = FORMAT_EXAMPLES)]
    Dnsmasq(FormatCommand),
    /// unbound configuration (hosts and below)
    #[command(after_help = FORMAT_EXAMPLES)]
    Unbound(FormatCommand),
    /// Filter list for uBlock Origin and its kin (all scopes)
    #[command(after_help = FORMAT_EXAMPLES)]
    Adblock(FormatCommand),
    /// Squid access list (hosts, hosts and below, addresses, URLs of plain HTTP)
    #[command(after_help = FORMAT_EXAMPLES)]
    Squid(SquidCommand),
    /// nftables table (addresses)
    #[command(after_help = FORMAT_EXAMPLES)]
    Nftables(FormatCommand),
    /// Suricata rules (hosts, hosts and below, addresses, URLs of clear HTTP)
    #[command(after_help = FORMAT_EXAMPLES)]
    Suricata(SuricataCommand),
    /// CSV for machines, or for people and their spreadsheets
    #[command(after_help = FORMAT_EXAMPLES)]
    Csv(CsvCommand),
    /// JSON Lines
    #[command(after_help = FORMAT_EXAMPLES)]
    Jsonl(FormatCommand),
    /// STIX 2.1 bundle
    #[command(after_help = FORMAT_EXAMPLES)]
    Stix(FormatCommand),
    /// MISP event
    #[command(after_help = FORMAT_EXAMPLES)]
    Misp(FormatCommand),
    /// XARF v4 reports
    #[command(after_help = FORMAT_EXAMPLES)]
    Xarf(FormatCommand),
    /// Register XML
    #[command(after_help = FORMAT_EXAMPLES)]
    Register(RegisterCommand),
    /// One target a line
    #[command(after_help = FORMAT_EXAMPLES)]
    Plain(FormatCommand),
    /// Every format into one directory, signed, with a report
    All(AllCommand),
    /// Show what changed between two lists
    Diff(DiffCommand),
    /// List what went out
    Issues(IssuesCommand),
    /// Check a file with its signature, without a store
    Check(CheckCommand),
}

/// Arguments of one format.
#[derive(Debug, clap::Args)]
struct FormatCommand {
    #[command(flatten)]
    output: FormatOutput,
    #[command(flatten)]
    issue: IssueOptions,
}

#[derive(Debug, clap::Args)]
struct RpzCommand {
    /// Name under which servers load the zone [default: `rpz_origin` under [block] in tazy.toml, else rpz.tazy]
    #[arg(long, value_name = "NAME", value_parser = parse_host)]
    origin: Option<HostName>,
    /// What servers answer
    #[arg(long, value_enum, value_name = "WHAT", default_value = "nxdomain")]
    action: Answer,
    /// Answer with this host's address, which explains the block
    #[arg(long, value_name = "HOST", value_parser = parse_host, conflicts_with = "action")]
    garden: Option<HostName>,
    #[command(flatten)]
    command: FormatCommand,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Answer {
    /// There is no such name
    Nxdomain,
    /// The name has no such record
    Nodata,
}

#[derive(Debug, clap::Args)]
struct SquidCommand {
    /// Write the names alone, for `acl NAME dstdomain -n "FILE"`
    #[arg(long)]
    names_only: bool,
    /// Squid decrypts TLS (`ssl_bump`) and so sees the URLs of HTTPS
    #[arg(long)]
    decrypts_tls: bool,
    #[command(flatten)]
    command: FormatCommand,
}

#[derive(Debug, clap::Args)]
struct SuricataCommand {
    /// What Suricata does
    #[arg(long, value_enum, value_name = "WHAT", default_value = "drop")]
    action: Reaction,
    #[command(flatten)]
    command: FormatCommand,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Reaction {
    /// Drop the packet; Suricata must stand between the two sides
    Drop,
    /// Answer with a reset
    Reject,
    /// Only tell
    Alert,
}

#[derive(Debug, clap::Args)]
struct CsvCommand {
    /// For people: targets defanged, nothing that a spreadsheet takes for a formula
    #[arg(long)]
    for_people: bool,
    #[command(flatten)]
    command: FormatCommand,
}

#[derive(Debug, clap::Args)]
struct RegisterCommand {
    /// In UTF-8 instead of windows-1251
    #[arg(long)]
    utf8: bool,
    #[command(flatten)]
    command: FormatCommand,
}

impl ExportCommand {
    pub(super) fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        match self.verb {
            Verb::Rpz(command) => command.run(terminal),
            Verb::Hosts(command) => command.run(ListFormat::Hosts, terminal),
            Verb::Dnsmasq(command) => command.run(ListFormat::Dnsmasq, terminal),
            Verb::Unbound(command) => command.run(ListFormat::Unbound, terminal),
            Verb::Adblock(command) => command.run(ListFormat::Adblock, terminal),
            Verb::Squid(command) => command.run(terminal),
            Verb::Nftables(command) => command.run(ListFormat::Nftables, terminal),
            Verb::Suricata(command) => command.run(terminal),
            Verb::Csv(command) => command.run(terminal),
            Verb::Jsonl(command) => command.run(ListFormat::Jsonl, terminal),
            Verb::Stix(command) => command.run(ListFormat::Stix, terminal),
            Verb::Misp(command) => command.run(ListFormat::Misp, terminal),
            Verb::Xarf(command) => command.run(ListFormat::Xarf, terminal),
            Verb::Register(command) => command.run(terminal),
            Verb::Plain(command) => command.run(ListFormat::Plain, terminal),
            Verb::All(command) => command.run(terminal),
            Verb::Diff(command) => command.run(terminal),
            Verb::Issues(command) => command.run(terminal),
            Verb::Check(command) => command.run(terminal),
        }
    }
}

impl FormatCommand {
    fn run(self, format: ListFormat, terminal: &mut Terminal) -> Result<Exit, CliError> {
        self.run_with(format, |_| {}, terminal)
    }

    fn run_with(
        self,
        format: ListFormat,
        choose: impl FnOnce(&mut ListOptions),
        terminal: &mut Terminal,
    ) -> Result<Exit, CliError> {
        write_format(format, choose, &self.output, &self.issue, terminal)
    }
}

impl RpzCommand {
    fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let action = match (self.garden, self.action) {
            (Some(host), _) => RpzAction::Garden(host),
            (None, Answer::Nxdomain) => RpzAction::Nxdomain,
            (None, Answer::Nodata) => RpzAction::Nodata,
        };
        let origin = self.origin;
        let choose = |options: &mut ListOptions| {
            options.rpz.action = action;
            if origin.is_some() {
                options.rpz.origin = origin;
            }
        };
        self.command.run_with(ListFormat::Rpz, choose, terminal)
    }
}

impl CsvCommand {
    fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let choose = |options: &mut ListOptions| options.csv_for_people = self.for_people;
        self.command.run_with(ListFormat::Csv, choose, terminal)
    }
}

impl RegisterCommand {
    fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let choose = |options: &mut ListOptions| {
            if self.utf8 {
                options.register = RegisterEncoding::Utf8;
            }
        };
        self.command
            .run_with(ListFormat::Register, choose, terminal)
    }
}

impl SquidCommand {
    fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let choose = |options: &mut ListOptions| {
            options.squid.decrypts_tls = self.decrypts_tls;
            if self.names_only {
                options.squid.part = SquidPart::Names;
            }
        };
        self.command.run_with(ListFormat::Squid, choose, terminal)
    }
}

impl SuricataCommand {
    fn run(self, terminal: &mut Terminal) -> Result<Exit, CliError> {
        let action = match self.action {
            Reaction::Drop => SuricataAction::Drop,
            Reaction::Reject => SuricataAction::Reject,
            Reaction::Alert => SuricataAction::Alert,
        };
        let choose = |options: &mut ListOptions| options.suricata = action;
        self.command
            .run_with(ListFormat::Suricata, choose, terminal)
    }
}

fn parse_host(written: &str) -> Result<HostName, String> {
    HostName::parse(written).map_err(|problem| problem.to_string())
}
