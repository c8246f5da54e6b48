//! What attackers try. Each is refused, most before any signature is looked at.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::super::Refused;
use super::{SECRET, claims, encode, pem, raw, raw_by, token, verify, with};

fn good() -> String {
    claims("hs").to_string()
}

#[test]
fn none_is_no_algorithm_in_any_spelling() {
    for none in ["none", "None", "NONE", "nOnE", "", " none", "none\\u0000"] {
        let header = format!(r#"{{"alg":"{none}"}}"#);
        let message = format!("{}.{}", encode(&header), encode(&good()));
        assert_eq!(verify(&format!("{message}.")), Err(Refused::Algorithm), "{none}");
        assert_eq!(verify(&raw(&header, &good())), Err(Refused::Algorithm), "{none}");
        assert_eq!(verify(&message), Err(Refused::Malformed), "{none}");
    }
    for header in ["{}", r#"{"alg":null}"#, r#"{"alg":["HS256"]}"#, r#"{"alg":1}"#, "[]", "null"] {
        assert_eq!(verify(&raw(header, &good())), Err(Refused::Malformed), "{header}");
    }
    for spelling in ["hs256", "HS256 ", "HS 256", "Hs256"] {
        let header = format!(r#"{{"alg":"{spelling}"}}"#);
        assert_eq!(verify(&raw(&header, &good())), Err(Refused::Algorithm), "{spelling}");
    }
}

#[test]
fn the_public_key_is_no_hmac_secret() {
    let claims = claims("rs").to_string();
    let file = pem("rsa.pub");
    let text = String::from_utf8(file.clone()).unwrap();
    let der = super::config().issuers[1].keys.first_for_test().clone();
    let crate::config::auth::IssuerKey::PublicKey { key, .. } = der else {
        panic!("this issuer has a public key");
    };
    for secret in [file.as_slice(), text.trim().as_bytes(), key.der()] {
        let secret = EncodingKey::from_secret(secret);
        for (says, expected) in [("HS256", Refused::Algorithm), ("RS256", Refused::Signature)] {
            let header = format!(r#"{{"alg":"{says}"}}"#);
            let token = raw_by(&header, &claims, &secret, Algorithm::HS256);
            assert_eq!(verify(&token), Err(expected), "{says}");
        }
    }
}

#[test]
fn a_kid_changes_nothing() {
    for kid in ["../../dev/null", "' OR 1=1 --", "es", "https://es.example.com", "\\u0000", "rs"] {
        let header = format!(r#"{{"alg":"HS256","kid":"{kid}"}}"#);
        assert!(verify(&raw(&header, &good())).is_ok(), "{kid}");
        let empty = EncodingKey::from_secret(b"");
        let forged = raw_by(&header, &good(), &empty, Algorithm::HS256);
        assert_eq!(verify(&forged), Err(Refused::Signature), "{kid}");
    }
}

#[test]
fn a_key_in_the_token_is_never_used() {
    let attacker = EncodingKey::from_rsa_pem(&pem("rsa-other")).unwrap();
    let jwk = json!({"kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": "RS256", "use": "sig"});
    for (member, value) in [
        ("jwk", jwk),
        ("jku", json!("https://attacker.example.com/jwks.json")),
        ("x5u", json!("https://attacker.example.com/cert.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        let header = json!({"alg": "RS256", member: value}).to_string();
        let claims = claims("rs").to_string();
        let forged = raw_by(&header, &claims, &attacker, Algorithm::RS256);
        assert_eq!(verify(&forged), Err(Refused::Signature), "{member}");
        // Some providers always send one: signed by the configured key it does no harm.
        let key = EncodingKey::from_rsa_pem(&pem("rsa")).unwrap();
        assert!(verify(&raw_by(&header, &claims, &key, Algorithm::RS256)).is_ok(), "{member}");
    }
}

#[test]
fn headers_that_change_what_a_token_means_are_refused() {
    for member in [
        r#""crit":["exp"]"#,
        r#""crit":[]"#,
        r#""crit":["b64"],"b64":false"#,
        r#""b64":true"#,
        r#""zip":"DEF""#,
        r#""cty":"JWT""#,
        r#""enc":"A128GCM""#,
        r#""typ":"logout+jwt""#,
        r#""typ":"dpop+jwt""#,
        r#""typ":null"#,
        r#""typ":1"#,
    ] {
        let header = format!(r#"{{"alg":"HS256",{member}}}"#);
        assert_eq!(verify(&raw(&header, &good())), Err(Refused::Unsupported), "{member}");
    }
    for kind in ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "JOSE"] {
        let header = format!(r#"{{"alg":"HS256","typ":"{kind}"}}"#);
        assert!(verify(&raw(&header, &good())).is_ok(), "{kind}");
    }
}

#[test]
fn an_encrypted_or_nested_token_is_refused() {
    let encrypted = format!("{}.a.b.c.d", encode(r#"{"alg":"dir","enc":"A128GCM"}"#));
    assert_eq!(verify(&encrypted), Err(Refused::Unsupported));
    let inner = token(&claims("hs"));
    let nested = raw(r#"{"alg":"HS256"}"#, &inner);
    assert_eq!(verify(&nested), Err(Refused::Malformed));
    let quoted = raw(r#"{"alg":"HS256"}"#, &format!("\"{inner}\""));
    assert_eq!(verify(&quoted), Err(Refused::Malformed));
}

#[test]
fn a_member_that_stands_twice_is_refused() {
    let good = good();
    for claim in ["iss", "aud", "exp", "sub", "nbf", "teams", "custom"] {
        for (first, second) in [("1", "1"), ("\"x\"", "null")] {
            let body = good.trim_end_matches('}');
            let twice = format!("{body},\"{claim}\":{first},\"{claim}\":{second}}}");
            let refused = verify(&raw(r#"{"alg":"HS256"}"#, &twice));
            assert_eq!(refused, Err(Refused::Duplicate), "{claim}");
        }
    }
    let header = r#"{"alg":"none","alg":"HS256"}"#;
    assert_eq!(verify(&raw(header, &good)), Err(Refused::Duplicate));
    let escaped = good.replace("\"sub\":", "\"s\\u0075b\":\"root\",\"sub\":");
    assert_eq!(verify(&raw(r#"{"alg":"HS256"}"#, &escaped)), Err(Refused::Duplicate));
    let nested = with("realm_access", json!({"x": 1})).to_string();
    let nested = nested.replace("\"x\":1", "\"roles\":[],\"roles\":[\"admin\"]");
    assert_eq!(verify(&raw(r#"{"alg":"HS256"}"#, &nested)), Err(Refused::Duplicate));
}

#[test]
fn base64_that_is_not_canonical_is_refused() {
    // 32 bytes of signature leave four bits of its last character free.
    let token = token(&claims("hs"));
    let (start, last) = token.split_at(token.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = alphabet.find(last).unwrap();
    let twin = alphabet.chars().nth(place ^ 1).unwrap();
    assert_eq!(verify(&format!("{start}{twin}")), Err(Refused::Malformed));
    let (header, rest) = token.split_once('.').unwrap();
    for spelled in [
        format!("{token}="),
        format!("{header}=.{rest}"),
        format!("{token} "),
        format!("{token}\n"),
        format!(" {token}"),
        format!("{header}\n.{rest}"),
        token.replace(['-', '_'], "+") + "/",
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{token}"),
        "..".to_owned(),
        ".".to_owned(),
        String::new(),
    ] {
        let refused = verify(&spelled).unwrap_err();
        assert!(matches!(refused, Refused::Malformed | Refused::Unsupported), "{spelled}");
    }
}

#[test]
fn a_long_token_is_refused_before_it_is_read() {
    let long = token(&with("custom", json!("x".repeat(8_000))));
    assert_eq!(verify(&long), Err(Refused::TooLong));
    assert_eq!(verify(&"a".repeat(1 << 20)), Err(Refused::TooLong));
    assert!(verify(&token(&with("custom", json!("x".repeat(5_000))))).is_ok());
}

#[test]
fn an_unknown_issuer_is_refused_whoever_signed() {
    for issuer in [
        "https://hs.example.com/",
        "HTTPS://hs.example.com",
        "hs",
        "",
        "https://hs.example.com\u{0}",
    ] {
        let refused = verify(&token(&with("iss", json!(issuer))));
        assert_eq!(refused, Err(Refused::UnknownIssuer), "{issuer}");
    }
}

#[test]
fn no_refusal_repeats_the_token() {
    let planted = |claim: &str, value: Value| token(&with(claim, value));
    for token in [
        planted("iss", json!("planted")),
        planted("aud", json!("planted")),
        planted("exp", json!("planted")),
        raw(r#"{"alg":"planted"}"#, &good()),
        "planted".to_owned(),
        "planted.planted.planted".to_owned(),
    ] {
        let refused = verify(&token).unwrap_err();
        let shown = format!("{refused} {refused:?} {}", refused.kind());
        assert!(!shown.contains("planted") && !shown.contains(SECRET), "{shown}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_refused_without_a_panic(text in "(?s).{0,60}", parts in "[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}\\.[A-Za-z0-9_-]{0,40}") {
        assert!(verify(&text).is_err());
        assert!(verify(&parts).is_err());
    }

    #[test]
    fn any_signed_claims_never_cause_a_panic(claims in "\\PC{0,60}", value in "[-0-9.eE\"\\[\\]{}:,a]{0,20}") {
        let header = r#"{"alg":"HS256"}"#;
        assert!(verify(&raw(header, &claims)).is_err());
        let _ = verify(&raw(header, &good().replace("1800000060", &value)));
    }
}
