//! What callers of LaunchDarkly's own operations are told, and how operators know who they are.

use crate::house::{House, POLICY};
use crate::metrics::value;
use crate::wire::Answer;

const FLAGS: &str = "/api/v2/users/shop/test/anna@example.com/flags";
const FLAG: &str = "/api/v2/users/shop/test/anna@example.com/flags/checkout.new-flow";
const ENDS: &str = "/api/v2/users/shop/anna@example.com/expiring-user-targets/test";
const DATES: [(&str, &str); 3] = [
    ("FLAGWARD__DROP_IN__DEPRECATION", "2026-12-01"),
    ("FLAGWARD__DROP_IN__SUNSET", "2027-06-30T12:00:00Z"),
    ("FLAGWARD__SERVER__BASE_PATH", "/gw"),
];

/// What an answer tells.
fn told(answer: &Answer) -> [Option<&str>; 3] {
    ["deprecation", "sunset", "link"].map(|name| answer.header(name))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_of_the_drop_in_tells_the_dates_and_where_to_go() {
    let house = House::with(POLICY, &DATES);
    let all = [
        Some("@1796083200"),
        Some("Wed, 30 Jun 2027 12:00:00 GMT"),
        Some("</gw/docs/>; rel=\"successor-version\""),
    ];
    let removal = r#"{"instructions": [{"kind": "removeExpireUserTargetDate", "flagKey": "checkout.new-flow", "variationId": "x"}]}"#;
    let mut seen = Vec::new();
    for (team, method, path, body) in [
        ("payments", "GET", FLAGS, ""),
        ("payments", "HEAD", FLAGS, ""),
        ("payments", "GET", FLAG, ""),
        ("payments", "PUT", FLAG, r#"{"setting": false}"#),
        ("payments", "PUT", FLAG, r#"{"settings": false}"#),
        ("payments", "GET", ENDS, ""),
        ("payments", "PATCH", ENDS, removal),
        ("bank", "GET", FLAGS, ""),
        ("payments", "DELETE", FLAG, ""),
        ("payments", "GET", "/api/v2/flags/shop", ""),
        ("payments", "GET", "/api/v2/users/shop/test/../flags", ""),
    ] {
        let answer = house.ask_as(team, method, &format!("/gw{path}"), body).await;
        assert_eq!(told(&answer), all, "{method} {path}: {answer:?}");
        seen.push(answer.status);
    }
    assert_eq!(seen, [200, 200, 200, 204, 400, 200, 200, 403, 405, 404, 400]);
    let nobody = house.send("GET", &format!("/gw{FLAGS}"), &[], "").await;
    assert_eq!((nobody.status, told(&nobody)), (401, all));
    for path in ["/gw/v1/whoami", "/gw/healthz", "/gw/v1/nothing", "/api/v2/users", "/gw/docs"] {
        assert_eq!(told(&house.ask("GET", path, "").await), [None; 3], "{path}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_who_has_it_already_is_told_too() {
    let house = House::with(POLICY, &DATES);
    let path = format!("/gw{FLAGS}");
    let first = house.ask("GET", &path, "").await;
    let bearer = format!("Bearer {}", house.token("alice", &["payments"]));
    let headers =
        [("Authorization", bearer.as_str()), ("If-None-Match", first.header("etag").unwrap())];
    let again = house.send("GET", &path, &headers, "").await;
    assert_eq!((again.status, told(&again)), (304, told(&first)));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_until_the_operator_has_set_a_date() {
    let house = House::open();
    for path in [FLAGS, "/api/v2/nothing"] {
        assert_eq!(told(&house.ask("GET", path, "").await), [None; 3]);
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn operators_see_which_teams_still_use_it() {
    let house = House::open();
    house.ask("GET", FLAGS, "").await;
    house.ask("HEAD", FLAGS, "").await;
    house.ask_as("readers", "GET", FLAG, "").await;
    house.ask("PUT", FLAG, r#"{"setting": false}"#).await;
    house.ask("GET", ENDS, "").await;
    house.ask("PATCH", ENDS, r#"{"instructions": []}"#).await;
    house.ask_as("bank", "GET", FLAGS, "").await;
    house
        .ask_as("payments", "PUT", &FLAG.replace("checkout.new-flow", "kill-switch.payments"), "{}")
        .await;
    house.ask("GET", "/v1/whoami", "").await;
    house
        .ask(
            "GET",
            &FLAGS.replace("/api/v2/users/shop/test", "/v1/projects/shop/environments/test/users"),
            "",
        )
        .await;
    let scrape = house.ask_management("/metrics").await.body;
    for (team, operation, expected) in [
        ("payments", "list-settings", 2.0),
        ("payments", "get-setting", 0.0),
        ("payments", "put-setting", 2.0),
        ("payments", "list-expirations", 1.0),
        ("payments", "patch-expirations", 1.0),
        ("readers", "get-setting", 1.0),
        ("bank", "list-settings", 0.0),
        ("none", "list-settings", 1.0),
    ] {
        let series =
            format!("flagward_drop_in_requests_total{{operation=\"{operation}\",team=\"{team}\"}}");
        assert_eq!(value(&scrape, &series), Some(expected), "{series}\n{scrape}");
    }
    house.close().await;
}
