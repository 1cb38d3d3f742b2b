//! Findings in a verification's report: each with its words marked in the raw page.

use super::verification_html::Html;
use crate::evidence::{
    FindingOutcome, Passage, RawPlace, Rederivation, RederivedCategory, RederivedFinding, Side,
    Verification,
};

/// Passages of one finding that are shown; a rule over a whole site may have very many.
const MOST_PASSAGES: usize = 10;

pub(super) fn write_visits(verification: &Verification, page: &mut Html) {
    page.heading(
        "5. Findings, derived again from the stored bytes",
        "Признаки, выведенные заново из сохранённых байтов",
    );
    if verification.visits.is_empty() {
        page.raw("<p>No findings were derived again; section 4 says why.</p>\n");
    }
    for visit in &verification.visits {
        write_visit(visit, page);
    }
}

fn write_visit(visit: &Rederivation, page: &mut Html) {
    page.raw("<h3>");
    page.line(format_args!(
        "Visit of {} in run {}, rules {}",
        visit.site.replace('.', "[.]"),
        visit.run,
        visit.ruleset
    ));
    page.raw("</h3>\n");
    page.table(&["capture", "address", "read as"]);
    for one in &visit.pages {
        let url = one.url.as_ref().map(|url| url.as_str().to_owned());
        let read = one.unreadable.clone().or(one.charset.map(str::to_owned));
        page.row(&[
            &one.capture,
            &url.unwrap_or_default(),
            &read.unwrap_or_default(),
        ]);
    }
    page.raw("</table>\n");
    for category in &visit.categories {
        write_category(category, page);
    }
}

fn write_category(category: &RederivedCategory, page: &mut Html) {
    let number = |score: Option<f64>| score.map_or("–".to_owned(), |score| format!("{score:.6}"));
    page.raw("<h3>");
    page.line(format_args!(
        "{}: score {} as recorded, {} as derived again",
        category.category,
        number(category.recorded),
        number(category.derived)
    ));
    page.raw("</h3>\n");
    for difference in &category.differences {
        page.raw("<p class=\"failed\">");
        page.line(difference);
        page.raw("</p>\n");
    }
    for finding in &category.findings {
        write_finding(finding, page);
    }
}

fn write_finding(rederived: &RederivedFinding, page: &mut Html) {
    let finding = &rederived.finding;
    let side = match rederived.side {
        Side::For => "for",
        Side::Against => "against",
    };
    let (class, outcome) = match &rederived.outcome {
        FindingOutcome::Confirmed => ("passed", "confirmed / подтверждено".to_owned()),
        FindingOutcome::Differs { how } => ("failed", format!("differs: {}", how.join(", "))),
        FindingOutcome::NotDerivedAgain => ("failed", "NOT derived again".to_owned()),
        FindingOutcome::New => ("failed", "derived, but not recorded".to_owned()),
        FindingOutcome::ContentDeleted => {
            ("note", "content deleted / содержание удалено".to_owned())
        }
    };
    page.raw("<p><code>");
    page.line(&finding.rule);
    page.raw(format_args!(
        "</code> ({side}, weight {:+.3}): <b class=\"{class}\">{outcome}</b><br>",
        finding.weight
    ));
    page.line(finding.url.as_str());
    page.raw("</p>\n");
    if rederived.passages.is_empty() && !finding.excerpt.is_empty() {
        page.raw("<pre>");
        page.source(&finding.excerpt);
        page.raw("</pre>\n");
    }
    for passage in rederived.passages.iter().take(MOST_PASSAGES) {
        write_passage(passage, page);
    }
    if rederived.passages.len() > MOST_PASSAGES {
        let more = rederived.passages.len() - MOST_PASSAGES;
        page.raw(format_args!(
            "<p class=\"note\">… and {more} more places</p>\n"
        ));
    }
}

fn write_passage(passage: &Passage, page: &mut Html) {
    page.raw("<pre>… ");
    page.source(&passage.before);
    page.raw("<mark>");
    page.source(&passage.marked);
    page.raw("</mark>");
    page.source(&passage.after);
    page.raw(" …</pre>\n<p class=\"note\">");
    let (start, end) = passage.decoded;
    page.line(format_args!(
        "capture {}, line {}, character {}; bytes {start}–{end} of the page in UTF-8; ",
        passage.capture, passage.line, passage.column
    ));
    match &passage.raw {
        RawPlace::Body {
            start,
            end,
            charset,
            coding,
        } => {
            let removed = coding.as_deref().map_or_else(String::new, |coding| {
                format!(" after removing the coding {coding}")
            });
            page.line(format_args!(
                "bytes {start}–{end} of the body as received{removed}, in {charset}"
            ));
        }
        RawPlace::Address => page.line("this is the address of the page, not its body"),
        RawPlace::NotMappable { charset } => page.line(format_args!(
            "in {charset} bytes and characters do not go together one by one, so no bytes are named"
        )),
    }
    page.raw("</p>\n");
}
