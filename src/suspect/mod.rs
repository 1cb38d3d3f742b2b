//! URLs under suspicion, where they came from, and how lists of them are read.
//!
//! - [`SuspectUrl`]: an `http` or `https` URL in canonical form that prints itself defanged, so that no
//!   report or console can contain a live link by accident.
//! - [`Suspect`]: such a URL with who reported it and on what basis.
//! - [`read_list`]: lists in every format and encoding that investigators are sent.

mod list;
mod origin;
mod url;

pub use self::list::{LineProblem, SuspectList, read_list};
pub use self::origin::Suspect;
pub use self::url::{SuspectUrl, UrlProblem, registrable_domain};
