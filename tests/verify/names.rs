//! Name servers that lie.

use super::boxes::Tls;
use super::lab::{
    Inside, Lab, Looked, SINKHOLE, SITE, SITE_INSIDE, Site, facts_inside, inside, known, zone,
};
use super::name_server::Zone;
use hickory_resolver::proto::op::ResponseCode;
use tazy::reach::{Failure, Purpose, Vantage, VantageFacts};
use tazy::verify::{BlockVerdict, Confidence, Expectations, assess};

async fn with_zone(zone: Zone) -> Looked {
    let lab = Lab::new(Site::honest(), Inside::Box(Tls::Pass)).await;
    let server = zone.serve().await;
    lab.look(&lab.secure_url("shop.example"), &server).await
}

fn assert_blocked(looked: &Looked, sure: Confidence) {
    let reasons = looked.together.reasons.join("\n");
    let found = (looked.together.verdict, looked.together.confidence);
    assert_eq!(found, (BlockVerdict::BlockedDns, sure), "{reasons}");
    assert_eq!(
        looked.alone.verdict,
        BlockVerdict::Unreachable,
        "{:?}",
        looked.alone
    );
}

#[tokio::test]
async fn a_name_server_that_denies_the_name_blocks_it() {
    let looked = with_zone(zone(None)).await;
    assert_blocked(&looked, Confidence::Medium);
    let query = looked
        .inner
        .queries
        .iter()
        .find(|q| q.x_purpose == Purpose::Target)
        .unwrap();
    assert_eq!(
        (query.failure.as_ref(), query.rcode),
        (Some(&Failure::NxDomain), Some(3))
    );
    assert!(query.raw_response.is_some());
}

#[tokio::test]
async fn a_name_server_that_refuses_or_says_nothing_blocks_it() {
    let refusing = zone(None).failing("shop.example.", ResponseCode::Refused);
    assert_blocked(&with_zone(refusing).await, Confidence::Medium);
    assert_blocked(
        &with_zone(zone(None).silent("shop.example.")).await,
        Confidence::Medium,
    );
}

#[tokio::test]
async fn a_name_server_that_fails_may_have_other_reasons() {
    let failing = zone(None).failing("shop.example.", ResponseCode::ServFail);
    assert_blocked(&with_zone(failing).await, Confidence::Low);
}

#[tokio::test]
async fn an_address_of_a_known_block_page_is_a_lie() {
    let looked = with_zone(zone(Some("127.9.0.9"))).await;
    assert_blocked(&looked, Confidence::High);
    let query = looked
        .inner
        .queries
        .iter()
        .find(|q| q.x_purpose == Purpose::Target && q.query_type == "A")
        .unwrap();
    assert_eq!(query.answers[0].ttl, Some(300), "{query:?}");
}

#[tokio::test]
async fn an_address_that_must_not_be_connected_to_is_recorded_and_let_be() {
    let looked = with_zone(zone(Some("0.0.0.0"))).await;
    let connect = looked
        .inner
        .tcp_connect
        .iter()
        .find(|c| c.ip == "0.0.0.0")
        .unwrap();
    assert_eq!(connect.x_not_connected.as_deref(), Some("unspecified"));
    assert!(
        !looked.together.verdict.is_blocked()
            || looked.together.verdict == BlockVerdict::BlockedDns
    );
    assert!(!looked.alone.verdict.is_blocked());
}

#[tokio::test]
async fn an_address_far_from_the_site_is_a_lie_if_the_site_is_known_elsewhere() {
    let lab = Lab::new(Site::honest(), Inside::Box(Tls::Pass)).await;
    let server = zone(Some(SINKHOLE)).serve().await;
    let looked = lab.look(&lab.secure_url("shop.example"), &server).await;
    let known = Expectations {
        addresses: vec![SITE.parse().unwrap()],
        ..known()
    };
    let found = assess(&[looked.inner.clone(), looked.outer.clone()], &known);
    assert_eq!(
        found.verdict,
        BlockVerdict::BlockedDns,
        "{:?}",
        found.reasons
    );
    assert!(!looked.alone.verdict.is_blocked());
}

#[tokio::test]
async fn another_name_server_is_control_enough_for_a_lie_about_names() {
    let lab = Lab::new(Site::honest(), Inside::Box(Tls::Pass)).await;
    let (lying, honest) = (
        zone(None).serve().await,
        zone(Some(SITE_INSIDE)).serve().await,
    );
    let facts = VantageFacts {
        name: "almaty asking elsewhere".to_owned(),
        ..facts_inside()
    };
    let url = lab.secure_url("shop.example");
    let inner = lab.measure(&url, &inside(&lying)).await;
    let other = lab
        .measure(&url, &Vantage::with_resolver(facts, honest.address))
        .await;
    let found = assess(&[inner, other], &known());
    assert_eq!(
        (found.verdict, found.confidence),
        (BlockVerdict::BlockedDns, Confidence::Medium)
    );
}

#[tokio::test]
async fn another_name_server_on_the_same_network_does_not_show_that_a_site_is_down() {
    let lab = Lab::new(Site::honest(), Inside::Box(Tls::DropName)).await;
    let server = zone(Some(SITE_INSIDE)).serve().await;
    let facts = VantageFacts {
        name: "almaty asking elsewhere".to_owned(),
        ..facts_inside()
    };
    let url = lab.secure_url("shop.example");
    let inner = lab.measure(&url, &inside(&server)).await;
    let other = lab
        .measure(&url, &Vantage::with_resolver(facts, server.address))
        .await;
    let found = assess(&[inner, other], &known());
    assert_eq!(
        found.verdict,
        BlockVerdict::Unreachable,
        "{:?}",
        found.reasons
    );
}

#[tokio::test]
async fn a_vantage_without_a_network_says_nothing() {
    let lab = Lab::new(Site::honest(), Inside::Box(Tls::Pass)).await;
    let dead = Zone::new()
        .silent("shop.example.")
        .silent("control.example.")
        .serve()
        .await;
    let looked = lab.look(&lab.secure_url("shop.example"), &dead).await;
    assert_eq!(
        looked.alone.verdict,
        BlockVerdict::Inconclusive,
        "{:?}",
        looked.alone
    );
    assert_eq!(
        looked.together.verdict,
        BlockVerdict::Inconclusive,
        "{:?}",
        looked.together
    );
}
