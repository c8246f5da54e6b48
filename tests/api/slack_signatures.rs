//! Our signatures of random bodies. They are left in a file for Slack's own code to verify, which
//! `tests/tools/clients/slack.py` and `slack.mjs` do.

use std::path::Path;

use flagward::auth::{BadSignature, SlackSecrets};
use flagward::clock::Clock;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use secrecy::SecretString;
use serde_json::json;

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const COUNT: usize = 500;
/// Where they are left: below `target/tmp`.
const FILE: &str = "slack-signed.json";

#[test]
fn what_we_sign_we_take_and_nothing_that_was_changed() {
    let secrets = SlackSecrets::new(&SecretString::from(SECRET), None);
    let now = Clock::system().now();
    let seconds = now.as_second();
    let (mut runner, any) = (TestRunner::default(), "(?s).{0,300}");
    let verify = |body: &str, timestamp: i64, signature: &str| {
        let (timestamp, body) = (timestamp.to_string(), body.to_owned().into());
        let headers = (Some(timestamp.as_bytes()), Some(signature.as_bytes()));
        secrets.verify(headers.0, headers.1, body, now).map(|_| ())
    };
    let mut signed = Vec::new();
    for _ in 0..COUNT {
        let body: String = any.new_tree(&mut runner).unwrap().current();
        let signature = secrets.sign(seconds, body.as_bytes()).unwrap();
        assert_eq!(verify(&body, seconds, &signature), Ok(()), "{body:?}");
        let wrong = Err(BadSignature::Wrong);
        assert_eq!(verify(&format!("{body} "), seconds, &signature), wrong, "{body:?}");
        assert_eq!(verify(&body, seconds + 1, &signature), wrong, "{body:?}");
        let timestamp = seconds.to_string();
        signed.push(json!({ "body": body, "timestamp": timestamp, "signature": signature }));
    }
    let all = json!({ "secret": SECRET, "signed": signed }).to_string();
    std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join(FILE), all).unwrap();
}
