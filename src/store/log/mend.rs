//! What a process that was killed while it signed the log left behind.

use super::files::{LogFiles, files_below};
use crate::merkle::{Tile, tiles_of};
use crate::store::journal::Head;
use crate::store::{Store, StoreError};
use std::collections::BTreeSet;

impl Store {
    /// Ends what signing left undone: says which checkpoint is the latest, and removes tiles of a checkpoint that
    /// was never signed. Only what an interrupted signing can leave is touched; everything else is for a check to
    /// find.
    pub(in crate::store) fn mend_log(&self) -> Result<(), StoreError> {
        let Ok(latest) = self.latest_checkpoint() else {
            return Ok(());
        };
        let size = latest.as_ref().map_or(0, |latest| latest.checkpoint.size());
        if let Some(latest) = &latest
            && self.is_unpublished(size)?
        {
            self.publish(latest, self.position_of(size)?)?;
        }
        self.remove_unsigned_tiles(size)
    }

    /// Whether `log/checkpoint` or the position is that of an earlier checkpoint, or missing.
    fn is_unpublished(&self, size: u64) -> Result<bool, StoreError> {
        let files = LogFiles::of(&self.layout);
        let is_old_position = match LogFiles::read(&files.position())? {
            None => true,
            Some(bytes) => serde_json::from_slice::<Head>(&bytes).is_ok_and(|head| head.seq < size),
        };
        let Some(found) = LogFiles::read(&files.latest())? else {
            return Ok(true);
        };
        let mut earlier = files.sizes()?;
        earlier.pop();
        let before = earlier
            .last()
            .map(|size| LogFiles::read(&files.checkpoint(*size)));
        let is_old_note = before.transpose()?.flatten() == Some(found);
        Ok(is_old_note || is_old_position)
    }

    fn remove_unsigned_tiles(&self, size: u64) -> Result<(), StoreError> {
        let log = &self.layout.log;
        let mut expected: Option<BTreeSet<String>> = None;
        for path in files_below(log)? {
            let is_unfinished = path.rsplit('/').next().is_some_and(|name| {
                name.rsplit_once('.')
                    .is_some_and(|(_, ending)| ending == "new")
            });
            let is_tile = path.parse::<Tile>().is_ok();
            let expected = expected
                .get_or_insert_with(|| tiles_of(size).map(|tile| tile.to_string()).collect());
            if is_unfinished || (is_tile && !expected.contains(&path)) {
                let path = log.join(path);
                std::fs::remove_file(&path).map_err(StoreError::at(&path))?;
            }
        }
        Ok(())
    }
}
