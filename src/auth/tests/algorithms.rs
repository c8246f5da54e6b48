//! Each algorithm with its own key, and with every other.

use jsonwebtoken::{Algorithm, EncodingKey};

use super::super::Refused;
use super::{SECRET, claims, pem, raw_by, verify};

fn keys() -> Vec<(&'static str, Algorithm, EncodingKey)> {
    let rsa = EncodingKey::from_rsa_pem(&pem("rsa")).unwrap();
    vec![
        ("hs", Algorithm::HS256, EncodingKey::from_secret(SECRET.as_bytes())),
        ("rs", Algorithm::RS256, rsa.clone()),
        ("rs", Algorithm::PS256, rsa),
        ("es", Algorithm::ES256, EncodingKey::from_ec_pem(&pem("p256")).unwrap()),
        ("es384", Algorithm::ES384, EncodingKey::from_ec_pem(&pem("p384")).unwrap()),
        ("ed", Algorithm::EdDSA, EncodingKey::from_ed_pem(&pem("ed25519")).unwrap()),
    ]
}

fn signed(issuer: &str, says: Algorithm, by: Algorithm, key: &EncodingKey) -> String {
    let header = format!(r#"{{"alg":"{says:?}","typ":"JWT"}}"#);
    raw_by(&header, &claims(issuer).to_string(), key, by)
}

#[test]
fn a_token_of_each_algorithm_is_verified() {
    for (issuer, algorithm, key) in keys() {
        let caller = verify(&signed(issuer, algorithm, algorithm, &key)).unwrap();
        assert_eq!((caller.issuer(), caller.subject()), (issuer, "alice"), "{algorithm:?}");
    }
}

#[test]
fn a_token_signed_by_another_issuer_s_key_is_refused() {
    for (issuer, algorithm, _) in keys() {
        for (other, by, key) in keys() {
            let token = signed(issuer, algorithm, by, &key);
            if (issuer, algorithm) == (other, by) {
                assert!(verify(&token).is_ok());
            } else {
                assert_eq!(verify(&token), Err(Refused::Signature), "{algorithm:?} by {by:?}");
            }
            // Even when its `alg` is the one that signed it, unless the issuer has that one too.
            let honest = verify(&signed(issuer, by, by, &key));
            assert_eq!(honest.is_ok(), issuer == other, "{issuer} {by:?}");
        }
    }
}

#[test]
fn one_changed_byte_makes_a_signature_bad() {
    for (issuer, algorithm, key) in keys() {
        let token = signed(issuer, algorithm, algorithm, &key);
        let (message, signature) = token.rsplit_once('.').unwrap();
        let first = if signature.starts_with('A') { 'B' } else { 'A' };
        let changed = format!("{message}.{first}{}", signature.split_at(1).1);
        assert_eq!(verify(&changed), Err(Refused::Signature), "{algorithm:?}");
        assert_eq!(verify(&format!("{message}.")), Err(Refused::Signature), "{algorithm:?}");
        let other = super::encode(&claims(issuer).to_string().replace("alice", "mallory"));
        let header = message.split_once('.').unwrap().0;
        let changed = format!("{header}.{other}.{signature}");
        assert_eq!(verify(&changed), Err(Refused::Signature), "{algorithm:?}");
    }
}

#[test]
fn an_algorithm_that_is_not_listed_is_refused_though_the_key_is_right() {
    let rsa = EncodingKey::from_rsa_pem(&pem("rsa")).unwrap();
    let secret = EncodingKey::from_secret(SECRET.as_bytes());
    for (issuer, algorithm, key) in [
        ("rs", Algorithm::RS384, &rsa),
        ("rs", Algorithm::PS512, &rsa),
        ("hs", Algorithm::HS384, &secret),
        ("hs", Algorithm::HS512, &secret),
    ] {
        let token = signed(issuer, algorithm, algorithm, key);
        assert_eq!(verify(&token), Err(Refused::Algorithm), "{algorithm:?}");
    }
}
