//! Identifiers of records: short, printable, made from what they name.

use crate::digest::Digest;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes an identifier as a person or a record wrote it.
            pub fn from_written(text: &str) -> Self {
                Self(text.trim().to_owned())
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            fn of(parts: &[&[u8]]) -> Self {
                let hex = Digest::of_parts(parts).hex();
                Self(format!("{}{}", $prefix, &hex[..12]))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id_type!(
    /// A flag: one per site, so that a second scan updates it. `f-` and 12 hexadecimal digits.
    FlagId,
    "f-"
);
id_type!(
    /// A capture. `c-` and 12 hexadecimal digits of URL, time and block digest.
    CaptureId,
    "c-"
);
id_type!(
    /// A run of the crawler. `r-` and 12 hexadecimal digits.
    RunId,
    "r-"
);
id_type!(
    /// A decision. `d-` and 12 hexadecimal digits of flag, author, time and the decision before.
    DecisionId,
    "d-"
);
id_type!(
    /// An entry of the custody sheet. `e-` and 12 hexadecimal digits of what, who, when.
    CustodyId,
    "e-"
);
id_type!(
    /// A tombstone. `t-` and 12 hexadecimal digits of site and time.
    TombstoneId,
    "t-"
);
id_type!(
    /// A block request. `b-` and 12 hexadecimal digits of addressee, author, time and the request before.
    RequestId,
    "b-"
);
id_type!(
    /// One target of a block request. `i-` and 12 hexadecimal digits of request and target.
    ItemId,
    "i-"
);
id_type!(
    /// A step of a block request. `s-` and 12 hexadecimal digits of request, act, author and time.
    StepId,
    "s-"
);
id_type!(
    /// A verification of a block. `y-` and 12 hexadecimal digits of item and time.
    VerificationId,
    "y-"
);

impl RequestId {
    /// The request that `author` drafted for `addressee` at `time`, after `previous`.
    pub fn drafted(
        addressee: &str,
        author: &str,
        time: Timestamp,
        previous: Option<&RequestId>,
    ) -> Self {
        let previous = previous.map_or("", Self::as_str);
        Self::of(&[
            b"request\0",
            addressee.as_bytes(),
            b"\0",
            author.as_bytes(),
            b"\0",
            &time.as_nanosecond().to_be_bytes(),
            previous.as_bytes(),
        ])
    }
}

impl ItemId {
    /// The item of a request that is about `target`, in its canonical form.
    pub fn of_target(request: &RequestId, target: &str) -> Self {
        Self::of(&[
            b"item\0",
            request.as_str().as_bytes(),
            b"\0",
            target.as_bytes(),
        ])
    }
}

impl StepId {
    /// The step that says that `by` did `act` with a request at `time`.
    pub fn taken(request: &RequestId, act: &str, by: &str, time: Timestamp) -> Self {
        let nanosecond = time.as_nanosecond().to_be_bytes();
        let [request, act, by] = [request.as_str(), act, by].map(str::as_bytes);
        Self::of(&[
            b"step\0",
            request,
            b"\0",
            act,
            b"\0",
            by,
            b"\0",
            &nanosecond,
        ])
    }
}

impl VerificationId {
    /// The verification of an item that was begun at `time`.
    pub fn of_item(item: &ItemId, time: Timestamp) -> Self {
        let nanosecond = time.as_nanosecond().to_be_bytes();
        Self::of(&[
            b"verification\0",
            item.as_str().as_bytes(),
            b"\0",
            &nanosecond,
        ])
    }
}

impl FlagId {
    /// The flag of a site (host as given in the list).
    pub fn of_site(site: &str) -> Self {
        Self::of(&[b"flag\0", site.as_bytes()])
    }
}

impl CaptureId {
    /// The capture of `url` at `time` whose response block has this digest.
    pub fn of_block(url: &str, time: Timestamp, block: &Digest) -> Self {
        let nanosecond = time.as_nanosecond().to_be_bytes();
        Self::of(&[
            b"capture\0",
            url.as_bytes(),
            b"\0",
            &nanosecond,
            block.as_bytes(),
        ])
    }
}

impl RunId {
    /// The run begun at `time` by process `process`.
    pub fn begun(time: Timestamp, process: u32) -> Self {
        Self::of(&[
            b"run\0",
            &time.as_nanosecond().to_be_bytes(),
            &process.to_be_bytes(),
        ])
    }
}

impl DecisionId {
    /// The decision of `author` on `flag` at `time`, after `previous`.
    pub fn taken(
        flag: &FlagId,
        author: &str,
        time: Timestamp,
        previous: Option<&DecisionId>,
    ) -> Self {
        let previous = previous.map_or("", Self::as_str);
        Self::of(&[
            b"decision\0",
            flag.as_str().as_bytes(),
            b"\0",
            author.as_bytes(),
            b"\0",
            &time.as_nanosecond().to_be_bytes(),
            previous.as_bytes(),
        ])
    }
}

impl CustodyId {
    /// The entry that says that `by` did `act` with `what` at `time`.
    pub fn of_event(act: &str, what: &str, by: &str, time: Timestamp) -> Self {
        let nanosecond = time.as_nanosecond().to_be_bytes();
        let [act, what, by] = [act, what, by].map(str::as_bytes);
        Self::of(&[
            b"custody\0",
            act,
            b"\0",
            what,
            b"\0",
            by,
            b"\0",
            &nanosecond,
        ])
    }
}

impl TombstoneId {
    /// The tombstone of what was deleted of `site` at `time`.
    pub fn of_site(site: &str, time: Timestamp) -> Self {
        let nanosecond = time.as_nanosecond().to_be_bytes();
        Self::of(&[b"tombstone\0", site.as_bytes(), b"\0", &nanosecond])
    }
}
