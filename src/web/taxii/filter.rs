//! What of a collection is asked for (§3.4, §3.5): `added_after`, `limit`, `next`, `match[…]`.

use super::super::objects::{ObjectShelf, StoredObject, to_microsecond};
use data_encoding::BASE64URL_NOPAD;
use jiff::Timestamp;
use uuid::Uuid;

/// Objects in one answer at most, and if no limit is asked for.
const MAX_PAGE: usize = 1000;
/// Values of one `match` at most.
const MAX_VALUES: usize = 100;

/// Which versions are asked for (§3.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    /// The newest, and the oldest: of each object there is one.
    Any,
    Exactly(Timestamp),
}

/// What is asked for.
#[derive(Debug, Default)]
pub(super) struct Filter {
    added_after: Option<Timestamp>,
    limit: Option<usize>,
    next: Option<Cursor>,
    ids: Option<Vec<String>>,
    kinds: Option<Vec<String>>,
    versions: Option<Vec<Version>>,
    is_other_spec: bool,
}

/// The last object of the page before. It means the same when another list was issued in between: objects never
/// move forward.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cursor {
    added: Timestamp,
    id: Uuid,
}

/// One page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) objects: Vec<StoredObject>,
    /// What has to be asked for next, if there is more.
    pub(super) next: Option<String>,
}

impl Filter {
    /// Reads a query string; the error is for the client. What TAXII does not name is passed over.
    pub(super) fn parse(query: &str) -> Result<Self, &'static str> {
        let mut filter = Self::default();
        for (key, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*key {
                "added_after" => {
                    let time: Timestamp = value
                        .parse()
                        .map_err(|_| "added_after is a time like 2026-03-01T12:00:00.000Z")?;
                    filter.added_after = Some(to_microsecond(time));
                }
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| *limit > 0);
                    filter.limit = Some(limit.ok_or("limit is a number above 0")?);
                }
                "next" => {
                    let next = Cursor::parse(&value).ok_or("next is not what this server gave")?;
                    filter.next = Some(next);
                }
                "match[id]" => filter.ids = Some(values(&value)?),
                "match[type]" => filter.kinds = Some(values(&value)?),
                "match[version]" => filter.versions = Some(versions(&value)?),
                "match[spec_version]" => {
                    filter.is_other_spec = !values(&value)?.iter().any(|v| v == "2.1");
                }
                _ => {}
            }
        }
        Ok(filter)
    }

    /// Only this object.
    pub(super) fn of_object(mut self, id: &str) -> Self {
        self.ids = Some(vec![id.to_owned()]);
        self
    }

    /// One page of what fits. An object and its revoked version never stand in one list, so each object has one
    /// version.
    pub(super) fn page(&self, shelf: &ObjectShelf) -> Page {
        let all = shelf.all();
        let after = self.added_after;
        let begin = after.map_or(0, |after| all.partition_point(|o| o.added <= after));
        let begin = begin.max(self.next.map_or(0, |cursor| cursor.position_after(all)));
        let limit = self.limit.unwrap_or(MAX_PAGE).min(MAX_PAGE);
        let fitting = all[begin..].iter().filter(|object| self.fits(object));
        let mut objects: Vec<StoredObject> = fitting.take(limit + 1).copied().collect();
        let has_more = objects.len() > limit;
        objects.truncate(limit);
        let next = objects.last().filter(|_| has_more).map(Cursor::of);
        Page {
            objects,
            next: next.map(Cursor::to_text),
        }
    }

    fn fits(&self, object: &StoredObject) -> bool {
        let among = |values: &Option<Vec<String>>, value: &dyn Fn(&str) -> bool| {
            values
                .as_ref()
                .is_none_or(|values| values.iter().any(|v| value(v)))
        };
        !self.is_other_spec
            && among(&self.kinds, &|kind| kind == object.kind)
            && self.versions.as_ref().is_none_or(|versions| {
                versions.iter().any(|version| match version {
                    Version::Any => true,
                    Version::Exactly(time) => *time == to_millisecond(object.version),
                })
            })
            && (self.ids.is_none() || {
                let name = object.name();
                among(&self.ids, &|id| id == name)
            })
    }
}

impl Cursor {
    fn of(object: &StoredObject) -> Self {
        Self {
            added: object.added,
            id: object.id,
        }
    }

    fn to_text(self) -> String {
        let mut bytes = self.added.as_microsecond().to_be_bytes().to_vec();
        bytes.extend_from_slice(self.id.as_bytes());
        BASE64URL_NOPAD.encode(&bytes)
    }

    fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        let (added, id) = bytes.split_first_chunk::<8>()?;
        Some(Self {
            added: Timestamp::from_microsecond(i64::from_be_bytes(*added)).ok()?,
            id: Uuid::from_slice(id).ok()?,
        })
    }

    /// Where to go on: behind the object; if it is gone, at what was added with it, lest anything be missed.
    fn position_after(self, all: &[StoredObject]) -> usize {
        let from = all.partition_point(|object| object.added < self.added);
        let to = all.partition_point(|object| object.added <= self.added);
        let found = all[from..to].iter().position(|object| object.id == self.id);
        found.map_or(from, |at| from + at + 1)
    }
}

fn values(written: &str) -> Result<Vec<String>, &'static str> {
    let values: Vec<String> = written.split(',').map(|v| v.trim().to_owned()).collect();
    if values.len() > MAX_VALUES {
        return Err("a match has 100 values at most");
    }
    Ok(values)
}

fn versions(written: &str) -> Result<Vec<Version>, &'static str> {
    let read = |value: String| match value.as_str() {
        "all" | "first" | "last" => Ok(Version::Any),
        time => time
            .parse()
            .map(|time| Version::Exactly(to_millisecond(time)))
            .map_err(|_| "match[version] is all, first, last or a time"),
    };
    values(written)?.into_iter().map(read).collect()
}

/// Versions are written to the millisecond.
fn to_millisecond(time: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(time.as_millisecond()).unwrap_or(time)
}
