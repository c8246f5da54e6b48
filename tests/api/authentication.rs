//! Tokens, through the whole house.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flagward::auth::mint;
use flagward::policy::Policy;
use flagward::telemetry::Metrics;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::house::{House, POLICY};
use crate::outcome::refusal;

const WHOAMI: &str = "/v1/whoami";
const FLAG: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";
const DROP_IN: &str = "/api/v2/users/shop/test/anna@example.com/flags/checkout.new-flow";
const SECRET: &[u8] = b"a-secret-of-the-tests-and-nothing-else";

/// Claims that are good at the start of a test.
fn claims() -> Value {
    json!({"iss": "https://idp.example.com", "aud": "flagward", "sub": "alice", "groups": ["payments"],
        "exp": 1_795_266_000, "iat": 1_795_262_400})
}

fn signed(claims: &Value, algorithm: Algorithm, secret: &[u8]) -> String {
    encode(&Header::new(algorithm), claims, &EncodingKey::from_secret(secret)).unwrap()
}

/// Good claims under the algorithm `none`.
fn unsigned() -> String {
    let token = signed(&claims(), Algorithm::HS256, SECRET);
    let claims = token.split('.').nth(1).unwrap();
    format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#))
}

async fn ask_with(house: &House, path: &str, authorization: &str) -> String {
    let answer = house.send("GET", path, &[("Authorization", authorization)], "").await;
    if answer.status == 200 { "200".to_owned() } else { refusal(&answer) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_refused_for_one_fault_at_a_time() {
    let house = House::open();
    let with = |name: &str, value: Value| {
        let mut claims = claims();
        claims[name] = value;
        signed(&claims, Algorithm::HS256, SECRET)
    };
    let without = |name: &str| {
        let mut claims = claims();
        claims.as_object_mut().unwrap().remove(name);
        signed(&claims, Algorithm::HS256, SECRET)
    };
    assert_eq!(
        ask_with(&house, WHOAMI, &format!("bEARER {}", with("sub", json!("alice")))).await,
        "200"
    );
    for (token, says) in [
        (with("iss", json!("https://evil.example.com")), "issuer is not known"),
        (with("aud", json!("another")), "another audience"),
        (with("aud", json!([])), "aud"),
        (without("aud"), "no `aud` claim"),
        (without("exp"), "no `exp` claim"),
        (without("sub"), "no `sub` claim"),
        (with("exp", json!(1_795_000_000)), "has expired"),
        (with("exp", json!("soon")), "`exp` claim is not of the right form"),
        (with("nbf", json!(1_795_999_999)), "not valid yet"),
        (signed(&claims(), Algorithm::HS512, SECRET), "algorithm is not accepted"),
        (
            signed(&claims(), Algorithm::HS256, b"another-secret-of-the-same-length-....."),
            "signature is not valid",
        ),
        (unsigned(), "algorithm is not accepted"),
        ("not.a.jwt".to_owned(), "not a signed JWT"),
        ("x".repeat(9000), "more than 8192 bytes"),
    ] {
        let refused = ask_with(&house, WHOAMI, &format!("Bearer {token}")).await;
        assert!(refused.starts_with("401 unauthenticated: "), "{refused}");
        assert!(refused.contains(says), "{says}: {refused}");
        let part = token.split('.').next_back().unwrap();
        assert!(part.is_empty() || !refused.contains(part), "{refused}");
        assert!(ask_with(&house, FLAG, &format!("Bearer {token}")).await.starts_with("401 "));
        assert!(ask_with(&house, DROP_IN, &token).await.starts_with("401 unauthorized: "));
    }
    assert_eq!(house.upstream_calls(), 0);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_token_and_a_launchdarkly_key_are_told_apart() {
    let house = House::open();
    let token = house.token("alice", &["payments"]);
    assert_eq!(ask_with(&house, DROP_IN, &token).await, "200");
    assert_eq!(ask_with(&house, DROP_IN, &format!("Bearer {token}")).await, "200");
    assert!(ask_with(&house, FLAG, &token).await.starts_with("401 "));
    let calls = house.upstream_calls();
    for key in [
        "api-00000000-0000-4000-8000-000000000000",
        "sdk-1",
        "mob-1",
        "Bearer api-1",
        &house.upstream.simulator.token(),
    ] {
        for path in [FLAG, DROP_IN] {
            let refused = ask_with(&house, path, key).await;
            assert!(
                refused.starts_with("401 ") && refused.contains("this is a LaunchDarkly key"),
                "{refused}"
            );
        }
    }
    assert_eq!(house.upstream_calls(), calls);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_was_good_a_moment_ago_expires() {
    let house = House::open();
    let minute = Duration::from_mins(1);
    let token =
        mint(&house.config.auth.issuers[0], "alice", &["payments".into()], minute, house.now())
            .unwrap();
    let bearer = format!("Bearer {token}");
    assert_eq!(ask_with(&house, FLAG, &bearer).await, "200");
    house.clock.advance(Duration::from_secs(30));
    assert_eq!(ask_with(&house, FLAG, &bearer).await, "200");
    // The leeway for clocks that differ, and a second.
    house.clock.advance(
        Duration::from_secs(30) + house.config.auth.issuers[0].leeway + Duration::from_secs(1),
    );
    assert!(ask_with(&house, FLAG, &bearer).await.contains("has expired"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_policy_binds_a_token_that_was_already_known() {
    let house = House::open();
    let bearer = format!("Bearer {}", house.token("alice", &["payments"]));
    assert_eq!(ask_with(&house, FLAG, &bearer).await, "200");
    let calls = house.upstream_calls();
    let metrics = Metrics::new("test").unwrap();
    let narrower = POLICY.replace("\"idp/team:payments\"", "\"idp/team:others\"");
    let policy = Policy::parse(&narrower, &["idp"], &metrics).unwrap();
    house.gateway.policies().replace(policy);
    assert!(ask_with(&house, FLAG, &bearer).await.ends_with("you are in no team of the policy"));
    assert_eq!(house.upstream_calls(), calls);
    house.close().await;
}
