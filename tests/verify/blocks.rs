//! Each kind of blocking, with a control and alone.

use super::boxes::{Authority, Tls, answer};
use super::lab::{Inside, Lab, Looked, PAGE, SITE_INSIDE, Site, zone};
use tazy::verify::{BlockVerdict, Confidence};

/// With the control it is this; alone it never is a block.
fn assert_verdict(looked: &Looked, verdict: BlockVerdict, sure: Confidence) {
    let reasons = looked.together.reasons.join("\n");
    assert_eq!(
        (looked.together.verdict, looked.together.confidence),
        (verdict, sure),
        "{reasons}"
    );
    assert!(!looked.alone.verdict.is_blocked(), "{:?}", looked.alone);
    let again = serde_json::to_string(&looked.inner).unwrap();
    let again: tazy::reach::Reach = serde_json::from_str(&again).unwrap();
    assert_eq!(again, looked.inner, "a measurement is what its JSON says");
}

async fn secure(site: Site, inside: Inside) -> Looked {
    let lab = Lab::new(site, inside).await;
    let server = zone(Some(SITE_INSIDE)).serve().await;
    lab.look(&lab.secure_url("shop.example"), &server).await
}

async fn plain(site: Site, inside: Inside) -> Looked {
    let lab = Lab::new(site, inside).await;
    let server = zone(Some(SITE_INSIDE)).serve().await;
    lab.look(&lab.plain_url(), &server).await
}

#[tokio::test]
async fn a_site_that_nobody_blocks_is_reachable_from_one_vantage_and_from_two() {
    let looked = secure(Site::honest(), Inside::Box(Tls::Pass)).await;
    assert_verdict(&looked, BlockVerdict::Reachable, Confidence::High);
    assert_eq!(looked.alone.verdict, BlockVerdict::Reachable);
    assert_eq!(looked.together.open_from, ["almaty"]);
    let page = looked
        .inner
        .requests
        .iter()
        .filter_map(|page| page.response.as_ref())
        .find(|page| page.code == 200)
        .unwrap();
    assert_eq!(page.x_title.as_deref(), Some("Лавка у дома"));
}

#[tokio::test]
async fn a_handshake_that_is_dropped_for_the_name_alone_is_a_block_by_name() {
    let looked = secure(Site::honest(), Inside::Box(Tls::DropName)).await;
    assert_verdict(&looked, BlockVerdict::BlockedSniTimeout, Confidence::High);
    assert_eq!(looked.alone.verdict, BlockVerdict::Unreachable);
    assert_eq!(looked.alone.confidence, Confidence::Low);
    assert!(looked.together.reasons[0].contains("reached from helsinki, not reached from almaty"));
}

#[tokio::test]
async fn a_handshake_that_is_reset_or_closed_for_the_name_alone_is_a_block_by_name() {
    for does in [Tls::ResetName, Tls::CloseName] {
        let looked = secure(Site::honest(), Inside::Box(does)).await;
        assert_verdict(&looked, BlockVerdict::BlockedSniReset, Confidence::High);
        assert_eq!(looked.alone.verdict, BlockVerdict::Unreachable);
    }
}

#[tokio::test]
async fn a_handshake_that_fails_with_every_name_is_a_block_of_the_address() {
    for does in [Tls::DropAll, Tls::ResetAll] {
        let looked = secure(Site::honest(), Inside::Box(does)).await;
        assert_verdict(&looked, BlockVerdict::BlockedTcp, Confidence::Medium);
    }
}

#[tokio::test]
async fn connections_that_are_refused_or_vanish_are_a_block_of_the_address() {
    for inside in [Inside::Nothing, Inside::Swallowed] {
        let looked = secure(Site::honest(), inside).await;
        assert_verdict(&looked, BlockVerdict::BlockedTcp, Confidence::Medium);
        assert_eq!(looked.alone.verdict, BlockVerdict::Unreachable);
    }
}

#[tokio::test]
async fn a_certificate_of_a_stranger_is_somebody_in_the_middle() {
    let looked = secure(Site::honest(), Inside::Box(Tls::OwnCertificate)).await;
    assert_verdict(&looked, BlockVerdict::BlockedMitm, Confidence::Medium);
    assert_eq!(looked.alone.verdict, BlockVerdict::Inconclusive);
    assert!(
        looked
            .together
            .reasons
            .iter()
            .any(|reason| reason.contains("CN=a stranger"))
    );
}

