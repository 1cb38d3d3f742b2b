//! Every format is accepted by its real validator, and its broken twin refused.

use crate::samples::{below, host, list, mixed, program, run, written, written_with};
use std::path::{Path, PathBuf};
use std::process::Command;
use tazy::block::HostName;
use tazy::block::list::{ListFormat, ListOptions, RpzAction};

/// Writes the list, and the same with `broken` in the place of `sound` (or at its end), and asks about both.
fn check(format: ListFormat, broken: (&str, &str), accepts: impl Fn(&Path) -> (bool, String)) {
    let (text, report) = written(format, &mixed());
    assert!(report.written > 0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format.file_name());
    std::fs::write(&path, &text).unwrap();
    let (accepted, said) = accepts(&path);
    assert!(accepted, "{format:?}: {said}\n{text}");
    let twin = text.replacen(broken.0, broken.1, 1);
    assert_ne!(twin, text, "{format:?}: nothing was broken");
    std::fs::write(&path, &twin).unwrap();
    let (accepted, said) = accepts(&path);
    assert!(
        !accepted,
        "{format:?}: the broken twin passed: {said}\n{twin}"
    );
}

#[test]
fn bind_takes_the_zone_and_refuses_a_broken_one() {
    let Some(checker) = program("named-checkzone", None) else {
        return;
    };
    check(ListFormat::Rpz, ("CNAME .", "CNAME"), |path| {
        let mut command = Command::new(&checker);
        run(command.args(["-i", "none", "rpz.tazy"]).arg(path))
    });
    // A zone with a page that explains the block, and a long name that just fits.
    let label = "a".repeat(60);
    let name = format!("{label}.{label}.{label}.{}.example", "a".repeat(53));
    let mut options = ListOptions::default();
    options.rpz.action = RpzAction::Garden(HostName::parse("blocked.unit.example").unwrap());
    let (text, report) = written_with(ListFormat::Rpz, &list([host(&name)]), &options);
    assert_eq!(report.written, 1, "{report:?}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("zone");
    std::fs::write(&path, &text).unwrap();
    let accepts = |origin: &str| {
        let mut command = Command::new(&checker);
        run(command.args(["-i", "none", origin]).arg(&path))
    };
    let (accepted, said) = accepts("rpz.tazy");
    assert!(accepted, "{said}");
    assert!(!accepts("rpz.tazy0").0, "one byte more does not fit");
}

#[test]
fn dnsmasq_takes_the_configuration_and_refuses_a_broken_one() {
    let Some(dnsmasq) = program("dnsmasq", None) else {
        return;
    };
    check(ListFormat::Dnsmasq, ("local=/", "locally=/"), |path| {
        let mut command = Command::new(&dnsmasq);
        run(command
            .arg("--test")
            .arg(format!("--conf-file={}", path.display())))
    });
}

#[test]
fn unbound_takes_the_configuration_and_refuses_a_broken_one() {
    let Some(checker) = program("unbound-checkconf", None) else {
        return;
    };
    check(
        ListFormat::Unbound,
        ("always_nxdomain", "always_nx"),
        |path| run(Command::new(&checker).arg(path)),
    );
}

/// Squid ends with 0 although it skipped a line, so what it says is watched, too.
fn squid_accepts(squid: &Path, part: &Path) -> (bool, String) {
    let folder = part.parent().unwrap();
    let whole = folder.join("whole.conf");
    let text = format!(
        "http_port 127.0.0.1:3128\ncache_log {0}/cache.log\npid_filename none\ncoredump_dir {0}\n\
         include {1}\nhttp_access allow localhost\nhttp_access deny all\n",
        folder.display(),
        part.display()
    );
    std::fs::write(&whole, text).unwrap();
    let mut command = Command::new(squid);
    let (ended_well, said) = run(command.args(["-k", "parse", "-f"]).arg(&whole));
    let complained = ["ERROR", "WARNING", "FATAL"]
        .iter()
        .any(|word| said.contains(word));
    (ended_well && !complained, said)
}

#[test]
fn squid_takes_the_list_without_a_warning_and_refuses_broken_ones() {
    let Some(squid) = program("squid", None) else {
        return;
    };
    let accepts = |path: &Path| squid_accepts(&squid, path);
    check(ListFormat::Squid, ("url_regex ^", "url_regex ^("), accepts);
    // What is dropped as covered would have given a warning.
    let twin = (
        "http_access",
        "acl tazy_names dstdomain -n m.lavka.free.example\nhttp_access",
    );
    check(ListFormat::Squid, twin, accepts);
    check(
        ListFormat::Squid,
        ("deny tazy_names", "deny tazy_nobody"),
        accepts,
    );
}

#[test]
fn squid_takes_the_longest_url_that_is_written() {
    let Some(squid) = program("squid", None) else {
        return;
    };
    let path = "a.".repeat(255);
    let list = list([crate::samples::url(&format!(
        "http://page.free.example/{path}"
    ))]);
    let (text, report) = written(ListFormat::Squid, &list);
    assert_eq!(report.written, 1, "{report:?}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("list.conf");
    std::fs::write(&file, text).unwrap();
    let (accepted, said) = squid_accepts(&squid, &file);
    assert!(accepted, "{said}");
}

#[test]
fn nftables_takes_the_table_and_refuses_broken_ones() {
    let (Some(unshare), Some(nft)) = (program("unshare", None), program("nft", None)) else {
        return;
    };
    let accepts = |path: &Path| {
        let mut command = Command::new(&unshare);
        run(command.arg("-rn").arg(&nft).args(["-c", "-f"]).arg(path))
    };
    check(
        ListFormat::Nftables,
        ("203.0.113.7,", "203.0.113.777,"),
        accepts,
    );
    check(
        ListFormat::Nftables,
        ("table inet tazy {", "table inet tazy"),
        accepts,
    );
    // Without addresses it is a table all the same.
    let (text, _) = written(ListFormat::Nftables, &list([host("shop.example")]));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.nft");
    std::fs::write(&path, text).unwrap();
    let (accepted, said) = accepts(&path);
    assert!(accepted, "{said}");
}

#[test]
fn aglint_finds_nothing_in_the_filter_list_and_something_in_a_broken_one() {
    let Some(aglint) = program("aglint", Some("TAZY_AGLINT")) else {
        return;
    };
    let accepts = |path: &Path| {
        let folder = path.parent().unwrap();
        let settings = "root: true\nextends:\n  - aglint:recommended\nsyntax:\n  - AdGuard\n  - UblockOrigin\n";
        std::fs::write(folder.join(".aglintrc.yaml"), settings).unwrap();
        let mut command = Command::new(&aglint);
        run(command.current_dir(folder).arg(path.file_name().unwrap()))
    };
    check(ListFormat::Adblock, ("$all", "$alle"), accepts);
    check(
        ListFormat::Adblock,
        (",match-case\n", ",match-cases\n"),
        accepts,
    );
}

/// There is no Suricata here; its grammar is checked by a parser of its rules.
#[test]
fn a_parser_of_suricata_rules_takes_the_rules_and_misses_broken_ones() {
    let Some(python) = program("python", Some("TAZY_BLOCK_PYTHON")) else {
        return;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lists/suricata.py");
    let accepts = |path: &Path| {
        let mut command = Command::new(&python);
        run(command.arg(script).arg(path))
    };
    check(
        ListFormat::Suricata,
        ("drop tls any any", "drop tls any"),
        accepts,
    );
    check(ListFormat::Suricata, ("; nocase;", "; no case;"), accepts);
    check(ListFormat::Suricata, ("sid:", "sid:x"), accepts);
}

#[test]
fn lists_of_nothing_are_accepted_too() {
    let empty = list([]);
    let folder = tempfile::tempdir().unwrap();
    let file = |format: ListFormat| -> PathBuf {
        let path = folder.path().join(format.file_name());
        std::fs::write(&path, written(format, &empty).0).unwrap();
        path
    };
    if let Some(checker) = program("named-checkzone", None) {
        let (accepted, said) = run(Command::new(checker)
            .args(["-i", "none", "rpz.tazy"])
            .arg(file(ListFormat::Rpz)));
        assert!(accepted, "{said}");
    }
    if let Some(checker) = program("unbound-checkconf", None) {
        let (accepted, said) = run(Command::new(checker).arg(file(ListFormat::Unbound)));
        assert!(accepted, "{said}");
    }
    if let Some(squid) = program("squid", None) {
        let (accepted, said) = squid_accepts(&squid, &file(ListFormat::Squid));
        assert!(accepted, "{said}");
    }
    let nothing = below("example.example");
    assert!(
        !written(ListFormat::Plain, &empty)
            .0
            .contains(&nothing.live())
    );
}
