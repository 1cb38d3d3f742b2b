//! A file → its entries, every byte accounted for.

use super::form::{CENTRAL, LOCAL, LOCAL_EXTRA, LOCAL_LENGTH};
use super::form::{central_record, end_records, local_header};
use super::measure::{Meter, copy_chunks};
use super::{ContainerError, Measure};
use crate::digest::Digest;
use crate::evidence::layout;
use std::fmt;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// More entries than any bundle has.
const MAX_ENTRIES: usize = 1 << 20;
/// Faults that are named; after that many it does not matter any more.
const MAX_FAULTS: usize = 1000;

/// A place where the file is not what the writer makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Byte of the file, from 0.
    pub offset: u64,
    /// The entry in which or about which it is.
    pub entry: Option<String>,
    /// What is wrong, in words.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "byte {}", self.offset)?;
        if let Some(entry) = &self.entry {
            write!(f, " ({entry})")?;
        }
        write!(f, ": {}", self.what)
    }
}

/// An entry of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerEntry {
    /// Its name, one of the layout's.
    pub name: String,
    /// Length and checksums of its data as they are.
    pub measure: Measure,
    /// Where its data begins.
    pub offset: u64,
    header: u64,
    /// What its header states.
    stated: Measure,
}

/// An open bundle. Its bytes are read from the file when they are asked for.
#[derive(Debug)]
pub struct Container<R> {
    file: BufReader<R>,
    entries: Vec<ContainerEntry>,
    faults: Vec<Fault>,
    length: u64,
}

impl<R: Read + Seek> Container<R> {
    /// Reads the whole file once: takes the measure of every entry and compares everything else with the
    /// only form there is. What is not as it should be is in [`Container::faults`]; an error is returned
    /// where what follows cannot be told apart.
    pub fn open(mut file: R) -> Result<Self, ContainerError> {
        file.rewind()?;
        let mut container = Self {
            file: BufReader::with_capacity(1 << 16, file),
            entries: Vec::new(),
            faults: Vec::new(),
            length: 0,
        };
        while container.read_entry()? {}
        container.check_directory()?;
        Ok(container)
    }

    /// The entries, in order.
    pub fn entries(&self) -> &[ContainerEntry] {
        &self.entries
    }

