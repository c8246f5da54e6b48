//! Every form of failure there is.

use std::time::Duration;

use wiremock::ResponseTemplate;

use super::fixture::{
    Fixture, Forgetful, SETTING, TOKEN, USER, json, nowhere, raw_server, read, set, value,
};
use crate::upstream::{Applied, Failure, Invalid};

/// What a refusal became, and its words.
fn kind(failure: &Failure) -> (&'static str, Option<&str>, Option<&str>) {
    let (kind, says) = match failure {
        Failure::TokenRefused(says) => ("token", says),
        Failure::ApprovalRequired(says) => ("approval", says),
        Failure::NotFound(says) => ("not-found", says),
        Failure::BadRequest(says) => ("bad-request", says),
        Failure::Conflict(says) => ("conflict", says),
        Failure::RateLimited { says: Some(says), .. } => ("rate-limited", says),
        Failure::Unavailable { .. } => return ("unavailable", None, None),
        Failure::Unexpected(says) => ("unexpected", says),
        Failure::Timeout
        | Failure::NoSlot { .. }
        | Failure::Unreachable { .. }
        | Failure::Invalid(_)
        | Failure::RateLimited { says: None, .. }
        | Failure::Ambiguous => panic!("{failure} is no refusal"),
    };
    (kind, says.code.as_deref(), says.message.as_deref())
}

async fn put_fails(fixture: &Fixture) -> Failure {
    let operation = set();
    let put = operation.put(value("true"));
    fixture.client.put_setting(&put).await.unwrap_err()
}

