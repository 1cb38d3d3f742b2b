//! The edition that is served at the moment.

use super::Edition;
use std::sync::{Arc, PoisonError, RwLock};

/// Holds the edition that is served. Answers under way keep the one that they began with.
#[derive(Debug, Default)]
pub struct Shelf(RwLock<Option<Arc<Edition>>>);

impl Shelf {
    /// The edition, if any list was issued.
    pub fn edition(&self) -> Option<Arc<Edition>> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Puts another edition in its place.
    pub fn replace(&self, edition: Option<Arc<Edition>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = edition;
    }
}
