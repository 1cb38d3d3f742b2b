//! Which elements are not shown: attributes, inline styles and simple rules of style elements.

use scraper::node::Element;
use std::collections::HashSet;

/// Rules read from style elements; more are ignored.
const MOST_RULES: usize = 5_000;

/// Classes and ids that a style sheet of the page hides.
#[derive(Debug, Default)]
pub(super) struct HiddenStyles {
    classes: HashSet<String>,
    ids: HashSet<String>,
}

impl HiddenStyles {
    /// Reads the text of a style element. Rules within `@media` and the like are left out: they hold only sometimes.
    pub(super) fn read(&mut self, sheet: &str) {
        let mut rest = sheet;
        for _ in 0..MOST_RULES {
            let Some(open) = rest.find('{') else {
                return;
            };
            let selectors = rest.get(..open).unwrap_or_default();
            let selectors = selectors.rsplit(['}', ';', '/']).next().unwrap_or_default();
            let body = rest.get(open + 1..).unwrap_or_default();
            if selectors.trim_start().starts_with('@') {
                rest = after_group(body);
                continue;
            }
            let close = body.find('}').unwrap_or(body.len());
            if declarations_hide(body.get(..close).unwrap_or_default()) {
                for selector in selectors.split(',') {
                    self.note(selector.trim());
                }
            }
            rest = body.get(close + 1..).unwrap_or_default();
        }
    }

    fn note(&mut self, selector: &str) {
        let simple = |name: &str| {
            !name.is_empty()
                && name
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '-' || c == '_')
        };
        let tag_end = selector.find(['.', '#']).unwrap_or(selector.len());
        let (tag, name) = selector.split_at(tag_end);
        if !tag.is_empty() && !simple(tag) {
            return;
        }
        if let Some(class) = name.strip_prefix('.').filter(|n| simple(n)) {
            self.classes.insert(class.to_owned());
        } else if let Some(id) = name.strip_prefix('#').filter(|n| simple(n)) {
            self.ids.insert(id.to_owned());
        }
    }

    /// Whether an element is hidden by itself.
    pub(super) fn hide(&self, element: &Element) -> bool {
        // A document hidden as a whole is shown by its script once it has loaded.
        if matches!(element.name(), "html" | "body") {
            return false;
        }
        if element.attr("hidden").is_some() {
            return true;
        }
        if element.attr("style").is_some_and(declarations_hide) {
            return true;
        }
        if !self.classes.is_empty()
            && let Some(classes) = element.attr("class")
            && classes
                .split_ascii_whitespace()
                .take(50)
                .any(|class| self.classes.contains(class))
        {
            return true;
        }
        element.attr("id").is_some_and(|id| self.ids.contains(id))
    }
}

/// What follows the group whose body begins here.
fn after_group(body: &str) -> &str {
    let mut depth = 1_u32;
    for (at, byte) in body.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return body.get(at + 1..).unwrap_or_default();
        }
    }
    ""
}

/// Whether declarations (`a:b;c:d`) keep an element from being seen.
fn declarations_hide(declarations: &str) -> bool {
    let (mut clipped, mut empty, mut absolute, mut away) = (false, false, false, false);
    for declaration in declarations.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let property = property.trim().to_ascii_lowercase();
        let value = value.replace("!important", "").trim().to_ascii_lowercase();
        let number = leading_number(&value);
        match property.as_str() {
            "display" if value == "none" => return true,
            "visibility" if value == "hidden" || value == "collapse" => return true,
            "font-size" | "opacity" if number == Some(0.0) => return true,
            "text-indent" if number.is_some_and(|n| n <= -900.0) => return true,
            "position" => absolute = value == "absolute" || value == "fixed",
            "left" | "top" | "right" | "margin-left" => {
                away |= number.is_some_and(|n| n <= -900.0);
            }
            "overflow" => clipped = value == "hidden",
            "height" | "width" | "max-height" => {
                empty |= number.is_some_and(|n| n <= 1.0 && !value.ends_with('%'));
            }
            "clip" => return value.contains("rect(0"),
            _ => {}
        }
    }
    (clipped && empty) || (absolute && away)
}

fn leading_number(value: &str) -> Option<f64> {
    let end = value
        .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == '-'))
        .unwrap_or(value.len());
    value.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_that_hide_are_told_from_those_that_do_not() {
        for hiding in [
            "display:none",
            "color:red; DISPLAY : none !important",
            "visibility:hidden",
            "font-size:0",
            "font-size:0px",
            "opacity:0",
            "text-indent:-9999px",
            "position:absolute;left:-9999px",
            "height:0;overflow:hidden",
        ] {
            assert!(declarations_hide(hiding), "{hiding}");
        }
        for showing in [
            "display:block",
            "font-size:0.9em",
            "opacity:0.5",
            "text-indent:-10px",
            "height:0",
            "width:1%;overflow:hidden",
            "margin:0",
        ] {
            assert!(!declarations_hide(showing), "{showing}");
        }
    }

    #[test]
    fn only_plain_rules_outside_media_queries_count() {
        let mut styles = HiddenStyles::default();
        styles.read("/* x */.a{display:none}@media print{.b{display:none}} p.c, #d { visibility:hidden } .e .f{display:none}");
        assert!(styles.classes.contains("a") && styles.classes.contains("c"));
        assert!(styles.ids.contains("d"));
        assert_eq!(styles.classes.len(), 2);
    }
}
