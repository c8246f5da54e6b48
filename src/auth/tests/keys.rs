//! Several keys of one issuer.

use jsonwebtoken::{Algorithm, EncodingKey};

use super::super::{Authenticator, Caller, Refused, mint};
use super::{NOW, SECRET, at, claims, pem, raw_by};
use crate::config::auth::Auth;

const OLD: &str = "old-secret-old-secret-old-secret-old-secret";

/// An issuer with a new and an old secret, an RSA key, and an Ed25519 key without a name.
const ISSUER: &str = r#"
[[auth.issuers]]
name = "hs"
issuer = "https://hs.example.com"
audiences = ["flagward"]
  [[auth.issuers.keys]]
  kid = "new"
  algorithms = ["HS256"]
  secret = "hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret"
  [[auth.issuers.keys]]
  kid = "old"
  algorithms = ["HS256"]
  secret = "old-secret-old-secret-old-secret-old-secret"
  [[auth.issuers.keys]]
  kid = "rsa"
  algorithms = ["RS256"]
  public_key_file = "rsa.pub.pem"
  [[auth.issuers.keys]]
  algorithms = ["EdDSA"]
  public_key_file = "ed25519.pub.pem"
"#;

fn verify(token: &str) -> Result<Caller, Refused> {
    Authenticator::new(&Auth::parse_for_test(ISSUER)).unwrap().verify(token, at(NOW))
}

/// What comes of a token with this header, signed by the key like this.
fn signed(header: &str, by: Algorithm, key: &EncodingKey) -> Result<String, Refused> {
    let token = raw_by(header, &claims("hs").to_string(), key, by);
    verify(&token).map(|caller| caller.subject().to_owned())
}

fn secret(text: &str) -> EncodingKey {
    EncodingKey::from_secret(text.as_bytes())
}

#[test]
fn a_token_is_taken_from_each_key_with_its_name_or_without() {
    let rsa = EncodingKey::from_rsa_pem(&pem("rsa")).unwrap();
    let ed = EncodingKey::from_ed_pem(&pem("ed25519")).unwrap();
    for (header, by, key) in [
        (r#"{"alg":"HS256","kid":"new"}"#, Algorithm::HS256, secret(SECRET)),
        (r#"{"alg":"HS256","kid":"old"}"#, Algorithm::HS256, secret(OLD)),
        (r#"{"alg":"HS256"}"#, Algorithm::HS256, secret(SECRET)),
        (r#"{"alg":"HS256"}"#, Algorithm::HS256, secret(OLD)),
        (r#"{"alg":"RS256","kid":"rsa"}"#, Algorithm::RS256, rsa),
        (r#"{"alg":"EdDSA"}"#, Algorithm::EdDSA, ed.clone()),
        // Ours has no name, so that the token's doesn't matter.
        (r#"{"alg":"EdDSA","kid":"whatever"}"#, Algorithm::EdDSA, ed),
    ] {
        assert_eq!(signed(header, by, &key).as_deref(), Ok("alice"), "{header}");
    }
}

#[test]
fn a_name_chooses_and_no_other_key_is_tried() {
    let rsa = EncodingKey::from_rsa_pem(&pem("rsa")).unwrap();
    let ed = EncodingKey::from_ed_pem(&pem("ed25519")).unwrap();
    for (header, by, key, why) in [
        (r#"{"alg":"HS256","kid":"new"}"#, Algorithm::HS256, secret(OLD), Refused::Signature),
        (r#"{"alg":"HS256","kid":"gone"}"#, Algorithm::HS256, secret(OLD), Refused::UnknownKey),
        (r#"{"alg":"HS256","kid":""}"#, Algorithm::HS256, secret(OLD), Refused::UnknownKey),
        (r#"{"alg":"HS256","kid":"rsa"}"#, Algorithm::HS256, secret(OLD), Refused::Algorithm),
        (r#"{"alg":"RS256","kid":"old"}"#, Algorithm::RS256, rsa, Refused::Algorithm),
        (r#"{"alg":"EdDSA","kid":"old"}"#, Algorithm::EdDSA, ed, Refused::Algorithm),
        (r#"{"alg":"HS256","kid":1}"#, Algorithm::HS256, secret(SECRET), Refused::Malformed),
        (r#"{"alg":"HS256","kid":null}"#, Algorithm::HS256, secret(SECRET), Refused::Malformed),
    ] {
        assert_eq!(signed(header, by, &key), Err(why), "{header}");
    }
}

#[test]
fn each_key_goes_with_its_own_algorithms_only() {
    let public = std::fs::read_to_string("tests/fixtures/keys/rsa.pub.pem").unwrap();
    let confused = secret(&public);
    for header in [r#"{"alg":"HS256","kid":"rsa"}"#, r#"{"alg":"HS256"}"#] {
        assert!(signed(header, Algorithm::HS256, &confused).is_err(), "{header}");
    }
    let rsa = EncodingKey::from_rsa_pem(&pem("rsa")).unwrap();
    let other = signed(r#"{"alg":"PS256","kid":"rsa"}"#, Algorithm::PS256, &rsa);
    assert_eq!(other, Err(Refused::Algorithm));
}

#[test]
fn a_development_token_is_signed_by_the_first_secret_and_says_so() {
    let auth = Auth::parse_for_test(ISSUER);
    let hour = std::time::Duration::from_hours(1);
    let token = mint(&auth.issuers[0], "alice", &[], hour, at(NOW)).unwrap();
    assert_eq!(verify(&token).unwrap().subject(), "alice");
    let header = jsonwebtoken::decode_header(&token).unwrap();
    assert_eq!(header.kid.as_deref(), Some("new"));
}
