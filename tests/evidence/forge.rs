//! Taking a bundle apart, changing it, and putting it together as somebody would who wants to hide that.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use tazy::digest::Digest;
use tazy::evidence::{
    Bundle, CheckId, CheckOutcome, Container, ContainerWriter, DataPackage, DataPackageDigest,
    Measure, Verification, VerifyOptions, layout, verify_bundle,
};
use tazy::merkle::{Note, Signer};

/// The entries of a bundle, in order.
#[derive(Clone)]
pub(crate) struct Forge {
    pub(crate) entries: Vec<(String, Vec<u8>)>,
}

impl Forge {
    pub(crate) fn of(bundle: &[u8]) -> Self {
        let mut container = Container::open(Cursor::new(bundle)).unwrap();
        assert_eq!(container.faults(), []);
        let names: Vec<String> = container.entries().iter().map(|e| e.name.clone()).collect();
        let mut entries = Vec::new();
        for name in names {
            let bytes = container.read(&name, 1 << 30).unwrap().unwrap();
            entries.push((name, bytes));
        }
        Self { entries }
    }

    pub(crate) fn entry(&mut self, name: &str) -> &mut Vec<u8> {
        let found = self.entries.iter_mut().find(|(known, _)| known == name);
        &mut found.unwrap().1
    }

    pub(crate) fn replace(&mut self, name: &str, from: &str, to: &str) {
        let text = String::from_utf8(self.entry(name).clone()).unwrap();
        assert!(text.contains(from), "{name} has no {from}");
        *self.entry(name) = text.replace(from, to).into_bytes();
    }

    /// Makes the list of entries right again.
    pub(crate) fn repair_list(&mut self) {
        let measures: BTreeMap<String, Measure> = self
            .entries
            .iter()
            .map(|(name, bytes)| (name.clone(), Measure::of(bytes)))
            .collect();
        let mut package: DataPackage =
            serde_json::from_slice(self.entry(layout::DATA_PACKAGE)).unwrap();
        package
            .resources
            .retain(|listed| measures.contains_key(&listed.path));
        for listed in &mut package.resources {
            listed.hash = measures[&listed.path].digest;
            listed.bytes = measures[&listed.path].bytes;
        }
        *self.entry(layout::DATA_PACKAGE) = pretty(&package);
    }

    /// Makes the digest of the list right again; with a key also the signature over it.
    pub(crate) fn repair_digest(&mut self, signer: Option<&Signer>) {
        let hash = Digest::of(self.entry(layout::DATA_PACKAGE));
        let bundle: Bundle = serde_json::from_slice(self.entry(layout::BUNDLE)).unwrap();
        let mut digest: DataPackageDigest =
            serde_json::from_slice(self.entry(layout::DATA_PACKAGE_DIGEST)).unwrap();
        digest.hash = hash;
        if let Some(signer) = signer {
            digest.note = Note::sign(&bundle.note_text(&hash), signer)
                .unwrap()
                .to_string();
        }
        *self.entry(layout::DATA_PACKAGE_DIGEST) = pretty(&digest);
    }

    /// Everything that can be made right again with the key of the log.
    pub(crate) fn seal(&mut self, signer: &Signer) {
        self.repair_list();
        self.repair_digest(Some(signer));
    }

    /// The file, CRC-32 and directory as they should be.
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut writer = ContainerWriter::new(Vec::new());
        for (name, bytes) in &self.entries {
            writer
                .add(name, &Measure::of(bytes), &mut bytes.as_slice())
                .unwrap();
        }
        writer.finish().unwrap()
    }

    /// Changes WARC records, each given unpacked, and packs them again; keeps `bundle.json` in step.
    pub(crate) fn change_warc(&mut self, mut change: impl FnMut(&mut Vec<u8>)) {
        let packed = std::mem::take(self.entry(layout::WARC));
        let mut rest = packed.as_slice();
        let mut changed = Vec::new();
        let mut places = Vec::new();
        while !rest.is_empty() {
            let offset = packed.len() - rest.len();
            let mut record = Vec::new();
            flate2::bufread::GzDecoder::new(&mut rest)
                .read_to_end(&mut record)
                .unwrap();
            let before = record.clone();
            change(&mut record);
            places.push((offset, changed.len()));
            if record == before {
                changed.extend_from_slice(&packed[offset..packed.len() - rest.len()]);
            } else {
                let fast = flate2::Compression::fast();
                let mut encoder = flate2::write::GzEncoder::new(&mut changed, fast);
                encoder.write_all(&record).unwrap();
                encoder.finish().unwrap();
            }
        }
        places.push((packed.len(), changed.len()));
        let place = |old: u64| {
            let found = places.iter().find(|(from, _)| *from as u64 == old);
            found.unwrap().1 as u64
        };
        let mut bundle: Bundle = serde_json::from_slice(self.entry(layout::BUNDLE)).unwrap();
        for piece in &mut bundle.pieces {
            let end = place(piece.at + piece.length);
            piece.at = place(piece.at);
            piece.length = end - piece.at;
        }
        *self.entry(layout::BUNDLE) = pretty(&bundle);
        *self.entry(layout::WARC) = changed;
    }
}

/// JSON as bundles have it.
pub(crate) fn pretty(content: &impl serde::Serialize) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(content).unwrap();
    bytes.push(b'\n');
    bytes
}

/// A WARC record with digests and length that fit its block again.
pub(crate) fn repair_record(record: &mut Vec<u8>) {
    let end = find(record, b"\r\n\r\n") + 4;
    let block = record[end..record.len() - 4].to_vec();
    let body = &block[find(&block, b"\r\n\r\n") + 4..];
    let head = String::from_utf8(record[..end].to_vec()).unwrap();
    let lines = head
        .trim_end()
        .split("\r\n")
        .map(|line| match line.split_once(": ") {
            Some(("WARC-Block-Digest", _)) => {
                format!("WARC-Block-Digest: {}", Digest::of(&block).warc())
            }
            Some(("WARC-Payload-Digest", _)) => {
                format!("WARC-Payload-Digest: {}", Digest::of(body).warc())
            }
            Some(("Content-Length", _)) => format!("Content-Length: {}", block.len()),
            _ => line.to_owned(),
        });
    let head: Vec<String> = lines.collect();
    *record = [
        head.join("\r\n").as_bytes(),
        b"\r\n\r\n",
        &block,
        b"\r\n\r\n",
    ]
    .concat();
}

pub(crate) fn find(bytes: &[u8], wanted: &[u8]) -> usize {
    let mut windows = bytes.windows(wanted.len());
    windows.position(|window| window == wanted).unwrap()
}

/// Verifies with nothing but the bundle, without deriving findings again.
pub(crate) fn verify(bundle: &[u8]) -> Verification {
    let options = VerifyOptions {
        skip_findings: true,
        ..VerifyOptions::default()
    };
    verify_bundle(Cursor::new(bundle), &options).unwrap()
}

/// The checks that failed.
pub(crate) fn failed(verification: &Verification) -> Vec<CheckId> {
    let checks = verification.checks.iter();
    checks
        .filter(|check| check.outcome == CheckOutcome::Failed)
        .map(|check| check.id)
        .collect()
}
