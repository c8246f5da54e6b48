//! `flagward explain` and `flagward token`.

use flagward::clock::Clock;
use serde_json::json;

use crate::process::{Site, run_with_input};
use crate::wire::Served;

#[tokio::test(flavor = "multi_thread")]
async fn explain_says_what_the_gateway_says_to_the_same_question() {
    let upstream = Served::start(Clock::system());
    let site = Site::new(upstream.address(), &upstream.simulator.token());
    let serving = site.serve(&[]).await;
    let mut refused = 0;
    for (team, action, environment, flag) in [
        ("payments", "set", "test", "checkout.new-flow"),
        ("payments", "set", "production", "kill-switch.payments"),
        ("readers", "set", "test", "checkout.new-flow"),
        ("readers", "set", "production", "checkout.new-flow"),
        ("bank", "set", "test", "checkout.new-flow"),
        ("nobody", "set", "test", "checkout.new-flow"),
    ] {
        let token = site.token(team).await;
        let target = format!("shop/{environment}/{flag}");
        let rest = ["--token", "-", action, &target, "--user", "anna"];
        let explained = run_with_input(site.command("explain", &rest), &token).await;
        assert_eq!(explained.err, "");
        let (verdict, rule) = explained.out.lines().next().unwrap().split_once(": ").unwrap();

        let question = json!({"action": action, "project": "shop", "environment": environment, "flag": flag, "user": "anna"});
        let answer =
            serving.ask(&token, "POST", "/v1/permissions/check", &question.to_string()).json();
        assert_eq!(answer["rule"], rule);
        assert_eq!(answer["allowed"], verdict == "allowed");
        assert_eq!(explained.code, Some(i32::from(verdict == "denied")));

        if team != "nobody" {
            let rest = ["--team", team, action, &target, "--user", "anna"];
            assert_eq!(site.run("explain", &rest).await.out, explained.out);
        }
        if verdict == "denied" {
            refused += 1;
            let path =
                format!("/v1/projects/shop/environments/{environment}/users/anna/flags/{flag}");
            let answer = serving.ask(&token, "PUT", &path, r#"{"setting": true}"#);
            assert_eq!(answer.status, 403, "{answer:?}");
            let detail = answer.json()["detail"].as_str().unwrap().to_owned();
            assert!(detail.ends_with(rule), "{detail} / {rule}");
        }
    }
    assert_eq!(refused, 5);
    serving.close(&[&upstream.simulator.token()]).await;
}

#[tokio::test]
async fn guards_of_an_allowed_change_are_told() {
    let site = Site::alone();
    let rest = ["--team", "payments", "set", "shop/production/checkout.new-flow"];
    let set = site.run("explain", &rest).await;
    let expected = "allowed: teams[0].grants[0] of team `payments` allows it\n\
                    guard: a comment is required\nguard: an override must end within 1d\n";
    assert_eq!((set.code, set.out.as_str()), (Some(0), expected));
    let read = site.run("explain", &["--team", "payments", "read", "shop/production"]).await;
    assert_eq!((read.code, read.out.lines().count()), (Some(0), 1));
}

#[tokio::test]
async fn who_is_not_known_is_refused_with_the_reason() {
    let site = Site::alone();
    let unknown = site.run("explain", &["--team", "payment", "read", "shop/test"]).await;
    let reason = "--team: the policy has no team `payment`\n";
    assert_eq!((unknown.code, unknown.out.as_str(), unknown.err.as_str()), (Some(2), "", reason));
    let rest = ["--token", "-", "read", "shop/test"];
    for (token, reason) in [
        (
            "",
            "the token is refused: the token is not a signed JWT: it must be three parts of base64url with dots between them\n",
        ),
        (EXPIRED, "the token is refused: the token has expired: get a new one\n"),
    ] {
        let ended = run_with_input(site.command("explain", &rest), token).await;
        assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(1), "", reason));
    }
}

/// Alice of the payments team, signed with the secret of the tests, good until 2001.
const EXPIRED: &str = "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9.eyJpc3MiOiAiaHR0cHM6Ly9pZHAuZXhhbXBsZS5jb20iLCAiYXVkIjogImZsYWd3YXJkIiwgInN1YiI6ICJhbGljZSIsICJ0ZWFtcyI6IFsicGF5bWVudHMiXSwgImV4cCI6IDEwMDAwMDAwMDB9.klgCgk5-HNXytwTVg-91qacbv5Kg-chldTeFarvaHTc";

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_for_an_hour_on_the_gateway_with_the_same_configuration() {
    let site = Site::alone();
    let serving = site.serve(&[]).await;
    let token = site.token("payments").await;
    let who = serving.ask(&token, "GET", "/v1/whoami", "").json();
    assert_eq!((&who["subject"], &who["teams"]), (&json!("alice"), &json!(["payments"])));
    let expires: jiff::Timestamp = who["token_expires_at"].as_str().unwrap().parse().unwrap();
    let left = expires.duration_since(Clock::system().now()).as_secs();
    assert!((3_500..=3_600).contains(&left), "{left}");
    let log = serving.close(&[&token]).await.err;
    assert!(!log.contains("eyJ"), "{log}");
}

#[tokio::test]
async fn a_token_needs_a_secret_and_where_there_are_several_issuers_the_name_of_one() {
    let site = Site::alone();
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keys/ed25519.pub.pem");
    let second = format!(
        "[[auth.issuers]]\nname = \"k8s\"\nissuer = \"https://k8s\"\naudiences = [\"flagward\"]\n\
         algorithms = [\"EdDSA\"]\npublic_key_file = \"{key}\"\n[policy]"
    );
    site.edit("[policy]", &second);
    for (rest, code, reason) in [
        (&["--subject", "a"][..], 2, "say which --issuer: idp, k8s\n"),
        (
            &["--subject", "a", "--issuer", "ipd"],
            2,
            "there is no issuer `ipd`; there are: idp, k8s\n",
        ),
        (
            &["--subject", "a", "--issuer", "k8s"],
            2,
            "issuer `k8s`: the issuer has no HMAC secret: only it can make its tokens\n",
        ),
        (
            &["--subject", "", "--issuer", "idp"],
            2,
            "issuer `idp`: the subject must have 1 to 512 bytes and no control characters\n",
        ),
        (&["--subject", "a", "--issuer", "idp"], 0, ""),
    ] {
        let ended = site.run("token", rest).await;
        assert_eq!((ended.code, ended.err.as_str()), (Some(code), reason), "{rest:?}");
        assert_eq!(ended.out.is_empty(), code != 0);
    }
}

#[tokio::test]
async fn a_token_on_the_command_line_is_refused_and_not_repeated() {
    let site = Site::alone();
    let ended = site.run("explain", &["--token", EXPIRED, "read", "shop/test"]).await;
    let reason = "--token: must be `-`; the token is read from standard input\n";
    assert_eq!((ended.code, ended.out.as_str(), ended.err.as_str()), (Some(2), "", reason));
}
