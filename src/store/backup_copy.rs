//! Copying the parts of a store to a backup.

use super::backup::{Backup, Plan, UpkeepStage};
use super::journal::{Head, JournalScan};
use super::layout::Layout;
use super::stream::{digest_of_file, digest_of_part, pour};
use super::{StoreError, WarcFile};
use crate::capture::{stretches_of, sync_directory, verify_warc_file};
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// Files of the log that are made anew from the journal when a backup is restored.
const MADE_ANEW: &str = "tile";

/// Copies settings, the log, and (if asked for) the keys.
pub(super) fn copy_small_files(backup: &mut Backup<'_>, with_keys: bool) -> Result<(), StoreError> {
    let settings =
        ["tazy.toml"].map(|name| (backup.from.root.join(name), backup.to.root.join(name)));
    for (from, to) in settings {
        if from.is_file() {
            backup.report.bytes_copied += copy_if_changed(&from, &to)?;
        }
    }
    backup.report.bytes_copied += copy_tree(&backup.from.log, &backup.to.log)?;
    if with_keys {
        backup.report.bytes_copied += copy_tree(&backup.from.keys, &backup.to.keys)?;
    }
    Ok(())
}

/// Copies what is new under a directory and returns how many bytes that was. One that does not exist is empty.
pub(super) fn copy_tree(from: &Path, to: &Path) -> Result<u64, StoreError> {
    let mut waiting = vec![PathBuf::new()];
    let mut copied = 0;
    while let Some(below) = waiting.pop() {
        let directory = from.join(&below);
        let at = StoreError::at(&directory);
        let entries = match std::fs::read_dir(&directory) {
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            entries => entries.map_err(&at)?,
        };
        for entry in entries {
            let entry = entry.map_err(&at)?;
            let path = below.join(entry.file_name());
            if path.starts_with(MADE_ANEW) {
                continue;
            }
            if entry.file_type().map_err(&at)?.is_dir() {
                waiting.push(path);
            } else if path.extension().is_none_or(|extension| extension != "new") {
                copied += copy_if_changed(&from.join(&path), &to.join(&path))?;
            }
        }
    }
    Ok(copied)
}

/// Copies a small file whole or not at all, with its permissions; nothing if it is there already.
fn copy_if_changed(from: &Path, to: &Path) -> Result<u64, StoreError> {
    let bytes = match std::fs::read(from) {
        // The log replaces files while it is being read.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        bytes => bytes.map_err(StoreError::at(from))?,
    };
    if std::fs::read(to).is_ok_and(|there| there == bytes) {
        return Ok(0);
    }
    let at = StoreError::at(to);
    if let Some(directory) = to.parent() {
        std::fs::create_dir_all(directory).map_err(&at)?;
        let new = directory.join(".new");
        // Copied, not written: a key must not be readable for a moment.
        std::fs::copy(from, &new).map_err(&at)?;
        let file = File::options().write(true).open(&new).map_err(&at)?;
        file.sync_all().map_err(&at)?;
        std::fs::rename(&new, to)
            .and_then(|()| sync_directory(directory))
            .map_err(&at)?;
    }
    Ok(bytes.len() as u64)
}

/// What is to be copied of a WARC file.
struct Part {
    name: String,
    have: u64,
    end: u64,
}

/// Continues the WARC files up to what the journal has committed; closed files to their end.
pub(super) fn copy_captures(backup: &mut Backup<'_>, plan: &Plan) -> Result<(), StoreError> {
    let mut names: Vec<&String> = backup.state.files.keys().collect();
    names.extend(plan.ends.keys().chain(&plan.closed));
    names.sort_unstable();
    names.dedup();
    let mut parts = Vec::new();
    for name in names {
        let have = backup.state.files.get(name).copied().unwrap_or(0);
        let end = end_of(&backup.from, name, have, plan);
        if end > have {
            parts.push(Part {
                name: name.clone(),
                have,
                end,
            });
        }
    }
    let total = parts.iter().map(|part| part.end - part.have).sum();
    let mut done = 0;
    for part in parts {
        copy_part(backup, &part)?;
        done += part.end - part.have;
        backup.report.warc_files += 1;
        backup.report.bytes_copied += part.end - part.have;
        (backup.watch)(UpkeepStage::Captures, done, total);
        backup.state.files.insert(part.name, part.end);
        // So that a backup that is killed need not begin anew.
        backup.save()?;
    }
    Ok(())
}

