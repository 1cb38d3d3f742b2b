//! A verification as one file for people who decide: no script, nothing loaded, fit to be printed.

use super::clean_line;
use super::verification_findings::write_visits;
use crate::digest::Digest;
use crate::evidence::{Check, CheckOutcome, SubjectKind, Verification};
use std::fmt::{Display, Write};

const STYLE: &str = "\
body{font:15px/1.45 'DejaVu Sans',Arial,sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#111;background:#fff}\
h1{font-size:1.5em}h2{font-size:1.2em;margin-top:2em;border-bottom:1px solid #999}h3{font-size:1em;margin-bottom:.3em}\
.ru{color:#444;font-weight:normal}table{border-collapse:collapse;width:100%}\
td,th{border:1px solid #bbb;padding:.25em .5em;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
th{background:#eee}.sound,.unsound,.warn{padding:.6em 1em;border:2px solid #060;margin:1em 0}\
.unsound,.failed{border-color:#a00;color:#a00;font-weight:bold}.warn{border-color:#960}\
code,pre{font:13px/1.4 'DejaVu Sans Mono',monospace;overflow-wrap:anywhere;white-space:pre-wrap}\
mark{background:#fd6;outline:1px solid #b80}ul{margin:.2em 0;padding-left:1.2em}.note{color:#444}\
@media print{body{margin:0;max-width:none;font-size:11px}tr,pre{break-inside:avoid}h2,h3{break-after:avoid}}";

/// The report as HTML. `name` is what the user called the bundle or store.
pub fn verification_html(verification: &Verification, name: &str) -> String {
    let mut page = Html::default();
    let hash = data_encoding::BASE64.encode(Digest::of(STYLE.as_bytes()).as_bytes());
    page.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.raw(format_args!(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; \
         base-uri 'none'; form-action 'none'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Verification of evidence</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n<h1>Verification of evidence <span class=\"ru\">/ Проверка доказательств</span></h1>\n"
    ));
    write_result(verification, &mut page);
    write_identity(verification, name, &mut page);
    write_keys(verification, &mut page);
    write_time(verification, &mut page);
    write_checks(&verification.checks, &mut page);
    write_visits(verification, &mut page);
    write_decisions(verification, &mut page);
    write_custody(verification, &mut page);
    write_limits(verification, &mut page);
    page.raw("</body>\n</html>\n");
    page.text
}

/// HTML in the making. Everything that is not written by this program goes through [`Html::text`] or
/// [`Html::line`].
#[derive(Default)]
pub(super) struct Html {
    text: String,
}

impl Html {
    /// Markup of our own.
    pub(super) fn raw(&mut self, markup: impl Display) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{markup}");
    }

    /// Text on one line, cleaned like for a terminal: links are written hxxp.
    pub(super) fn line(&mut self, text: impl Display) {
        let cleaned = clean_line(&text.to_string());
        self.escape(&cleaned);
    }

    /// Text of a page as it is, with what cannot be seen made visible.
    pub(super) fn source(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '\n' => self.text.push('⏎'),
                '\t' => self.text.push('⇥'),
                '\r' => self.text.push('␍'),
                c if is_hidden(c) => {
                    let _ = write!(self.text, "⟨U+{:04X}⟩", u32::from(c));
                }
                c => self.escape(c.encode_utf8(&mut [0; 4])),
            }
        }
    }

    fn escape(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                '\'' => self.text.push_str("&#39;"),
                c => self.text.push(c),
            }
        }
    }

    pub(super) fn heading(&mut self, english: &str, russian: &str) {
        self.raw(format_args!(
            "<h2>{english} <span class=\"ru\">/ {russian}</span></h2>\n"
        ));
    }

    pub(super) fn row(&mut self, cells: &[&dyn Display]) {
        self.raw("<tr>");
        for cell in cells {
            self.raw("<td>");
            self.line(cell);
            self.raw("</td>");
        }
        self.raw("</tr>\n");
    }

    pub(super) fn table(&mut self, heads: &[&str]) {
        self.raw("<table><tr>");
        for head in heads {
            self.raw(format_args!("<th>{head}</th>"));
        }
        self.raw("</tr>\n");
    }
}

