//! Where a document sends its visitors by itself: meta refresh, a frame that fills it, simple scripts.

use super::link::{Link, LinkKind, Refresh, RefreshKind};
use super::script::literals;
use super::text_builder::MappedText;
use super::walk::Walked;
use regex::Regex;
use std::sync::LazyLock;

/// A page with more words of its own is not a mere way station, whatever its scripts do.
const THIN_WORDS: usize = 60;
/// Scripts longer than this are libraries.
const LONGEST_SCRIPT: usize = 64 * 1024;

/// Scripts of a page that are searched, and places in one of them.
const MOST_SCRIPTS: usize = 20;
const MOST_PLACES: usize = 20;
/// Code nested deeper is no simple redirect.
const DEEPEST_CODE: usize = 16;

/// Stands for a string literal in code that is searched.
const LITERAL: char = '\u{1}';

static ASSIGNMENT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        "(?:^|[^\\w$.])((?:(?:window|document|top|self|parent|globalThis)\\.)*location(?:(?:\\.href)?=|\\.(?:replace|assign)\\())\u{1}",
    )
    .ok()
});
static FUNCTION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?:function ?([\w$]*)\([^()]*\)|\([^()]*\)=>|[\w$]+=>)$").ok());
static DELAY: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^[^,;{}]{0,4};?\}?,(\d{1,6})\)").ok());

/// Finds where the page sends its visitors. `words` is the number of words a visitor sees.
pub(super) fn refresh(walked: &Walked, words: usize) -> Option<Refresh> {
    if let Some(refresh) = walked
        .meta_refresh
        .as_deref()
        .and_then(|c| meta_refresh(walked, c))
    {
        return Some(refresh);
    }
    if words >= THIN_WORDS {
        return None;
    }
    for code in walked
        .scripts
        .iter()
        .filter(|c| c.len() <= LONGEST_SCRIPT && c.contains("location"))
        .take(MOST_SCRIPTS)
    {
        if let Some((target, delay_s)) = script_target(code, 0)
            && let Ok(url) = walked.base.join(target.trim())
        {
            return Some(Refresh {
                url,
                kind: RefreshKind::Script,
                delay_s,
            });
        }
    }
    frame_target(&walked.links, words).map(|url| Refresh {
        url,
        kind: RefreshKind::Frame,
        delay_s: 0,
    })
}

/// `5; url=…` (HTML standard §4.2.5.3). A refresh without URL reloads the page and leads nowhere.
fn meta_refresh(walked: &Walked, content: &str) -> Option<Refresh> {
    let content = content.trim();
    let digits = content
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(content.len());
    let delay_s = content.get(..digits)?.parse().unwrap_or(0);
    let rest = content.get(digits..)?.trim_start_matches(|c: char| {
        c == ';' || c == ',' || c == '.' || c.is_ascii_digit() || c.is_whitespace()
    });
    let target = match rest.get(..3) {
        Some(word) if word.eq_ignore_ascii_case("url") => {
            rest.get(3..)?.trim_start().strip_prefix('=')?.trim_start()
        }
        _ => rest,
    };
    let target = target.trim_matches(['"', '\'', ' ']);
    if target.is_empty() {
        return None;
    }
    let url = walked.base.join(target).ok()?;
    Some(Refresh {
        url,
        kind: RefreshKind::Meta,
        delay_s,
    })
}

fn frame_target(links: &[Link], words: usize) -> Option<crate::suspect::SuspectUrl> {
    if words > 10 || links.iter().any(|l| l.kind == LinkKind::Anchor) {
        return None;
    }
    let mut frames = links.iter().filter(|l| l.kind == LinkKind::Frame);
    let only = frames.next()?.url.clone()?;
    frames.next().is_none().then_some(only)
}

/// The target and delay of a redirect that a script makes when it is loaded.
fn script_target(code: &str, nested: u8) -> Option<(String, u32)> {
    let (skeleton, strings) = skeleton(code);
    let assignment = ASSIGNMENT.as_ref()?;
    for captures in assignment.captures_iter(&skeleton).take(MOST_PLACES) {
        let Some((found, statement)) = captures.get(0).zip(captures.get(1)) else {
            continue;
        };
        if !runs_by_itself(&skeleton, statement.start()) {
            continue;
        }
        let index = skeleton.get(..found.end())?.matches(LITERAL).count() - 1;
        let target = strings.get(index)?.clone();
        let after = skeleton.get(found.end()..)?;
        if after.starts_with('+') || target.starts_with('#') {
            continue;
        }
        let delay = DELAY
            .as_ref()
            .and_then(|d| d.captures(after.trim_start_matches(')')))
            .and_then(|c| c.get(1)?.as_str().parse::<u32>().ok());
        return Some((target, delay.unwrap_or(0) / 1000));
    }
    // setTimeout("location.href='…'", 3000)
    let timer = skeleton.find("setTimeout(\u{1}")?;
    if nested > 0 {
        return None;
    }
    let index = skeleton.get(..timer)?.matches(LITERAL).count();
    script_target(strings.get(index)?, nested + 1)
}

