//! What a block really does, as papers state it.

use crate::block::guard::predicted_effect;
use crate::block::{BlockTarget, ScopeKind};

/// What a block really does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectKind {
    /// One URL without encryption: operators see the path.
    Url,
    /// A URL over `https`: operators see the host name alone (RFC 8446 §4.2, `server_name`), and block all of it.
    HostInsteadOfUrl,
    /// One host name.
    Host,
    /// A host name and every name below it.
    HostAndBelow,
    /// Every site at an address.
    Address,
}

/// What blocking a target does, and what is hit, defanged.
pub(super) fn effect_of(target: &BlockTarget) -> (EffectKind, String) {
    let effect = predicted_effect(target);
    let kind = match effect.hits.scope() {
        ScopeKind::Url => EffectKind::Url,
        ScopeKind::Host if effect.is_wider => EffectKind::HostInsteadOfUrl,
        ScopeKind::Host => EffectKind::Host,
        ScopeKind::HostAndBelow => EffectKind::HostAndBelow,
        ScopeKind::Address => EffectKind::Address,
    };
    (kind, effect.hits.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::suspect::SuspectUrl;

    #[test]
    fn a_page_of_an_encrypted_site_becomes_its_whole_host() {
        let url = |text: &str| BlockTarget::Url(SuspectUrl::parse(text).unwrap());
        assert_eq!(
            effect_of(&url("https://shop.example/a")),
            (EffectKind::HostInsteadOfUrl, "shop[.]example".to_owned())
        );
        assert_eq!(
            effect_of(&url("http://shop.example/a")),
            (EffectKind::Url, "hxxp://shop[.]example/a".to_owned())
        );
        assert_eq!(
            effect_of(&url("https://192.0.2.7/a")).0,
            EffectKind::Address
        );
    }
}
