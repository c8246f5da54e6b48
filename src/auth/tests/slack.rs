//! Slack's signatures, against vectors that were computed from the published rule.

use bytes::Bytes;
use jiff::Timestamp;
use secrecy::SecretString;

use crate::auth::{BadSignature, SlackSecrets, SlackSigned};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const AT: i64 = 1_531_420_618;
/// Bodies and what Slack's rule makes of them at [`AT`]. The first is Slack's own example.
const VECTORS: [(&[u8], &str); 5] = [
    (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
        "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    ),
    (b"text=%2Abold%2A", "v0=7e4f266210f587ebb8e1b3c5e9da43bb00664d918a8a0e0b2e21c05816f79cd4"),
    (b"text=*bold*", "v0=5b90f1ccbf82aa6b4d8d5b52e0e61a2be058993201ce8cc4f9101ad1065c3ec2"),
    (b"text=%FF\xff", "v0=fb83c0fb36511a61336d204ee858bab5944a3e3cfbbeef4103ef1cd7327438cd"),
    (b"", "v0=55f41ec73231010289b54e669149ea021fccab11b5524355523533ce930cb739"),
];

fn secrets(current: &str, previous: Option<&str>) -> SlackSecrets {
    let previous = previous.map(SecretString::from);
    SlackSecrets::new(&SecretString::from(current), previous.as_ref())
}

fn verify(at: &str, signature: &str, body: &[u8], now: i64) -> Result<SlackSigned, BadSignature> {
    let (now, body) = (Timestamp::from_second(now).unwrap(), Bytes::copy_from_slice(body));
    secrets(SECRET, None).verify(Some(at.as_bytes()), Some(signature.as_bytes()), body, now)
}

#[test]
fn the_published_vectors_verify_and_are_what_we_sign() {
    for (body, signature) in VECTORS {
        assert!(verify(&AT.to_string(), signature, body, AT).is_ok(), "{signature}");
        assert_eq!(secrets(SECRET, None).sign(AT, body).as_deref(), Some(signature));
    }
}

#[test]
fn the_clocks_may_be_five_minutes_apart_either_way() {
    let (body, signature) = VECTORS[1];
    for (apart, good) in [(300, true), (-300, true), (301, false), (-301, false)] {
        let outcome = verify(&AT.to_string(), signature, body, AT + apart).map(|_| ());
        assert_eq!(outcome, if good { Ok(()) } else { Err(BadSignature::OutOfTime) }, "{apart}");
    }
}

#[test]
fn what_is_no_signature_of_ours_is_refused() {
    let (body, good) = VECTORS[1];
    let at = AT.to_string();
    let upper = good.replace("v0=", "V0=");
    for bad in [
        "",
        "v0=",
        good.split_at(3).1,
        &upper,
        good.split_at(66).0,
        &format!("{good}0"),
        VECTORS[2].1,
    ] {
        assert_eq!(verify(&at, bad, body, AT).map(|_| ()), Err(BadSignature::Wrong), "{bad}");
    }
    for at in ["", "-1", "+1531420618", "1531420618.0", " 1531420618", "99999999999999999999"] {
        let outcome = verify(at, good, body, AT).map(|_| ());
        assert!(matches!(outcome, Err(BadSignature::Malformed)), "{at}");
    }
    let now = Timestamp::from_second(AT).unwrap();
    let missing = secrets(SECRET, None).verify(None, Some(good.as_bytes()), Bytes::new(), now);
    assert_eq!(missing.map(|_| ()), Err(BadSignature::Missing));
}

#[test]
fn during_a_rotation_both_secrets_are_good() {
    let (body, signature) = VECTORS[1];
    let now = Timestamp::from_second(AT).unwrap();
    let at = AT.to_string();
    let rotated = secrets("the-next-secret-of-32-characters", Some(SECRET));
    let body = Bytes::from_static(body);
    assert!(rotated.verify(Some(at.as_bytes()), Some(signature.as_bytes()), body, now).is_ok());
}

#[test]
fn only_ids_of_slacks_become_callers() {
    let signed = verify(&AT.to_string(), VECTORS[0].1, VECTORS[0].0, AT).unwrap();
    let caller = signed.caller("T1DC2JH3J", "U2CERLKJA").unwrap();
    assert_eq!((caller.issuer(), caller.subject()), ("slack", "T1DC2JH3J/U2CERLKJA"));
    for (workspace, user) in [("", "U1"), ("T1", ""), ("T1/U1", "U2"), ("T1", "u1"), ("T1", "*")] {
        assert_eq!(signed.caller(workspace, user), None);
    }
}
