//! A verification on a terminal: short when all is well, exact when not.

use super::{Style, clean_line, defang_site};
use crate::evidence::{Check, CheckOutcome, FindingOutcome, SubjectKind, Verification};
use std::io::{self, Write};

/// Failures of one check that are shown; JSON has more.
const MOST_SHOWN: usize = 20;

/// Writes what was checked and found. `name` is what the user called it.
pub fn write_verification(
    verification: &Verification,
    name: &str,
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "{}", style.heading(&clean_line(name)))?;
    write_identity(verification, out)?;
    write_keys(verification, out)?;
    write_time(verification, out)?;
    writeln!(out)?;
    for check in &verification.checks {
        write_check(check, style, out)?;
    }
    writeln!(out)?;
    write_findings(verification, out)?;
    if verification.sound {
        writeln!(
            out,
            "{} What this does not prove: see --html FILE or the README in the bundle.",
            style.heading("Everything that was checked is as it should be.")
        )
    } else {
        writeln!(
            out,
            "{}",
            style.heading("It does NOT verify. Do not rely on it; ask for another copy.")
        )
    }
}

fn write_identity(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    let identity = &verification.identity;
    if verification.kind == SubjectKind::Bundle {
        write!(out, "Bundle of {} bytes", identity.bytes)?;
        if let Some(digest) = identity.digest {
            write!(out, ", {digest}")?;
        }
        writeln!(out)?;
    }
    if let Some(flag) = &identity.flag {
        writeln!(
            out,
            "Flag {} of {}, {} visits, last seen {}",
            flag.id,
            defang_site(&flag.site),
            flag.visits,
            flag.seen
        )?;
    }
    if let (Some(origin), Some(size)) = (&identity.origin, identity.log_size) {
        writeln!(out, "Log {} of {size} records", clean_line(origin))?;
    }
    Ok(())
}

fn write_keys(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    for key in &verification.keys {
        let role = if key.is_witness {
            "Witness"
        } else {
            "Signed by"
        };
        writeln!(out, "{role} {}", clean_line(&key.verifier))?;
        writeln!(out, "  fingerprint {}", key.fingerprint)?;
        if let Some(time) = key.signed_at {
            writeln!(out, "  says that it signed at {time}")?;
        }
    }
    if !verification.keys.is_empty() && !verification.is_signer_known() {
        writeln!(
            out,
            "ATTENTION: you named no key (--key), so anybody may have made this one. WHO signed is known only if\n\
             the fingerprint is the one that the unit published."
        )?;
    }
    Ok(())
}

fn write_time(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    let Some(time) = &verification.time else {
        return Ok(());
    };
    let vouched = if time.anchored {
        "vouched for by a certificate that you named"
    } else {
        "nobody you named vouches for it (--roots)"
    };
    writeln!(
        out,
        "Time stamp {} by {} ({vouched})",
        time.time,
        clean_line(&time.authority)
    )
}

fn write_check(check: &Check, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let word = match check.outcome {
        CheckOutcome::Passed => "passed  ",
        CheckOutcome::Failed => "FAILED  ",
        CheckOutcome::NotPossible => "not done",
    };
    let id = check.id.as_str();
    writeln!(out, "{word} {id:<20} {:>6}  {}", check.checked, check.title)?;
    for failure in check.failures.iter().take(MOST_SHOWN) {
        let place = clean_line(&failure.place);
        writeln!(
            out,
            "         {} {}",
            style.heading(&place),
            clean_line(&failure.what)
        )?;
    }
    let hidden = check.failures.len().saturating_sub(MOST_SHOWN) as u64 + check.more_failures;
    if hidden > 0 {
        writeln!(out, "         … and {hidden} more")?;
    }
    if check.outcome != CheckOutcome::Passed || check.notes.len() <= 3 {
        for note in check.notes.iter().take(MOST_SHOWN) {
            writeln!(out, "         {}", style.faint(&clean_line(note)))?;
        }
    } else {
        let count = check.notes.len();
        let text = format!("{count} notes, see --json or --html");
        writeln!(out, "         {}", style.faint(&text))?;
    }
    Ok(())
}

fn write_findings(verification: &Verification, out: &mut dyn Write) -> io::Result<()> {
    for visit in &verification.visits {
        let mut counts = [0_usize; 3];
        for finding in visit.findings() {
            let index = match finding.outcome {
                FindingOutcome::Confirmed => 0,
                FindingOutcome::ContentDeleted => 1,
                _ => 2,
            };
            counts[index] += 1;
        }
        let [confirmed, deleted, wrong] = counts;
        writeln!(
            out,
            "Visit in run {}: {confirmed} findings derived again, {wrong} not the same, {deleted} of deleted content",
            visit.run
        )?;
    }
    Ok(())
}
