//! Brings the shelf up to date with the store.

use super::edition::{Folder, make_folder};
use super::{Edition, EditionError, Shelf};
use crate::app::{PublishError, published_list};
use crate::block::list::{ListFormat, ListOptions, ListSeal};
use crate::block::profile::BlockRules;
use crate::clock::Clock;
use crate::digest::Digest;
use crate::store::{Store, StoreError};
use std::path::PathBuf;
use std::sync::Arc;

/// Looks after the shelf. The store is open only while an edition is made: other commands work on it in between,
/// and an issue that they record is served soon after.
#[derive(Debug)]
pub struct Keeper {
    store: PathBuf,
    /// Editions are folders in here.
    folder: Folder,
    head: ListHead,
    rules: BlockRules,
    clock: Arc<dyn Clock>,
    /// Length of the journal when it was last looked at.
    seen: Option<u64>,
    made: u64,
}

/// How the list is written.
#[derive(Debug, Clone, Default)]
pub struct ListHead {
    /// Its title.
    pub title: String,
    /// The unit.
    pub unit: String,
    /// Where the unit is reached.
    pub contact: Option<String>,
    /// What formats leave to choose.
    pub options: ListOptions,
}

/// Why the shelf could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum KeeperError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What the store has is not what went out.
    #[error(transparent)]
    Published(#[from] PublishError),
    /// The files.
    #[error(transparent)]
    Edition(#[from] EditionError),
}

impl Keeper {
    /// A keeper of editions of the store in the directory `store`. Their files are in a new folder for temporary
    /// files, which goes with the keeper.
    pub fn new(
        store: PathBuf,
        head: ListHead,
        rules: BlockRules,
        clock: Arc<dyn Clock>,
    ) -> std::io::Result<Self> {
        let name = format!(
            "tazy-serve-{}-{}",
            std::process::id(),
            clock.now().as_nanosecond()
        );
        Ok(Self {
            store,
            folder: make_folder(&std::env::temp_dir().join(name))?,
            head,
            rules,
            clock,
            seen: None,
            made: 0,
        })
    }

    /// Makes a new edition if the journal grew and a new list was issued; says whether it did. Blocks.
    pub fn look(&mut self, shelf: &Shelf) -> Result<bool, KeeperError> {
        let length =
            std::fs::metadata(self.store.join("journal.jsonl")).map_or(0, |file| file.len());
        if self.seen == Some(length) {
            return Ok(false);
        }
        let (store, _) = Store::open(&self.store, self.clock.clone())?;
        let latest = store.list_issues()?.pop();
        let current = shelf.edition();
        if latest.as_ref() == current.as_ref().map(|edition| &edition.issue) {
            self.seen = Some(length);
            return Ok(false);
        }
        let Some(mut issued) =
            published_list(&store, &self.rules, &self.head.title, &self.head.unit)?
        else {
            self.seen = Some(length);
            shelf.replace(None);
            return Ok(true);
        };
        issued.list.contact.clone_from(&self.head.contact);
        self.made += 1;
        let folder = self.folder.0.join(self.made.to_string());
        let sign = |format: ListFormat, digest: Digest| {
            let seal = ListSeal {
                format,
                serial: issued.list.serial,
                entries: u64::try_from(issued.list.entries.len()).unwrap_or(u64::MAX),
                digest,
            };
            // A list that cannot be signed is served without a signature, and the index says so.
            let note = store.sign_note(&seal.to_string()).ok()?;
            Some(note.to_string())
        };
        let edition = Edition::write(&issued, &self.head.options, &folder, sign)?;
        drop(store);
        self.seen = Some(length);
        shelf.replace(Some(Arc::new(edition)));
        Ok(true)
    }
}
