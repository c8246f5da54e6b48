//! Tokens really signed, by keys of `tests/fixtures/keys` and by another library than the one that verifies.

mod algorithms;
mod attacks;
mod claims;
mod key_sets;
mod keys;
mod minting;
mod slack;

use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};

use super::{Authenticator, Caller, Refused};
use crate::config::auth::Auth;

pub(super) const SECRET: &str =
    "hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret";

/// One issuer for each kind of key.
const ISSUERS: &str = r#"
[[auth.issuers]]
name = "hs"
issuer = "https://hs.example.com"
audiences = ["flagward", "flagward-too"]
algorithms = ["HS256"]
secret = "hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret"

[[auth.issuers]]
name = "rs"
issuer = "https://rs.example.com"
audiences = ["flagward"]
algorithms = ["RS256", "PS256"]
public_key_file = "rsa.pub.pem"
team_claim = "/realm_access/roles"

[[auth.issuers]]
name = "es"
issuer = "https://es.example.com"
audiences = ["flagward"]
algorithms = ["ES256"]
public_key_file = "p256.pub.pem"

[[auth.issuers]]
name = "es384"
issuer = "https://es384.example.com"
audiences = ["flagward"]
algorithms = ["ES384"]
public_key_file = "p384.pub.pem"

[[auth.issuers]]
name = "ed"
issuer = "https://ed.example.com"
audiences = ["flagward"]
algorithms = ["EdDSA"]
public_key_file = "ed25519.pub.pem"
"#;

/// The time of these tests.
pub(super) const NOW: i64 = 1_800_000_000;

pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

pub(super) fn config() -> Auth {
    Auth::parse_for_test(ISSUERS)
}

pub(super) fn verify(token: &str) -> Result<Caller, Refused> {
    verify_at(token, NOW)
}

pub(super) fn verify_at(token: &str, seconds: i64) -> Result<Caller, Refused> {
    Authenticator::new(&config()).unwrap().verify(token, at(seconds))
}

/// Good claims of the issuer `name`.
pub(super) fn claims(name: &str) -> Value {
    json!({
        "iss": format!("https://{name}.example.com"),
        "aud": "flagward",
        "sub": "alice",
        "exp": NOW + 60,
        "teams": ["payments"],
    })
}

/// Good claims of `hs` with one other.
pub(super) fn with(claim: &str, value: Value) -> Value {
    let mut claims = claims("hs");
    claims[claim] = value;
    claims
}

/// A token of these very texts, signed by the secret of `hs`.
pub(super) fn raw(header: &str, claims: &str) -> String {
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    raw_by(header, claims, &key, Algorithm::HS256)
}

/// A token of these very texts, signed by `key`.
pub(super) fn raw_by(header: &str, claims: &str, key: &EncodingKey, by: Algorithm) -> String {
    let message = format!("{}.{}", encode(header), encode(claims));
    let signature = crypto::sign(message.as_bytes(), key, by).unwrap();
    format!("{message}.{signature}")
}

/// A token with these claims, signed by the secret of `hs`.
pub(super) fn token(claims: &Value) -> String {
    raw(r#"{"alg":"HS256"}"#, &claims.to_string())
}

pub(super) fn encode(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text)
}

/// The test key in a file.
pub(super) fn pem(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keys");
    std::fs::read(format!("{folder}/{name}.pem")).unwrap()
}
