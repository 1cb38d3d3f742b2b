//! What keeps a visitor, and so the crawler, from the content.

use super::form::FieldKind;
use super::link::LinkKind;
use super::walk::Walked;
use serde::{Deserialize, Serialize};

/// What keeps a visitor from the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// A captcha or a "checking your browser" page.
    Captcha,
    /// Nothing but a login form.
    Login,
    /// The content is built by script; a browser is needed.
    NeedsBrowser,
}

/// A page with more words can be judged, whatever asks for attention on it.
const FEW_WORDS: usize = 80;
/// A captcha comes with few words of its own.
const CAPTCHA_PAGE_WORDS: usize = 50;
/// A login page with more words says enough of itself.
const LOGIN_WORDS: usize = 40;
/// An empty frame for scripts has hardly a word.
const SHELL_WORDS: usize = 25;

/// Hardly a word, and a script from elsewhere: that script makes the page.
const BARE_WORDS: usize = 8;

/// Marks of captcha services and interstitials in the source (lower case).
const CAPTCHA_MARKUP: [&str; 13] = [
    "challenges.cloudflare.com",
    "cf-turnstile",
    "cf-challenge",
    "cf_chl_",
    "/cdn-cgi/challenge-platform",
    "g-recaptcha",
    "google.com/recaptcha",
    "h-captcha",
    "hcaptcha.com",
    "smartcaptcha",
    "ddos-guard",
    "data-sitekey",
    "captcha",
];

const CAPTCHA_WORDS: [&str; 18] = [
    "не робот",
    "капча",
    "капчу",
    "символы с картинки",
    "код с картинки",
    "введите символы",
    "введите код с",
    "проверка браузера",
    "checking your browser",
    "verify you are human",
    "not a robot",
    "just a moment",
    "prove you are human",
    "that you are human",
    "сколько будет",
    "решите пример",
    "робот емес",
    "суреттегі",
];

const NO_SCRIPT_WORDS: [&str; 7] = [
    "enable javascript",
    "requires javascript",
    "need to enable javascript",
    "включите javascript",
    "javascript отключ",
    "javascript қос",
    "without javascript",
];

/// Ids of elements that script frameworks fill.
const SHELLS: [&str; 7] = [
    "id=\"root\"",
    "id=\"app\"",
    "id=root",
    "id=app",
    "id=\"__next\"",
    "id=\"__nuxt\"",
    "<app-root",
];

/// Judges what keeps visitors out. `visible` is all text a visitor sees, in lower case; `words` its words.
pub(super) fn gate(walked: &Walked, source: &str, visible: &str, words: usize) -> Option<Gate> {
    if words >= FEW_WORDS {
        return None;
    }
    let lower = source.to_lowercase();
    let says = |list: &[&str], text: &str| list.iter().any(|w| text.contains(w));
    let pictures = lower.contains("<img") || lower.contains("<canvas") || lower.contains("<svg");
    let anchors = walked
        .links
        .iter()
        .filter(|l| l.kind == LinkKind::Anchor)
        .count();
    let asks_code = walked.forms.iter().any(|form| {
        let asked = form.fields.iter().filter(|f| f.kind != FieldKind::Search);
        asked.count() == 1
    });
    let in_words = says(&CAPTCHA_WORDS, visible)
        && words < CAPTCHA_PAGE_WORDS
        && (asks_code
            || pictures
            || lower.contains("<script")
            || lower.contains("<button")
            || lower.contains("checkbox"));
    if in_words || (says(&CAPTCHA_MARKUP, &lower) && words < FEW_WORDS / 2 && anchors < 8) {
        return Some(Gate::Captcha);
    }
    let fields: Vec<FieldKind> = walked
        .forms
        .iter()
        .flat_map(|form| form.fields.iter().map(|f| f.kind))
        .collect();
    let asks_more = fields.iter().any(|kind| {
        !matches!(
            kind,
            FieldKind::Password
                | FieldKind::Login
                | FieldKind::Email
                | FieldKind::Phone
                | FieldKind::Search
                | FieldKind::Other
        )
    });
    if walked.written.is_empty()
        && fields.contains(&FieldKind::Password)
        && !asks_more
        && words < LOGIN_WORDS
        && anchors < 12
    {
        return Some(Gate::Login);
    }
    let has_script = lower.contains("<script");
    let named_shell = says(&SHELLS, &lower) || says(&NO_SCRIPT_WORDS, &lower);
    let bare_shell =
        words < BARE_WORDS && anchors == 0 && !pictures && lower.contains("<script src");
    let fits = has_script && fields.is_empty() && anchors < 5 && words < SHELL_WORDS;
    (fits && (named_shell || bare_shell) && walked.meta_refresh.is_none())
        .then_some(Gate::NeedsBrowser)
}
