//! Links that are not followed whatever the budget: files that are not pages, and links that do something.

use crate::suspect::SuspectUrl;

/// Nobody writes longer URLs by hand; generators of endless ones do.
const MAX_LENGTH: usize = 2 << 10;
const MAX_SEGMENTS: usize = 12;
/// A relative link that is resolved wrongly repeats its segments for ever.
const MAX_REPEATS: usize = 2;

const FILES: &[&str] = &[
    "jpg",
    "jpeg",
    "png",
    "gif",
    "webp",
    "avif",
    "svg",
    "ico",
    "bmp",
    "tif",
    "tiff",
    "heic",
    "css",
    "js",
    "mjs",
    "map",
    "json",
    "xml",
    "rss",
    "atom",
    "woff",
    "woff2",
    "ttf",
    "otf",
    "eot",
    "mp3",
    "mp4",
    "m4a",
    "m4v",
    "ogg",
    "oga",
    "ogv",
    "wav",
    "webm",
    "avi",
    "mov",
    "mkv",
    "wmv",
    "flv",
    "m3u8",
    "zip",
    "rar",
    "7z",
    "tar",
    "gz",
    "tgz",
    "bz2",
    "xz",
    "iso",
    "dmg",
    "exe",
    "msi",
    "apk",
    "ipa",
    "deb",
    "rpm",
    "bin",
    "jar",
    "pdf",
    "doc",
    "docx",
    "xls",
    "xlsx",
    "ppt",
    "pptx",
    "odt",
    "ods",
    "odp",
    "rtf",
    "csv",
    "epub",
    "fb2",
    "djvu",
    "torrent",
    "ics",
    "vcf",
    "wasm",
    "swf",
    "webmanifest",
];
const ACTIONS: &[&str] = &[
    "logout",
    "log-out",
    "log_out",
    "signout",
    "sign-out",
    "sign_out",
    "add-to-cart",
    "add_to_cart",
    "addtocart",
    "add2basket",
    "add-to-basket",
    "addtobasket",
    "cart/add",
    "basket/add",
    "wishlist/add",
    "compare/add",
    "add_to_wishlist",
    "add-to-wishlist",
    "remove_item",
    "unsubscribe",
];
const ACTION_KEYS: &[&str] = &["action", "act", "do", "cmd", "task", "op"];
const ACTION_VALUES: &[&str] = &[
    "logout",
    "signout",
    "exit",
    "buy",
    "add",
    "add2basket",
    "addtocart",
    "delete",
    "remove",
    "vote",
    "unsubscribe",
];
const ACTION_TEXTS: &[&str] = &[
    "выход",
    "выйти",
    "шығу",
    "logout",
    "log out",
    "sign out",
    "в корзину",
    "add to cart",
    "себетке",
];

/// Why a link is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trap {
    TooLong,
    TooDeep,
    RepeatedSegments,
    Calendar,
    Paging,
    Parameters,
    Sessions,
    QueueFull,
}

impl Trap {
    /// What is said of it, after the number of links.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::TooLong => "links longer than 2 KiB not followed",
            Self::TooDeep => "links of more than 12 path segments not followed",
            Self::RepeatedSegments => "links that repeat a path segment not followed",
            Self::Calendar => "links into a calendar not followed",
            Self::Paging => "numbered pages of a list not followed",
            Self::Parameters => "links to the same page in another order or form not followed",
            Self::Sessions => "links with a session identifier, taken as the same page without it",
            Self::QueueFull => "links dropped because the queue is full",
        }
    }
}

/// A trap that a URL shows by itself.
pub(super) fn plain_trap(url: &SuspectUrl) -> Option<Trap> {
    if url.as_str().len() > MAX_LENGTH {
        return Some(Trap::TooLong);
    }
    let segments: Vec<&str> = url
        .as_url()
        .path()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    if segments.len() > MAX_SEGMENTS {
        return Some(Trap::TooDeep);
    }
    let repeats = |segment: &&str| {
        // Numbers repeat in dates and identifiers.
        !segment.bytes().all(|b| b.is_ascii_digit())
            && segments.iter().filter(|other| *other == segment).count() > MAX_REPEATS
    };
    segments
        .iter()
        .any(repeats)
        .then_some(Trap::RepeatedSegments)
}

