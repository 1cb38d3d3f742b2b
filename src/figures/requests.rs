//! What came of requests.

use super::tally::Groups;
use super::{Measure, Period, Span};
use crate::block::{BlockAct, BlockItem, BlockStep};
use crate::dossier::RequestFile;
use crate::id::FlagId;
use crate::verify::BlockVerdict;
use jiff::Timestamp;

/// Counts the items of requests that were not replaced.
pub(super) fn count_requests<'a>(
    files: &[RequestFile],
    period: &Period,
    language: impl Fn(&FlagId) -> Option<&'a str>,
    groups: &mut Groups,
) {
    let standing = files.iter().filter(|file| file.superseded_by.is_none());
    for file in standing {
        for item in &file.request.items {
            let counter = Counter {
                file,
                item,
                period,
                dossier: format!("{}/{}", file.request.id, item.id),
                language: language(&item.flag),
            };
            counter.count(groups);
        }
    }
}

struct Counter<'a> {
    file: &'a RequestFile,
    item: &'a BlockItem,
    period: &'a Period,
    dossier: String,
    language: Option<&'a str>,
}

/// What was counted of an item, and when it happened.
#[derive(Default)]
struct Moments {
    submitted: Option<Timestamp>,
    ordered: Option<Timestamp>,
    blocked: Option<Timestamp>,
}

impl Counter<'_> {
    fn count(&self, groups: &mut Groups) {
        let mut moments = Moments::default();
        for step in self.file.steps_of(&self.item.id) {
            let at = self.happened(step);
            let measure = match &step.act {
                BlockAct::Submit(_) => {
                    moments.submitted = Some(at);
                    Measure::Submitted
                }
                BlockAct::Order(_) => {
                    moments.ordered = Some(at);
                    Measure::Ordered
                }
                BlockAct::Effect(_) => Measure::InEffect,
                BlockAct::Refuse { .. } => Measure::Refused,
                BlockAct::Removed { .. } => Measure::Removed,
                BlockAct::Lifted(_) => Measure::Lifted,
                _ => continue,
            };
            self.add(measure, at, groups);
        }
        self.count_verifications(&mut moments, groups);
        self.time(&moments, groups);
    }

    fn count_verifications(&self, moments: &mut Moments, groups: &mut Groups) {
        let mut was_blocked = false;
        for verification in self.file.verifications_of(&self.item.id) {
            if verification.verdict.is_blocked() {
                was_blocked = true;
                // What was out of reach before anybody ordered it was not blocked by the order.
                let is_after = moments.ordered.is_none_or(|at| at <= verification.at);
                if is_after && moments.blocked.is_none() {
                    moments.blocked = Some(verification.at);
                }
                self.add(Measure::VerifiedBlocked, verification.at, groups);
            } else if was_blocked && verification.verdict == BlockVerdict::Reachable {
                self.add(Measure::CameBack, verification.at, groups);
            }
        }
    }

    fn time(&self, moments: &Moments, groups: &mut Groups) {
        let flagged = Some(self.item.first_seen);
        let decided = Some(self.item.decided);
        for (span, from, to) in [
            (Span::DecisionToSubmission, decided, moments.submitted),
            (Span::SubmissionToOrder, moments.submitted, moments.ordered),
            (Span::OrderToVerified, moments.ordered, moments.blocked),
            (Span::FlagToVerified, flagged, moments.blocked),
        ] {
            if let (Some(from), Some(to)) = (from, to)
                && self.period.contains(to)
            {
                groups.time(span, &self.dossier, from, to);
            }
        }
    }

    fn add(&self, measure: Measure, at: Timestamp, groups: &mut Groups) {
        if self.period.contains(at) {
            let month = self.period.month_of(at);
            let category = Some(self.item.category.as_str());
            groups.count(measure, &self.dossier, month, category, self.language);
        }
    }

    /// When something happened: when it was recorded, or at the end of the day on its paper if that is earlier.
    fn happened(&self, step: &BlockStep) -> Timestamp {
        let paper = step.act.paper();
        paper.map_or(step.at, |paper| self.period.end_of(paper.date).min(step.at))
    }
}
