//! A list that grows faster than is usual is looked at before it goes out.

/// How much a list may grow from one issue to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GrowthLimit {
    /// New targets, percent of the entries before.
    pub percent: u32,
    /// New targets that are never too many, so that short lists can grow.
    pub entries: u32,
}

impl Default for GrowthLimit {
    fn default() -> Self {
        Self {
            percent: 20,
            entries: 10,
        }
    }
}

/// The list grew too fast.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{added} new targets on a list of {before}; more than {allowed} at once are looked at first. See them with tazy \
     export diff; if they are right, accept them with --accept-growth REASON"
)]
pub struct GrowthError {
    /// New targets.
    pub added: usize,
    /// Entries of the issue before.
    pub before: u64,
    /// New targets that would have been allowed.
    pub allowed: u64,
}

impl GrowthLimit {
    /// Whether `added` new targets may join a list of `before` entries.
    pub fn check(&self, before: u64, added: usize) -> Result<(), GrowthError> {
        let share = before.saturating_mul(self.percent.into()) / 100;
        let allowed = share.max(self.entries.into());
        if u64::try_from(added).unwrap_or(u64::MAX) <= allowed {
            return Ok(());
        }
        Err(GrowthError {
            added,
            before,
            allowed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_may_grow_by_its_share_or_by_a_few_whichever_is_more() {
        let limit = GrowthLimit::default();
        for (before, added) in [(0, 10), (1, 10), (50, 10), (51, 10), (100, 20), (1000, 200)] {
            assert_eq!(limit.check(before, added), Ok(()), "{before} + {added}");
        }
        for (before, added, allowed) in [(0, 11, 10), (54, 11, 10), (100, 21, 20), (1000, 201, 200)]
        {
            let error = limit.check(before, added).unwrap_err();
            assert_eq!((error.allowed, error.before), (allowed, before));
            assert!(error.to_string().contains("--accept-growth"), "{error}");
        }
    }
}
