//! Which names are protected and which are shared, found label by label.

use super::source::{Protected, Tenants};
use crate::block::HostName;
use jiff::civil::Date;
use std::collections::HashMap;
use std::sync::Arc;

/// The list that a name stands on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listing {
    /// Path of the file relative to the rules directory.
    pub(super) file: String,
    /// Why it is protected.
    pub(super) reason: Protected,
    /// When the list was looked through last; `None` for brands.
    pub(super) as_of: Option<Date>,
}

/// Names by what is said of them. A look-up costs one probe a label, however long the lists are.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    protected: HashMap<Box<str>, Arc<Listing>>,
    platforms: HashMap<Box<str>, Tenants>,
    /// Every name above a protected name or a platform, with one that is below it.
    above: HashMap<Box<str>, Box<str>>,
}

/// What the most specific entry says of a host.
#[derive(Debug)]
pub(super) struct NameFacts<'a> {
    /// The entry: the host itself or a name above it.
    pub(super) name: &'a str,
    /// The list of protected names on which it stands.
    pub(super) listing: Option<&'a Arc<Listing>>,
    /// Whether many people share it, and how.
    pub(super) platform: Option<Platform>,
}

/// That a name is a platform, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Platform {
    pub(super) tenants: Tenants,
    /// Whether the Public Suffix List says so, in its private section.
    pub(super) is_suffix: bool,
}

impl Names {
    /// Whether the name stands there already.
    pub(super) fn is_protected_name(&self, name: &str) -> bool {
        self.protected.contains_key(name)
    }

    pub(super) fn is_platform_name(&self, name: &str) -> bool {
        self.platforms.contains_key(name)
    }

    pub(super) fn protect(&mut self, name: &str, listing: &Arc<Listing>) {
        self.enter_above(name);
        self.protected.insert(name.into(), Arc::clone(listing));
    }

    pub(super) fn share(&mut self, name: &str, tenants: Tenants) {
        self.enter_above(name);
        self.platforms.insert(name.into(), tenants);
    }

    fn enter_above(&mut self, name: &str) {
        for above in at_and_above(name).skip(1) {
            self.above
                .entry(above.into())
                .or_insert_with(|| name.into());
        }
    }

    /// How many names are protected, and how many are platforms.
    pub(super) fn counts(&self) -> (usize, usize) {
        (self.protected.len(), self.platforms.len())
    }

    /// The most specific entry about a host. A tenant's name below a platform is not the platform's protector's.
    pub(super) fn facts<'a>(&'a self, host: &'a HostName) -> Option<NameFacts<'a>> {
        let private = private_suffix(host.as_str());
        at_and_above(host.as_str()).find_map(|name| {
            let listed = self.platforms.get(name).map(|&tenants| Platform {
                tenants,
                is_suffix: private == Some(name),
            });
            let of_suffix_list = || {
                (private == Some(name)).then_some(Platform {
                    tenants: Tenants::SubHost,
                    is_suffix: true,
                })
            };
            let platform = listed.or_else(of_suffix_list);
            let listing = self.protected.get(name);
            (platform.is_some() || listing.is_some()).then_some(NameFacts {
                name,
                listing,
                platform,
            })
        })
    }

    /// A protected name or platform below a name.
    pub(super) fn one_below(&self, host: &HostName) -> Option<&str> {
        self.above.get(host.as_str()).map(AsRef::as_ref)
    }
}

/// The name and every name above it, the longest first.
fn at_and_above(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| Some(name.split_once('.')?.1))
}

/// The suffix of a host under which a company gives out names.
fn private_suffix(host: &str) -> Option<&str> {
    let suffix = psl::suffix(host.as_bytes())?;
    let is_private = suffix.is_known() && suffix.typ() == Some(psl::Type::Private);
    is_private
        .then(|| std::str::from_utf8(suffix.as_bytes()).ok())
        .flatten()
        .and_then(|suffix| host.get(host.len().checked_sub(suffix.len())?..))
}

/// Whether a host is itself a suffix under which registries give out names.
pub(super) fn is_registry_suffix(host: &str) -> bool {
    psl::suffix(host.as_bytes()).is_some_and(|suffix| {
        suffix.is_known()
            && suffix.typ() == Some(psl::Type::Icann)
            && suffix.as_bytes() == host.as_bytes()
    })
}
