//! Checkpoints (C2SP tlog-checkpoint): the text that a log signs.

use super::key::is_name;
use super::tree::empty_root;
use crate::digest::Digest;
use data_encoding::BASE64;
use std::fmt;
use std::str::FromStr;

/// What a log says about itself: its name, how many records it has and the root of their tree. `Display` gives the text
/// that is signed; a text has one checkpoint and a checkpoint one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    size: u64,
    root: Digest,
    extensions: Vec<String>,
}

/// Not a checkpoint, or not the one of this log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Too few lines, or the last is not ended.
    #[error(
        "a checkpoint has lines for origin, number of records and root, each ended by a line feed"
    )]
    Lines,
    /// The first line names nothing.
    #[error("{0:?} cannot be the origin of a checkpoint: it is empty or has control characters")]
    Origin(String),
    /// The second line is not a number.
    #[error("{0:?} is not a number of records (decimal, without signs and leading zeros)")]
    Size(String),
    /// The third line is not a hash.
    #[error("{0:?} is not the root of a tree (32 bytes in base64)")]
    Root(String),
    /// A line after the third is empty or not text.
    #[error("line {0} of the checkpoint is empty or has control characters")]
    Extension(usize),
    /// No records, but a root.
    #[error("the checkpoint says that there are no records, but its root is that of some")]
    RootOfNothing,
    /// The log has another number of records.
    #[error("the checkpoint says {stated} records, but there are {found}")]
    Records {
        /// What the checkpoint says.
        stated: u64,
        /// What is there.
        found: u64,
    },
    /// The log has another root.
    #[error(
        "the checkpoint of {size} records has another root than these records: they, or the checkpoint, were changed"
    )]
    OtherRoot {
        /// Number of records.
        size: u64,
    },
}

impl Checkpoint {
    /// The checkpoint of a log of `size` records with this root. The origin should be a name without spaces and
    /// plus signs, such as `unit.example/log`, and the name of the key that signs.
    ///
    /// # Errors
    /// When the origin is empty or has control characters, or the root is not that of an empty log that is one.
    pub fn new(origin: &str, size: u64, root: Digest) -> Result<Self, CheckpointError> {
        if !is_line(origin) {
            return Err(CheckpointError::Origin(begin_of(origin)));
        }
        if size == 0 && root != empty_root() {
            return Err(CheckpointError::RootOfNothing);
        }
        Ok(Self {
            origin: origin.to_owned(),
            size,
            root,
            extensions: Vec::new(),
        })
    }

    /// Whether this is the checkpoint of the log of `size` records with this root.
    ///
    /// # Errors
    /// What is different.
    pub fn check_log(&self, size: u64, root: &Digest) -> Result<(), CheckpointError> {
        if self.size != size {
            return Err(CheckpointError::Records {
                stated: self.size,
                found: size,
            });
        }
        if self.root != *root {
            return Err(CheckpointError::OtherRoot { size });
        }
        Ok(())
    }

    /// Whether the origin can be a key's name, as it should be.
    pub fn has_origin_for_key(&self) -> bool {
        is_name(&self.origin)
    }

    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many records the log has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of their tree.
    pub fn root(&self) -> Digest {
        self.root
    }

    /// Lines after the root, whose meaning is the log's own.
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = BASE64.encode(self.root.as_bytes());
        writeln!(f, "{}\n{}\n{root}", self.origin, self.size)?;
        for line in &self.extensions {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lines = text.strip_suffix('\n').ok_or(CheckpointError::Lines)?;
        let mut lines = lines.split('\n');
        let mut next = || lines.next().ok_or(CheckpointError::Lines);
        let (origin, size, root) = (next()?, next()?, next()?);
        let mut checkpoint = Self::new(origin, parse_size(size)?, parse_root(root)?)?;
        for (at, line) in lines.enumerate() {
            if !is_line(line) {
                return Err(CheckpointError::Extension(at + 4));
            }
            checkpoint.extensions.push(line.to_owned());
        }
        Ok(checkpoint)
    }
}

fn parse_size(line: &str) -> Result<u64, CheckpointError> {
    let size: Option<u64> = line.parse().ok();
    size.filter(|size| size.to_string() == line)
        .ok_or_else(|| CheckpointError::Size(begin_of(line)))
}

fn parse_root(line: &str) -> Result<Digest, CheckpointError> {
    let bytes = BASE64.decode(line.as_bytes()).ok();
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .map(Digest::from_bytes)
        .ok_or_else(|| CheckpointError::Root(begin_of(line)))
}

fn is_line(line: &str) -> bool {
    !line.is_empty() && !line.contains(|c: char| c < ' ')
}

/// What an error quotes: lines of strangers may be long.
fn begin_of(line: &str) -> String {
    line.chars().take(80).collect()
}
