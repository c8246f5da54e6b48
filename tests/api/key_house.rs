//! A house with a second issuer, `web`, that signs with keys which it changes.

use flagward::clock::Clock;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::house::{House, POLICY};
use crate::outcome::refusal;
use crate::process::PATIENCE;

pub(crate) const ISSUER: &str = "https://web.example.com";
pub(crate) const FLAG: &str =
    "/v1/projects/shop/environments/test/users/anna@example.com/flags/checkout.new-flow";

/// A private key of the fixtures under a name.
#[derive(Clone)]
pub(crate) struct Key {
    kid: &'static str,
    algorithm: Algorithm,
    private: EncodingKey,
}

/// The key in a file, called `kid`.
pub(crate) fn key(kid: &'static str, file: &str) -> Key {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keys");
    let pem = std::fs::read(format!("{folder}/{file}.pem")).unwrap();
    let (algorithm, private) = match file {
        "p256" => (Algorithm::ES256, EncodingKey::from_ec_pem(&pem)),
        "ed25519" => (Algorithm::EdDSA, EncodingKey::from_ed_pem(&pem)),
        _ => (Algorithm::RS256, EncodingKey::from_rsa_pem(&pem)),
    };
    Key { kid, algorithm, private: private.unwrap() }
}

impl Key {
    /// The public key as its issuer publishes it.
    pub(crate) fn jwk(&self) -> Value {
        let jwk = Jwk::from_encoding_key(&self.private, self.algorithm).unwrap();
        let mut jwk = serde_json::to_value(jwk).unwrap();
        jwk["kid"] = json!(self.kid);
        jwk["use"] = json!("sig");
        jwk
    }

    /// A token of a member of `payments`, good for as long as any test.
    pub(crate) fn token(&self, issuer: &str, clock: &Clock) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.kid.to_owned());
        let claims = json!({"iss": issuer, "aud": "flagward", "sub": "shop-service",
            "teams": ["payments"], "exp": clock.now().as_second() + 1_000_000});
        encode(&header, &claims, &self.private).unwrap()
    }
}

/// A key set of these keys.
pub(crate) fn set(keys: &[&Key]) -> String {
    json!({"keys": keys.iter().map(|key| key.jwk()).collect::<Vec<_>>()}).to_string()
}

/// A house whose issuer `web` has its keys where these settings say.
pub(crate) fn house(issuer: &str, settings: &[(&str, &str)]) -> House {
    let policy =
        POLICY.replace("\"idp/team:payments\"", "\"idp/team:payments\", \"web/team:payments\"");
    let named = [
        ("NAME", "web"),
        ("ISSUER", issuer),
        ("AUDIENCES", "flagward"),
        ("ALGORITHMS", "RS256,ES256,EdDSA"),
    ];
    let all = named.iter().chain(settings);
    let all: Vec<_> =
        all.map(|(key, value)| (format!("FLAGWARD__AUTH__ISSUERS__1__{key}"), *value)).collect();
    let all: Vec<_> = all.iter().map(|(key, value)| (key.as_str(), *value)).collect();
    House::with(&policy, &all)
}

/// What comes of asking with this token: `200`, or the refusal.
pub(crate) async fn ask(house: &House, token: &str) -> String {
    let bearer = format!("Bearer {token}");
    let answer = house.send("GET", FLAG, &[("Authorization", &bearer)], "").await;
    if answer.status == 200 { "200".to_owned() } else { refusal(&answer) }
}

/// What an operator sees of the issuer `web`.
pub(crate) async fn shown(house: &House) -> Value {
    let detail = house.ask_management("/readyz").await.json();
    let issuers = detail["issuers"].as_array().unwrap().clone();
    issuers.into_iter().find(|issuer| issuer["name"] == "web").unwrap()
}

/// Waits until an operator sees this.
pub(crate) async fn see(house: &House, wanted: impl Fn(&Value) -> bool) -> Value {
    let began = std::time::Instant::now();
    loop {
        let shown = shown(house).await;
        if wanted(&shown) {
            return shown;
        }
        assert!(began.elapsed() < PATIENCE, "{shown}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}
