//! What callers may: how it narrows what they read, and how they learn of it.

use serde_json::{Value, json};

use crate::house::{House, POLICY};
use crate::outcome::refusal;
use crate::reads::{BEN, DROP_IN, USER, keys};

/// Readers of `checkout.express` and of nothing else.
const EXPRESS: &str = r#"
[[teams]]
name = "express"
members = ["idp/team:express"]
  [[teams.grants]]
  projects = ["shop"]
  environments = ["*"]
  flags = ["checkout.express"]
  actions = ["read"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_sees_what_is_theirs_and_no_trace_of_the_rest() {
    let house = House::open();
    let list = async |query: &str| {
        house.ask_as("readers", "GET", &format!("{USER}/flags{query}"), "").await
    };
    assert_eq!(keys(&list("").await), ["checkout.express", "checkout.limit", "checkout.new-flow"]);
    let (unreadable, unknown) = (list("?flag=sort.order").await, list("?flag=no.such.flag").await);
    assert_eq!((unreadable.status, &unreadable.body), (unknown.status, &unknown.body));
    assert_eq!(unreadable.header("etag"), unknown.header("etag"));
    assert_eq!(keys(&unreadable), [""; 0]);
    let (unreadable, unknown) = (list("?prefix=sort.").await, list("?prefix=no.").await);
    assert_eq!(unreadable.body, unknown.body);

    let one = async |flag: &str| {
        refusal(&house.ask_as("readers", "GET", &format!("{USER}/flags/{flag}"), "").await)
    };
    assert_eq!(
        one("sort.order").await,
        one("no.such.flag").await.replace("no.such.flag", "sort.order")
    );
    assert!(one("sort.order").await.starts_with("403 not-permitted: you lack `read` on"));
    for path in [
        "/v1/projects/shop/environments/staging/users/u/flags",
        "/v1/projects/bank/environments/production/users/u9/flags",
    ] {
        assert_eq!(house.ask_as("readers", "GET", path, "").await.status, 403, "{path}");
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_an_unreadable_prerequisite_is_left_out() {
    let house = House::with(&format!("{POLICY}{EXPRESS}"), &[]);
    for (path, pointer) in [
        (format!("{BEN}/flags"), "/flags/0/reason"),
        (format!("{BEN}/flags/checkout.express"), "/reason"),
        (format!("{BEN}/flags?include=expiration"), "/flags/0/reason"),
        (format!("{BEN}/flags/checkout.express?include=expiration"), "/reason"),
        (DROP_IN.to_owned(), "/items/checkout.express/reason"),
        (format!("{DROP_IN}/checkout.express"), "/reason"),
    ] {
        let shown = house.ask_as("express", "GET", &path, "").await;
        assert_eq!(
            shown.json().pointer(pointer),
            Some(&json!({"kind": "PREREQUISITE_FAILED"})),
            "{path}"
        );
        assert!(!shown.body.contains("new-flow"), "{shown:?}");
        // The same members in the same order as whoever may read the prerequisite gets.
        let whole = house.ask_as("readers", "GET", &path, "").await;
        let prerequisite = r#""prerequisiteKey":"checkout.new-flow""#;
        assert!(whole.body.contains(prerequisite), "{whole:?}");
        if !path.ends_with("/flags") && !path.contains("flags?") {
            let without = whole
                .body
                .replace(&format!(",{prerequisite}"), "")
                .replace(&format!("{prerequisite},"), "");
            assert_eq!(shown.body, without);
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_learn_who_they_are_and_what_they_may() {
    let house = House::open();
    let whoami = house.ask_as("readers", "GET", "/v1/whoami", "").await;
    assert_eq!(
        whoami.json(),
        json!({"subject": "alice", "issuer": "idp", "teams": ["readers"], "token_expires_at": "2026-11-21T13:00:00Z",
        "grants": [{"team": "readers", "actions": ["read"], "projects": ["shop"], "environments": ["test"], "flags": ["checkout.*"], "users": ["*"]}], "denies": []})
    );
    assert_eq!(whoami.header("cache-control"), Some("no-store"));
    let denies = house.ask_as("payments", "GET", "/v1/whoami", "").await.json()["denies"].clone();
    assert_eq!(
        denies,
        json!([{"team": "payments", "actions": ["set", "clear", "schedule"], "projects": ["*"], "environments": ["*"], "flags": ["kill-switch.*"], "users": ["*"]}])
    );
    let stranger = house.ask_as("strangers", "GET", "/v1/whoami", "").await.json();
    assert_eq!((&stranger["teams"], &stranger["grants"]), (&json!([]), &json!([])));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_says_what_a_denial_would() {
    let house = House::open();
    let check = async |team: &str, body: Value| {
        let answer = house.ask_as(team, "POST", "/v1/permissions/check", &body.to_string()).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    };
    let flag = json!({"action": "set", "project": "shop", "environment": "production", "flag": "sort.order", "user": "u"});
    let yes = check("payments", flag.clone()).await;
    assert_eq!(
        yes,
        json!({"allowed": true, "rule": "teams[0].grants[0] of team `payments` allows it",
        "guards": {"require_comment": true, "max_override_seconds": 86_400, "confirm_in_chat": false, "second_person": false}, "freeze": null})
    );
    let open = json!({"require_comment": false, "max_override_seconds": null, "confirm_in_chat": false, "second_person": false});
    for (team, flag, project) in [
        ("payments", "kill-switch.payments", "shop"),
        ("readers", "sort.order", "shop"),
        ("bank", "sort.order", "shop"),
        ("payments", "sort.order", "bank"),
        ("payments", "sort.order", "tank"),
        ("strangers", "sort.order", "shop"),
    ] {
        let verdict = check(team, json!({"action": "clear", "project": project, "environment": "production", "flag": flag, "user": "u"})).await;
        assert_eq!((&verdict["allowed"], &verdict["guards"]), (&json!(false), &open));
        let path = format!("/v1/projects/{project}/environments/production/users/u/flags/{flag}");
        let denied = refusal(&house.ask_as(team, "DELETE", &path, "").await);
        assert!(denied.ends_with(verdict["rule"].as_str().unwrap()), "{denied}");
    }
    let nobody = json!({"action": "read", "project": "shop", "environment": "test", "flag": null, "user": null});
    assert_eq!(check("readers", nobody).await["allowed"], true, "null is nobody named");
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}
