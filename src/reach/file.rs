//! Measurements of other machines.

use super::measure::FORMAT;
use super::record::Reach;
use jiff::{SignedDuration, Timestamp};

/// Longer files are none of measurements, bytes.
const MAX_FILE: usize = 8 << 20;
/// Measurements in one file.
const MAX_REACHES: usize = 1_000;
/// Events of one measurement.
const MAX_EVENTS: usize = 5_000;
/// Longest name of a vantage and the like.
const MAX_TEXT: usize = 200;
/// How far the clock of the other machine may be ahead.
const MAX_AHEAD: SignedDuration = SignedDuration::from_mins(10);
/// What is older says nothing about now.
const MAX_AGE: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Why a file of measurements cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReachProblem {
    /// It is too large, or holds nothing.
    #[error("{0}")]
    Size(&'static str),
    /// A line is not a measurement.
    #[error("line {line}: not a measurement of `tazy verify measure --json`: {reason}")]
    Form {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// A measurement does not say what it must.
    #[error("line {line}: {reason}")]
    Facts {
        /// Line, from 1.
        line: usize,
        /// What is missing and what to do.
        reason: String,
    },
}

/// Reads the measurements that another machine made: JSON Lines of [`Reach`]. Each must be of this form, made
/// within the last week and not in the future, and say where it was made: name and country, and autonomous
/// system or address.
pub fn read_reaches(bytes: &[u8], now: Timestamp) -> Result<Vec<Reach>, ReachProblem> {
    if bytes.len() > MAX_FILE {
        return Err(ReachProblem::Size("the file is longer than 8 MiB"));
    }
    let lines = bytes.split(|byte| *byte == b'\n').enumerate();
    let filled = lines.filter(|(_, line)| !line.iter().all(u8::is_ascii_whitespace));
    let mut reaches = Vec::new();
    for (at, line) in filled {
        if reaches.len() == MAX_REACHES {
            return Err(ReachProblem::Size("more than 1000 measurements"));
        }
        let line_number = at + 1;
        let reach: Reach = serde_json::from_slice(line).map_err(|error| ReachProblem::Form {
            line: line_number,
            reason: error.to_string(),
        })?;
        reach.check(now).map_err(|reason| ReachProblem::Facts {
            line: line_number,
            reason,
        })?;
        reaches.push(reach);
    }
    if reaches.is_empty() {
        return Err(ReachProblem::Size("the file holds no measurement"));
    }
    Ok(reaches)
}

impl Reach {
    /// How many events it has.
    pub fn events(&self) -> usize {
        self.queries.len()
            + self.tcp_connect.len()
            + self.tls_handshakes.len()
            + self.requests.len()
    }

    fn check(&self, now: Timestamp) -> Result<(), String> {
        let fail = |reason: &str| Err(reason.to_owned());
        if self.format != FORMAT {
            return Err(format!(
                "form {} of measurements is not known here; use the same version of tazy on both machines",
                self.format
            ));
        }
        if self.events() > MAX_EVENTS {
            return fail("more than 5000 events");
        }
        if self.events() == 0 {
            return fail("nothing was measured");
        }
        if self.finished < self.measured {
            return fail("it ended before it began");
        }
        if self.measured.duration_since(now) > MAX_AHEAD {
            return fail("it is from the future; is the clock of one of the machines wrong?");
        }
        if now.duration_since(self.measured) > MAX_AGE {
            return fail("it is older than a week; measure again");
        }
        let facts = &self.vantage;
        let is_text = |text: &str| {
            !text.trim().is_empty() && text.len() <= MAX_TEXT && !text.chars().any(char::is_control)
        };
        if !is_text(&facts.name) || !is_text(&facts.via) {
            return fail("the vantage has no name (--name)");
        }
        let is_country =
            |code: &String| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
        if !facts.country.as_ref().is_some_and(is_country) {
            return fail("the vantage does not say its country (--country KZ)");
        }
        let has_network = facts.asn.as_deref().is_some_and(is_text) || facts.egress_ip.is_some();
        if !has_network {
            return fail(
                "the vantage says neither its network nor its address (--asn, --egress-ip)",
            );
        }
        Ok(())
    }
}
