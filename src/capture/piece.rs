//! What is appended to a WARC file at a time: all records of a capture.

use super::members::{
    answer_member, metadata_member, request_member, resource_member, resource_record_id,
};
use super::{Capture, Manifest, Resource, ResourceRecord, RevisitOf, WarcPosition};
use crate::digest::Digest;
use std::collections::HashMap;
use std::io;

/// Records that are being put together, to be appended at a known offset of a file.
pub(super) struct Piece<'a> {
    file: &'a str,
    warcinfo: &'a str,
    start: u64,
    /// Shared resources that the file has.
    known: &'a HashMap<String, ResourceRecord>,
    content: Finished,
}

/// A piece that is complete.
#[derive(Default)]
pub(super) struct Finished {
    /// Gzip members.
    pub(super) bytes: Vec<u8>,
    /// How many.
    pub(super) records: u64,
    /// Shared resources among them, by the name of their record.
    pub(super) shared: HashMap<String, ResourceRecord>,
}

impl<'a> Piece<'a> {
    pub(super) fn new(
        file: &'a str,
        warcinfo: &'a str,
        start: u64,
        known: &'a HashMap<String, ResourceRecord>,
    ) -> Self {
        Self {
            file,
            warcinfo,
            start,
            known,
            content: Finished::default(),
        }
    }

    pub(super) fn finish(self) -> Finished {
        self.content
    }

    /// Adds a capture: answer, request, metadata, its own resources; then, outside of what is its own, the
    /// resources that later captures may share. Gives back its manifest with all positions.
    ///
    /// The manifest in the metadata record knows neither digests of members nor positions of resources, which
    /// depend on the record itself.
    pub(super) fn add_capture(
        &mut self,
        capture: &Capture,
        earlier: Option<RevisitOf>,
    ) -> io::Result<Manifest> {
        let mut manifest = Manifest {
            revisit_of: earlier,
            resources: Vec::new(),
            ..capture.manifest.clone()
        };
        let answer = answer_member(capture, &manifest, self.warcinfo)?;
        let mut position = self.push(&answer);
        manifest.warc = Some(position.clone());
        self.push_some(&request_member(capture, &manifest, self.warcinfo)?);
        let mut records = self.planned(&capture.resources, &manifest);
        manifest.resources.clone_from(&records);
        self.push(&metadata_member(&manifest, self.warcinfo)?);
        self.write_resources(&capture.resources, &mut records, &manifest, false)?;
        position.members = Some(self.content.bytes.len() as u64);
        position.digest = Some(Digest::of(&self.content.bytes));
        self.write_resources(&capture.resources, &mut records, &manifest, true)?;
        manifest.warc = Some(position);
        manifest.resources = records;
        Ok(manifest)
    }

    /// Adds resources of a capture that is already written.
    pub(super) fn add_resources(
        &mut self,
        resources: &[Resource],
        manifest: &Manifest,
    ) -> io::Result<Vec<ResourceRecord>> {
        let mut records = self.planned(resources, manifest);
        for shared in [false, true] {
            self.write_resources(resources, &mut records, manifest, shared)?;
        }
        Ok(records)
    }

    /// Resources with the names of their records, which follow those that the manifest has.
    fn planned(&self, resources: &[Resource], manifest: &Manifest) -> Vec<ResourceRecord> {
        let first = manifest.resources.len();
        let numbered = resources.iter().zip(first..);
        numbered
            .map(|(resource, number)| {
                let id = resource_record_id(resource, manifest, number, self.file);
                ResourceRecord::of(resource, id)
            })
            .collect()
    }

    fn write_resources(
        &mut self,
        resources: &[Resource],
        records: &mut [ResourceRecord],
        manifest: &Manifest,
        shared: bool,
    ) -> io::Result<()> {
        let wanted = resources.iter().zip(records);
        for (resource, record) in wanted.filter(|(r, _)| r.role.is_shared() == shared) {
            let id = &record.record;
            let written = self.known.get(id).or_else(|| self.content.shared.get(id));
            if let Some(written) = written {
                record.warc.clone_from(&written.warc);
                continue;
            }
            let member = resource_member(resource, record, manifest, self.warcinfo)?;
            let position = self.push(&member);
            record.warc = Some(WarcPosition {
                digest: Some(Digest::of(&member)),
                ..position
            });
            if shared {
                let written = (record.record.clone(), record.clone());
                self.content.shared.extend([written]);
            }
        }
        Ok(())
    }

    fn push_some(&mut self, member: &[u8]) {
        if !member.is_empty() {
            self.push(member);
        }
    }

    fn push(&mut self, member: &[u8]) -> WarcPosition {
        let position = WarcPosition {
            file: self.file.to_owned(),
            offset: self.start + self.content.bytes.len() as u64,
            length: member.len() as u64,
            members: None,
            digest: None,
        };
        self.content.bytes.extend_from_slice(member);
        self.content.records += 1;
        position
    }
}