/// True for links to pictures, archives, styles, scripts, fonts, video and documents.
pub(super) fn is_file(url: &SuspectUrl) -> bool {
    let path = url.as_url().path();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').is_some_and(|(_, extension)| {
        let extension = extension.to_ascii_lowercase();
        FILES.contains(&extension.as_str())
    })
}

/// True for links that do something: log out, put into the cart, delete. A visitor only looks.
pub(super) fn is_action(url: &SuspectUrl, text: &str) -> bool {
    let written = url.as_url()[url::Position::BeforePath..]
        .to_ascii_lowercase()
        .replace("%2f", "/");
    let acts = |(key, value): (&str, &str)| {
        ACTION_KEYS.contains(&key)
            && value
                .split(|c: char| !c.is_ascii_alphanumeric())
                .any(|word| ACTION_VALUES.contains(&word))
    };
    let query = written.split_once('?').map_or("", |(_, query)| query);
    let text = text.trim();
    ACTIONS.iter().any(|action| has_words(&written, action))
        || query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .any(acts)
        || (text.len() < 40 && ACTION_TEXTS.contains(&text.to_lowercase().as_str()))
}

/// True if `words` stand in `written` as whole words: `/log-out`, and not `/catalog-outlet`.
fn has_words(written: &str, words: &str) -> bool {
    written.match_indices(words).any(|(start, _)| {
        let before = written[..start].bytes().next_back();
        let after = written[start + words.len()..].bytes().next();
        let is_break = |byte: Option<u8>| byte.is_none_or(|b| !b.is_ascii_alphanumeric());
        is_break(before) && is_break(after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(path: &str) -> SuspectUrl {
        SuspectUrl::parse(&format!("http://shop.example{path}")).unwrap()
    }

    #[test]
    fn files_are_told_from_pages() {
        for file in ["/a.JPG", "/x/price.pdf", "/app.js?v=3", "/a.tar.gz"] {
            assert!(is_file(&url(file)), "{file}");
        }
        for page in [
            "/",
            "/a.html",
            "/a.php?img=b.jpg",
            "/v1.2/",
            "/shop.jpg/more",
            "/a.htm",
        ] {
            assert!(!is_file(&url(page)), "{page}");
        }
    }

    #[test]
    fn links_that_do_something_are_not_followed() {
        for (path, text) in [
            ("/logout", ""),
            ("/?add-to-cart=17", "Купить"),
            ("/catalog/?action=BUY&id=5", ""),
            ("/index.php?route=checkout%2Fcart/add", ""),
            ("/x", " Выйти "),
            ("/forum?do=delete_post", ""),
        ] {
            assert!(is_action(&url(path), text), "{path} {text}");
        }
        for (path, text) in [
            ("/cart", "Корзина"),
            ("/catalog-outlet", "Скидки"),
            ("/blog-outdoor", ""),
            ("/address", "Выходные цены"),
            ("/?action=view", ""),
            ("/payment", "Оплата"),
        ] {
            assert!(!is_action(&url(path), text), "{path} {text}");
        }
    }

    #[test]
    fn endless_urls_show_themselves() {
        assert_eq!(plain_trap(&url("/a/b/a/b/c")), None);
        assert_eq!(plain_trap(&url("/2024/12/12/12")), None);
        assert_eq!(
            plain_trap(&url("/a/b/a/b/a/b")),
            Some(Trap::RepeatedSegments)
        );
        assert_eq!(
            plain_trap(&url("/1/2/3/4/5/6/7/8/9/10/11/12/13")),
            Some(Trap::TooDeep)
        );
        assert_eq!(
            plain_trap(&url(&format!("/{}", "x".repeat(2_100)))),
            Some(Trap::TooLong)
        );
    }
}
