//! Sets of region kinds.

use super::nearest::unknown_name;
use crate::page::RegionKind;

const NAMES: [(RegionKind, &str); 13] = [
    (RegionKind::Title, "title"),
    (RegionKind::Meta, "meta"),
    (RegionKind::Heading, "heading"),
    (RegionKind::Text, "text"),
    (RegionKind::LinkText, "link_text"),
    (RegionKind::Href, "href"),
    (RegionKind::Form, "form"),
    (RegionKind::Alt, "alt"),
    (RegionKind::Hidden, "hidden"),
    (RegionKind::Script, "script"),
    (RegionKind::StructuredData, "structured_data"),
    (RegionKind::Url, "url"),
    (RegionKind::Host, "host"),
];

/// The names of regions.
pub(super) fn region_kind_names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(_, name)| *name)
}

/// A set of region kinds, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct RegionSet(u16);

impl RegionSet {
    /// Where rules look for words if they do not say.
    pub(super) fn usual() -> Self {
        [
            RegionKind::Title,
            RegionKind::Heading,
            RegionKind::Text,
            RegionKind::LinkText,
            RegionKind::Meta,
            RegionKind::Alt,
            RegionKind::Form,
            RegionKind::StructuredData,
        ]
        .into_iter()
        .fold(Self::default(), |set, kind| set.union(Self::of(kind)))
    }

    /// Where rules look for entities if they do not say: link targets too.
    pub(super) fn usual_of_entities() -> Self {
        Self::usual().union(Self::of(RegionKind::Href))
    }

    pub(super) fn of(kind: RegionKind) -> Self {
        let at = NAMES.iter().position(|(known, _)| *known == kind);
        Self(at.map_or(0, |at| 1 << at))
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn has(self, kind: RegionKind) -> bool {
        self.meets(Self::of(kind))
    }

    /// The set of these names, or what is wrong with one of them.
    pub(super) fn named(names: &[String]) -> Result<Self, String> {
        let mut set = Self::default();
        for name in names {
            let found = NAMES.iter().find(|(_, known)| known == name);
            let Some((kind, _)) = found else {
                return Err(unknown_name("region", name, NAMES.iter().map(|(_, n)| *n)));
            };
            set = set.union(Self::of(*kind));
        }
        Ok(set)
    }
}
