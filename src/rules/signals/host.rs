//! Hosts that imitate, and brands that do not own the host.

use super::Signals;
use crate::page::{LinkKind, Page, RegionKind};
use crate::rules::brands::{Brand, BrandKind, Brands};
use crate::rules::matcher::TermId;
use crate::rules::nearest::distance;
use crate::rules::signal::Signal;
use crate::rules::view::View;
use crate::suspect::registrable_domain;
use crate::text::fold;

pub(super) fn add_signals(
    view: &View<'_>,
    brands: &Brands,
    first_brand: usize,
    signals: &mut Signals,
) {
    let page = view.page;
    add_title(view, brands, first_brand, signals);
    let host = page.url.host();
    // Test pages and local files have no host that tells anything.
    if host.ends_with(".invalid") {
        return;
    }
    let unicode_host = page
        .regions
        .iter()
        .find(|region| region.kind == RegionKind::Host)
        .map_or(host, |region| region.text.as_str());
    if let Some(domain) = brands.free_hosting_of(host) {
        signals.note(Signal::HostFreeHosting, RegionKind::Host, domain);
    }
    if brands.protect(host) {
        signals.note(Signal::HostProtected, RegionKind::Host, unicode_host);
    } else if let Some(brand) = imitated_brand(unicode_host, host, brands) {
        let note = format!("{unicode_host} ({})", brand.id);
        signals.note(Signal::HostBrandLookalike, RegionKind::Host, note);
    }
    add_foreign_hosts(page, brands, host, signals);
}

/// The brand whose name stands in a host that is not its own.
fn imitated_brand<'a>(unicode_host: &str, host: &str, brands: &'a Brands) -> Option<&'a Brand> {
    // The public suffix is nobody's choice: "shop.bank" must not look like a bank.
    let suffix = psl::suffix_str(host).map_or(0, |suffix| suffix.split('.').count());
    let labels: Vec<&str> = unicode_host.split('.').collect();
    let chosen = &labels[..labels.len().saturating_sub(suffix)];
    let written: Vec<String> = chosen
        .iter()
        .flat_map(|label| label.split(['-', '_']))
        .map(|token| fold(token).text)
        .filter(|token| !token.is_empty())
        .collect();
    let drawn: Vec<String> = written.iter().map(|token| draw(token)).collect();
    let whole: Vec<String> = chosen
        .iter()
        .map(|label| draw(&fold(label).text.replace(['-', '_'], "")))
        .collect();
    brands.list.iter().find(|brand| {
        !brand.owns(host)
            && (brand
                .host_tokens
                .iter()
                .any(|name| names_token(name, &written, &drawn, &whole))
                || brand
                    .distinctive
                    .iter()
                    .any(|name| names_part(brand, name, &drawn, &whole)))
    })
}

/// A token of the host is the name, is drawn like it, or differs in one letter.
fn names_token(name: &str, written: &[String], drawn: &[String], whole: &[String]) -> bool {
    let drawn_name = draw(name);
    // "e-gov" is written with a hyphen of its own, "halyk-bank" with one that means nothing.
    written.iter().any(|token| token == name)
        || whole.contains(&drawn_name)
        || drawn.iter().any(|token| {
            *token == drawn_name
                || (name.chars().count() >= 6
                    && token.chars().next() == drawn_name.chars().next()
                    && distance(token, &drawn_name) == 1)
        })
}

/// A distinctive name stands within a token.
fn names_part(brand: &Brand, name: &str, drawn: &[String], whole: &[String]) -> bool {
    let name = draw(name);
    drawn.iter().chain(whole).any(|token| {
        token.contains(&name) && !brand.except.iter().any(|word| token.contains(&draw(word)))
    })
}

/// What a token looks like: look-alike letters of other scripts and digits as Latin letters.
fn draw(token: &str) -> String {
    let letters: String = token
        .chars()
        .map(|c| match c {
            'а' | '4' | 'α' => 'a',
            'в' | 'ь' | '8' => 'b',
            'с' => 'c',
            'ԁ' => 'd',
            'е' | '3' | 'є' => 'e',
            'н' | 'һ' => 'h',
            'і' | '1' | 'l' | '|' | 'ӏ' => 'i',
            'ј' => 'j',
            'к' | 'κ' => 'k',
            'м' => 'm',
            'п' => 'n',
            'о' | '0' | 'ο' | 'ө' => 'o',
            'р' | 'ρ' => 'p',
            'ѕ' | '5' => 's',
            'т' | '7' => 't',
            'у' | 'ү' => 'y',
            'х' => 'x',
            c => c,
        })
        .collect();
    letters.replace("rn", "m").replace("vv", "w")
}

/// How many titles and headings are looked at: further down a page names its partners.
const HEADS: usize = 4;

/// Title or main heading names a brand that does not own the host. Names of brands are searched together
/// with all terms; brand `i` is term `first_brand + i`.
fn add_title(view: &View<'_>, brands: &Brands, first_brand: usize, signals: &mut Signals) {
    let is_head = |kind: RegionKind| matches!(kind, RegionKind::Title | RegionKind::Heading);
    let heads: Vec<usize> = view
        .page
        .regions
        .iter()
        .enumerate()
        .filter(|(_, region)| is_head(region.kind))
        .map(|(index, _)| index)
        .take(HEADS)
        .collect();
    let Some(&last) = heads.last() else { return };
    let host = view.page.url.host();
    let named = brands
        .list
        .iter()
        .zip(first_brand..)
        .filter(|(brand, _)| !brand.owns(host))
        .filter_map(|(_, term)| {
            let places = view.term(TermId::try_from(term).ok()?);
            places
                .iter()
                .find(|place| place.region <= last && is_head(view.region(place).kind))
        })
        .min_by_key(|place| (place.region, place.raw.start));
    if let Some(place) = named {
        signals.part(Signal::TitleForeignBrand, place.region, place.raw.clone());
    }
}

fn add_foreign_hosts(page: &Page, brands: &Brands, host: &str, signals: &mut Signals) {
    let own = registrable_domain(host);
    let foreign = |other: &str| {
        brands.list.iter().find(|brand| {
            !matches!(brand.kind, BrandKind::Social | BrandKind::Media)
                && registrable_domain(other) != own
                && brand.owns(other)
                && !brand.owns(host)
        })
    };
    if let Some(asset) = page
        .assets
        .iter()
        .find(|asset| foreign(asset.host()).is_some())
    {
        signals.note(
            Signal::AssetForeignBrand,
            RegionKind::Href,
            asset.defanged(),
        );
    }
    let link = page
        .links
        .iter()
        .filter(|link| link.kind == LinkKind::Anchor)
        .filter_map(|link| link.url.as_ref())
        .find(|url| foreign(url.host()).is_some());
    if let Some(url) = link {
        signals.note(Signal::LinkForeignBrand, RegionKind::Href, url.defanged());
    }
}
