//! Secrets that are planted, and the search for them in every spelling that a leak would have.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::slack_kit::{APP_SECRET, BUTTON_SECRET};

/// The shared token.
pub(crate) const TOKEN: &str = "api-planted0-5ec2-4e70-8000-00000000f1a6";
/// The secrets of two issuers: one in the configuration, one in a file of its own.
pub(crate) const ISSUER_SECRET: &str = "planted+hmac/secret=of the 1st issuer & no other";
pub(crate) const FILED_SECRET: &str = "planted+hmac/secret=of the 2nd issuer & no other";
/// What Slack signed with before.
pub(crate) const PREVIOUS_SECRET: &str = "0b5ec2e7planted0previous0a5b6c7d";
/// What users are hashed with in the comparison of backends.
pub(crate) const HASH_KEY: &str = "planted-key-to-hash-users-with-in-the-shadow";
/// The password in a URL that must not have one.
pub(crate) const PASSWORD: &str = "planted-Pa55word";
/// A part of the addresses at which Slack takes answers.
pub(crate) const RESPONSE_PATH: &str = "/commands/T1/";

/// Those of every configuration in these tests, by name.
pub(crate) fn planted() -> Vec<(&'static str, String)> {
    [
        ("the shared token", TOKEN),
        ("an issuer's secret", ISSUER_SECRET),
        ("an issuer's secret in a file", FILED_SECRET),
        ("the secret of buttons", BUTTON_SECRET),
        ("Slack's signing secret", APP_SECRET),
        ("Slack's previous signing secret", PREVIOUS_SECRET),
        ("the key of the shadow's hashes", HASH_KEY),
        ("a proxy's password", PASSWORD),
        ("an address for answers", RESPONSE_PATH),
    ]
    .map(|(name, secret)| (name, secret.to_owned()))
    .into()
}

/// A token as something that must not be seen: its claims, and its signature.
pub(crate) fn of_token(token: &str) -> Vec<(&'static str, String)> {
    let parts = token.split('.').skip(1);
    let names = ["a token's claims", "a token's signature"];
    names.into_iter().zip(parts.map(str::to_owned)).collect()
}

/// Every byte spelled so, one after another.
fn each(bytes: &[u8], spell: impl Fn(&u8) -> String) -> String {
    bytes.iter().map(spell).collect()
}

/// A secret, spelled in every way in which something may print it.
fn spellings(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let hex = each(bytes, |byte| format!("{byte:02x}"));
    let all_percent = each(bytes, |byte| format!("%{byte:02X}"));
    let decimals: Vec<_> = bytes.iter().map(u8::to_string).collect();
    let mut all = vec![
        secret.to_owned(),
        secret.escape_debug().to_string(),
        secret.escape_default().to_string(),
        serde_json::to_string(secret).unwrap().trim_matches('"').to_owned(),
        serde_json::to_string(secret).unwrap().trim_matches('"').replace('/', "\\/"),
        secret.chars().rev().collect(),
        hex.to_uppercase(),
        hex,
        decimals.join(", "),
        decimals.join(","),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string(),
        utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string().replace("%2D", "-"),
        serde_urlencoded::to_string([("", secret)]).unwrap().trim_start_matches('=').to_owned(),
        all_percent.to_lowercase(),
        all_percent,
    ];
    for before in 0..3 {
        // As a part of something longer that was encoded as a whole: what its neighbours change is left out.
        let padded = [&b"xx"[..before], bytes].concat();
        let skipped = (before * 8).div_ceil(6);
        let whole = (padded.len() * 8 / 6) - skipped;
        for engine in [STANDARD, URL_SAFE] {
            let text = engine.encode(&padded);
            all.push(text.chars().skip(skipped).take(whole).collect());
        }
    }
    all.sort();
    all.dedup();
    all
}

/// Which of the secrets are in `text`, and where.
pub(crate) fn leaks(secrets: &[(&'static str, String)], text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (name, secret) in secrets {
        for spelling in spellings(secret) {
            assert!(spelling.len() >= 8, "{spelling:?} is too short to be searched for");
            let lines = text.lines().filter(|line| line.contains(&spelling));
            found.extend(lines.take(2).map(|line| {
                let line: String = line.chars().take(600).collect();
                format!("{name} as {spelling:?}: {line}")
            }));
        }
    }
    found
}

#[test]
fn a_secret_is_found_in_every_spelling() {
    let (secrets, secret) = (planted(), ISSUER_SECRET);
    let header = format!("user:{secret}, and more");
    for text in [
        format!("x{secret}y"),
        format!("{:?}", secret.as_bytes()),
        format!("{:?}", header.as_bytes()),
        STANDARD.encode(&header),
        STANDARD.encode(format!("{header}{header}")),
        URL_SAFE.encode(format!("a{header}")),
        URL_SAFE.encode(format!("ab{header}")),
        utf8_percent_encode(&header, NON_ALPHANUMERIC).to_string(),
        serde_urlencoded::to_string([("a", &header)]).unwrap(),
        each(header.as_bytes(), |byte| format!("{byte:02x}")),
        each(header.as_bytes(), |byte| format!("%{byte:02X}")),
    ] {
        assert!(!leaks(&secrets, &text).is_empty(), "{text}");
    }
    assert!(leaks(&secrets, "nothing of interest, planted or not").is_empty());
}
