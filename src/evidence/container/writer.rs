//! Entries → bytes.

use super::form::{central_record, end_records, local_header};
use super::measure::{Meter, copy_chunks};
use super::{ContainerError, Measure};
use crate::evidence::layout;
use std::io::{Read, Write};

/// Writes the ZIP file of a bundle, from the first byte to the last, without going back.
#[derive(Debug)]
pub struct ContainerWriter<W> {
    out: W,
    offset: u64,
    /// Name, measure and offset of the header of each entry so far.
    entries: Vec<(String, Measure, u64)>,
}

impl<W: Write> ContainerWriter<W> {
    /// Writes to `out`, which should be buffered.
    pub fn new(out: W) -> Self {
        Self {
            out,
            offset: 0,
            entries: Vec::new(),
        }
    }

    /// Adds an entry. Entries come in the order of the layout, and `content` has the measure that is stated.
    pub fn add(
        &mut self,
        name: &str,
        measure: &Measure,
        content: &mut dyn Read,
    ) -> Result<(), ContainerError> {
        let refused = |reason| ContainerError::Refused {
            name: name.to_owned(),
            reason,
        };
        let before = self.entries.last().map(|(name, _, _)| name.as_str());
        layout::check_order(before, name).map_err(refused)?;
        let header = local_header(name, measure);
        self.out.write_all(&header)?;
        let mut meter = Meter::default();
        let out = &mut self.out;
        let limit = measure.bytes.saturating_add(1);
        copy_chunks(content, limit, &mut |chunk| {
            meter.update(chunk);
            out.write_all(chunk)
        })?;
        if meter.finish() != *measure {
            return Err(refused("it is not what was measured"));
        }
        self.entries.push((name.to_owned(), *measure, self.offset));
        self.offset += header.len() as u64 + measure.bytes;
        Ok(())
    }

    /// Writes the central directory and gives back where everything was written to.
    pub fn finish(mut self) -> Result<W, ContainerError> {
        let mut length = 0;
        for (name, measure, offset) in &self.entries {
            let record = central_record(name, measure, *offset);
            self.out.write_all(&record)?;
            length += record.len() as u64;
        }
        let entries = self.entries.len() as u64;
        self.out
            .write_all(&end_records(entries, length, self.offset))?;
        self.out.flush()?;
        Ok(self.out)
    }
}
