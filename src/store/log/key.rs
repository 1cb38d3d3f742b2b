//! The keys that sign the log.

use super::files::{LogFiles, damaged};
use crate::merkle::{Signer, Verifier};
use crate::store::index::key;
use crate::store::layout::Layout;
use crate::store::record::{Draft, Kind};
use crate::store::{LogKey, Store, StoreError};
use ring::rand::{SecureRandom, SystemRandom};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The key in force, and the one before it while the change is not finished.
pub(super) struct SigningKeys {
    pub(super) current: Signer,
    pub(super) predecessor: Option<Signer>,
}

impl Store {
    /// Every key that ever signed this log, the first one first.
    pub fn log_keys(&self) -> Result<Vec<LogKey>, StoreError> {
        Ok(self
            .log_keys_with_place()?
            .into_iter()
            .map(|(_, key)| key)
            .collect())
    }

    /// The key that was in force when the log had `size` records.
    pub fn log_key_at(&self, size: u64) -> Result<Option<LogKey>, StoreError> {
        let mut keys = self.log_keys_with_place()?;
        keys.retain(|(seq, _)| *seq <= size);
        Ok(keys.pop().map(|(_, key)| key))
    }

    /// The keys with the number of the record from which on each is in force.
    pub(in crate::store) fn log_keys_with_place(&self) -> Result<Vec<(u64, LogKey)>, StoreError> {
        self.index
            .rows(&key('k', &[""]))
            .map(|row| {
                let row = row?;
                let place = self.index.place_in(&row.key, &row.value)?;
                Ok((place.seq, self.records.record(&place)?))
            })
            .collect()
    }

    /// Begins a new key, which the old one vouches for with the next checkpoint; with `lost` nobody does, and
    /// whoever verifies is told so.
    pub fn rotate_log_key(&self, reason: &str, lost: bool) -> Result<LogKey, StoreError> {
        let keys = self.log_keys()?;
        let Some(last) = keys.last() else {
            return Err(damaged(
                &self.layout.keys,
                "there is no key to replace: the log is not signed yet",
            ));
        };
        if !lost {
            // A predecessor that cannot sign must be named as lost.
            self.signing_keys(None)?;
        }
        let old: Verifier = last
            .verifier
            .parse()
            .map_err(|error| damaged(&self.layout.keys, error))?;
        let new = make_signer(old.name())?;
        let record = LogKey {
            verifier: new.verifier().to_string(),
            replaces: Some(last.verifier.clone()),
            reason: Some(reason.to_owned()),
        };
        write_key_file(&next_file(&self.layout), &new)?;
        if lost {
            // Set aside, never deleted: it may be found again.
            let file = key_file(&self.layout);
            if file.exists() {
                self.layout.move_aside(&file, "keys/log.key.lost")?;
            }
        }
        self.commit(&[Draft::of(Kind::LogKey, &record)?])?;
        Ok(record)
    }

    /// The keys to sign with. The first time one is made, with the name `origin`, and recorded.
    pub(super) fn signing_keys(&self, origin: Option<&str>) -> Result<SigningKeys, StoreError> {
        let keys = self.log_keys()?;
        let (file, next) = (key_file(&self.layout), next_file(&self.layout));
        let stored = read_key_file(&file)?;
        let Some(last) = keys.last() else {
            let current = match stored {
                Some(signer) => signer,
                None => self.make_first_key(origin, &file)?,
            };
            let record = LogKey {
                verifier: current.verifier().to_string(),
                replaces: None,
                reason: None,
            };
            self.commit(&[Draft::of(Kind::LogKey, &record)?])?;
            self.write_public(&current)?;
            return Ok(SigningKeys {
                current,
                predecessor: None,
            });
        };
        let is_current = |signer: &Signer| signer.verifier().to_string() == last.verifier;
        if let Some(current) = read_key_file(&next)?.filter(is_current) {
            return Ok(SigningKeys {
                current,
                predecessor: stored,
            });
        }
        let current = stored.filter(is_current).ok_or_else(|| {
            damaged(
                &file,
                format!(
                    "the key that signs the log ({}) is not there. Restore it from where you keep it safe, or \
                     begin a new one: tazy evidence key rotate --lost --reason TEXT",
                    last.verifier
                ),
            )
        })?;
        Ok(SigningKeys {
            current,
            predecessor: None,
        })
    }

    /// The new key has signed for the first time: it takes the place of the old one.
    pub(super) fn finish_rotation(&self, keys: &SigningKeys) -> Result<(), StoreError> {
        let next = next_file(&self.layout);
        if next.exists() {
            let file = key_file(&self.layout);
            std::fs::rename(&next, &file).map_err(StoreError::at(&file))?;
            self.write_public(&keys.current)?;
        }
        Ok(())
    }

    fn make_first_key(&self, origin: Option<&str>, file: &Path) -> Result<Signer, StoreError> {
        let random = random_bytes::<6>()?;
        let own = || format!("tazy.local/{}", data_encoding::HEXLOWER.encode(&random));
        let signer = make_signer(&origin.map_or_else(own, str::to_owned))?;
        write_key_file(file, &signer)?;
        self.write_public(&signer)?;
        Ok(signer)
    }

    fn write_public(&self, signer: &Signer) -> Result<(), StoreError> {
        let path = self.layout.keys.join("log.pub");
        Layout::write_whole(&path, format!("{}\n", signer.verifier()).as_bytes())
    }
}

fn key_file(layout: &Layout) -> PathBuf {
    layout.keys.join("log.key")
}

fn next_file(layout: &Layout) -> PathBuf {
    layout.keys.join("log.key.next")
}

fn random_bytes<const N: usize>() -> Result<[u8; N], StoreError> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| damaged(Path::new("keys"), "this machine gives no random numbers"))?;
    Ok(bytes)
}

/// A new private key of this name.
pub fn make_signer(name: &str) -> Result<Signer, StoreError> {
    let mut seed = random_bytes::<32>()?;
    let signer = Signer::from_seed(name, &seed);
    seed.fill(0);
    signer.map_err(|error| damaged(Path::new("keys"), error))
}

/// Writes a private key to a file readable by its owner only, from the first moment on.
pub fn write_key_file(path: &Path, signer: &Signer) -> Result<(), StoreError> {
    let at = StoreError::at(path);
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(&at)?;
    }
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = || {
        if path.exists() {
            std::fs::remove_file(path)?;
        }
        let mut file = options.open(path)?;
        file.write_all(signer.to_secret_text().as_str().as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    };
    written().map_err(&at)
}

/// The private key in a file; `None` if there is no such file. One that others can read is refused.
pub fn read_key_file(path: &Path) -> Result<Option<Signer>, StoreError> {
    let Some(bytes) = LogFiles::read(path)? else {
        return Ok(None);
    };
    check_permissions(path)?;
    let text = String::from_utf8_lossy(&bytes);
    let signer = text.trim_end().parse::<Signer>();
    signer.map(Some).map_err(|error| damaged(path, error))
}

#[cfg(unix)]
fn check_permissions(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path)
        .map_err(StoreError::at(path))?
        .permissions()
        .mode();
    if mode.trailing_zeros() >= 6 {
        return Ok(());
    }
    Err(damaged(
        path,
        format!(
            "others can read this private key (mode {:03o}); take it from them: chmod 600 {}. If it may have been \
             copied, replace it: tazy evidence key rotate --reason TEXT",
            mode & 0o777,
            path.display()
        ),
    ))
}

#[cfg(not(unix))]
fn check_permissions(_path: &Path) -> Result<(), StoreError> {
    Ok(())
}
