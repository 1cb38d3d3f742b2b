//! What a killed process left behind in the directory of captures.

use super::scan::scan_members;
use super::{WarcError, sync_directory};
use std::fs::File;
use std::io::{self, Seek, SeekFrom};
use std::path::Path;

/// Closes the `.open` files of a killed process and says in words what was done to each.
///
/// A record that was not written whole is moved to `<file>.torn` (nothing is ever deleted) and the rest
/// keeps its place. `committed` says for a file (without `.open`) up to which offset its records are known
/// to be durable; nothing before it is touched, and if it cannot be read that is for a check to find.
pub fn close_left_open(
    directory: &Path,
    committed: &dyn Fn(&str) -> u64,
) -> Result<Vec<String>, WarcError> {
    let at = WarcError::at(directory);
    let mut left_open = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(&at)? {
        let name = entry.map_err(&at)?.file_name();
        if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(".open")) {
            left_open.push(name.to_owned());
        }
    }
    left_open.sort_unstable();
    let mut done = Vec::new();
    for name in left_open {
        done.push(close_file(directory, &name, committed(&name))?);
    }
    sync_directory(directory).map_err(&at)?;
    Ok(done)
}

fn close_file(directory: &Path, name: &str, committed: u64) -> Result<String, WarcError> {
    let open = directory.join(format!("{name}.open"));
    let at = WarcError::at(&open);
    let length = std::fs::metadata(&open).map_err(&at)?.len();
    let mut what = format!("captures/{name} was left open by a killed process; closed it");
    if length < committed {
        what = format!(
            "{what}. It has {length} bytes of {committed} that were written: run `tazy store check`"
        );
    } else {
        let whole = scan_members(&open, committed)?.end;
        if whole < length {
            let torn = directory.join(format!("{name}.torn"));
            move_tail(&open, whole, &torn).map_err(&at)?;
            let bytes = length - whole;
            what = format!("{what} and moved {bytes} bytes of an unfinished record to {name}.torn");
        }
        if whole == 0 {
            std::fs::remove_file(&open).map_err(&at)?;
            return Ok(format!("{what}; nothing else was in it"));
        }
    }
    std::fs::rename(&open, directory.join(name)).map_err(&at)?;
    Ok(what)
}

/// The tail is durable in its new place before it is cut off in the old one.
fn move_tail(path: &Path, from: u64, to: &Path) -> io::Result<()> {
    let mut source = File::options().read(true).write(true).open(path)?;
    source.seek(SeekFrom::Start(from))?;
    let mut target = File::create(to)?;
    io::copy(&mut source, &mut target)?;
    target.sync_all()?;
    source.set_len(from)?;
    source.sync_all()
}
