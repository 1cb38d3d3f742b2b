//! PDF through Chromium, with the network closed.

use crate::lab::{Lab, assert_kazakh, program, run, text_of_pdf};
use std::io::ErrorKind;
use std::net::TcpListener;
use tazy::block::document::PaperKind;
use tazy::document::{Language, Paper};
use tazy::render::{PrintError, RenderError, RenderSettings, print_pdf, print_pdfs};

fn settings(workspace: &std::path::Path) -> RenderSettings {
    RenderSettings {
        allow_root: true,
        workspace: workspace.to_owned(),
        ..RenderSettings::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_printed_paper_has_every_letter_our_fonts_and_numbered_pages() {
    let (Some(_), Some(pdftotext), Some(pdffonts)) = (
        program("chromium"),
        program("pdftotext"),
        program("pdffonts"),
    ) else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let lab = Lab::hostile();
    let alphabet = "<p>АаӘәБбВвГгҒғДдЕеЁёЖжЗзИиЙйКкҚқЛлМмНнҢңОоӨөПпРрСсТтУуҰұҮүФфХхҺһЦцЧчШшЩщЪъЫыІіЬьЭэЮюЯя</p>\
        <p><strong>ӘәҒғҚқҢңӨөҰұҮүҺһІі</strong> <em>ӘәҒғҚқҢңӨөҰұҮүҺһІі</em> <code>sha256:00</code></p>";
    let pages = [
        lab.paper(PaperKind::Submission, "ru+kk").html(),
        Paper::of_fragment("Әліпби", Language::Kk, alphabet)
            .unwrap()
            .html(),
    ];
    let printed = print_pdfs(&pages, &settings(directory.path()))
        .await
        .unwrap();
    let path = |number: usize| directory.path().join(format!("{number}.pdf"));
    for (number, pdf) in printed.iter().enumerate() {
        std::fs::write(path(number), pdf).unwrap();
    }
    let text = text_of_pdf(&pdftotext, &path(0));
    assert_kazakh(&text);
    let pages = text.matches('\u{c}').count();
    assert!(pages >= 2, "{pages}");
    let numbers = text.replace(' ', "");
    for page in 1..=pages {
        assert!(
            numbers.contains(&format!("{page}/{pages}")),
            "page {page} of {pages}"
        );
    }
    assert_eq!(text.matches("ПРОЕКТ / ЖОБА / DRAFT").count(), pages + 1);
    let letters = text_of_pdf(&pdftotext, &path(1));
    assert!(letters.contains("АаӘәБбВвГгҒғДдЕеЁё"), "{letters}");
    // Were a letter missing from our fonts, the machine's would stand beside them.
    let fonts = run(&pdffonts, &[path(1).to_str().unwrap()]);
    let fonts = String::from_utf8(fonts.stdout).unwrap();
    let lines: Vec<&str> = fonts.lines().skip(2).collect();
    assert!(lines.len() >= 4, "{fonts}");
    for line in lines {
        assert!(
            line.contains("+TazySerif") || line.contains("+TazyMono"),
            "{fonts}"
        );
        assert!(
            line.contains(" yes yes yes "),
            "embedded, subset, readable: {fonts}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn printing_asks_nobody_for_anything() {
    let Some(_) = program("chromium") else { return };
    let directory = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let place = format!("http://{}", listener.local_addr().unwrap());
    // Without our policy, so that only the closed network stands between page and listener.
    let page = format!(
        "<!doctype html><html><head><meta charset=utf-8><link rel=stylesheet href='{place}/s.css'>\
         <style>body{{background:url({place}/b.png)}} @import url({place}/i.css);</style></head>\
         <body>words<img src='{place}/i.png'><iframe src='{place}/f'></iframe><script src='{place}/x.js'></script>\
         <script>fetch('{place}/y'); document.body.append('scripted')</script><img src='file:///etc/hostname'></body></html>"
    );
    let pdf = print_pdf(&page, &settings(directory.path())).await.unwrap();
    assert!(pdf.starts_with(b"%PDF-"));
    let asked = listener.accept();
    assert_eq!(asked.unwrap_err().kind(), ErrorKind::WouldBlock);
    let left = std::fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 0, "the browser's directory is gone");
    if let Some(pdftotext) = program("pdftotext") {
        let path = directory.path().join("page.pdf");
        std::fs::write(&path, &pdf).unwrap();
        let text = text_of_pdf(&pdftotext, &path);
        assert!(
            text.contains("words") && !text.contains("scripted"),
            "{text}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_browser_the_error_says_what_needs_none() {
    let settings = RenderSettings {
        browser: Some("/nowhere/chromium".into()),
        ..RenderSettings::default()
    };
    let error = print_pdf("<p>x", &settings).await.unwrap_err();
    assert!(matches!(
        error,
        PrintError::Browser(RenderError::NoBrowser(_))
    ));
    assert!(
        error.to_string().contains("HTML and DOCX need no browser"),
        "{error}"
    );
}
