//! Claims of tokens whose signature is good.

use serde_json::{Value, json};

use super::super::{Claim, Refused};
use super::{NOW, at, token, verify, verify_at, with};

/// The outcome of good claims with one of them changed.
fn refused(claim: &str, value: Value) -> Option<Refused> {
    verify(&token(&with(claim, value))).err()
}

#[test]
fn each_claim_that_is_missing_is_named() {
    for claim in [Claim::Issuer, Claim::Audience, Claim::Expiry, Claim::Subject] {
        let mut claims = super::claims("hs");
        claims.as_object_mut().unwrap().remove(claim.name());
        assert_eq!(verify(&token(&claims)), Err(Refused::MissingClaim(claim)));
    }
}

#[test]
fn an_audience_must_be_one_of_ours() {
    for good in [
        json!("flagward"),
        json!("flagward-too"),
        json!(["other", "flagward"]),
        json!(["flagward-too"]),
    ] {
        assert_eq!(refused("aud", good), None);
    }
    for other in [json!("other"), json!(""), json!([]), json!(["Flagward"]), json!("flagward ")] {
        assert_eq!(refused("aud", other.clone()), Some(Refused::Audience), "{other}");
    }
    let invalid = Some(Refused::InvalidClaim(Claim::Audience));
    for bad in [json!(null), json!(1), json!({"flagward": 1}), json!(["flagward", 1])] {
        assert_eq!(refused("aud", bad.clone()), invalid, "{bad}");
    }
}

#[test]
fn an_issuer_must_be_text() {
    let listed = json!(["https://hs.example.com"]);
    for bad in [listed, json!(null), json!(1), json!({})] {
        assert_eq!(refused("iss", bad), Some(Refused::InvalidClaim(Claim::Issuer)));
    }
}

#[test]
fn absurd_dates_are_refused() {
    for bad in [
        json!(1_800_000_060.5),
        json!(1e300),
        json!("1800000060"),
        json!(-1),
        json!(u64::MAX),
        json!(i64::MAX),
        json!(NOW * 1000),
        json!(null),
        json!(true),
        json!([NOW + 60]),
        json!({}),
    ] {
        let expiry = refused("exp", bad.clone());
        assert_eq!(expiry, Some(Refused::InvalidClaim(Claim::Expiry)), "{bad}");
        let not_before = refused("nbf", bad.clone());
        assert_eq!(not_before, Some(Refused::InvalidClaim(Claim::NotBefore)), "{bad}");
    }
    assert_eq!(refused("exp", json!(0)), Some(Refused::Expired));
    assert_eq!(refused("exp", json!(253_402_207_199_i64)), None);
}

#[test]
fn a_token_ends_at_its_expiry_plus_the_leeway() {
    let token = token(&super::claims("hs"));
    assert!(verify_at(&token, NOW + 89).is_ok());
    assert_eq!(verify_at(&token, NOW + 90), Err(Refused::Expired));
    let caller = verify(&token).unwrap();
    assert_eq!(caller.expires_at(), at(NOW + 60));
    assert_eq!(caller.valid_at(at(NOW + 89)), Ok(()));
    assert_eq!(caller.valid_at(at(NOW + 90)), Err(Refused::Expired));
}

#[test]
fn a_token_begins_at_its_not_before_less_the_leeway() {
    let token = token(&with("nbf", json!(NOW + 40)));
    assert_eq!(verify_at(&token, NOW + 9), Err(Refused::NotYetValid));
    let caller = verify_at(&token, NOW + 10).unwrap();
    assert_eq!(caller.not_before(), Some(at(NOW + 40)));
    assert_eq!(caller.valid_at(at(NOW + 9)), Err(Refused::NotYetValid));
    // The leeway reaches back before the calendar here, which is before every time.
    assert_eq!(verify_at(&super::token(&with("nbf", json!(0))), NOW).err(), None);
}

#[test]
fn a_subject_is_text_of_bounded_length_without_control_characters() {
    let good = "system:serviceaccount:".to_owned() + &"n".repeat(490);
    for good in [json!("auth0|x y"), json!("ü"), json!(good)] {
        assert_eq!(refused("sub", good.clone()), None, "{good}");
    }
    for bad in
        [json!(""), json!("a".repeat(513)), json!("a\nb"), json!("a\u{0}"), json!(7), json!(null)]
    {
        let invalid = Some(Refused::InvalidClaim(Claim::Subject));
        assert_eq!(refused("sub", bad.clone()), invalid, "{bad}");
    }
}

#[test]
fn teams_are_text_or_a_list_of_texts_and_anything_else_is_none() {
    let teams =
        |value: Value| verify(&token(&with("teams", value))).unwrap().team_claims().to_vec();
    assert_eq!(teams(json!("a")), ["a"]);
    assert_eq!(teams(json!(["a", "b"])), ["a", "b"]);
    for none in [json!(null), json!([]), json!(1), json!({"a": 1}), json!(["a", 1]), json!([["a"]])]
    {
        assert_eq!(teams(none.clone()), [""; 0], "{none}");
    }
    let mut claims = super::claims("hs");
    claims.as_object_mut().unwrap().remove("teams");
    assert!(verify(&token(&claims)).unwrap().team_claims().is_empty());
}

#[test]
fn too_many_or_too_long_teams_are_refused_and_not_cut() {
    let many = |count: usize| json!(vec!["t"; count]);
    assert_eq!(refused("teams", many(256)), None);
    assert_eq!(refused("teams", many(257)), Some(Refused::Teams));
    assert_eq!(refused("teams", json!("t".repeat(256))), None);
    assert_eq!(refused("teams", json!(["a", "t".repeat(257)])), Some(Refused::Teams));
}

#[test]
fn every_refusal_has_a_kind_of_its_own_and_says_what_to_do() {
    let claim = Claim::Issuer;
    let all = [
        Refused::NoToken,
        Refused::SeveralHeaders,
        Refused::Scheme,
        Refused::LaunchDarklyKey,
        Refused::TooLong,
        Refused::Malformed,
        Refused::Unsupported,
        Refused::Duplicate,
        Refused::MissingClaim(claim),
        Refused::InvalidClaim(claim),
        Refused::UnknownIssuer,
        Refused::Algorithm,
        Refused::KeysUnknown,
        Refused::UnknownKey,
        Refused::KeyNotNamed,
        Refused::Signature,
        Refused::Audience,
        Refused::Expired,
        Refused::NotYetValid,
        Refused::Teams,
    ];
    assert_eq!(all.map(Refused::kind), Refused::ALL_KINDS);
    for refused in all {
        assert!(refused.to_string().contains([':', ',']), "{refused}");
    }
}
