//! Keys that an issuer publishes.

use std::sync::Arc;

use futures_util::FutureExt as _;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::super::keyring::{Keyring, Replaced};
use super::super::{Authenticator, KeySetFault, Refused};
use super::{NOW, at, claims, pem, raw_by};
use crate::auth::jws::Unverified;
use crate::config::auth::{Auth, PublicKeyAlgorithm};

const ALGORITHMS: [PublicKeyAlgorithm; 5] = [
    PublicKeyAlgorithm::Rs256,
    PublicKeyAlgorithm::Ps256,
    PublicKeyAlgorithm::Es256,
    PublicKeyAlgorithm::Es384,
    PublicKeyAlgorithm::EdDsa,
];

/// The private key in a file, with the algorithm that it signs by.
fn key(file: &str) -> (EncodingKey, Algorithm) {
    match file {
        "p256" => (EncodingKey::from_ec_pem(&pem(file)).unwrap(), Algorithm::ES256),
        "p384" => (EncodingKey::from_ec_pem(&pem(file)).unwrap(), Algorithm::ES384),
        "ed25519" => (EncodingKey::from_ed_pem(&pem(file)).unwrap(), Algorithm::EdDSA),
        _ => (EncodingKey::from_rsa_pem(&pem(file)).unwrap(), Algorithm::RS256),
    }
}

/// The bare public key of a file, and these members.
fn jwk(file: &str, more: &Value) -> Value {
    let (key, algorithm) = key(file);
    let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key, algorithm).unwrap()).unwrap();
    let members = jwk.as_object_mut().unwrap();
    members.retain(|name, _| ["kty", "crv", "n", "e", "x", "y"].contains(&name.as_str()));
    members.extend(more.as_object().unwrap().clone());
    jwk
}

fn keyring() -> Keyring {
    Keyring::empty("es", &ALGORITHMS)
}

fn put(keyring: &Keyring, keys: &[Value]) -> Result<Replaced, KeySetFault> {
    keyring.replace(json!({"keys": keys}).to_string().as_bytes())
}

fn with(keys: &[Value]) -> Keyring {
    let keyring = keyring();
    put(&keyring, keys).unwrap();
    keyring
}

/// What comes of a token signed by the key of a file, with this header.
fn verify(keyring: &Keyring, file: &str, header: &Value) -> Result<(), Refused> {
    let (key, by) = key(file);
    let by = if header["alg"] == "PS256" { Algorithm::PS256 } else { by };
    let token = raw_by(&header.to_string(), &claims("es").to_string(), &key, by);
    keyring.verify(&Unverified::parse(&token).unwrap())
}

fn is_missed(keyring: &Keyring) -> bool {
    keyring.missed().now_or_never().is_some()
}

#[test]
fn every_kind_of_key_is_taken_from_a_set_with_all_that_fits_it() {
    let set =
        with(&["rsa", "p256", "p384", "ed25519"].map(|file| jwk(file, &json!({"kid": file}))));
    assert_eq!(set.count(), 4);
    for (file, algorithm) in [
        ("rsa", "RS256"),
        ("rsa", "PS256"),
        ("p256", "ES256"),
        ("p384", "ES384"),
        ("ed25519", "EdDSA"),
    ] {
        assert_eq!(verify(&set, file, &json!({"alg": algorithm, "kid": file})), Ok(()));
        assert_eq!(verify(&set, file, &json!({"alg": algorithm})), Ok(()), "{algorithm}");
    }
    assert!(!is_missed(&set));
}

#[test]
fn a_key_that_names_its_algorithm_is_bound_to_it() {
    let set = with(&[jwk("rsa", &json!({"kid": "a", "alg": "RS256", "use": "sig"}))]);
    assert_eq!(verify(&set, "rsa", &json!({"alg": "RS256", "kid": "a"})), Ok(()));
    let other = verify(&set, "rsa", &json!({"alg": "PS256", "kid": "a"}));
    assert_eq!(other, Err(Refused::Algorithm));
    assert!(!is_missed(&set), "no key set can change that");
    for algorithm in ["HS256", "none", "RS384"] {
        let refused = verify(&set, "rsa", &json!({"alg": algorithm, "kid": "a"}));
        assert_eq!(refused, Err(Refused::Algorithm), "{algorithm}");
    }
}