#[tokio::test]
async fn a_site_whose_own_certificate_is_worthless_is_no_work_of_a_stranger() {
    let lab = Lab::with_authority(
        Site::honest(),
        Inside::Box(Tls::Pass),
        Authority::named("honest"),
    )
    .await;
    let server = zone(Some(SITE_INSIDE)).serve().await;
    let url = lab.secure_url("shop.example");
    let settings = tazy::reach::MeasureSettings {
        roots: Vec::new(),
        ..lab.settings()
    };
    let clock: std::sync::Arc<dyn tazy::clock::Clock> =
        std::sync::Arc::new(tazy::clock::SystemClock);
    let mut reaches = Vec::new();
    for vantage in [super::lab::inside(&server), lab.outside()] {
        reaches.push(
            tazy::reach::measure(&url, &vantage, &settings, &clock)
                .await
                .unwrap(),
        );
    }
    let found = tazy::verify::assess(&reaches, &super::lab::known());
    assert_eq!(
        found.verdict,
        BlockVerdict::Reachable,
        "{:?}",
        found.reasons
    );
    let alone = tazy::verify::assess(&reaches[..1], &super::lab::known());
    assert_eq!(alone.verdict, BlockVerdict::Inconclusive);
}

#[tokio::test]
async fn a_known_block_page_over_http_is_one_even_if_https_is_only_silent() {
    let page = answer(
        200,
        "",
        "<title>Доступ ограничен</title><body>по решению органа",
    );
    let looked = secure(Site::honest(), Inside::BoxAndPage(Tls::DropName, page)).await;
    assert_verdict(&looked, BlockVerdict::BlockPage, Confidence::High);
    assert_eq!(looked.alone.verdict, BlockVerdict::Unreachable);
}

#[tokio::test]
async fn https_that_is_reached_is_no_block_whatever_http_shows() {
    let page = answer(200, "", "<title>Доступ ограничен</title>");
    let looked = secure(Site::honest(), Inside::BoxAndPage(Tls::Pass, page)).await;
    assert_verdict(&looked, BlockVerdict::Reachable, Confidence::High);
}

#[tokio::test]
async fn block_pages_are_known_by_status_by_title_and_by_where_they_lead() {
    for page in [
        answer(451, "", "by order"),
        answer(200, "", "<title>Страница заблокирована</title>"),
        answer(302, "Location: http://why.block.example/?id=7\r\n", ""),
    ] {
        let looked = plain(Site::Plain(answer(200, "", PAGE)), Inside::Plain(page)).await;
        assert_verdict(&looked, BlockVerdict::BlockPage, Confidence::High);
        assert_eq!(looked.alone.verdict, BlockVerdict::Unreachable);
    }
}

#[tokio::test]
async fn another_page_than_elsewhere_is_a_hint_and_no_more() {
    let page = answer(200, "X-Other: 1\r\n", "<title>Уважаемый абонент</title>");
    let looked = plain(Site::Plain(answer(200, "", PAGE)), Inside::Plain(page)).await;
    assert_verdict(&looked, BlockVerdict::BlockPage, Confidence::Low);
}

#[tokio::test]
async fn a_site_over_http_is_recognized_by_its_page() {
    let looked = plain(
        Site::Plain(answer(200, "", PAGE)),
        Inside::Plain(answer(200, "", PAGE)),
    )
    .await;
    assert_eq!(
        looked.together.verdict,
        BlockVerdict::Reachable,
        "{:?}",
        looked.together
    );
    assert_eq!(
        looked.alone.confidence,
        Confidence::Low,
        "alone nothing proves the page"
    );
}

#[tokio::test]
async fn a_request_over_http_that_is_reset_is_a_block_of_the_connection() {
    let looked = plain(Site::Plain(answer(200, "", PAGE)), Inside::PlainReset).await;
    assert_verdict(&looked, BlockVerdict::BlockedTcp, Confidence::Medium);
}

#[tokio::test]
async fn a_site_that_nobody_reaches_is_down_and_not_blocked() {
    let looked = secure(Site::Down, Inside::Nothing).await;
    assert_verdict(&looked, BlockVerdict::DownEverywhere, Confidence::Medium);
    assert_eq!(looked.alone.verdict, BlockVerdict::Unreachable);
}

#[tokio::test]
async fn content_that_is_gone_for_all_was_removed_and_for_one_alone_is_no_proof() {
    for status in [404, 410] {
        let site = Site::Secure(answer(status, "", "nothing"));
        let looked = secure(site, Inside::Box(Tls::Pass)).await;
        assert_verdict(&looked, BlockVerdict::RemovedByOwner, Confidence::High);
        assert_eq!(looked.alone.verdict, BlockVerdict::Inconclusive);
    }
    let parked = Site::Secure(answer(200, "", "<title>This domain is for sale!</title>"));
    let looked = secure(parked, Inside::Box(Tls::Pass)).await;
    assert_verdict(&looked, BlockVerdict::RemovedByOwner, Confidence::High);
}

#[tokio::test]
async fn a_block_of_content_that_is_gone_meanwhile_still_is_a_block() {
    let site = Site::Secure(answer(404, "", "nothing"));
    let looked = secure(site, Inside::Box(Tls::DropName)).await;
    assert_eq!(
        looked.together.verdict,
        BlockVerdict::BlockedSniTimeout,
        "{:?}",
        looked.together
    );
}
