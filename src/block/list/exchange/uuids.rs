//! Identifiers of objects that other programs keep: made from what they name, so that the same list gives the
//! same ones and an import twice changes nothing.

use crate::digest::Digest;
use uuid::{Builder, Uuid};

/// The namespace of everything that tazy names in exchange formats. Never changes.
const NAMESPACE: Uuid = uuid::uuid!("5b0c7f3e-8d21-4c0e-9a57-3f6d1e2b7a94");

/// `UUIDv5` (RFC 9562 §5.5) of something of a `kind`, named by `parts`.
pub(super) fn uuid_of(kind: &str, parts: &[&str]) -> Uuid {
    let mut name = kind.to_owned();
    for part in parts {
        name.push('\0');
        name.push_str(part);
    }
    Uuid::new_v5(&NAMESPACE, name.as_bytes())
}

/// The same in the form of `UUIDv4`, for formats that ask for that version.
pub(super) fn uuid_v4_of(kind: &str, parts: &[&str]) -> Uuid {
    let digest = Digest::of(uuid_of(kind, parts).as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    Builder::from_random_bytes(bytes).into_uuid()
}
