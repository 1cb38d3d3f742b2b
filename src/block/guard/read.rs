//! Files of the guards → a protection, with everything that is wrong with them.

use super::Protection;
use super::names::{Listing, Names};
use super::network::{Network, NetworkMap};
use super::source::{BrandsFile, NetworksFile, PlatformsFile, Protected, ProtectedFile, Tenants};
use crate::block::HostName;
use crate::block::profile::{BlockRulesError, parse};
use serde_saphyr::Spanned;
use std::sync::Arc;

const PROTECTED_FOLDER: &str = "blocking/protected/";
const PLATFORMS_FILE: &str = "blocking/platforms.yaml";
const NETWORKS_FILE: &str = "blocking/networks.yaml";
const BRANDS_FILE: &str = "brands.yaml";

/// Whether guards read a file, by its path relative to the rules directory.
pub(in crate::block) fn is_protection_file(file: &str) -> bool {
    file == BRANDS_FILE
        || file == PLATFORMS_FILE
        || file == NETWORKS_FILE
        || file.starts_with(PROTECTED_FOLDER)
}

#[derive(Default)]
struct Reader {
    names: Names,
    networks: Vec<(Network, Arc<str>)>,
    errors: Vec<BlockRulesError>,
}

/// Reads the files among `files` that guards rest on.
pub(in crate::block) fn read_protection(
    files: &[(String, String)],
) -> Result<Protection, Vec<BlockRulesError>> {
    let mut reader = Reader::default();
    for (file, text) in files {
        if file == PLATFORMS_FILE {
            reader.read(file, text, Reader::take_platforms);
        } else if file == NETWORKS_FILE {
            reader.read(file, text, Reader::take_networks);
        } else if file.starts_with(PROTECTED_FOLDER) {
            reader.read(file, text, Reader::take_protected);
        }
    }
    // Brands come last: what the other files say of a name is more exact.
    for (file, text) in files.iter().filter(|(file, _)| file == BRANDS_FILE) {
        reader.read(file, text, Reader::take_brands);
    }
    if reader.errors.is_empty() {
        Ok(Protection {
            names: reader.names,
            networks: NetworkMap::of(reader.networks),
        })
    } else {
        Err(reader.errors)
    }
}

impl Reader {
    fn read<T: serde::de::DeserializeOwned>(
        &mut self,
        file: &str,
        text: &str,
        take: impl FnOnce(&mut Self, &str, T),
    ) {
        match parse(file, text) {
            Ok(source) => take(self, file, source),
            Err(error) => self.errors.push(error),
        }
    }

    fn wrong(&mut self, file: &str, line: u64, message: String) {
        self.errors.push(BlockRulesError {
            file: file.to_owned(),
            line,
            message,
        });
    }

    /// The name in A-labels; what is no name is told.
    fn name_of(&mut self, file: &str, written: &Spanned<String>) -> Option<String> {
        match HostName::parse(&written.value) {
            Ok(name) => Some(name.into()),
            Err(problem) => {
                let line = written.referenced.line();
                self.wrong(
                    file,
                    line,
                    format!("{problem}; write a name like example.kz"),
                );
                None
            }
        }
    }

    fn take_protected(&mut self, file: &str, source: ProtectedFile) {
        let listing = Arc::new(Listing {
            file: file.to_owned(),
            reason: source.reason,
            as_of: Some(source.as_of),
        });
        for written in &source.names {
            if let Some(name) = self.name_of(file, written) {
                self.protect_once(file, written, &name, &listing);
            }
        }
        for written in &source.suffixes {
            // A whole top-level domain may be a state's own.
            let is_label = !written.value.is_empty()
                && written.value.bytes().all(|byte| byte.is_ascii_lowercase());
            let name = if is_label {
                Some(written.value.clone())
            } else {
                self.name_of(file, written)
            };
            if let Some(name) = name {
                self.protect_once(file, written, &name, &listing);
            }
        }
    }

    fn protect_once(
        &mut self,
        file: &str,
        written: &Spanned<String>,
        name: &str,
        listing: &Arc<Listing>,
    ) {
        if self.names.is_protected_name(name) {
            let message = format!("{name} is protected already; take one away");
            self.wrong(file, written.referenced.line(), message);
        } else {
            self.names.protect(name, listing);
        }
    }

    fn take_platforms(&mut self, file: &str, source: PlatformsFile) {
        let PlatformsFile { sub_host, path, .. } = source;
        for (list, tenants) in [(sub_host, Tenants::SubHost), (path, Tenants::Path)] {
            for written in &list {
                let Some(name) = self.name_of(file, written) else {
                    continue;
                };
                if self.names.is_platform_name(&name) {
                    let message = format!("{name} is a platform already; take one away");
                    self.wrong(file, written.referenced.line(), message);
                }
                self.names.share(&name, tenants);
            }
        }
    }

    fn take_networks(&mut self, file: &str, source: NetworksFile) {
        for network in source.networks {
            let network = network.value;
            let (operator, as_of, published) = (network.name, network.as_of, network.source);
            let name: Arc<str> = format!("{operator} (as of {as_of}, {published})").into();
            for range in network.ranges {
                match Network::parse(&range.value) {
                    Ok(read) => self.networks.push((read, Arc::clone(&name))),
                    Err(problem) => {
                        let message = format!("{}: {problem}", range.value);
                        self.wrong(file, range.referenced.line(), message);
                    }
                }
            }
        }
    }

    fn take_brands(&mut self, file: &str, source: BrandsFile) {
        let listing = Arc::new(Listing {
            file: file.to_owned(),
            reason: Protected::Brand,
            as_of: None,
        });
        let domains = source.brands.into_iter().flat_map(|brand| brand.domains);
        for written in domains.chain(source.protected) {
            if let Some(name) = self.name_of(file, &written)
                && !self.names.is_protected_name(&name)
            {
                self.names.protect(&name, &listing);
            }
        }
        for written in &source.free_hosting {
            if let Some(name) = self.name_of(file, written)
                && !self.names.is_platform_name(&name)
            {
                self.names.share(&name, Tenants::SubHost);
            }
        }
    }
}
