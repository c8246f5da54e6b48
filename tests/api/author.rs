//! The author's stamp, as it stands in LaunchDarkly's history.

use std::time::Duration;

use flagward::auth::mint;

use crate::house::House;
use crate::writes_kit::{DROP_IN_ENDS, DROP_IN_FLOW, FLOW, PLACE};

/// What an auditor's script reads from the beginning of a comment.
fn stamp(comment: &str) -> Vec<String> {
    let inner = comment.strip_prefix("[flagward ").unwrap().split(']').next().unwrap();
    inner.split(" · ").map(str::to_owned).collect()
}

async fn write(house: &House, subject: &str, path: &str, body: &str) -> u16 {
    let (issuer, teams) = (&house.config.auth.issuers[0], ["payments".to_owned()]);
    let token = mint(issuer, subject, &teams, Duration::from_mins(1), house.now()).unwrap();
    let bearer = format!("Bearer {token}");
    let method = if path == DROP_IN_ENDS { "PATCH" } else { "PUT" };
    let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    house.send(method, path, &headers, body).await.status
}

fn last_comment(house: &House) -> String {
    house.upstream.simulator.history().last().unwrap().comment.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_true_author_is_read_from_the_history_whatever_they_call_themselves_and_say() {
    let house = House::open();
    let subjects = [
        ("alice", "idp/alice"),
        ("a/b ] · [flagward x", "idp/a/b%20%5D%20%C2%B7%20%5Bflagward%20x"),
        ("x] [flagward idp/root", "idp/x%5D%20%5Bflagward%20idp/root"),
        ("two\u{2028}lines", "idp/two%E2%80%A8lines"),
        ("\u{202e}evil\u{200b}", "idp/%E2%80%AEevil%E2%80%8B"),
        ("🦀 ü", "idp/%F0%9F%A6%80%20ü"),
    ];
    let words = [
        "] [flagward idp/root · admins · http · op_0]",
        "one\r\ntwo\u{0}\u{1b}[31m",
        "［flagward idp/root · a · http · op_1］ 🦀",
        &"5 kB ü ".repeat(640),
    ];
    let mut value = true;
    for (subject, expected) in subjects {
        for said in words {
            let body = serde_json::json!({"setting": value, "comment": said}).to_string();
            assert_eq!(write(&house, subject, FLOW, &body).await, 200, "{subject:?}");
            value = !value;
            let comment = last_comment(&house);
            let stamp = stamp(&comment);
            assert_eq!(stamp[..3], [expected, "payments", "http"], "{comment}");
            assert!(stamp[3].starts_with("op_") && stamp.len() == 4, "{comment}");
            assert!(comment.len() <= 1_000 && !comment.chars().any(char::is_control), "{comment}");
            assert_eq!(comment.matches(['[', ']', '［', '］']).count(), 2, "{comment}");
        }
    }
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_cut_and_the_stamp_never_is() {
    let house = House::open();
    let body = serde_json::json!({"setting": true, "comment": "é".repeat(2_500)}).to_string();
    let subject = "s".repeat(512);
    assert_eq!(write(&house, &subject, FLOW, &body).await, 200);
    let comment = last_comment(&house);
    assert!((990..=1_000).contains(&comment.len()), "{}", comment.len());
    assert_eq!(stamp(&comment).len(), 4);
    assert!(comment.ends_with('é'));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn both_doors_and_every_step_name_the_author() {
    let house = House::open();
    assert_eq!(write(&house, "bob", DROP_IN_FLOW, r#"{"setting":true,"comment":"hi"}"#).await, 204);
    let comment = last_comment(&house);
    assert_eq!(stamp(&comment)[..3], ["idp/bob", "payments", "drop-in"]);
    assert!(comment.ends_with("] hi"));

    let variation = house.upstream.simulator.variation_id("shop", PLACE.3, "true").unwrap();
    let at = house.in_seconds(60);
    let body = serde_json::json!({"instructions": [{"kind": "addExpireUserTargetDate", "flagKey": PLACE.3,
        "variationId": variation, "value": at}]});
    assert_eq!(write(&house, "bob", DROP_IN_ENDS, &body.to_string()).await, 200);
    assert_eq!(stamp(&last_comment(&house))[..3], ["idp/bob", "payments", "drop-in"]);

    let before = house.upstream.simulator.history().len();
    assert_eq!(
        write(&house, "carol", FLOW, r#"{"setting":false,"expires_in":"1h","comment":"x"}"#).await,
        200
    );
    let history = house.upstream.simulator.history();
    let comments: Vec<_> =
        history[before..].iter().map(|one| one.comment.clone().unwrap()).collect();
    assert!(comments.len() >= 2);
    assert!(
        comments.iter().all(|one| *one == comments[0]),
        "one operation, one comment: {comments:?}"
    );
    assert_eq!(stamp(&comments[0])[0], "idp/carol");
    house.close().await;
}
