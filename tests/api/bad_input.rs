//! What is wrong with a request, for every route, and what it gets. Nothing of it reaches `LaunchDarkly`.

use std::fmt::Write as _;

use flagward::http::ROUTES;

use crate::bad_bodies::BODIES;
use crate::bad_input_kit::{JSON, bad, good_body, operations, path, table};
use crate::house::House;
use crate::outcome::refusal;

#[tokio::test(flavor = "multi_thread")]
async fn every_route_refuses_bad_keys() {
    let (long, longer) = ("k".repeat(257), "u".repeat(1025));
    let plain = [
        ("a%20b", "space"),
        ("%C3%BC", "umlaut"),
        ("a%2Fb", "slash"),
        ("..", "dots"),
        ("%2e%2e", "encoded dots"),
        ("%252e", "twice encoded"),
        ("%ff", "no UTF-8"),
        ("%zz", "no encoding"),
        ("%", "half an encoding"),
        ("%00", "null"),
        ("a%0ab", "line break"),
        ("a+b", "plus"),
        (&*long, "257 bytes"),
    ];
    let users = [
        ("..", "dots"),
        ("%2e", "encoded dot"),
        ("a%2f..%2fb", "dots between slashes"),
        ("a%5c..", "dots after a backslash"),
        ("%ff", "no UTF-8"),
        ("%ed%a0%80", "surrogate"),
        ("%zz", "no encoding"),
        ("a%", "half an encoding"),
        ("%00", "null"),
        ("%7f", "delete"),
        ("%c2%85", "next line"),
        (&*longer, "1025 bytes"),
        ("expiring-user-targets", "another route's word"),
    ];
    let mut all = Vec::new();
    for (method, pattern) in operations().filter(|(_, pattern)| pattern.contains('{')) {
        for name in ["project", "environment", "user", "flag"] {
            let keys: &[(&str, &str)] = if name == "user" { &users } else { &plain };
            for (key, what) in keys.iter().filter(|_| pattern.contains(&format!("{{{name}}}"))) {
                let only_in_flag_routes =
                    *key == "expiring-user-targets" && !pattern.contains("/flags");
                if !only_in_flag_routes {
                    let path = path(pattern, &[(name, key)]);
                    all.push(bad(
                        format!("{name}: {what}"),
                        method,
                        path,
                        &[JSON],
                        good_body(method, pattern),
                    ));
                }
            }
        }
        let path = path(
            pattern,
            &[("project", "%20"), ("environment", "flags"), ("user", ".."), ("flag", "%")],
        );
        all.push(bad("all at once".to_owned(), method, path, &[JSON], good_body(method, pattern)));
    }
    let house = House::open();
    insta::assert_snapshot!("bad_keys", table(&house, all).await);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_refuses_bad_headers() {
    let mut all = Vec::new();
    for (method, pattern) in operations() {
        let body = good_body(method, pattern);
        let with = |what: &str, headers: &[(&str, &str)]| {
            bad(what.to_owned(), method, path(pattern, &[]), headers, body)
        };
        all.push(with("two tokens", &[JSON, ("Authorization", "Bearer a.b.c")]));
        all.push(with(
            "accepts HTML only",
            &[JSON, ("Accept", "text/html, application/xml;q=0.9")],
        ));
        all.push(with("accepts no JSON", &[JSON, ("Accept", "application/json;q=0")]));
        all.push(with("accepts no coding", &[JSON, ("Accept-Encoding", "br, identity;q=0")]));
        all.push(with("another method", &[JSON, ("X-HTTP-Method-Override", "DELETE")]));
        if !body.is_empty() {
            all.push(with("no media type", &[]));
            all.push(with("a form", &[("Content-Type", "application/x-www-form-urlencoded")]));
            all.push(with("a JSON patch", &[("Content-Type", "application/json-patch+json")]));
            all.push(with("a bad media type", &[("Content-Type", "application/json/x")]));
            all.push(with("compressed", &[JSON, ("Content-Encoding", "gzip")]));
            all.push(with("compressed by name only", &[JSON, ("Content-Encoding", "identity")]));
        }
    }
    let house = House::open();
    insta::assert_snapshot!("bad_headers", table(&house, all).await);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_of_ours_refuses_bad_queries() {
    let mut all = Vec::new();
    for (method, pattern) in operations().filter(|(_, pattern)| pattern.starts_with("/v1/")) {
        for query in [
            "x=1",
            "Flag=a",
            "%ff=1",
            "dry_run=maybe",
            "overridden",
            "overridden=TRUE",
            "overridden=true&overridden=true",
            "prefix=a&prefix=b",
            "prefix=%zz",
            "flag=",
            "flag=a%20b&flag=..",
            "include=reason",
            "include=expiration&include=expiration",
            "comment=a&comment=b",
            "comment=%ff",
        ] {
            let path = format!("{}?{query}", path(pattern, &[]));
            all.push(bad(
                format!("{pattern}?{query}"),
                method,
                path,
                &[JSON],
                good_body(method, pattern),
            ));
        }
    }
    let house = House::open();
    insta::assert_snapshot!("bad_queries", table(&house, all).await);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_with_a_body_refuses_bad_ones() {
    let deep = format!("{}1{}", "[".repeat(30_000), "]".repeat(30_000));
    let large = format!("{{\"comment\":\"{}\"}}", "x".repeat(64 * 1024));
    let mut all = Vec::new();
    for (method, pattern) in
        operations().filter(|(method, pattern)| !good_body(method, pattern).is_empty())
    {
        let with = |what: &str, body: &str| {
            bad(what.to_owned(), method, path(pattern, &[]), &[JSON], body)
        };
        for (what, body) in [
            ("nothing", ""),
            ("no JSON", "{"),
            ("a list", "[]"),
            ("null", "null"),
            ("a string", "\"{}\""),
            ("two values", "{}{}"),
            ("a trailing comma", "{\"a\":1,}"),
            ("a byte order mark", "\u{feff}{}"),
            ("an unknown member", "{\"settings\":true}"),
            ("a lone surrogate", "{\"\\ud800\":1}"),
        ] {
            all.push(with(what, body));
        }
        all.push(with("60,000 brackets", &deep));
        all.push(with("60,000 brackets in a member", &format!("{{\"setting\":{deep}}}")));
        all.push(with("more than 64 KiB", &large));
        let own = BODIES.iter().filter(|(of, ..)| *of == (method, pattern));
        for (_, bodies) in own {
            all.extend(bodies.iter().map(|body| with(&format!("{method} {pattern} {body}"), body)));
        }
    }
    let house = House::open();
    insta::assert_snapshot!("bad_bodies", table(&house, all).await);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_names_its_methods() {
    let mut lines = String::new();
    let house = House::open();
    for route in ROUTES {
        for method in [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get",
            "X",
        ] {
            if route.methods.contains(&method) {
                continue;
            }
            let answer = house.ask(method, &path(route.pattern, &[]), "").await;
            assert_eq!(answer.status, 405, "{method} {}: {answer:?}", route.pattern);
            assert_eq!(answer.header("allow"), Some(&*route.methods.join(", ")));
            assert_eq!(answer.header("access-control-allow-origin"), None);
            if method == "POST" {
                writeln!(lines, "POST {}\n    {}", route.pattern, refusal(&answer)).unwrap();
            }
        }
    }
    assert_eq!(house.upstream_calls(), 0);
    insta::assert_snapshot!("other_methods", lines);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_route_is_not_found_in_the_shape_of_its_api() {
    let mut all = Vec::new();
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v2/whoami",
        "/v1/whoami/",
        "/v1//whoami",
        "//v1/whoami",
        "/V1/whoami",
        "/v1/./whoami",
        "/v1/x/../whoami",
        "/v1/projects/shop/environments/test/users/anna/flags/",
        "/v1/projects//environments/test/users/anna/flags",
        "/v1/projects/shop/environments/test/users//flags",
        "/v1/projects/shop/environments/test/users/a/b/flags",
        "/v1/audit",
        "/hooks/slack/command",
        "/metrics",
        "/api/v2",
        "/api/v2/",
        "/api/v2/users/shop/test/anna",
        "/api/v2/users/shop/test//flags",
        "/api/v2/users/shop/test/anna/flags/",
        "/api/v2/flags/shop/sort.order",
        "/api/v2/tokens",
        "/api/v2/caller-identity",
        "/api/v1/users/shop/test/anna/flags",
    ] {
        all.push(bad(format!("GET {path}"), "GET", path.to_owned(), &[], ""));
    }
    let house = House::open();
    insta::assert_snapshot!("no_route", table(&house, all).await);
    house.close().await;
}
