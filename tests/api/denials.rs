//! Whoever may not is told so, and `LaunchDarkly` hears nothing of it. Every route that there is has a row here.

use flagward::http::ROUTES;

use crate::house::House;
use crate::outcome::refusal;

/// What a route wants of its caller.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    /// Nothing: health and the document.
    Nothing,
    /// Any good token.
    Token,
    /// A grant for the target.
    Grant,
}

const USER: &str = "/v1/projects/{project}/environments/{environment}/users/{user}";

/// What every route wants, by its pattern below [`USER`] or as a whole.
fn wants(pattern: &str) -> Option<Wants> {
    match pattern.strip_prefix(USER).unwrap_or(pattern) {
        "/flags"
        | "/flags/{flag}"
        | "/flags/{flag}/expiration"
        | "/expirations"
        | "/api/v2/users/{project}/{environment}/{user}/flags"
        | "/api/v2/users/{project}/{environment}/{user}/flags/{flag}"
        | "/api/v2/users/{project}/{user}/expiring-user-targets/{environment}" => {
            Some(Wants::Grant)
        }
        "/v1/whoami" | "/v1/permissions/check" => Some(Wants::Token),
        "/healthz" | "/readyz" | "/openapi.json" | "/docs" | "/docs/{tail:.*}" => {
            Some(Wants::Nothing)
        }
        _ => None,
    }
}

fn path(pattern: &str) -> String {
    let keys = [
        ("project", "shop"),
        ("environment", "production"),
        ("user", "anna@example.com"),
        ("flag", "sort.order"),
    ];
    keys.iter()
        .fold(pattern.to_owned(), |path, (name, key)| path.replace(&format!("{{{name}}}"), key))
}

/// Every operation that wants something.
fn guarded() -> impl Iterator<Item = (&'static str, String, Wants)> {
    let wanting = ROUTES.iter().map(|route| (route, wants(route.pattern)));
    let rows = wanting.map(|(route, wants)| {
        (route, wants.unwrap_or_else(|| panic!("{} has no row here", route.pattern)))
    });
    let guarded = rows.filter(|(_, wants)| *wants != Wants::Nothing);
    guarded.flat_map(|(route, wants)| {
        route.methods.iter().map(move |method| (*method, path(route.pattern), wants))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_does_anything_without_a_token() {
    let house = House::open();
    for (method, path, _) in guarded() {
        let answer = house.send(method, &path, &[("Content-Type", "application/json")], "{}").await;
        assert_eq!(answer.status, 401, "{method} {path}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"flagward\""));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        if method != "HEAD" {
            let slug = if path.starts_with("/v1/") { "unauthenticated" } else { "unauthorized" };
            let expected =
                format!("401 {slug}: a token is needed: send `Authorization: Bearer <token>`");
            assert_eq!(refusal(&answer), expected);
        }
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_does_anything_to_what_is_not_theirs() {
    let house = House::open();
    for (teams, rule) in [
        (vec![], "you are in no team of the policy"),
        (vec!["nobody-knows"], "you are in no team of the policy"),
        (vec!["readers"], "no grant of your teams allows it"),
        (vec!["bank"], "no grant of your teams allows it"),
    ] {
        let bearer = format!("Bearer {}", house.token("mallory", &teams));
        let headers = [("Authorization", &*bearer), ("Content-Type", "application/json")];
        for (method, path, wants) in guarded() {
            // What is wrong with the body is not told to whoever may not send one.
            let answer = house.send(method, &path, &headers, "{").await;
            let expected = match (wants, method) {
                (Wants::Grant, _) => 403,
                (_, "POST") => 400,
                _ => 200,
            };
            assert_eq!(answer.status, expected, "{teams:?} {method} {path}: {answer:?}");
            if expected == 403 && method != "HEAD" {
                let refusal = refusal(&answer);
                assert!(refusal.ends_with(rule), "{refusal}");
                assert!(refusal.contains("project `shop`, environment `production`"), "{refusal}");
            }
        }
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_reads_and_does_nothing_else() {
    let house = House::open();
    let flag = "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";
    let drop_in = "/api/v2/users/shop/test/anna@example.com/flags/checkout.new-flow";
    let targets = "/api/v2/users/shop/anna@example.com/expiring-user-targets/test";
    for (method, path, action) in [
        ("PUT", flag, "`set` or `clear`"),
        ("DELETE", flag, "`clear`"),
        ("PUT", &format!("{flag}/expiration"), "`schedule`"),
        ("DELETE", &format!("{flag}/expiration"), "`schedule`"),
        ("PUT", drop_in, "`set` or `clear`"),
        ("PATCH", targets, "`schedule`"),
    ] {
        let answer = house.ask_as("readers", method, path, r#"{"setting":true}"#).await;
        let refusal = refusal(&answer);
        assert!(
            refusal.starts_with("403 ") && refusal.contains(&format!("you lack {action} on")),
            "{refusal}"
        );
    }
    assert_eq!(house.upstream_calls(), 0);
    assert_eq!(house.ask_as("readers", "GET", flag, "").await.status, 200);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_action_names_the_deny_and_sends_nothing() {
    let house = House::open();
    let flag = "/v1/projects/shop/environments/test/users/u/flags/kill-switch.payments";
    for (method, body) in
        [("PUT", r#"{"setting":true}"#), ("PUT", r#"{"setting":null}"#), ("DELETE", "")]
    {
        let answer = house.ask(method, flag, body).await;
        assert!(
            refusal(&answer).ends_with("teams[0].denies[0] of team `payments` denies it"),
            "{answer:?}"
        );
    }
    let targets = "/api/v2/users/shop/u/expiring-user-targets/test";
    let body = r#"{"instructions":[
        {"kind":"removeExpireUserTargetDate","flagKey":"sort.order","variationId":"v"},
        {"kind":"removeExpireUserTargetDate","flagKey":"kill-switch.payments","variationId":"v"}]}"#;
    assert_eq!(
        house.ask("PATCH", targets, body).await.status,
        403,
        "one item that is denied denies all"
    );
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denial_tells_no_difference_between_what_is_and_what_is_not() {
    let house = House::open();
    let ask = |project: &str, user: &str| {
        let path =
            format!("/v1/projects/{project}/environments/production/users/{user}/flags/sort.order");
        let house = &house;
        async move { refusal(&house.ask("GET", &path, "").await) }
    };
    let there = ask("bank", "u9").await;
    assert_eq!(there, ask("tank", "u9").await.replace("tank", "bank"));
    assert_eq!(there, ask("bank", "nobody").await);
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}