#[test]
fn the_public_key_of_a_set_is_no_secret() {
    let jwk = jwk("rsa", &json!({"kid": "a"}));
    let set = with(std::slice::from_ref(&jwk));
    let public = std::fs::read("tests/fixtures/keys/rsa.pub.pem").unwrap();
    for secret in [public, jwk["n"].as_str().unwrap().into(), jwk.to_string().into_bytes()] {
        let secret = EncodingKey::from_secret(&secret);
        for header in [r#"{"alg":"HS256","kid":"a"}"#, r#"{"alg":"RS256","kid":"a"}"#] {
            let token = raw_by(header, &claims("es").to_string(), &secret, Algorithm::HS256);
            assert!(set.verify(&Unverified::parse(&token).unwrap()).is_err(), "{header}");
        }
    }
}

#[test]
fn what_is_not_ours_is_left_out_and_the_rest_is_used() {
    let good = jwk("p256", &json!({"kid": "good", "key_ops": ["verify"], "x5c": ["x"], "x5t": 1}));
    let cut = |member: &str, text: &str| {
        let mut jwk = jwk("p256", &json!({"kid": "bad"}));
        jwk[member] = json!(text);
        jwk
    };
    let point = good["x"].as_str().unwrap().to_owned();
    for bad in [
        jwk("rsa", &json!({"kid": "bad", "use": "enc"})),
        jwk("rsa", &json!({"kid": "bad", "use": 1})),
        jwk("rsa", &json!({"use": "x509-svid", "x5c": ["x"]})),
        jwk("rsa", &json!({"kid": "bad", "key_ops": ["encrypt", "wrapKey"]})),
        jwk("rsa", &json!({"kid": "bad", "key_ops": "verify"})),
        jwk("rsa", &json!({"kid": "bad", "alg": "RSA-OAEP"})),
        jwk("rsa", &json!({"kid": "bad", "alg": "RS512"})),
        jwk("rsa", &json!({"kid": "bad", "alg": "ES256"})),
        jwk("rsa", &json!({"kid": "bad", "alg": null})),
        jwk("rsa", &json!({"kid": 7})),
        json!({"kid": "bad", "kty": "EC", "crv": "secp256k1", "x": point, "y": point}),
        json!({"kid": "bad", "kty": "EC", "crv": "P-521", "x": point, "y": point}),
        json!({"kid": "bad", "kty": "OKP", "crv": "X25519", "x": point}),
        json!({"kid": "bad", "kty": "AKP", "pub": point}),
        json!({"kid": "bad", "kty": "RSA", "n": point, "e": "AQAB"}),
        json!({"kid": "bad", "kty": "RSA", "e": "AQAB"}),
        json!({"kid": "bad"}),
        cut("y", &point),
        cut("y", "AAAA"),
        cut("x", "not base64url!"),
        cut("x", &format!("{point}=")),
        cut("crv", "P-384"),
    ] {
        let set = with(&[bad.clone(), good.clone()]);
        assert_eq!(set.count(), 1, "{bad}");
        assert_eq!(verify(&set, "p256", &json!({"alg": "ES256", "kid": "good"})), Ok(()));
        assert_eq!(
            put(&keyring(), std::slice::from_ref(&bad)),
            Err(KeySetFault::NoneUsable),
            "{bad}"
        );
    }
}

#[test]
fn the_keys_of_a_spiffe_bundle_are_taken() {
    let set = with(&[jwk("p256", &json!({"kid": "a", "use": "jwt-svid"}))]);
    assert_eq!(verify(&set, "p256", &json!({"alg": "ES256", "kid": "a"})), Ok(()));
}

