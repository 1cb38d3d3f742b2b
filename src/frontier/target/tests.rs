use super::*;
use proptest::prelude::*;

fn url(path: &str) -> SuspectUrl {
    SuspectUrl::parse(&format!("http://shop.example{path}")).unwrap()
}

fn budget(max_pages: usize) -> HostBudget {
    HostBudget {
        max_pages,
        ..HostBudget::default()
    }
}

fn frontier(max_pages: usize) -> Frontier {
    let mut frontier = Frontier::new(Scope::of_site("shop.example"), &budget(max_pages));
    frontier.add_entry(url("/"));
    frontier
}

/// Visits until the frontier is empty; `links` gives the links of each page.
fn visit(frontier: &mut Frontier, links: impl Fn(&str) -> Vec<(String, String)>) -> Vec<String> {
    let mut visited = Vec::new();
    while let Some(target) = frontier.next() {
        let path = target.url.as_url()[url::Position::BeforePath..].to_owned();
        let found: Vec<(SuspectUrl, String)> = links(&path)
            .into_iter()
            .map(|(path, text)| (url(&path), text))
            .collect();
        let found: Vec<Discovered<'_>> = found
            .iter()
            .map(|(url, text)| Discovered { url, text })
            .collect();
        frontier.discover(&target, &found);
        visited.push(path);
    }
    visited
}

fn link(path: impl Into<String>, text: &str) -> (String, String) {
    (path.into(), text.to_owned())
}

#[test]
fn the_entry_page_comes_first_and_then_the_most_telling_links() {
    let visited = visit(&mut frontier(6), |path| match path {
        "/" => vec![
            link("/privacy", "Политика"),
            link("/p/1.html", "Подробнее"),
            link("/p/2.html", "Подробнее"),
            link("/p/3.html", "Подробнее"),
            link("/novosti", "Новости"),
            link("/kontakty", "Контакты"),
            link("/prices", ""),
        ],
        _ => vec![],
    });
    assert_eq!(
        visited,
        [
            "/",
            "/kontakty",
            "/prices",
            "/p/1.html",
            "/novosti",
            "/p/2.html"
        ]
    );
}

#[test]
fn breadth_comes_before_depth_among_equals() {
    let visited = visit(&mut frontier(10), |path| match path {
        "/" => vec![link("/a", ""), link("/b", "")],
        "/a" => vec![link("/a1", "")],
        "/b" => vec![link("/b1", "")],
        _ => vec![link("/too-deep", "")],
    });
    assert_eq!(visited, ["/", "/a", "/b", "/a1", "/b1", "/too-deep"]);
}

#[test]
fn depth_scope_files_and_actions_limit_what_is_followed() {
    let mut frontier = Frontier::new(
        Scope::of_site("shop.example"),
        &HostBudget {
            max_depth: 1,
            ..budget(100)
        },
    );
    frontier.add_entry(url("/"));
    let entry = frontier.next().unwrap();
    let elsewhere = SuspectUrl::parse("http://mirror.example/").unwrap();
    let (a, picture, logout, b) = (url("/a"), url("/a.png"), url("/logout"), url("/b"));
    let found = |url| Discovered { url, text: "" };
    frontier.discover(
        &entry,
        &[
            found(&elsewhere),
            found(&picture),
            found(&logout),
            found(&a),
        ],
    );
    frontier.admit_host("mirror.example");
    frontier.discover(&entry, &[found(&elsewhere), found(&a)]);
    let first = frontier.next().unwrap();
    assert_eq!(
        (first.url, first.depth, first.referrer),
        (url("/a"), 1, Some(url("/")))
    );
    let second = frontier.next().unwrap();
    assert_eq!(second.url, elsewhere);
    frontier.discover(&second, &[found(&b)]);
    assert_eq!(frontier.next(), None);
}

#[test]
fn no_page_is_taken_twice_whatever_its_spelling() {
    let mut frontier = frontier(100);
    assert!(frontier.mark_seen(&url("/landing")), "a redirect led here");
    let visited = visit(&mut frontier, |_| {
        vec![
            link("/", ""),
            link("/landing", ""),
            link("/a?x=1&y=2", ""),
            link("/a?y=2&x=1", ""),
            link("/a?x=1&y=2&PHPSESSID=abc", ""),
            link("/a?x=1&y=2#part", ""),
        ]
    });
    assert_eq!(visited, ["/", "/a?x=1&y=2"]);
    assert!(!frontier.mark_seen(&url("/a?x=1&y=2")));
}

