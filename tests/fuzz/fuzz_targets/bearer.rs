//! Any bytes as the value of an `Authorization` header: nothing panics, and nobody becomes a caller but by a token that
//! this target had signed. Bytes that start with `{` are a token's header and, on the lines after it, its claims: those
//! are signed here, so that what is checked behind the signature is reached too.
#![no_main]

use std::path::Path;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flagward::auth::{Authenticator, Caller, Refused, bare_or_bearer, bearer};
use flagward::config::{Environment, load};
use jiff::Timestamp;
use jsonwebtoken::crypto::sign;
use jsonwebtoken::{Algorithm, EncodingKey};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// The time at which all tokens are looked at.
const NOW: i64 = 1_800_000_000;
/// How far the issuers' clocks may be off, in seconds; not said in the configuration below, since it is the default.
const LEEWAY: i64 = 30;
const SECRET: &str =
    "hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret";
const CONFIG: &str = r#"
[launchdarkly]
token = "x"
[policy]
file = "x"

[[auth.issuers]]
name = "hs"
issuer = "https://hs.example.com"
audiences = ["flagward", "flagward-too"]
algorithms = ["HS256"]
secret = "hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret-hs-secret"

[[auth.issuers]]
name = "rs"
issuer = "https://rs.example.com"
audiences = ["flagward"]
algorithms = ["RS256"]
public_key_file = "rsa.pub.pem"
team_claim = "/realm_access/roles"

[[auth.issuers]]
name = "es"
issuer = "https://es.example.com"
audiences = ["flagward"]
algorithms = ["ES256"]
public_key_file = "p256.pub.pem"
"#;
/// The headers of the seeds whose tokens are good. An ECDSA signature has a twin that is good as well, which nobody
/// finds by trying.
const MINTED: [&str; 5] = [
    include_str!("../corpus/bearer/good_hs256"),
    include_str!("../corpus/bearer/good_hs256_bare"),
    include_str!("../corpus/bearer/good_hs256_with_kid"),
    include_str!("../corpus/bearer/good_rs256"),
    include_str!("../corpus/bearer/good_es256"),
];
/// From which length on a token is not a word of the refusal's own sentence by chance.
const TELLING: usize = 24;

static AUTHENTICATOR: LazyLock<Authenticator> = LazyLock::new(|| {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/keys/flagward.toml"));
    let config = load(CONFIG, file, &Environment::new()).expect("the configuration is good");
    let authenticator = Authenticator::new(&config.auth).expect("the keys are good");
    for header in MINTED {
        assert!(verify(&authenticator, token_in(header)).is_ok(), "{header} went stale");
    }
    authenticator
});

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"{") {
        let mut parts = bytes.splitn(2, |byte| *byte == b'\n');
        signed(parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        return;
    }
    // As the gate has it.
    let Some(header) = std::str::from_utf8(bytes).ok().filter(|text| text.is_ascii()) else {
        return;
    };
    for token in tokens(header) {
        if let Ok(caller) = admit(token) {
            assert!(MINTED.iter().any(|minted| token_in(minted) == token), "forged: {caller:?}");
        }
    }
});

/// The token of a header on the drop-in and on `/v1`, where both don't refuse it.
fn tokens(header: &str) -> Vec<&str> {
    let (bare, strict) = (bare_or_bearer(header), bearer(header));
    if let Ok(token) = strict {
        assert_eq!(bare, Ok(token), "what /v1 takes, the drop-in takes too");
    }
    for refused in [bare.err(), strict.err()].into_iter().flatten() {
        assert!(Refused::ALL_KINDS.contains(&refused.kind()));
    }
    bare.into_iter().collect()
}

fn admit(token: &str) -> Result<Caller, Refused> {
    let outcome = verify(&AUTHENTICATOR, token);
    if let Err(refused) = &outcome {
        assert!(Refused::ALL_KINDS.contains(&refused.kind()));
        let told = format!("{refused} {refused:?}");
        assert!(token.len() < TELLING || !told.contains(token), "a refusal repeats the token");
    }
    outcome
}

fn verify(authenticator: &Authenticator, token: &str) -> Result<Caller, Refused> {
    authenticator.verify(token, Timestamp::from_second(NOW).expect("within the calendar"))
}

fn token_in(header: &str) -> &str {
    header.strip_prefix("Bearer ").unwrap_or(header)
}

/// These claims under this header, with a good signature: if they make a caller, a reader that forgives everything finds
/// in them all that a caller needs.
fn signed(header: &[u8], claims: &[u8]) {
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    let message = format!("{}.{}", encode(header), encode(claims));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = sign(message.as_bytes(), &key, Algorithm::HS256).expect("HMAC signs all");
    let Ok(caller) = admit(&format!("{message}.{signature}")) else { return };

    let header: Value = serde_json::from_slice(header).expect("the header is JSON");
    let claims: Value = serde_json::from_slice(claims).expect("the claims are JSON");
    assert_eq!(header["alg"], "HS256");
    for member in ["crit", "zip", "b64", "cty", "enc"] {
        assert!(header.get(member).is_none(), "{member} changes what a token means");
    }
    assert_eq!((caller.issuer(), &claims["iss"]), ("hs", &Value::from("https://hs.example.com")));
    assert!(["flagward", "flagward-too"].iter().any(|ours| names(&claims["aud"], ours)));
    assert_eq!(claims["sub"], caller.subject());
    assert!(!caller.subject().is_empty() && !caller.subject().contains(char::is_control));
    assert!(claims["exp"].as_i64().expect("exp is whole seconds") + LEEWAY > NOW);
    if let Some(start) = claims.get("nbf") {
        assert!(start.as_i64().expect("nbf is whole seconds") - LEEWAY <= NOW);
    }
    assert!(caller.team_claims().iter().all(|team| names(&claims["teams"], team)));
}

/// Whether `claim` is this text, or a list with it.
fn names(claim: &Value, text: &str) -> bool {
    claim == text || claim.as_array().is_some_and(|items| items.iter().any(|item| item == text))
}
