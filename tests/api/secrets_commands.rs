//! What the commands say, to people and into the logs of their machines, has no secret in it: neither where all is well nor
//! where a secret is itself what is wrong.

use flagward::simulator::{Fault, FaultKind};

use crate::attacks_kit::{IDP, Key, claims};
use crate::process::{Ended, flagward, run};
use crate::secrets_kit::{ISSUER_SECRET, PASSWORD, TOKEN, leaks, of_token, planted};
use crate::secrets_stage::Place;
use crate::slack_host::SlackHost;
use crate::slack_kit::Slack;

const EXPLAIN: [&str; 4] = ["--token", "-", "read", "shop/test"];

/// Both streams of it, on the record.
fn said(all: &mut String, ended: &Ended, code: i32) {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    all.push_str(&ended.out);
    all.push_str(&ended.err);
}

fn chatting() -> (Place, SlackHost) {
    let host = SlackHost::start(flagward::clock::Clock::system());
    let mut place = Place::new();
    place.environment.extend(Slack::settings(&host));
    (place, host)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_command_says_a_secret() {
    let (place, _host) = chatting();
    let (mut all, mut secrets) = (String::new(), planted());
    let good = place.token("payments").await;
    let mut expired = claims(IDP);
    expired["exp"] = 1_700_000_000.into();
    let expired = Key::secret(ISSUER_SECRET.as_bytes()).token(&expired);
    for token in [&good, &expired] {
        secrets.extend(of_token(token));
    }
    said(&mut all, &place.run("check", &[], &[], "").await, 0);
    said(&mut all, &place.run("check", &["--online"], &[], "").await, 0);
    said(&mut all, &place.run("explain", &EXPLAIN, &[], &good).await, 0);
    for refused in [expired.clone(), format!("{good}x"), format!("Bearer {good}"), TOKEN.to_owned()]
    {
        said(&mut all, &place.run("explain", &EXPLAIN, &[], &refused).await, 1);
    }
    let in_the_open = ["--token", good.as_str(), "read", "shop/test"];
    said(&mut all, &place.run("explain", &in_the_open, &[], "").await, 2);
    let migrating = ["migrate-check", "openapi", "serve", "token", "health", "simulator", "demo"];
    for command in migrating.into_iter().chain(["explain", "check"]) {
        let help = flagward(place.site.0.path(), &[command, "--help"]);
        said(&mut all, &run(help).await, 0);
    }
    said(&mut all, &run(flagward(place.site.0.path(), &["--help"])).await, 0);
    said(&mut all, &run(flagward(place.site.0.path(), &["openapi"])).await, 0);
    // LaunchDarkly, or what stands before it, repeats the request.
    for (status, body) in [
        (401, format!(r#"{{"code":"{TOKEN}","message":"the token {TOKEN} is no good"}}"#)),
        (403, format!("<html>Authorization: {TOKEN}</html>")),
        (200, format!(r#"{{"tokenName":"{TOKEN}"}}"#)),
    ] {
        let (body, headers) = (Some(body), [("X-Echo".to_owned(), TOKEN.to_owned())].into());
        let echo = FaultKind::Answer { status, body, content_type: None, headers };
        place.upstream.simulator.add_fault(Fault::new(echo).times(100));
        said(&mut all, &place.run("check", &["--online"], &[], "").await, 1);
        place.upstream.simulator.clear_faults();
    }
    let found = leaks(&secrets, &all);
    assert!(found.is_empty(), "{found:#?}");
}

/// A secret that is wrong, or in a wrong place, is named by its key.
#[tokio::test(flavor = "multi_thread")]
async fn no_fault_of_a_configuration_repeats_a_secret() {
    let (place, _host) = chatting();
    let with_password = format!("http://operator:{PASSWORD}@proxy.internal:3128");
    let (short, lines) = (ISSUER_SECRET.split_at(30).0, format!("{TOKEN}\nX-More: {TOKEN}"));
    let sdk_key = TOKEN.replace("api-", "sdk-");
    let mut all = String::new();
    for (key, value) in [
        ("FLAGWARD__LAUNCHDARKLY__PROXY", with_password.as_str()),
        ("FLAGWARD__LAUNCHDARKLY__BASE_URL", &with_password),
        ("FLAGWARD__CHAT__SLACK__PROXY", &with_password),
        ("FLAGWARD__CHAT__SLACK__RESPONSE_HOST", &with_password),
        ("FLAGWARD__LAUNCHDARKLY__TOKEN", &lines),
        ("FLAGWARD__LAUNCHDARKLY__TOKEN", &sdk_key),
        ("FLAGWARD__LAUNCHDARKLY__TOKN", TOKEN),
        ("FLAGWARD__LAUNCHDARKLY__BACKEND", TOKEN),
        ("FLAGWARD__LAUNCHDARKLY__REQUEST_TIMEOUT", TOKEN),
        ("FLAGWARD__LAUNCHDARKLY__TOKEN_FILE", TOKEN),
        ("FLAGWARD__LAUNCHDARKLY__SHADOW__SHARE", TOKEN),
        ("FLAGWARD__AUTH__ISSUERS__0__SECRET", short),
        ("FLAGWARD__AUTH__ISSUERS__0__SECRET_FILE", ISSUER_SECRET),
        ("FLAGWARD__AUTH__ISSUERS__0__ALGORITHMS__0", ISSUER_SECRET),
        ("FLAGWARD__CHAT__SIGNING_SECRET", short),
        ("FLAGWARD__CHAT__SLACK__SIGNING_SECRET", short),
        ("FLAGWARD__SERVER__LISTEN", TOKEN),
        ("FLAGWARD__CACHE__TTL", TOKEN),
    ] {
        let ended = place.run("check", &[], &[(key, value)], "").await;
        assert!(ended.err.contains(key), "{ended:?}");
        said(&mut all, &ended, 2);
    }
    for broken in [
        "secret = planted",
        "secret = [\"planted\"]",
        "secret = \"planted\" more",
        "secret = \"planted",
    ] {
        let (place, _host) = chatting();
        let broken = broken.replace("planted", ISSUER_SECRET);
        place.site.edit(&format!("secret = \"{ISSUER_SECRET}\""), &broken);
        said(&mut all, &place.run("check", &[], &[], "").await, 2);
    }
    let mut secrets = planted();
    secrets.extend([("a short secret", short.to_owned()), ("an SDK key", sdk_key)]);
    let found = leaks(&secrets, &all);
    assert!(found.is_empty(), "{found:#?}");
}