#[test]
fn a_shop_of_a_hundred_numbered_goods_is_fetched_completely() {
    for max_pages in [101, 105, 1_000] {
        let visited = visit(&mut frontier(max_pages), |path| match path {
            "/" => (0..100).map(|n| link(format!("/p/{n}.html"), "")).collect(),
            _ => vec![link("/", ""), link("/p/7.html", "")],
        });
        assert_eq!(visited.len(), 101);
    }
}

#[test]
fn a_calendar_does_not_eat_the_budget() {
    let mut frontier = Frontier::new(
        Scope::of_site("shop.example"),
        &HostBudget {
            max_depth: 10_000,
            ..budget(500)
        },
    );
    frontier.add_entry(url("/"));
    let visited = visit(&mut frontier, |path| {
        let month: u32 = path
            .strip_prefix("/events/2031/")
            .and_then(|month| month.parse().ok())
            .unwrap_or(0);
        let mut links: Vec<_> = (1..=31)
            .map(|day| link(format!("/events/2031/{}/{day}", month % 12 + 1), ""))
            .collect();
        links.push(link(format!("/events/2031/{}", month % 12 + 1), "дальше"));
        links.push(link(
            format!("/cal?year={}&month=1", 2031 + links.len()),
            "",
        ));
        links.extend((0..30).map(|n| link(format!("/goods/{n}"), "")));
        links
    });
    let goods = visited
        .iter()
        .filter(|path| path.starts_with("/goods"))
        .count();
    assert_eq!(goods, 30);
    assert!(visited.len() < 150, "{}", visited.len());
    let traps = frontier.traps().join("\n");
    assert!(
        traps.contains("links into a calendar not followed: hxxp"),
        "{traps}"
    );
}

#[test]
fn endless_paging_sorting_and_sessions_end() {
    let mut frontier = Frontier::new(
        Scope::of_site("shop.example"),
        &HostBudget {
            max_depth: 10_000,
            ..budget(100)
        },
    );
    frontier.add_entry(url("/"));
    let session = std::cell::Cell::new(0_u32);
    let visited = visit(&mut frontier, |path| {
        session.set(session.get() + 1);
        let sid = format!("{:032x}", session.get());
        let page: u32 = path
            .strip_prefix("/list?page=")
            .and_then(|page| page.parse().ok())
            .unwrap_or(0);
        let mut links = vec![
            link(format!("/list?page={}", page + 1), "дальше"),
            link(format!("/contacts?sid={sid}"), "Контакты"),
            link(format!("/deep{}", "/x".repeat(session.get() as usize)), ""),
        ];
        for sort in ["price", "name", "date"] {
            for limit in 0..50 {
                links.push(link(format!("/list?sort={sort}&limit={limit}"), ""));
            }
        }
        links.extend((0..60).map(|n| link(format!("/random?k{}=1", "y".repeat(n)), "")));
        links
    });
    let count = |prefix: &str| {
        visited
            .iter()
            .filter(|path| path.starts_with(prefix))
            .count()
    };
    assert!(count("/list?page=") <= 50, "{visited:?}");
    assert!(count("/list?sort=") <= 25, "{visited:?}");
    assert!(count("/random?") <= 24, "{visited:?}");
    assert_eq!(count("/contacts"), 1);
    let traps = frontier.traps();
    assert!(traps.len() >= 4, "{traps:?}");
}

#[test]
fn the_queue_is_bounded_and_says_so() {
    let mut frontier = frontier(10);
    let entry = frontier.next().unwrap();
    let urls: Vec<SuspectUrl> = (0..10_500)
        .map(|n| url(&format!("/{}/{n}", "x".repeat(n % 900))))
        .collect();
    let links: Vec<Discovered<'_>> = urls
        .iter()
        .map(|url| Discovered { url, text: "" })
        .collect();
    frontier.discover(&entry, &links);
    assert!(frontier.waiting.len() <= MAX_QUEUE);
    assert!(frontier.waiting_bytes <= MAX_QUEUE_BYTES);
    assert!(frontier.traps().join("").contains("the queue is full"));
}

proptest! {
    #[test]
    fn every_target_is_taken_once_and_the_budget_holds(
        paths in prop::collection::vec("(/[a-c0-3]{1,2}){1,4}(\\?[a-b]=[0-2](&[a-b]=[0-2])?)?", 0..200),
        max_pages in 0_usize..60,
    ) {
        let mut frontier = frontier(max_pages);
        // Every fourth page links to all others; parsing URLs is what takes the time here.
        let visited = visit(&mut frontier, |path| {
            let all = paths.iter().filter(|_| path.len() % 4 == 1);
            all.map(|path| link(path.as_str(), "")).collect()
        });
        prop_assert!(visited.len() <= max_pages);
        let unique: HashSet<&String> = visited.iter().collect();
        prop_assert_eq!(unique.len(), visited.len());
    }
}
