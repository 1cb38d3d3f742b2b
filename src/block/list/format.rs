//! The formats, and what each can express.

use super::{BlockList, ListOptions, exchange};
use super::{adblock, dnsmasq, hosts, nftables, plain, rpz, squid, suricata, unbound};
use crate::block::{BlockTarget, ScopeKind};
use crate::id::ItemId;
use serde::{Deserialize, Serialize};
use std::io::{self, Write};

/// A format of lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListFormat {
    /// Response policy zone (draft-vixie-dnsop-dns-rpz).
    Rpz,
    /// hosts file.
    Hosts,
    /// dnsmasq configuration.
    Dnsmasq,
    /// unbound configuration.
    Unbound,
    /// Filter list of `AdGuard` and uBlock Origin.
    Adblock,
    /// Squid access list.
    Squid,
    /// nftables set.
    Nftables,
    /// Suricata rules.
    Suricata,
    /// CSV for machines (RFC 4180).
    Csv,
    /// JSON Lines.
    Jsonl,
    /// STIX 2.1 bundle.
    Stix,
    /// MISP event.
    Misp,
    /// XARF v4 reports.
    Xarf,
    /// Register XML, format version 2.4.
    Register,
    /// One target a line.
    Plain,
}

/// An entry that a format cannot express at its scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Omission {
    /// The item.
    pub item: ItemId,
    /// Its target.
    #[serde(flatten)]
    pub target: BlockTarget,
    /// Why it is left out.
    pub reason: String,
}

/// What came of writing a list.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportReport {
    /// Entries written.
    pub written: usize,
    /// Entries left out, each with the reason.
    pub omitted: Vec<Omission>,
    /// Entries not written because another entry of the list blocks all that they would.
    #[serde(default)]
    pub covered: Vec<Omission>,
}

/// A list that cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// The output refused.
    #[error("the list cannot be written: {0}")]
    Io(#[from] io::Error),
    /// A text that the format cannot hold.
    #[error("{0}")]
    Unfit(String),
}

impl ListFormat {
    /// All formats.
    pub const ALL: [Self; 15] = [
        Self::Rpz,
        Self::Hosts,
        Self::Dnsmasq,
        Self::Unbound,
        Self::Adblock,
        Self::Squid,
        Self::Nftables,
        Self::Suricata,
        Self::Csv,
        Self::Jsonl,
        Self::Stix,
        Self::Misp,
        Self::Xarf,
        Self::Register,
        Self::Plain,
    ];

    /// Its name on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rpz => "rpz",
            Self::Hosts => "hosts",
            Self::Dnsmasq => "dnsmasq",
            Self::Unbound => "unbound",
            Self::Adblock => "adblock",
            Self::Squid => "squid",
            Self::Nftables => "nftables",
            Self::Suricata => "suricata",
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Stix => "stix",
            Self::Misp => "misp",
            Self::Xarf => "xarf",
            Self::Register => "register",
            Self::Plain => "plain",
        }
    }

    /// Whether it can express a scope without widening it (blocking.md §2.1).
    pub fn can_express(self, scope: ScopeKind) -> bool {
        use ScopeKind::{Address, Host, HostAndBelow, Url};
        match self {
            Self::Rpz => matches!(scope, Host | HostAndBelow | Address),
            Self::Hosts => matches!(scope, Host),
            Self::Dnsmasq | Self::Unbound => matches!(scope, HostAndBelow),
            Self::Nftables => matches!(scope, Address),
            Self::Xarf => matches!(scope, Url | Host),
            Self::Adblock
            | Self::Squid
            | Self::Suricata
            | Self::Csv
            | Self::Jsonl
            | Self::Stix
            | Self::Misp
            | Self::Register
            | Self::Plain => true,
        }
    }

    /// Writes the list as its default options say. Deterministic: the same list gives the same bytes.
    pub fn write(self, list: &BlockList, out: &mut dyn Write) -> Result<ExportReport, ListError> {
        self.write_with(list, &ListOptions::default(), out)
    }

    /// Writes the list as `options` say, entry by entry. What the format cannot express at its scope is left out
    /// and reported, never widened.
    pub fn write_with(
        self,
        list: &BlockList,
        options: &ListOptions,
        out: &mut dyn Write,
    ) -> Result<ExportReport, ListError> {
        match self {
            Self::Rpz => rpz::write(list, &options.rpz, out),
            Self::Hosts => hosts::write(list, out),
            Self::Dnsmasq => dnsmasq::write(list, out),
            Self::Unbound => unbound::write(list, out),
            Self::Adblock => adblock::write(list, out),
            Self::Squid => squid::write(list, options.squid, out),
            Self::Nftables => nftables::write(list, out),
            Self::Suricata => suricata::write(list, options.suricata, out),
            Self::Plain => plain::write(list, out),
            Self::Csv if options.csv_for_people => exchange::write_human_csv(list, out),
            Self::Csv => exchange::write_csv(list, out),
            Self::Jsonl => exchange::write_jsonl(list, out),
            Self::Stix => exchange::write_stix(list, out),
            Self::Misp => exchange::write_misp(list, out),
            Self::Xarf => exchange::write_xarf(list, out),
            Self::Register => exchange::write_register(list, options.register, out),
        }
    }
}
