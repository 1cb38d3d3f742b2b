//! Papers: hostile text in, the same words out in HTML, DOCX and PDF, and nothing else.
//!
//! Needs `xmllint`, `libreoffice`, `chromium`, `pdftotext` and `pdffonts` for some tests; without them these say
//! so and pass, with `TAZY_TEST_ALL=1` they fail.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests fail loudly; clippy exempts only the test functions themselves"
)]

#[path = "documents/command.rs"]
mod command;
#[expect(dead_code, reason = "this file needs a part of it")]
#[path = "review/lab.rs"]
mod desk;
#[path = "documents/docx.rs"]
mod docx;
#[path = "documents/html.rs"]
mod html;
#[path = "documents/lab.rs"]
mod lab;
#[path = "documents/pdf.rs"]
mod pdf;
#[path = "documents/templates.rs"]
mod templates;
