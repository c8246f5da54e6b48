//! Tokens that we make ourselves.

use std::time::Duration;

use super::super::{Authenticator, MintFault, mint};
use super::{NOW, at, config};
use crate::config::auth::{Auth, Issuer};

const HOUR: Duration = Duration::from_hours(1);

/// The issuer `hs` with another algorithm or team claim.
fn issuer(algorithm: &str, team_claim: &str) -> Auth {
    Auth::parse_for_test(&format!(
        "[[auth.issuers]]\nname = \"hs\"\nissuer = \"hs\"\naudiences = [\"flagward\"]\n\
         algorithms = [\"{algorithm}\"]\nsecret = \"{}\"\nteam_claim = '{team_claim}'\n",
        super::SECRET
    ))
}

fn minted(issuer: &Issuer, subject: &str, teams: &[&str]) -> Result<String, MintFault> {
    let teams: Vec<_> = teams.iter().map(|team| (*team).to_owned()).collect();
    mint(issuer, subject, &teams, HOUR, at(NOW))
}

#[test]
fn a_minted_token_is_verified_with_each_algorithm_and_team_claim() {
    for algorithm in ["HS256", "HS384", "HS512"] {
        for pointer in ["/teams", "/realm_access/roles", "/https:~1~1x~0y", "/a/0/b"] {
            let auth = issuer(algorithm, pointer);
            let token = minted(&auth.issuers[0], "alice", &["payments", "oncall"]).unwrap();
            let caller = Authenticator::new(&auth).unwrap().verify(&token, at(NOW)).unwrap();
            assert_eq!((caller.issuer(), caller.subject()), ("hs", "alice"));
            assert_eq!(caller.team_claims(), ["payments", "oncall"], "{algorithm} {pointer}");
            assert_eq!(caller.expires_at(), at(NOW + 3600));
            assert_eq!(caller.not_before(), Some(at(NOW)));
        }
    }
}

#[test]
fn another_library_agrees_with_a_minted_token() {
    let auth = issuer("HS256", "/teams");
    let token = minted(&auth.issuers[0], "alice", &["payments"]).unwrap();
    let key = jsonwebtoken::DecodingKey::from_secret(super::SECRET.as_bytes());
    let mut validation = jsonwebtoken::Validation::default();
    validation.set_audience(&["flagward"]);
    validation.set_issuer(&["hs"]);
    validation.validate_exp = false;
    let read = jsonwebtoken::decode::<serde_json::Value>(&token, &key, &validation).unwrap();
    assert_eq!(read.claims["sub"], "alice");
    assert_eq!(read.claims["teams"], serde_json::json!(["payments"]));
}

#[test]
fn a_token_that_would_be_refused_is_not_minted() {
    let auth = issuer("HS256", "/teams");
    let good = &auth.issuers[0];
    assert_eq!(minted(&config().issuers[1], "alice", &[]), Err(MintFault::NoSecret));
    for subject in ["", "a\nb", &"a".repeat(513)] {
        assert_eq!(minted(good, subject, &[]), Err(MintFault::Subject));
    }
    assert_eq!(minted(good, "alice", &["t"; 257]), Err(MintFault::Teams));
    for ttl in [Duration::ZERO, Duration::from_millis(999), Duration::MAX] {
        assert_eq!(mint(good, "alice", &[], ttl, at(NOW)), Err(MintFault::TimeToLive));
    }
    for pointer in ["/sub", "/exp/x", "/iss"] {
        let auth = issuer("HS256", pointer);
        assert_eq!(minted(&auth.issuers[0], "alice", &["t"]), Err(MintFault::TeamClaim));
        assert!(minted(&auth.issuers[0], "alice", &[]).is_ok());
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_minted_is_verified(subject in "\\PC{1,60}", team in "\\PC{0,60}") {
        let auth = issuer("HS512", "/teams");
        let token = minted(&auth.issuers[0], &subject, &[&team]).unwrap();
        let caller = Authenticator::new(&auth).unwrap().verify(&token, at(NOW)).unwrap();
        assert_eq!(caller.subject(), subject);
        assert_eq!(caller.team_claims(), [team]);
    }
}
