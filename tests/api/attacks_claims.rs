//! Attacks by what a token says, each signed by the right key.

use flagward::auth::{Claim, Refused};
use serde_json::json;

use crate::attacks_kit::{Attack, IDP, Key, NOW, claims, claims_with};

const HEADER: &str = r#"{"alg":"HS256"}"#;

/// All of them.
pub(crate) fn attacks() -> Vec<Attack> {
    let tables = [issuers(), audiences(), expiries(), beginnings(), subjects(), twice()];
    tables.into_iter().flatten().collect()
}

/// The claim spelled so.
fn spelled(claim: &str, value: &str, refused: Refused) -> Attack {
    let token = Key::idp().sign(HEADER, &claims_with(claim, value));
    let mut shown: String = value.chars().take(40).collect();
    shown = format!("{claim} {shown}");
    Attack::token(shown, &token, refused)
}

fn without(claim: &str, refused: Refused) -> Attack {
    let mut claims = claims(IDP);
    claims.as_object_mut().unwrap().remove(claim);
    Attack::token(format!("no {claim}"), &Key::idp().token(&claims), refused)
}

fn issuers() -> Vec<Attack> {
    let mut all = vec![without("iss", Refused::MissingClaim(Claim::Issuer))];
    for value in [
        r#""https://evil.example.com""#,
        r#""https://idp.example.com/""#,
        r#""HTTPS://IDP.EXAMPLE.COM""#,
        r#"" https://idp.example.com""#,
        r#""https://idp.example.com\u0000""#,
        r#""idp""#,
        r#""slack""#,
        r#""""#,
    ] {
        all.push(spelled("iss", value, Refused::UnknownIssuer));
    }
    for value in ["null", "1", "true", r#"["https://idp.example.com"]"#, "{}"] {
        all.push(spelled("iss", value, Refused::InvalidClaim(Claim::Issuer)));
    }
    all
}

fn audiences() -> Vec<Attack> {
    let mut all = vec![without("aud", Refused::MissingClaim(Claim::Audience))];
    for value in [
        r#""another""#,
        r#""FLAGWARD""#,
        r#""flagward ""#,
        r#""flagward,another""#,
        r#""*""#,
        r#""""#,
        "[]",
        r#"["another"]"#,
    ] {
        all.push(spelled("aud", value, Refused::Audience));
    }
    for value in
        ["null", "true", "1", r#"{"flagward":1}"#, r#"["flagward",1]"#, r#"[["flagward"]]"#]
    {
        all.push(spelled("aud", value, Refused::InvalidClaim(Claim::Audience)));
    }
    all
}

/// What is no date at all: JSON's numbers end where these begin, or it is no JSON.
const NO_JSON: [&str; 8] = [
    "1e400",
    "-1e400",
    "NaN",
    "Infinity",
    "01795266000",
    "0x6B015A90",
    "1_795_266_000",
    "+1795266000",
];

/// Dates that are none, or that no calendar of ours has: fractions, texts, milliseconds, the year 10⁹.
const NO_DATES: [&str; 18] = [
    "null",
    "true",
    "[]",
    "{}",
    "-1",
    "-0",
    "-9223372036854775808",
    "1795266000.5",
    "1795266000.0",
    "1.795266e9",
    "1e300",
    "\"1795266000\"",
    "\"soon\"",
    "1795266000000",
    "31556889864403199",
    "9223372036854775807",
    "18446744073709551615",
    "99999999999999999999999",
];

fn expiries() -> Vec<Attack> {
    let mut all = vec![without("exp", Refused::MissingClaim(Claim::Expiry))];
    all.extend(NO_JSON.map(|value| spelled("exp", value, Refused::Malformed)));
    let invalid = Refused::InvalidClaim(Claim::Expiry);
    all.extend(NO_DATES.map(|value| spelled("exp", value, invalid)));
    for ago in [3_600, 86_400, NOW] {
        all.push(spelled("exp", &(NOW - ago).to_string(), Refused::Expired));
    }
    all
}

fn beginnings() -> Vec<Attack> {
    let mut all = Vec::new();
    all.extend(NO_JSON.map(|value| spelled("nbf", value, Refused::Malformed)));
    let invalid = Refused::InvalidClaim(Claim::NotBefore);
    all.extend(NO_DATES.map(|value| spelled("nbf", value, invalid)));
    for later in [1_800, 1_000_000_000] {
        all.push(spelled("nbf", &(NOW + later).to_string(), Refused::NotYetValid));
    }
    all
}

fn subjects() -> Vec<Attack> {
    let mut all = vec![without("sub", Refused::MissingClaim(Claim::Subject))];
    let long = json!("x".repeat(513)).to_string();
    for value in ["null", "1", "[]", r#""""#, r#""a\nb""#, r#""a\u0000""#, &long] {
        all.push(spelled("sub", value, Refused::InvalidClaim(Claim::Subject)));
    }
    let many: Vec<_> = (0..257).map(|number| number.to_string()).collect();
    all.push(spelled("groups", &json!(many).to_string(), Refused::Teams));
    all.push(spelled("groups", &json!("x".repeat(257)).to_string(), Refused::Teams));
    all
}

/// Members that stand twice: each of the two would be believed by somebody.
fn twice() -> Vec<Attack> {
    let (key, good) = (Key::idp(), claims(IDP).to_string());
    let mut all = Vec::new();
    for claim in ["iss", "aud", "exp", "nbf", "sub", "groups", "own"] {
        for (first, second) in [("1", "1"), ("\"root\"", "null")] {
            let body = good.trim_end_matches('}');
            let body = format!("{body},\"{claim}\":{first},\"{claim}\":{second}}}");
            let what = format!("{claim} twice: {first}, {second}");
            all.push(Attack::token(what, &key.sign(HEADER, &body), Refused::Duplicate));
        }
    }
    let escaped = good.replace("\"sub\":", "\"s\\u0075b\":\"root\",\"sub\":");
    let nested = claims_with("realm", r#"{"roles":[],"roles":["admin"]}"#);
    for (what, body) in [("sub twice, once escaped", escaped), ("nested members twice", nested)] {
        all.push(Attack::token(what, &key.sign(HEADER, &body), Refused::Duplicate));
    }
    for header in [
        r#"{"alg":"none","alg":"HS256"}"#,
        r#"{"alg":"HS256","alg":"HS256"}"#,
        r#"{"alg":"HS256","al\u0067":"none"}"#,
        r#"{"alg":"HS256","kid":"a","kid":"b"}"#,
        r#"{"alg":"HS256","jwk":{"kty":"RSA","kty":"oct"}}"#,
    ] {
        all.push(Attack::token(header, &key.sign(header, &good), Refused::Duplicate));
    }
    all
}
