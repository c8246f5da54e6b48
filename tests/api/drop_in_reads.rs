//! The reads of the drop-in: `LaunchDarkly`'s own answers, and its failures as both APIs tell them.

use std::fmt::Write as _;

use flagward::simulator::{Fault, FaultKind, Limits};

use crate::backend::{Backend, backend};
use crate::house::{House, POLICY};
use crate::wire::Answer;

const FLAGS: &str = "/api/v2/users/shop/test/anna@example.com/flags";
const ONE: &str = "/api/v2/users/shop/test/anna@example.com/flags/checkout.limit";
const ENDS: &str = "/api/v2/users/shop/anna@example.com/expiring-user-targets/test";
/// What is asked for `FLAGS` and then `ENDS` where there is no User Settings API.
const REPLACEMENTS: [&str; 4] = [
    "/api/v2/flags/shop?env=test&summary=0&limit=100&offset=0",
    "/api/v2/projects/shop/environments/test/contexts/user/anna@example.com",
    "/api/v2/projects/shop/environments/test/flags/evaluate",
    "/api/v2/flags/shop/checkout.new-flow/expiring-targets/test",
];
const ERRANDS: [&str; 2] = ["/api/v2/caller-identity", "/api/v2/versions"];
const V1_ONE: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.limit";

#[tokio::test(flavor = "multi_thread")]
async fn what_nothing_is_left_out_of_is_the_same_to_the_byte() {
    let house = House::open();
    let set =
        house.ask("PUT", V1_ONE, r#"{"setting":12345678901234567890,"expires_in":"2h"}"#).await;
    assert_eq!(set.status, 200, "{set:?}");
    for path in [
        ONE,
        FLAGS,
        "/api/v2/users/shop/test/nobody%20knows/flags",
        "/api/v2/users/shop/test/a%2Fb/flags/theme.config",
    ] {
        let theirs = house.their_answer(path);
        let ours = house.ask("GET", path, "").await;
        assert_eq!((ours.status, &ours.body), (200, &theirs.body), "{path}");
        assert_eq!(ours.header("content-type"), Some("application/json"));
    }
    // The members stand as in LaunchDarkly's examples, which the simulator does not follow here; items that are handed
    // on are its own.
    let theirs = house.their_answer(ENDS);
    let ours = house.ask("GET", ENDS, "").await;
    let items = |answer: &Answer| {
        answer.body.split_once("\"items\":[").unwrap().1.split_once("}]").unwrap().0.to_owned()
    };
    assert_eq!(ours.json(), theirs.json());
    if backend() == Backend::UserSettings {
        assert_eq!(items(&ours), items(&theirs));
    }
    house.close().await;
}

/// The one known difference: a flag that comes out of the kept list has the list's own `self` among its links.
#[tokio::test(flavor = "multi_thread")]
async fn a_flag_out_of_the_kept_list_differs_in_its_links_alone() {
    let house = House::open();
    house.ask("GET", FLAGS, "").await;
    let theirs = house.their_answer(ONE);
    let ours = house.ask("GET", ONE, "").await;
    assert_eq!(
        ours.body,
        theirs.body.replace(r#"{"_links":{"checkout.limit":"#, r#"{"_links":{"self":"#)
    );
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_with_something_left_out_has_the_rest_to_the_byte() {
    let house = House::open();
    let whole = house.ask("GET", FLAGS, "").await;
    let part = house.ask_as("readers", "GET", FLAGS, "").await;
    let (whole, shown) = (whole.json(), part.json());
    let items = shown["items"].as_object().unwrap();
    assert_eq!(
        items.keys().collect::<Vec<_>>(),
        ["checkout.express", "checkout.limit", "checkout.new-flow"]
    );
    for (key, item) in items {
        assert_eq!(Some(item), whole["items"].get(key));
    }
    assert_eq!(shown["_links"], whole["_links"]);
    assert!(!part.body.contains("sort.order"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_caller_says_beside_the_question_goes_no_further() {
    let house = House::open();
    let token = house.token("alice", &["payments"]);
    let headers = [
        ("Authorization", token.as_str()),
        ("LD-API-Version", "20240415"),
        ("LD-API-Version", "beta"),
        ("User-Agent", "their-client/1"),
        ("Cookie", "session=1"),
        ("X-Forwarded-For", "10.0.0.1"),
        ("X-LaunchDarkly-User-Agent", "x"),
        ("X-Request-Id", "my-id.1_2"),
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
    ];
    for path in [
        format!("{FLAGS}?env=production&x=%zz&limit=1"),
        format!("{ONE}?filter=a"),
        format!("{ENDS}?%ff"),
    ] {
        let answer = house.send("GET", &path, &headers, "{").await;
        assert_eq!(
            (answer.status, answer.header("x-request-id")),
            (200, Some("my-id.1_2")),
            "{answer:?}"
        );
    }
    let mut seen = house.upstream.simulator.requests();
    seen.retain(|one| !ERRANDS.contains(&&*one.path));
    let paths: Vec<_> = seen.iter().map(|request| request.path.as_str()).collect();
    match backend() {
        Backend::UserSettings => assert_eq!(paths, [FLAGS, ENDS]),
        Backend::Contexts => assert_eq!(paths, REPLACEMENTS),
    }
    for request in &seen {
        assert_eq!(request.header("ld-api-version"), Some(backend().version()));
        assert_eq!(request.headers.iter().filter(|(name, _)| name == "ld-api-version").count(), 1);
        assert!(
            request.header("user-agent").is_none_or(|agent| agent.starts_with("flagward")),
            "{request:?}"
        );
        for name in ["cookie", "x-forwarded-for", "x-launchdarkly-user-agent", "x-request-id"] {
            assert_eq!(request.header(name), None, "{name}");
        }
        assert!(!request.headers.iter().any(|(_, value)| token.starts_with(value.trim_end_matches('…')) && value.len() > 8));
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_id_that_is_none_is_replaced() {
    let house = House::open();
    let long = "x".repeat(65);
    for id in ["", "a b", "ü", "a/b", &long, "a\tb"] {
        let answer = house.send("GET", "/healthz", &[("X-Request-Id", id)], "").await;
        let ours = answer.header("x-request-id").unwrap();
        assert_ne!(ours, id);
        assert_eq!(ours.parse::<uuid::Uuid>().unwrap().get_version_num(), 7);
    }
    house.close().await;
}

/// The answer whole, but for what differs each time.
fn told(answer: &Answer) -> String {
    let mut told = format!("{}", answer.status);
    for name in [
        "content-type",
        "retry-after",
        "x-ratelimit-reset",
        "ratelimit",
        "ratelimit-policy",
        "www-authenticate",
    ] {
        if let Some(value) = answer.header(name) {
            write!(told, " | {name}: {value}").unwrap();
        }
    }
    let body = answer.body.replace(answer.header("x-request-id").unwrap(), "[id]");
    format!("{told}\n    {body}")
}

fn answer(status: u16, body: &str, headers: &[(&str, &str)]) -> FaultKind {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    FaultKind::Answer {
        status,
        body: Some(body.to_owned()),
        content_type: None,
        headers: headers.iter().map(owned).collect(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_failure_of_launchdarkly_is_told_in_the_words_of_both_apis() {
    let house = House::with(POLICY, &[("FLAGWARD__LAUNCHDARKLY__REQUEST_TIMEOUT", "400ms")]);
    let long = format!(
        "{{\"code\":\"invalid_request\",\"message\":\"{}\\u0007\\u001b[31m\"}}",
        "word ".repeat(200)
    );
    let mut table = String::new();
    for (what, fault) in [
        ("400", Fault::status(400).fault),
        ("400 without a code", answer(400, r#"{"message":"Unknown environment key: test"}"#, &[])),
        ("400 of many words and controls", answer(400, &long, &[])),
        ("401 as documented", Fault::status(401).fault),
        ("401 without a body", answer(401, "", &[])),
        ("403", Fault::status(403).fault),
        ("404", Fault::status(404).fault),
        ("405", Fault::status(405).fault),
        ("409", Fault::status(409).fault),
        ("418", Fault::status(418).fault),
        (
            "429 with a wait",
            answer(429, r#"{"code":"rate_limited","message":"m"}"#, &[("Retry-After", "7")]),
        ),
        (
            "429 with a reset that is over",
            answer(
                429,
                "",
                &[("X-Ratelimit-Route-Remaining", "0"), ("X-Ratelimit-Reset", "1795262399500")],
            ),
        ),
        ("500", Fault::status(500).fault),
        ("503 with a wait", answer(503, "", &[("Retry-After", "120")])),
        ("a page with 200", FaultKind::Html { status: 200 }),
        ("a page with 502", FaultKind::Html { status: 502 }),
        ("302", answer(302, "", &[("Location", "http://127.0.0.1:1/elsewhere")])),
        ("204", answer(204, "", &[])),
        ("cut off before a byte", FaultKind::Cut { applied: false }),
        ("cut off in the body", FaultKind::Truncated),
        ("half a body", FaultKind::InvalidJson),
        ("another shape", answer(200, r#"{"items":[]}"#, &[])),
        ("no answer", FaultKind::Hang { applied: false }),
    ] {
        for (api, path) in [("v1", V1_ONE), ("drop-in", ONE)] {
            house.upstream.simulator.add_fault(Fault::new(fault.clone()).times(50));
            let failed = house.ask("GET", path, "").await;
            house.upstream.simulator.clear_faults();
            house.clock.advance(std::time::Duration::from_mins(10));
            writeln!(table, "{what}, {api}: {}", told(&failed)).unwrap();
            for secret in ["127.0.0.1", "reqwest", "hyper", "DOCTYPE", "api-simulator"] {
                assert!(!failed.body.contains(secret), "{failed:?}");
            }
        }
    }
    insta::assert_snapshot!("failures_of_launchdarkly", table);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launchdarkly_that_is_not_there_is_told_as_such() {
    let house = House::with(POLICY, &[("FLAGWARD__LAUNCHDARKLY__BASE_URL", "http://127.0.0.1:1")]);
    let mut table = String::new();
    for (api, path) in [("v1", V1_ONE), ("drop-in", ONE)] {
        writeln!(table, "{api}: {}", told(&house.ask("GET", path, "").await)).unwrap();
    }
    insta::assert_snapshot!("launchdarkly_not_there", table);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_limit_of_launchdarkly_is_not_asked_again_until_it_is_over() {
    let house = House::open();
    house.upstream.simulator.set_limits(Limits { route: Some(1), ..Limits::default() });
    let of = |user: &str| format!("/api/v2/users/shop/test/{user}/flags");
    assert_eq!(house.ask("GET", &of("a"), "").await.status, 200);
    let refused = house.ask("GET", &of("b"), "").await;
    assert_eq!(refused.status, 429, "{refused:?}");
    let now = house.now().as_millisecond();
    let reset: i64 = refused.header("x-ratelimit-reset").unwrap().parse().unwrap();
    let wait: i64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((now..=now + 20_000).contains(&reset), "{refused:?}");
    assert!(wait * 1000 >= reset - now && wait > 0, "{refused:?}");
    let windows: Vec<_> =
        refused.headers.iter().filter(|(name, _)| name.starts_with("x-ratelimit-")).collect();
    assert_eq!(windows.len(), 1, "its windows are not passed on: {windows:?}");
    assert_eq!(house.ask("GET", &of("a"), "").await.status, 200, "what is kept is still served");
    house.clock.advance(std::time::Duration::from_secs(u64::try_from(wait).unwrap()));
    assert_eq!(house.ask("GET", &of("b"), "").await.status, 200);
    house.close().await;
}
