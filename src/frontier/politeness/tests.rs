use super::*;

const HOST: &str = "shop.example";

fn politeness(rate_per_host: f64) -> Politeness {
    Politeness::new(PolitenessSettings {
        rate_per_host,
        global_rate: 1_000_000,
        ..PolitenessSettings::default()
    })
}

/// When a request could start, in milliseconds since `begun`; it is answered at once with `signal`.
async fn start(politeness: &Politeness, begun: Instant, signal: Signal) -> u128 {
    let permit = politeness.admit(HOST).await.expect("admitted");
    let started = begun.elapsed().as_millis();
    permit.finish(signal);
    started
}

#[tokio::test(start_paused = true)]
async fn requests_to_one_host_keep_the_rate_and_other_hosts_do_not_wait() {
    let politeness = politeness(2.0);
    let begun = Instant::now();
    for expected in [0, 500, 1_000, 1_500] {
        assert_eq!(start(&politeness, begun, Signal::Answered).await, expected);
    }
    politeness.admit("other.example").await.expect("admitted");
    assert_eq!(begun.elapsed().as_millis(), 1_500);
}

#[tokio::test(start_paused = true)]
async fn no_two_requests_to_one_host_are_in_service_at_once() {
    let politeness = Arc::new(politeness(10.0));
    let in_service = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let visits: Vec<_> = (0..20)
        .map(|_| {
            let (politeness, in_service) = (Arc::clone(&politeness), Arc::clone(&in_service));
            tokio::spawn(async move {
                let permit = politeness.admit(HOST).await.expect("admitted");
                let others = in_service.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(300)).await;
                in_service.fetch_sub(1, std::sync::atomic::Ordering::SeqCst);
                drop(permit);
                others
            })
        })
        .collect();
    for visit in visits {
        assert_eq!(visit.await.unwrap(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_visit_gives_its_turn_back() {
    let politeness = politeness(10.0);
    let held = politeness.admit(HOST).await.expect("admitted");
    let waiting = tokio::time::timeout(Duration::from_secs(9), politeness.admit(HOST)).await;
    assert!(
        waiting.is_err(),
        "nobody is admitted while a permit is held"
    );
    drop(held);
    assert!(politeness.admit(HOST).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn the_rate_has_a_ceiling_unless_a_laboratory_lifts_it() {
    for (wished, allow_any_rate, milliseconds) in [
        (1_000.0, false, 100),
        (1_000.0, true, 1),
        (f64::INFINITY, true, 0),
        (f64::INFINITY, false, 100),
        (f64::NAN, true, 1_000),
        (-3.0, false, 1_000_000),
        (0.5, false, 2_000),
    ] {
        let settings = PolitenessSettings {
            rate_per_host: wished,
            allow_any_rate,
            ..PolitenessSettings::default()
        };
        assert_eq!(settings.interval().as_millis(), milliseconds, "{wished}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_crawl_delay_binds_from_the_next_request_on() {
    let politeness = politeness(1.0);
    let begun = Instant::now();
    start(&politeness, begun, Signal::Answered).await;
    politeness.set_crawl_delay(HOST, Duration::from_secs(7));
    assert_eq!(start(&politeness, begun, Signal::Answered).await, 7_000);
    politeness.set_crawl_delay(HOST, Duration::MAX);
    let wait = politeness.admit(HOST).await.expect_err("too long");
    assert!(wait > Duration::from_hours(7_200));
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honored_in_full_or_ends_the_visit() {
    let politeness = politeness(1.0);
    let begun = Instant::now();
    let wish = |seconds| Signal::SlowDown(Some(Duration::from_secs(seconds)));
    start(&politeness, begun, wish(290)).await;
    assert_eq!(start(&politeness, begun, wish(301)).await, 290_000);
    let wait = politeness.admit(HOST).await.expect_err("too long");
    assert_eq!(wait.as_secs(), 301);
    tokio::time::sleep(Duration::from_secs(200)).await;
    assert!(
        politeness.admit(HOST).await.is_ok(),
        "the rest of the wait is short enough"
    );
}

#[tokio::test(start_paused = true)]
async fn failures_double_the_pause_and_answers_forgive_gradually() {
    let politeness = politeness(1.0);
    let begun = Instant::now();
    let mut last = start(&politeness, begun, Signal::Failing).await;
    let mut pause = async |signal| {
        let started = start(&politeness, begun, signal).await;
        let pause = started - last;
        last = started;
        pause
    };
    for expected in [2_000, 4_000, 8_000, 16_000] {
        let paused = pause(Signal::SlowDown(None)).await;
        assert!(
            (expected..=expected * 5 / 4).contains(&paused),
            "{paused} for {expected}"
        );
    }
    let paused = pause(Signal::Answered).await;
    assert!((32_000..=40_000).contains(&paused), "{paused}");
    // Slowness 5: 32 s, halved after every three answers; one answer forgives nothing.
    for expected in [
        32_000, 32_000, 16_000, 16_000, 16_000, 8_000, 8_000, 8_000, 4_000, 4_000, 4_000, 2_000,
        2_000, 2_000, 1_000, 1_000,
    ] {
        assert_eq!(pause(Signal::Answered).await, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn the_longest_pause_of_our_own_making_is_still_waited_for() {
    let politeness = politeness(1.0);
    for _ in 0..30 {
        let permit = politeness.admit(HOST).await.expect("never too long");
        permit.finish(Signal::Failing);
    }
}

#[tokio::test(start_paused = true)]
async fn idle_hosts_are_forgotten_and_those_to_wait_for_are_not() {
    let politeness = politeness(10.0);
    let permit = politeness.admit("slow.example").await.expect("admitted");
    permit.finish(Signal::SlowDown(Some(Duration::from_secs(200))));
    let held = politeness.admit("held.example").await.expect("admitted");
    for n in 0..MAX_IDLE_HOSTS {
        politeness.host(&format!("h{n}.example"));
    }
    let known = politeness.hosts.lock().unwrap().known.len();
    assert!(known < 10, "{known}");
    let begun = Instant::now();
    drop(politeness.admit("slow.example").await.expect("admitted"));
    assert_eq!(begun.elapsed().as_secs(), 200);
    drop(held);
}

#[tokio::test]
async fn all_hosts_together_keep_the_global_rate() {
    let politeness = Politeness::new(PolitenessSettings {
        global_rate: 20,
        ..PolitenessSettings::default()
    });
    let begun = Instant::now();
    for n in 0..8 {
        drop(politeness.admit(&format!("h{n}.example")).await);
    }
    // Two at once, then one every 50 ms.
    assert!(begun.elapsed() >= Duration::from_millis(250));
}