/// The forms that others have observed, and those that are documented.
const REFUSALS: [(u16, &str, &str, Option<&str>); 15] = [
    (400, r#"{"code":"invalid_request","message":"m"}"#, "bad-request", Some("invalid_request")),
    (400, r#"{"message":"Unknown environment key: prod"}"#, "not-found", None),
    (400, r#"{"message":"service properties must match"}"#, "bad-request", None),
    (401, "", "token", None),
    (
        401,
        r#"{"code":"unauthorized","message":"Invalid access token"}"#,
        "token",
        Some("unauthorized"),
    ),
    (
        403,
        r#"{"message":"denied","reason":{"effect":"deny"},"access":{"action":"x"},"code":"forbidden"}"#,
        "token",
        Some("forbidden"),
    ),
    (
        403,
        r#"{"code":"forbidden","message":"approval is required"}"#,
        "approval",
        Some("forbidden"),
    ),
    (403, r#"{"message":"This API is in beta."}"#, "token", None),
    (
        404,
        r#"{"code":"not_found","message":"Invalid resource identifier"}"#,
        "not-found",
        Some("not_found"),
    ),
    (
        405,
        r#"{"code":"method_not_allowed","message":"Flag configuration updates require approval: action 'updateTargets' not allowed"}"#,
        "approval",
        Some("method_not_allowed"),
    ),
    (
        409,
        r#"{"code":"key_exists","message":"Duplicate segment key"}"#,
        "conflict",
        Some("key_exists"),
    ),
    (422, r#"{"code":"patch_failed","message":"m"}"#, "bad-request", Some("patch_failed")),
    (429, r#"{"code":"rate_limited","message":"m"}"#, "rate-limited", Some("rate_limited")),
    (418, "", "unexpected", None),
    (503, "<html>", "unavailable", None),
];

#[tokio::test]
async fn every_refusal_is_understood_and_tells_whether_a_write_happened() {
    for (status, body, expected, code) in REFUSALS {
        let fixture = Fixture::new().await;
        fixture.answers(json(status, body), 1).await;
        let failure = put_fails(&fixture).await;
        let (found, found_code, message) = kind(&failure);
        assert_eq!((found, found_code), (expected, code), "{status} {body}");
        let has_message = body.contains("message");
        assert_eq!(message.is_some(), has_message, "{status} {body}");
        let applied = if status >= 500 { Applied::Unknown } else { Applied::No };
        assert_eq!(failure.applied(), applied, "{status}");
        let label =
            if status == 418 || status == 422 { "other".to_owned() } else { status.to_string() };
        assert_eq!(fixture.counted("put-setting", &label), 1, "{label}");
    }
}

#[tokio::test]
async fn a_405_to_a_read_is_no_demand_for_approval() {
    let fixture = Fixture::new().await;
    fixture.answers(json(405, "{}"), 1).await;
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    assert_eq!(kind(&failure).0, "unexpected");
}

#[tokio::test]
async fn an_answer_that_is_none_is_invalid() {
    let json_of = |body: &str| json(200, body);
    let page = ResponseTemplate::new(200).set_body_raw("<html>", "text/html");
    let mislabelled = ResponseTemplate::new(200).set_body_raw(SETTING, "text/plain");
    let bare = ResponseTemplate::new(200).set_body_bytes("<html>");
    for answer in [json_of("{"), json_of(""), json_of("[1]"), page, mislabelled, bare] {
        let fixture = Fixture::new().await;
        fixture.answers(answer, 1).await;
        let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
        assert!(matches!(failure, Failure::Invalid(_)), "{failure:?}");
        assert_eq!(fixture.counted("get-setting", "invalid"), 1);
    }
}

#[tokio::test]
async fn a_page_in_place_of_204_is_not_taken_for_success() {
    let fixture = Fixture::new().await;
    let page = ResponseTemplate::new(200).set_body_raw("<html>", "text/html");
    fixture.answers(page, 1).await;
    let failure = put_fails(&fixture).await;
    assert!(matches!(failure, Failure::Invalid(Invalid::ContentType)));
    assert_eq!(failure.applied(), Applied::Unknown);
}

#[tokio::test]
async fn an_answer_beyond_the_bound_is_refused() {
    let fixture = Fixture::new().await;
    let body = vec![b' '; crate::upstream::bodies::MAX_BODY + 1];
    let answer = ResponseTemplate::new(200).set_body_raw(body, "application/json");
    fixture.answers(answer, 1).await;
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    assert!(matches!(failure, Failure::Invalid(Invalid::TooLarge)), "{failure:?}");
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_invalid() {
    let cut =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 90\r\n\r\n{\"_va";
    let address = raw_server(cut).await;
    let fixture = Fixture::with(|options| options.base_url = address.parse().unwrap()).await;
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    assert!(matches!(failure, Failure::Invalid(Invalid::CutOff(_))), "{failure:?}");
}

#[tokio::test]
async fn a_connection_that_breaks_leaves_a_write_unknown_and_unrepeated() {
    let address = raw_server(b"").await;
    let fixture = Fixture::with(|options| options.base_url = address.parse().unwrap()).await;
    let failure = put_fails(&fixture).await;
    assert!(matches!(failure, Failure::Unreachable { sent: true, .. }), "{failure:?}");
    assert_eq!(failure.applied(), Applied::Unknown);
    assert_eq!(fixture.counted("put-setting", "unreachable"), 1);
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    assert!(matches!(failure, Failure::Unreachable { .. }));
    assert_eq!(fixture.counted("get-setting", "unreachable"), 3);
}

#[tokio::test]
async fn a_refused_connection_is_tried_again_and_changed_nothing() {
    let address = nowhere().await;
    let fixture = Fixture::with(|options| options.base_url = address.parse().unwrap()).await;
    let failure = put_fails(&fixture).await;
    assert!(matches!(failure, Failure::Unreachable { sent: false, .. }), "{failure:?}");
    assert_eq!(failure.applied(), Applied::No);
    assert_eq!(fixture.counted("put-setting", "unreachable"), 4);
    let told = format!("{failure:?} {failure}");
    for secret in [TOKEN, USER, "sort.order", "/users/"] {
        assert!(!told.contains(secret), "{told}");
    }
}

#[tokio::test]
async fn what_takes_too_long_is_a_timeout_and_is_sent_once() {
    let timeout = Duration::from_millis(150);
    let fixture = Fixture::with(|options| options.request_timeout = timeout).await;
    let late = ResponseTemplate::new(204).set_delay(Duration::from_mins(1));
    fixture.answers(late, 2).await;
    let failure = put_fails(&fixture).await;
    assert!(matches!(failure, Failure::Timeout), "{failure:?}");
    assert_eq!(failure.applied(), Applied::Unknown);
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    assert!(matches!(failure, Failure::Timeout), "{failure:?}");
    assert_eq!(fixture.counted("put-setting", "timeout"), 1);
    assert_eq!(fixture.counted("get-setting", "timeout"), 1);
}

#[tokio::test]
async fn no_part_of_an_answer_that_repeats_the_token_is_handed_on() {
    let fixture = Fixture::new().await;
    let refusal = format!(r#"{{"code":"not_found","message":"tok {TOKEN}"}}"#);
    fixture.answers_first(json(404, &refusal), 1).await;
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    assert_eq!(kind(&failure), ("not-found", None, None));

    let setting = format!(r#"{{"_value":"{TOKEN}","setting":null}}"#);
    fixture.answers(json(200, &setting), 1).await;
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    assert!(matches!(failure, Failure::Invalid(Invalid::Echo)), "{failure:?}");
}