    /// The entry of this name.
    pub fn entry(&self, name: &str) -> Option<&ContainerEntry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// What is wrong with the file; a file with faults is not what was exported.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The data of an entry, as a stream.
    pub fn stream(&mut self, entry: &ContainerEntry) -> io::Result<impl Read + use<'_, R>> {
        self.file.seek(SeekFrom::Start(entry.offset))?;
        Ok((&mut self.file).take(entry.measure.bytes))
    }

    /// `length` bytes of the data of an entry from byte `from` on, as far as it has them, as a stream.
    pub fn stretch(
        &mut self,
        entry: &ContainerEntry,
        from: u64,
        length: u64,
    ) -> io::Result<impl Read + use<'_, R>> {
        let from = from.min(entry.measure.bytes);
        self.file.seek(SeekFrom::Start(entry.offset + from))?;
        Ok((&mut self.file).take(length.min(entry.measure.bytes - from)))
    }

    /// The data of the entry `name`, if there is one and it has at most `limit` bytes.
    pub fn read(&mut self, name: &str, limit: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(entry) = self.entry(name).cloned() else {
            return Ok(None);
        };
        if entry.measure.bytes > limit {
            let bytes = entry.measure.bytes;
            let message = format!("{name} has {bytes} bytes; more than {limit} are not read");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let mut data = Vec::new();
        self.stream(&entry)?.read_to_end(&mut data)?;
        Ok(Some(data))
    }

    /// Reads the next entry; false at the central directory.
    fn read_entry(&mut self) -> Result<bool, ContainerError> {
        let start = self.length;
        let mut head = vec![0; LOCAL_LENGTH];
        self.fill(start, &mut head[..4])?;
        if head.starts_with(&CENTRAL) {
            self.file.seek_relative(-4)?;
            return Ok(false);
        }
        if !head.starts_with(&LOCAL) {
            return Err(malformed(start, None, "neither an entry nor the directory"));
        }
        if self.entries.len() == MAX_ENTRIES {
            return Err(malformed(start, None, "more entries than any bundle has"));
        }
        self.fill(start, &mut head[4..])?;
        let (name, stated) = self.read_names(start, &mut head)?;
        if head != local_header(&name, &stated) {
            self.note(start, Some(&name), "the header is not in the only form");
        }
        let before = self.entries.last().map(|entry| entry.name.clone());
        if let Err(reason) = layout::check_order(before.as_deref(), &name) {
            self.note(start, Some(&name), reason);
        }
        let offset = start + head.len() as u64;
        let mut meter = Meter::default();
        let read = copy_chunks(&mut self.file, stated.bytes, &mut |chunk| {
            meter.update(chunk);
            Ok(())
        })?;
        if read != stated.bytes {
            return Err(malformed(start, Some(&name), "the file ends within it"));
        }
        let measure = meter.finish();
        if measure.crc32 != stated.crc32 {
            self.note(offset, Some(&name), "the data or its CRC-32 was changed");
        }
        self.length = offset + read;
        self.entries.push(ContainerEntry {
            name,
            measure,
            offset,
            header: start,
            stated,
        });
        Ok(true)
    }

    /// Reads name and extra field into `head`, and what the header states.
    fn read_names(
        &mut self,
        start: u64,
        head: &mut Vec<u8>,
    ) -> Result<(String, Measure), ContainerError> {
        let two = |at: usize| u16::from_le_bytes([head[at], head[at + 1]]);
        let four = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| head[at + i]));
        let (crc32, size) = (four(14), four(22));
        let (name_length, extra_length) = (usize::from(two(26)), usize::from(two(28)));
        if name_length > layout::MAX_NAME || ![0, LOCAL_EXTRA].contains(&extra_length) {
            return Err(malformed(start, None, "no entry has a header like this"));
        }
        let mut rest = vec![0; name_length + extra_length];
        self.fill(start, &mut rest)?;
        head.extend_from_slice(&rest);
        let extra = rest.split_off(name_length);
        let name = String::from_utf8(rest).ok();
        let Some(name) = name.filter(|name| layout::rank(name).is_some()) else {
            return Err(malformed(start, None, "no entry has a name like this"));
        };
        let large = extra.get(4..12).and_then(|bytes| bytes.try_into().ok());
        let bytes = large.map_or(u64::from(size), u64::from_le_bytes);
        let digest = Digest::of(b"");
        let stated = Measure {
            bytes,
            crc32,
            digest,
        };
        Ok((name, stated))
    }

    /// Everything after the last entry must be what the writer makes for these entries.
    fn check_directory(&mut self) -> Result<(), ContainerError> {
        let directory = self.length;
        for index in 0..self.entries.len() {
            let entry = &self.entries[index];
            let record = central_record(&entry.name, &entry.stated, entry.header);
            let name = entry.name.clone();
            if !self.compare(&record, Some(&name), "the central directory")? {
                return Ok(());
            }
        }
        let (entries, length) = (self.entries.len() as u64, self.length - directory);
        let end = end_records(entries, length, directory);
        if !self.compare(&end, None, "the end record")? {
            return Ok(());
        }
        let after = copy_chunks(&mut self.file, u64::MAX, &mut |_| Ok(()))?;
        if after > 0 {
            self.note(self.length, None, &format!("{after} bytes after the end"));
            self.length += after;
        }
        Ok(())
    }

    /// Whether the next bytes are these; notes the first that is not.
    fn compare(&mut self, expected: &[u8], entry: Option<&str>, what: &str) -> io::Result<bool> {
        let mut found = Vec::with_capacity(expected.len());
        let mut next = (&mut self.file).take(expected.len() as u64);
        next.read_to_end(&mut found)?;
        let same = expected.iter().zip(&found).take_while(|(a, b)| a == b);
        let same = same.count();
        if same < expected.len() {
            let what = match found.get(same) {
                Some(_) => format!("{what} was changed"),
                None => format!("the file ends within {what}"),
            };
            self.note(self.length + same as u64, entry, &what);
            return Ok(false);
        }
        self.length += same as u64;
        Ok(true)
    }

    fn fill(&mut self, start: u64, room: &mut [u8]) -> Result<(), ContainerError> {
        self.file.read_exact(room).map_err(|error| {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                return malformed(start, None, "the file ends here");
            }
            ContainerError::Io(error)
        })
    }

    fn note(&mut self, offset: u64, entry: Option<&str>, what: &str) {
        if self.faults.len() < MAX_FAULTS {
            self.faults.push(Fault {
                offset,
                entry: entry.map(str::to_owned),
                what: what.to_owned(),
            });
        }
    }
}

fn malformed(offset: u64, entry: Option<&str>, what: &str) -> ContainerError {
    ContainerError::Malformed(Fault {
        offset,
        entry: entry.map(str::to_owned),
        what: what.to_owned(),
    })
}