/// Characters that show nothing, or change how others are shown.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

fn write_result(verification: &Verification, page: &mut Html) {
    if verification.sound {
        page.raw(
            "<p class=\"sound\"><b>Everything that was checked is as it should be.</b> \
             Section 8 says what that does not prove.<br><span class=\"ru\">Всё проверенное соответствует. \
             Что этим не доказано, сказано в разделе 8.</span></p>\n",
        );
    } else {
        page.raw(
            "<p class=\"unsound\">It does NOT verify. Section 4 names every place. Do not rely on it.<br>\
             <span class=\"ru\">Проверка НЕ пройдена. Места указаны в разделе 4.</span></p>\n",
        );
    }
    page.raw(
        "<p class=\"note\">Addresses of web sites are written hxxp, so that nobody opens them by accident. \
         <span class=\"ru\">Адреса сайтов записаны как hxxp, чтобы их не открыли случайно.</span></p>\n",
    );
}

fn write_identity(verification: &Verification, name: &str, page: &mut Html) {
    page.heading("1. What was verified", "Что проверено");
    let identity = &verification.identity;
    page.table(&["", ""]);
    page.row(&[&"name", &name]);
    if verification.kind == SubjectKind::Bundle {
        page.row(&[&"bytes", &identity.bytes]);
    }
    let mut row = |title: &str, value: Option<String>| {
        if let Some(value) = value {
            page.row(&[&title, &value]);
        }
    };
    row(
        "SHA-256 of the file",
        identity.digest.map(|digest| digest.to_string()),
    );
    let flag = identity.flag.as_ref();
    row("flag", flag.map(|flag| flag.id.to_string()));
    row("site", flag.map(|flag| flag.site.replace('.', "[.]")));
    row(
        "first and last seen",
        flag.map(|flag| format!("{} – {}", flag.raised, flag.seen)),
    );
    row("log", identity.origin.clone());
    row(
        "records of the log",
        identity.log_size.map(|size| size.to_string()),
    );
    row(
        "root of its tree",
        identity.root.map(|root| root.to_string()),
    );
    row("written by tazy", identity.program.clone());
    row("verified with tazy", Some(verification.program.to_owned()));
    page.raw("</table>\n");
}

fn write_keys(verification: &Verification, page: &mut Html) {
    page.heading("2. Who signed it", "Кем подписано");
    if verification.keys.is_empty() {
        page.raw("<p>No valid signature was found.</p>\n");
        return;
    }
    page.table(&[
        "name",
        "role",
        "key and fingerprint (SHA-256 of the key)",
        "named by the verifier",
    ]);
    for key in &verification.keys {
        let role = match (key.is_witness, key.signed_at) {
            (false, _) => "the log's own key".to_owned(),
            (true, None) => "witness".to_owned(),
            (true, Some(time)) => format!("witness, says it signed at {time}"),
        };
        let both = format!("{} {}", key.verifier, key.fingerprint);
        let known = if key.named_by_user { "yes" } else { "NO" };
        page.row(&[&key.name, &role, &both, &known]);
    }
    page.raw("</table>\n");
    if !verification.is_signer_known() {
        page.raw(
            "<p class=\"warn\"><b>No key was named by the person who verified.</b> The key came with the file: anybody \
             may have made it. Who signed is known only if the fingerprint is the one that the unit published.<br>\
             <span class=\"ru\">Ключ взят из самого файла. Кем подписано, известно, только если отпечаток ключа \
             совпадает с опубликованным подразделением.</span></p>\n",
        );
    }
}