#[test]
fn rsa_keys_under_2048_bits_are_left_out_and_a_leading_zero_is_no_fault() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let mut jwk = jwk("rsa", &json!({"kid": "a"}));
    let n = URL_SAFE_NO_PAD.decode(jwk["n"].as_str().unwrap()).unwrap();
    jwk["n"] = json!(URL_SAFE_NO_PAD.encode([&[0], n.as_slice()].concat()));
    let set = with(std::slice::from_ref(&jwk));
    assert_eq!(verify(&set, "rsa", &json!({"alg": "RS256", "kid": "a"})), Ok(()));
    jwk["n"] = json!(URL_SAFE_NO_PAD.encode(&n[..n.len() / 2]));
    assert_eq!(put(&set, &[jwk]), Err(KeySetFault::NoneUsable));
}

#[test]
fn a_set_that_is_none_or_gives_a_secret_away_is_refused_whole_and_changes_nothing() {
    let good = jwk("p256", &json!({"kid": "good"}));
    let set = with(std::slice::from_ref(&good));
    let oct = json!({"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA"});
    assert_eq!(put(&set, &[good.clone(), oct]), Err(KeySetFault::Secret));
    let private = jwk("p384", &json!({"d": "AAAA"}));
    assert_eq!(put(&set, &[good.clone(), private]), Err(KeySetFault::PrivateKey));
    assert_eq!(put(&set, &[]), Err(KeySetFault::NoneUsable));
    assert_eq!(put(&set, &vec![good.clone(); 101]), Err(KeySetFault::TooMany));
    assert_eq!(put(&set, &[json!("key")]), Err(KeySetFault::NotASet));
    let long = format!("{{\"keys\":[]{}}}", " ".repeat(super::super::LONGEST_KEY_SET));
    for (text, fault) in [
        ("", KeySetFault::NotASet),
        ("<html><body>Sign in</body></html>", KeySetFault::NotASet),
        ("[]", KeySetFault::NotASet),
        ("{}", KeySetFault::NotASet),
        (r#"{"keys":{}}"#, KeySetFault::NotASet),
        (r#"{"keys":[],"keys":[]}"#, KeySetFault::Duplicate),
        (r#"{"keys":[{"kty":"RSA","kty":"oct"}]}"#, KeySetFault::Duplicate),
        (&long, KeySetFault::TooLarge),
    ] {
        assert_eq!(set.replace(text.as_bytes()), Err(fault), "{fault:?}");
    }
    assert_eq!(verify(&set, "p256", &json!({"alg": "ES256", "kid": "good"})), Ok(()));
}

#[test]
fn before_the_first_set_no_key_is_known() {
    let set = keyring();
    let refused = verify(&set, "p256", &json!({"alg": "ES256"}));
    assert_eq!(refused, Err(Refused::KeysUnknown));
    assert!(!is_missed(&set), "it is fetched anyway");
}

#[test]
fn a_key_that_is_not_there_is_missed() {
    let set = with(&[jwk("p256", &json!({"kid": "a"}))]);
    for header in [json!({"alg": "ES256", "kid": "b"}), json!({"alg": "ES256", "kid": "' OR 1=1"})]
    {
        assert_eq!(verify(&set, "p256", &header), Err(Refused::UnknownKey));
        assert!(is_missed(&set));
    }
    // Another key of the same kind, whose signature by the key that was named is plainly wrong.
    let forged = verify(&set, "p384", &json!({"alg": "ES256", "kid": "a"}));
    assert_eq!(forged, Err(Refused::Signature));
    assert!(!is_missed(&set));
    // An algorithm of the issuer's that no key is for yet.
    assert_eq!(verify(&set, "rsa", &json!({"alg": "RS256"})), Err(Refused::UnknownKey));
    assert!(is_missed(&set));
    // Without names, a new key shows by its signature alone.
    let set = with(&[jwk("p256", &json!({}))]);
    assert_eq!(verify(&set, "p384", &json!({"alg": "ES256"})), Err(Refused::Signature));
    assert!(is_missed(&set));
}

#[test]
fn a_token_that_names_no_key_is_not_tried_with_dozens() {
    let many: Vec<_> = (0..9).map(|n| jwk("p256", &json!({"kid": n.to_string()}))).collect();
    let set = with(&many);
    assert_eq!(verify(&set, "p256", &json!({"alg": "ES256"})), Err(Refused::KeyNotNamed));
    assert_eq!(verify(&set, "p256", &json!({"alg": "ES256", "kid": "8"})), Ok(()));
    assert_eq!(verify(&with(&many[..8]), "p256", &json!({"alg": "ES256"})), Ok(()));
}

#[test]
fn a_name_or_key_of_another_issuer_s_is_worth_nothing() {
    let issuer = |name: &str| {
        format!(
            "[[auth.issuers]]\nname = \"{name}\"\nissuer = \"https://{name}.example.com\"\n\
             audiences = [\"flagward\"]\nalgorithms = [\"RS256\"]\njwks_url = \"https://{name}.example.com/keys\"\n"
        )
    };
    let config = Auth::parse_for_test(&[issuer("a"), issuer("b")].concat());
    let authenticator = Authenticator::new(&config).unwrap();
    for (name, file) in [("a", "rsa"), ("b", "rsa-other")] {
        let set = [jwk(file, &json!({"kid": format!("of-{name}")}))];
        put(&authenticator.keyring(name).unwrap(), &set).unwrap();
    }
    let verify = |name: &str, file: &str, kid: &str| {
        let header = json!({"alg": "RS256", "kid": kid}).to_string();
        let token = raw_by(&header, &claims(name).to_string(), &key(file).0, Algorithm::RS256);
        authenticator.verify(&token, at(NOW)).map(|caller| caller.issuer().to_owned())
    };
    assert_eq!(verify("a", "rsa", "of-a").as_deref(), Ok("a"));
    assert_eq!(verify("b", "rsa-other", "of-b").as_deref(), Ok("b"));
    assert_eq!(verify("a", "rsa-other", "of-b"), Err(Refused::UnknownKey));
    assert_eq!(verify("a", "rsa-other", "of-a"), Err(Refused::Signature));
    assert_eq!(verify("a", "rsa", "of-b"), Err(Refused::UnknownKey));
}

#[test]
fn only_other_keys_are_a_change() {
    let set = keyring();
    let key = |kid: &str| jwk("p256", &json!({"kid": kid}));
    assert_eq!(put(&set, &[key("a")]), Ok(Replaced { count: 1, changed: true }));
    assert_eq!(put(&set, &[key("a")]), Ok(Replaced { count: 1, changed: false }));
    let commented = jwk("p256", &json!({"kid": "a", "x5c": ["x"]}));
    assert_eq!(put(&set, &[commented]), Ok(Replaced { count: 1, changed: false }));
    let two = Ok(Replaced { count: 2, changed: true });
    assert_eq!(put(&set, &[key("a"), key("b")]), two);
    assert_eq!(put(&set, &[key("b")]), Ok(Replaced { count: 1, changed: true }));
    assert_eq!(
        verify(&set, "p256", &json!({"alg": "ES256", "kid": "a"})),
        Err(Refused::UnknownKey)
    );
}

proptest::proptest! {
    #[test]
    fn any_text_is_a_key_set_or_refused_and_never_a_panic(text in "\\PC*", n in "[A-Za-z0-9_-]{0,400}") {
        let set = Arc::new(keyring());
        let _ = set.replace(text.as_bytes());
        for kty in ["RSA", "EC", "OKP"] {
            for crv in ["P-256", "P-384", "Ed25519"] {
                let key = json!({"kty": kty, "crv": crv, "n": n, "e": text, "x": n, "y": n});
                let _ = put(&set, &[key]);
            }
        }
    }
}