/// Code with its strings replaced, its comments and needless blanks removed; and the strings.
fn skeleton(code: &str) -> (String, Vec<String>) {
    let mut mapped = MappedText::default();
    mapped.push_plain(code, 0);
    let mut skeleton = String::with_capacity(code.len());
    let mut strings = Vec::new();
    let mut at = 0;
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let mut add = |part: &str| {
        let mut blank = false;
        for line in part.split('\n') {
            let line = line.split("//").next().unwrap_or_default();
            for c in line.chars().chain(std::iter::once('\n')) {
                if c.is_whitespace() {
                    blank = true;
                } else {
                    if blank && is_word(c) && skeleton.chars().next_back().is_some_and(is_word) {
                        skeleton.push(' ');
                    }
                    blank = false;
                    skeleton.push(c);
                }
            }
        }
    };
    let literals = literals(&mapped);
    for literal in &literals {
        add(code.get(at..literal.span.start).unwrap_or_default());
        add("\u{1}");
        strings.push(literal.content.text.clone());
        at = literal.span.end;
    }
    add(code.get(at..).unwrap_or_default());
    (skeleton, strings)
}

/// Whether code at `at` runs when the script is loaded, not only when a visitor does something.
fn runs_by_itself(skeleton: &str, at: usize) -> bool {
    let Some(before) = skeleton.get(..at) else {
        return false;
    };
    let mut open: Vec<usize> = Vec::new();
    for (offset, byte) in before.bytes().enumerate() {
        match byte {
            b'{' => open.push(offset),
            b'}' => {
                open.pop();
            }
            _ => {}
        }
    }
    if open.len() > DEEPEST_CODE {
        return false;
    }
    let arrow = before.get(tail_start(before, 200)..).unwrap_or_default();
    let waiting_arrow = arrow.ends_with("=>") && !starts_at_once(arrow.trim_end_matches("()=>"));
    !waiting_arrow && open.iter().all(|&brace| body_runs(skeleton, brace))
}

/// Whether the body that opens at `brace` is run on load: a plain block, or a function called at once.
fn body_runs(skeleton: &str, brace: usize) -> bool {
    let before = skeleton.get(..brace).unwrap_or_default();
    let before = before.get(tail_start(before, 200)..).unwrap_or_default();
    let Some(captures) = FUNCTION.as_ref().and_then(|f| f.captures(before)) else {
        return true;
    };
    let start = captures.get(0).map_or(0, |m| m.start());
    let name = captures.get(1).map_or("", |m| m.as_str());
    if !name.is_empty() {
        let calls = [";", "}", "\u{1})", ")"]
            .iter()
            .any(|mark| skeleton.contains(&format!("{mark}{name}()")));
        let timed = skeleton.contains(&format!("setTimeout({name}"))
            || skeleton.contains(&format!("onload={name}"));
        return calls || timed || skeleton.starts_with(&format!("{name}()"));
    }
    starts_at_once(
        before
            .get(..start)
            .unwrap_or_default()
            .trim_end_matches("async "),
    )
}

/// Whether a function that follows this code is run on load.
fn starts_at_once(before: &str) -> bool {
    let called = before
        .strip_suffix('(')
        .is_some_and(|outer| outer.is_empty() || outer.ends_with([';', '}', '{', '!', ')', '=']));
    called
        || before.ends_with('!')
        || [
            "setTimeout(",
            "onload=",
            "ready(",
            "$(",
            "jQuery(",
            "addEventListener(\u{1},",
        ]
        .iter()
        .any(|starter| before.ends_with(starter))
}

fn tail_start(text: &str, length: usize) -> usize {
    let mut start = text.len().saturating_sub(length);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_on_load_are_found_and_those_on_click_are_not() {
        let target = |code: &str| script_target(code, 0);
        let to = |delay| Some(("https://next.example/".to_owned(), delay));
        for code in [
            "location='https://next.example/'",
            "window.location.href = \"https://next.example/\";",
            "if (true) { top.location.replace('https://next.example/') }",
            "(function(){ document.location = 'https://next.example/' })()",
            "window.onload = function () { location.assign('https://next.example/'); }",
            "function go(){ location.href='https://next.example/' } go();",
        ] {
            assert_eq!(target(code), to(0), "{code}");
        }
        assert_eq!(
            target("setTimeout(function(){ location.href='https://next.example/' }, 3000)"),
            to(3)
        );
        assert_eq!(
            target("setTimeout(() => location.href='https://next.example/', 2000)"),
            to(2)
        );
        assert_eq!(
            target("setTimeout(\"location.href='https://next.example/'\", 3000)"),
            to(0)
        );
        for code in [
            "function pay(){ location.href='https://next.example/' }",
            "b.addEventListener; b.onclick = function(){ location.href='https://next.example/' }",
            "var mylocation = 'https://next.example/'",
            "if (location.href == 'https://next.example/') {}",
            "// location='https://next.example/'",
            "location.href = '/search?q=' + q",
        ] {
            assert_eq!(target(code), None, "{code}");
        }
    }
}
