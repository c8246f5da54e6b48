//! What forgers try, on a real socket. Each gets one and the same 401 but for the sentence, which is one of
//! [`Refused`]'s; nothing is looked up for it, nothing is decided, and `LaunchDarkly` hears nothing of it.
//!
//! `auth::tests` tries the same on the verifier alone; `config::tests::auth` shows that secrets of less than 32 bytes are
//! refused at the start, and `reload` that a policy changed on disk binds tokens that were remembered.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::time::Duration;

use flagward::auth::Refused;

use crate::attacks_kit::{Attack, ES, IDP, Key, NOW, RS, claims, open};
use crate::house::House;
use crate::wire::Answer;
use crate::{attacks_claims, attacks_forms, attacks_signatures};

/// A read and a write on each API.
const DOORS: [(&str, &str, Api); 4] = [
    ("GET", FLAG, Api::V1),
    ("PUT", FLAG, Api::V1),
    ("GET", DROP_IN, Api::DropIn),
    ("PUT", DROP_IN, Api::DropIn),
];
const FLAG: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";
const DROP_IN: &str = "/api/v2/users/shop/test/anna@example.com/flags/checkout.new-flow";
const BODY: &str = r#"{"setting":true}"#;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Api {
    V1,
    DropIn,
}

impl Api {
    /// All of a refusal's answer but its sentence and the request's id.
    const fn shape(self) -> &'static str {
        match self {
            Self::V1 => {
                r#"401 cache-control: no-store; connection: close; content-type: application/problem+json; www-authenticate: Bearer realm="flagward" {"detail":"…","request_id":"…","status":401,"title":"We don't know who you are","type":"/problems/unauthenticated"}"#
            }
            Self::DropIn => {
                r#"401 cache-control: no-store; connection: close; content-type: application/json; www-authenticate: Bearer realm="flagward" {"code":"unauthorized","message":"…"}"#
            }
        }
    }
}

/// An answer without what differs from one refusal to the next, and what it says.
fn split(answer: &Answer) -> (String, String) {
    let differ = ["content-length", "date", "x-request-id"];
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !differ.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    headers.sort();
    let mut body = answer.json();
    let mut said = String::new();
    for (name, value) in body.as_object_mut().unwrap() {
        match name.as_str() {
            "detail" | "message" => value.as_str().unwrap().clone_into(&mut said),
            "request_id" => assert_eq!(value, answer.header("x-request-id").unwrap()),
            _ => continue,
        }
        *value = "…".into();
    }
    (format!("{} {} {body}", answer.status, headers.join("; ")), said)
}

/// Everything that counts what was looked up, decided, asked and written.
async fn looks(house: &House) -> Vec<String> {
    let families = ["cache_requests", "policy_decisions", "upstream_requests", "writes"];
    let scrape = house.ask_management("/metrics").await.body;
    let counts = |line: &&str| {
        families.iter().any(|name| line.starts_with(&format!("flagward_{name}_total")))
    };
    // The greeting at the start belongs to no caller.
    let of_callers = |line: &&str| !line.contains("caller-identity") && !line.contains("versions");
    scrape.lines().filter(counts).filter(of_callers).map(str::to_owned).collect()
}

/// How often each kind of refusal was counted.
async fn refusals(house: &House) -> BTreeMap<String, u64> {
    let scrape = house.ask_management("/metrics").await.body;
    let counted = scrape.lines().filter_map(|line| {
        let (kind, count) =
            line.strip_prefix("flagward_auth_failures_total{reason=\"")?.split_once("\"} ")?;
        Some((kind.to_owned(), count.parse().unwrap()))
    });
    counted.filter(|(_, count)| *count > 0).collect()
}

async fn knock(house: &House, method: &str, path: &str, headers: &[(&str, String)]) -> Answer {
    let mut all: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.push(("Content-Type", "application/json"));
    house.send(method, path, &all, BODY).await
}

