//! Signing the log, and asking for the time stamp that proves when.

use crate::clock::Clock;
use crate::digest::Digest;
use crate::fetch::{AuthoritySettings, Resolver, TimestampAuthority};
use crate::store::{LogTimestamp, SignedCheckpoint, Store, StoreError};
use crate::timestamp::TrustAnchors;
use jiff::Timestamp;
use std::sync::Arc;

/// How the log is signed here.
#[derive(Debug, Default)]
pub struct LogSettings {
    /// Name of the log; only used when its first key is made.
    pub origin: Option<String>,
    /// Who stamps it; nobody if it is not set.
    pub authority: Option<AuthoritySettings>,
    /// What the authority's tokens must lead to; without them tokens are kept unanchored.
    pub roots: Option<TrustAnchors>,
}

/// A signed log, and how its time stands.
#[derive(Debug)]
pub struct SealedLog {
    /// The checkpoint over every record.
    pub signed: SignedCheckpoint,
    /// Its time stamp.
    pub stamp: Stamp,
}

/// Whether somebody else vouches for the time of a checkpoint.
#[derive(Debug)]
pub enum Stamp {
    /// No authority is configured.
    NoAuthority,
    /// It has a time stamp.
    Stamped(Box<LogTimestamp>),
    /// The authority gave none; it is asked again with the next checkpoint, whose stamp covers this one too.
    Queued {
        /// Why not.
        reason: String,
        /// Checkpoints that wait.
        waiting: usize,
        /// Since when the oldest of them waits.
        since: Option<Timestamp>,
    },
}

/// Signs everything recorded so far. One token for the latest checkpoint covers all before it, because each is
/// contained in the next; so only the latest is stamped, and those that wait for an authority that was away are
/// covered with it.
pub async fn seal_log(
    store: &Arc<Store>,
    resolver: &Arc<dyn Resolver>,
    settings: &LogSettings,
) -> Result<SealedLog, StoreError> {
    let signing = Arc::clone(store);
    let origin = settings.origin.clone();
    let signed = on_blocking_thread(move || signing.checkpoint(origin.as_deref())).await?;
    let size = signed.checkpoint.size();
    if let Some((record, _)) = store.timestamp_of(size)? {
        let stamp = Stamp::Stamped(Box::new(record));
        return Ok(SealedLog { signed, stamp });
    }
    let Some(authority) = &settings.authority else {
        return Ok(SealedLog {
            signed,
            stamp: Stamp::NoAuthority,
        });
    };
    let stamp = match request_stamp(resolver, settings, authority, &signed).await {
        Ok((time, authority, token)) => {
            let (keeping, name) = (Arc::clone(store), authority);
            on_blocking_thread(move || keeping.add_timestamp(size, &token, time, &name)).await?;
            match store.timestamp_of(size)? {
                Some((record, _)) => Stamp::Stamped(Box::new(record)),
                None => Stamp::NoAuthority,
            }
        }
        Err(reason) => {
            let waiting = store.checkpoints_without_timestamp()?;
            let since = waiting
                .first()
                .and_then(|size| store.checkpoint_time(*size));
            Stamp::Queued {
                reason,
                waiting: waiting.len(),
                since,
            }
        }
    };
    Ok(SealedLog { signed, stamp })
}

/// A verified token in the form in which no byte could be another, its time and its authority.
async fn request_stamp(
    resolver: &Arc<dyn Resolver>,
    settings: &LogSettings,
    authority: &AuthoritySettings,
    signed: &SignedCheckpoint,
) -> Result<(Timestamp, String, Vec<u8>), String> {
    let authority = TimestampAuthority::new(authority, resolver).map_err(|e| e.to_string())?;
    let digest = Digest::of(signed.note.text().as_bytes());
    let token = authority.stamp(&digest).await.map_err(|e| e.to_string())?;
    let none = TrustAnchors::none();
    let roots = settings.roots.as_ref().unwrap_or(&none);
    let (token, proof) = token.strip(&digest, roots).map_err(|e| e.to_string())?;
    Ok((proof.time, proof.authority, token.as_der().to_vec()))
}

/// How long something has waited, in whole days and hours.
pub fn age_in_words(since: Timestamp, clock: &dyn Clock) -> String {
    let hours = clock.now().duration_since(since).as_hours().max(0);
    match (hours / 24, hours % 24) {
        (0, 0) => "less than an hour".to_owned(),
        (0, hours) => format!("{hours} h"),
        (days, hours) => format!("{days} d {hours} h"),
    }
}

async fn on_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let ended = tokio::task::spawn_blocking(work).await;
    ended.unwrap_or_else(|error| {
        Err(StoreError::Damaged {
            place: "log".to_owned(),
            reason: format!("signing it ended early: {error}"),
        })
    })
}