fn write_time(verification: &Verification, page: &mut Html) {
    page.heading("3. When it existed", "Когда существовало");
    let Some(time) = &verification.time else {
        page.raw("<p>There is no valid time stamp: times rest on the unit's own clock.</p>\n");
        return;
    };
    page.table(&[
        "time",
        "authority",
        "serial number",
        "certificate (SHA-256)",
        "vouched for",
    ]);
    let vouched = if time.anchored {
        "yes"
    } else {
        "NO: no root was named"
    };
    page.row(&[
        &time.time,
        &time.authority,
        &time.serial,
        &time.certificate,
        &vouched,
    ]);
    page.raw("</table>\n");
}

fn write_checks(checks: &[Check], page: &mut Html) {
    page.heading("4. What was checked", "Что и как проверено");
    page.table(&["check", "what", "how many", "outcome"]);
    for check in checks {
        let (class, word) = match check.outcome {
            CheckOutcome::Passed => ("passed", "passed / пройдено"),
            CheckOutcome::Failed => ("failed", "FAILED / НЕ ПРОЙДЕНО"),
            CheckOutcome::NotPossible => ("note", "not done / не проводилось"),
        };
        page.raw(format_args!(
            "<tr><td><code>{}</code></td><td>{}<br><span class=\"ru\">{}</span>",
            check.id,
            check.title,
            check.id.russian_title()
        ));
        if !check.failures.is_empty() || !check.notes.is_empty() {
            page.raw("<ul>");
            for failure in &check.failures {
                page.raw("<li class=\"failed\">");
                page.line(format_args!("{}: {}", failure.place, failure.what));
                page.raw("</li>");
            }
            if check.more_failures > 0 {
                page.raw(format_args!("<li>… and {} more</li>", check.more_failures));
            }
            for note in &check.notes {
                page.raw("<li class=\"note\">");
                page.line(note);
                page.raw("</li>");
            }
            page.raw("</ul>");
        }
        page.raw(format_args!(
            "</td><td>{}</td><td class=\"{class}\">{word}</td></tr>\n",
            check.checked
        ));
    }
    page.raw("</table>\n");
}

fn write_decisions(verification: &Verification, page: &mut Html) {
    page.heading("6. What people decided", "Решения людей");
    if verification.decisions.is_empty() {
        page.raw("<p>No decision is in it.</p>\n");
        return;
    }
    page.table(&["when", "who", "decision", "reasons", "note", "id, replaces"]);
    for decision in &verification.decisions {
        let choice = match decision.confirmed_category() {
            Some(category) => format!("{}: {category}", decision.choice.as_str()),
            None => decision.choice.as_str().to_owned(),
        };
        let reasons: Vec<String> = decision
            .reasons
            .iter()
            .map(|reason| reason.as_str().to_owned())
            .collect();
        let replaces = match &decision.supersedes {
            Some(earlier) => format!("{}, replaces {earlier}", decision.id),
            None => decision.id.to_string(),
        };
        page.row(&[
            &decision.decided,
            &decision.author,
            &choice,
            &reasons.join(", "),
            &decision.note.as_deref().unwrap_or_default(),
            &replaces,
        ]);
    }
    page.raw("</table>\n");
}

fn write_custody(verification: &Verification, page: &mut Html) {
    page.heading("7. Custody sheet", "Лист хранения");
    if verification.custody.is_empty() {
        page.raw("<p>No entry is in it; the export itself is entered after it was made.</p>\n");
        return;
    }
    page.table(&["when", "who", "what", "for whom", "digest", "note"]);
    for event in &verification.custody {
        let digest = event.digest.map(|digest| digest.to_string());
        page.row(&[
            &event.at,
            &event.by,
            &event.act,
            &event.recipient.as_deref().unwrap_or_default(),
            &digest.unwrap_or_default(),
            &event.note.as_deref().unwrap_or_default(),
        ]);
    }
    page.raw("</table>\n");
}

fn write_limits(verification: &Verification, page: &mut Html) {
    page.heading("8. What this does not prove", "Что этим не доказано");
    page.raw("<ul>\n");
    for limit in verification.limits {
        page.raw("<li>");
        page.line(limit);
        page.raw("</li>\n");
    }
    page.raw("</ul>\n");
}