/// Tries all of them at every door, and notes what is wrong with the answers.
async fn try_all(house: &House, attacks: &[Attack]) -> (Vec<String>, BTreeMap<String, u64>) {
    let (mut wrong, mut expected) = (Vec::new(), BTreeMap::new());
    for attack in attacks {
        for (method, path, api) in DOORS {
            let refused = if api == Api::V1 { attack.v1 } else { attack.drop_in };
            let Some(refused) = refused else { continue };
            let answer = knock(house, method, path, &attack.headers).await;
            *expected.entry(refused.kind().to_owned()).or_default() += 1;
            let (shape, said) = split(&answer);
            if (shape.as_str(), &said) != (api.shape(), &refused.to_string()) {
                wrong.push(format!("{method} {path}: {}: {shape} {said}", attack.what));
            }
        }
    }
    (wrong, expected)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_attack_gets_one_and_the_same_401_and_nothing_is_looked_up() {
    let house = open();
    let good = [(IDP, Key::idp()), (RS, Key::rs()), (ES, Key::es())]
        .map(|(issuer, key)| key.token(&claims(issuer)));
    // From here on the tokens are remembered, and the answer is kept: a forger has the best of chances.
    for token in &good {
        let honest = [("Authorization", format!("Bearer {token}"))];
        assert_eq!(knock(&house, "GET", FLAG, &honest).await.status, 200);
    }
    let (before, calls) = (looks(&house).await, house.upstream_calls());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let bait = listener.local_addr().unwrap().to_string();

    let mut attacks = attacks_signatures::attacks(&bait);
    attacks.extend(attacks_claims::attacks());
    attacks.extend(attacks_forms::attacks(&good[0]));
    let (wrong, expected) = try_all(&house, &attacks).await;
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), attacks.len());
    assert_eq!(refusals(&house).await, expected);
    let kinds: Vec<_> = expected.keys().map(String::as_str).collect();
    let mut all = Refused::ALL_KINDS.to_vec();
    // Those that only key sets have are tried there.
    all.retain(|kind| !["key-not-named", "keys-unknown", "unknown-key"].contains(kind));
    all.sort_unstable();
    assert!(all.iter().all(|kind| kinds.contains(kind)), "of {all:?} only {kinds:?} were tried");

    assert_eq!(looks(&house).await, before);
    assert_eq!(house.upstream_calls(), calls);
    assert!(house.upstream.simulator.history().is_empty());
    assert!(listener.accept().is_err(), "somebody fetched a key that a token pointed to");
    // The same comparison does see a look-up.
    let honest = [("Authorization", format!("Bearer {}", good[0]))];
    assert_eq!(knock(&house, "GET", FLAG, &honest).await.status, 200);
    assert_ne!(looks(&house).await, before);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_http_itself_allows_around_a_token_is_no_attack() {
    let house = open();
    let good = Key::idp().token(&claims(IDP));
    for value in [
        format!("Bearer {good}"),
        format!("bearer {good}"),
        format!("bEaReR {good}"),
        format!("Bearer   {good}"),
        // Blanks around a header's value are none of the value (RFC 9110, 5.5).
        format!("  Bearer {good}"),
        format!("\tBearer {good}\t "),
    ] {
        for (method, path, _) in DOORS {
            let answer = knock(&house, method, path, &[("Authorization", value.clone())]).await;
            assert!(answer.status < 300, "{value:?}: {answer:?}");
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remembered_token_is_good_for_no_second_longer_than_it_would_be_if_it_were_not() {
    let house = open();
    let leeway = i64::try_from(house.config.auth.issuers[0].leeway.as_secs()).unwrap();
    let mut short = claims(IDP);
    short["exp"] = (NOW + 90).into();
    let remembered = [("Authorization", format!("Bearer {}", Key::idp().token(&short)))];
    for second in 0..90 + leeway + 3 {
        // One with the same end that was never seen before.
        short["sub"] = format!("mallory-{second}").into();
        let fresh = [("Authorization", format!("Bearer {}", Key::idp().token(&short)))];
        let fresh = knock(&house, "GET", FLAG, &fresh).await.status;
        assert_eq!(fresh, if second < 90 + leeway { 200 } else { 401 }, "after {second} s");
        let again = knock(&house, "GET", FLAG, &remembered).await;
        assert_eq!(again.status, fresh, "after {second} s");
        if fresh == 401 {
            assert_eq!(split(&again).1, Refused::Expired.to_string());
        }
        house.clock.advance(Duration::from_secs(1));
    }
    house.close().await;
}