/// Up to where a file is copied: whole if it is closed, else up to the end of its last committed capture. A file
/// that is gone from the store keeps what the backup has of it.
fn end_of(from: &Layout, name: &str, have: u64, plan: &Plan) -> u64 {
    if let Ok(closed) = std::fs::metadata(from.captures.join(name)) {
        return closed.len();
    }
    let have = plan.ends.get(name).copied().unwrap_or(have).max(have);
    let Some(manifest) = plan.last.get(name) else {
        return have;
    };
    if let Ok(stretches) = stretches_of(&from.captures, manifest) {
        let own = stretches.iter().filter(|stretch| stretch.file == name);
        let ends = own.map(|stretch| stretch.offset + stretch.length);
        return ends.fold(have, u64::max);
    }
    // Missing or damaged: copied as far as it is there, and named when it is read back.
    let open = from.captures.join(format!("{name}.open"));
    std::fs::metadata(open).map_or(have, |file| file.len())
}

fn copy_part(backup: &Backup<'_>, part: &Part) -> Result<(), StoreError> {
    let closed = backup.from.captures.join(&part.name);
    let open = backup.from.captures.join(format!("{}.open", part.name));
    // It may be renamed between two looks.
    let mut source = File::open(&closed)
        .or_else(|_| File::open(&open))
        .or_else(|_| File::open(&closed))
        .map_err(StoreError::at(&closed))?;
    let path = backup.to.captures.join(&part.name);
    let at = StoreError::at(&path);
    let mut target = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(&at)?;
    target.set_len(part.have).map_err(&at)?;
    target.seek(SeekFrom::Start(part.have)).map_err(&at)?;
    source
        .seek(SeekFrom::Start(part.have))
        .map_err(StoreError::at(&closed))?;
    let length = part.end - part.have;
    let (copied, digest) = pour(&mut source, length, &mut target).map_err(&at)?;
    target.sync_all().map_err(&at)?;
    sync_directory(&backup.to.captures).map_err(&at)?;
    let read_back = digest_of_part(&path, part.have, length).map_err(&at)?;
    if copied == length && read_back == digest {
        return Ok(());
    }
    let reason = "what was written cannot be read back as it was; the disk may be failing";
    Err(StoreError::backup(&path, reason))
}

/// Copies rulesets, then the journal up to `head`, and verifies its chain. `false` if lines were blanked since the
/// journal was read.
pub(super) fn copy_journal(
    backup: &mut Backup<'_>,
    plan: &Plan,
    head: Head,
) -> Result<bool, StoreError> {
    for ruleset in &plan.rulesets {
        let name = format!("{}.json", ruleset.version);
        let from = backup.from.rulesets.join(&name);
        let to = backup.to.rulesets.join(&name);
        backup.report.bytes_copied += copy_if_changed(&from, &to)?;
    }
    let begun = backup.state.head;
    let path = &backup.to.journal;
    let at = StoreError::at(path);
    let mut source =
        File::open(&backup.from.journal).map_err(StoreError::at(&backup.from.journal))?;
    let mut target = File::options().write(true).open(path).map_err(&at)?;
    target.set_len(begun.offset).map_err(&at)?;
    for file in [&mut source, &mut target] {
        file.seek(SeekFrom::Start(begun.offset)).map_err(&at)?;
    }
    let length = head.offset - begun.offset;
    let (copied, _) = pour(&mut source.by_ref().take(length), length, &mut target).map_err(&at)?;
    target.sync_all().map_err(&at)?;
    sync_directory(&backup.to.root).map_err(&at)?;
    let mut scan = JournalScan::new(path, begun)?;
    while scan.next_entry()?.is_some() {}
    let whole = copied == length && scan.head == head && scan.damage().is_none();
    if whole {
        backup.report.bytes_copied += copied;
    }
    Ok(whole)
}

/// Archived rulesets and closed WARC files of a backup that are not what their records say.
pub(super) fn wrong_files<'f>(
    layout: &Layout,
    plan: &Plan,
    files: impl Iterator<Item = &'f WarcFile>,
) -> Result<Vec<String>, StoreError> {
    let rulesets = plan.rulesets.iter().map(|ruleset| {
        let name = format!("rulesets/{}.json", ruleset.version);
        (name, ruleset.bytes, ruleset.digest)
    });
    let files: Vec<&WarcFile> = files.collect();
    let closed = files
        .iter()
        .map(|file| (format!("captures/{}", file.file), file.bytes, file.digest));
    let mut wrong = Vec::new();
    for (name, bytes, digest) in rulesets.chain(closed) {
        let path = layout.root.join(&name);
        match digest_of_file(&path) {
            Ok(found) if found == (bytes, digest) => {}
            Ok(_) => wrong.push(format!("{name}: it is not what was recorded")),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                wrong.push(format!("{name}: it is missing"));
            }
            Err(error) => return Err(StoreError::at(&path)(error)),
        }
    }
    // Files that are still written to have no digest yet.
    for name in plan.last.keys() {
        if files.iter().all(|file| file.file != *name)
            && let Err(error) = verify_warc_file(&layout.captures.join(name))
        {
            wrong.push(error.to_string());
        }
    }
    Ok(wrong)
}
