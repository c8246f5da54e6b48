//! The replacement APIs, when LaunchDarkly is slow, strict, or not quite what its documents say.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flagward::simulator::{BUILT_IN_TOKEN, Fault, FaultKind, Latency, Seed, UserSettings};
use serde_json::json;

use crate::change_over_site::{SELDOM, Site};

const USERS: &str = "/v1/projects/shop/environments/test/users";
/// More flags than two pages hold, with those of the built-in account.
const MANY: usize = 250;
/// How many users LaunchDarkly itself advises not to exceed.
const TARGETED: usize = 10_000;

/// Before a LaunchDarkly that has nothing but the replacement APIs.
fn site(seed: Seed) -> Site {
    Site::of(seed, SELDOM, |upstream| upstream.set_user_settings(UserSettings::Retired))
}

fn pages(site: &Site) -> usize {
    let requests = site.upstream.simulator.requests();
    requests.iter().filter(|one| one.path.starts_with("/api/v2/flags/shop?")).count()
}

/// A refusal because of a route's window that ends later than anybody waits.
fn spent_for_long(site: &Site) -> Fault {
    let end = site.clock.now() + Duration::from_mins(1);
    Fault::new(FaultKind::Answer {
        status: 429,
        body: None,
        content_type: None,
        headers: BTreeMap::from([
            ("X-Ratelimit-Route-Remaining".to_owned(), "0".to_owned()),
            ("X-Ratelimit-Reset".to_owned(), end.as_millisecond().to_string()),
        ]),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flag_that_a_search_does_not_find_is_found_among_all() {
    let site = site(Seed::built_in());
    assert_eq!(site.get(&format!("{USERS}/ben/flags")).status, 200);
    let nothing = FaultKind::Answer {
        status: 200,
        body: Some(r#"{"items":[],"totalCount":0,"_links":{}}"#.to_owned()),
        content_type: None,
        headers: BTreeMap::new(),
    };
    let searches = Fault::new(nothing).on("POST", "*/flags/evaluate?filter=*");
    site.upstream.simulator.add_fault(searches);
    let answer = site.get(&format!("{USERS}/anna/flags/sort.order"));
    assert_eq!((answer.status, &answer.json()["flag"]), (200, &json!("sort.order")), "{answer:?}");
    assert!(site.upstream.simulator.faults().iter().all(|fault| fault.times == 0));
    site.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_spent_in_the_middle_of_the_pages_leaves_nothing_half_known() {
    let site = site(Seed::built_in().with_many_flags("shop", MANY));
    let list = format!("{USERS}/anna/flags");
    // The old operations are found out to be gone first, which takes reads of flags.
    assert_eq!(site.get(&format!("{USERS}/ben/flags")).status, 200);
    site.clock.advance(Duration::from_secs(31));
    site.upstream.simulator.add_fault(spent_for_long(&site).on("GET", "*offset=100*").times(100));
    let answer = site.get(&list);
    assert_eq!((answer.status, &answer.json()["type"]), (429, &json!("/problems/rate-limited")));
    // One flag takes no pages.
    let one = format!("{USERS}/cleo/flags/sort.order");
    let answer = site.get(&one);
    assert_eq!((answer.status, &answer.json()["flag"]), (200, &json!("sort.order")), "{answer:?}");
    site.upstream.simulator.clear_faults();
    site.clock.advance(Duration::from_mins(1));
    let answer = site.get(&list);
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.json()["flags"].as_array().unwrap().len() > MANY);
    site.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_many_users_wait_for_the_same_slow_pages() {
    let site = Arc::new(site(Seed::built_in().with_many_flags("shop", MANY)));
    assert_eq!(site.get(&format!("{USERS}/ben/flags")).status, 200);
    site.clock.advance(Duration::from_secs(31));
    site.upstream.simulator.forget_requests();
    site.upstream.simulator.set_latency(Latency::fixed(300));
    let readers = (0..8).map(|n| {
        let site = Arc::clone(&site);
        tokio::spawn(async move { site.get(&format!("{USERS}/u{n}/flags")).status })
    });
    for reader in readers.collect::<Vec<_>>() {
        assert_eq!(reader.await.unwrap(), 200);
    }
    assert_eq!(pages(&site), 3);
    let site = Arc::into_inner(site).unwrap();
    site.gateway.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_targets_of_a_flag_are_kept_for_all() {
    let key = |n: usize| format!("user-{n:05}@example.com");
    let targeted: Vec<_> = (0..TARGETED).map(key).collect();
    let flags = (0..10).map(|n| {
        json!({"key": format!("f{n}"), "variations": [{"value": true}, {"value": false}],
            "targeting": {"on": true, "fallthrough": {"variation": 0},
                "targets": [{"variation": 1, "values": targeted}]}})
    });
    let account = json!({"tokens": [{"token": BUILT_IN_TOKEN, "name": "t"}], "projects": [
        {"key": "shop", "environments": [{"key": "test"}], "flags": flags.collect::<Vec<_>>()}]});
    let site = site(Seed::parse(&account.to_string()).unwrap());
    let list = |n: usize| format!("{USERS}/{}/flags?overridden=true", key(n).replace('@', "%40"));
    let began = Instant::now();
    let overridden = |n: usize| site.get(&list(n)).json()["flags"].as_array().unwrap().len();
    assert_eq!(overridden(0), 10);
    eprintln!("a hundred thousand targets: {:?}", began.elapsed());
    site.upstream.simulator.forget_requests();
    assert_eq!((overridden(TARGETED - 1), overridden(TARGETED)), (10, 0));
    assert_eq!(pages(&site), 0, "they were not kept");
    site.gateway.stop().await.unwrap();
}
