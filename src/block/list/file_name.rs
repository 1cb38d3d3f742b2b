//! What files of lists are called.

use super::ListFormat;

impl ListFormat {
    /// The name of its file where all formats are written at once, with the ending that programs expect.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Rpz => "rpz.zone",
            Self::Hosts => "hosts.txt",
            Self::Dnsmasq => "dnsmasq.conf",
            Self::Unbound => "unbound.conf",
            Self::Adblock => "adblock.txt",
            Self::Squid => "squid.conf",
            Self::Nftables => "nftables.nft",
            Self::Suricata => "suricata.rules",
            Self::Csv => "list.csv",
            Self::Jsonl => "list.jsonl",
            Self::Stix => "stix.json",
            Self::Misp => "misp.json",
            Self::Xarf => "xarf.jsonl",
            Self::Register => "register.xml",
            Self::Plain => "plain.txt",
        }
    }
}
