//! What writes send, to the byte, and what they bring.

use jiff::Timestamp;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use super::fixture::{
    Fixture, Forgetful, SETTING, TOKEN, USER_ENCODED, clear, json, options, read, schedule, set,
    start, value,
};
use crate::domain::Expiration;
use crate::upstream::{ClientFault, Failure};

const STAMP: &str = "[flagward idp/alice · t · http · op_";

#[tokio::test]
async fn a_value_is_sent_to_the_byte_and_null_erases() {
    let fixture = Fixture::new().await;
    fixture.answers(ResponseTemplate::new(204), 5).await;
    let operation = set();
    let values = ["1.0", "12345678901234567890", "\"\\u00e9\"", "{ \"a\": [] }"];
    for text in values {
        let put = operation.put(value(text));
        fixture.client.put_setting(&put).await.unwrap();
    }
    fixture.client.put_setting(&clear().put()).await.unwrap();
    let received = fixture.received().await;
    for (request, text) in received.iter().zip(values.iter().chain(&["null"])) {
        let body = String::from_utf8(request.body.clone()).unwrap();
        let start = format!(r#"{{"setting":{text},"comment":"{STAMP}"#);
        assert!(body.starts_with(&start), "{body}");
        assert!(body.ends_with(r#"] says \"hello\""}"#), "{body}");
        assert_eq!(request.method.as_str(), "PUT");
        assert_eq!(request.headers["content-type"], "application/json");
        let path = format!("/api/v2/users/shop/prod/{USER_ENCODED}/flags/sort.order");
        assert_eq!(request.url.path(), path);
    }
}

#[tokio::test]
async fn a_write_sends_exactly_these_headers() {
    let fixture = Fixture::new().await;
    fixture.answers(ResponseTemplate::new(204), 1).await;
    let operation = set();
    let put = operation.put(value("true"));
    fixture.client.put_setting(&put).await.unwrap();
    let headers = &fixture.received().await[0].headers;
    let mut names: Vec<_> = headers.keys().map(ToString::to_string).collect();
    names.sort();
    let expected = [
        "accept",
        "accept-encoding",
        "authorization",
        "content-length",
        "content-type",
        "host",
        "ld-api-version",
        "user-agent",
    ];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn a_patch_has_the_semantic_type_and_milliseconds() {
    let fixture = Fixture::new().await;
    fixture.answers(json(200, r#"{"items":[]}"#), 1).await;
    let at = Timestamp::from_millisecond(1_900_000_000_123).unwrap();
    let operation = schedule(at);
    let other = Expiration {
        flag: "sort.order".parse().unwrap(),
        variation_id: "old".to_owned(),
        at: start(),
        version: 3,
    };
    let patch = operation.schedule(Some(&other), "new").unwrap();
    let patch = patch.join(operation.shift("new", Some(4)).unwrap()).unwrap();
    let report = fixture.client.patch_expirations(&patch).await.unwrap();
    assert!(report.is_complete());

    let request = &fixture.received().await[0];
    assert_eq!(request.method.as_str(), "PATCH");
    let media = "application/json; domain-model=launchdarkly.semanticpatch";
    assert_eq!(request.headers["content-type"], media);
    let asked = format!("/api/v2/users/shop/{USER_ENCODED}/expiring-user-targets/prod");
    assert_eq!(request.url.path(), asked);
    let body = String::from_utf8(request.body.clone()).unwrap();
    assert!(body.starts_with(&format!(r#"{{"comment":"{STAMP}"#)), "{body}");
    let instructions = concat!(
        r#","instructions":["#,
        r#"{"kind":"removeExpireUserTargetDate","flagKey":"sort.order","variationId":"old"},"#,
        r#"{"kind":"addExpireUserTargetDate","flagKey":"sort.order","variationId":"new","value":1900000000123},"#,
        r#"{"kind":"updateExpireUserTargetDate","flagKey":"sort.order","variationId":"new","value":1900000000123,"version":4}"#,
        "]}"
    );
    assert!(body.ends_with(instructions), "{body}");
}

#[tokio::test]
async fn a_draft_is_what_would_be_sent_and_sends_nothing() {
    let fixture = Fixture::with(|options| options.base_url.set_path("/ld")).await;
    let (set, schedule) = (set(), schedule(start()));
    let put = set.put(value("1.0"));
    let patch = schedule.add("v").unwrap();
    let mut drafts = fixture.client.draft_patch(&patch).unwrap();
    drafts.insert(0, fixture.client.draft_put(&put).unwrap());
    assert_eq!(drafts.len(), 2);
    assert!(fixture.received().await.is_empty());

    fixture.answers(json(200, r#"{"items":[]}"#), 2).await;
    fixture.client.put_setting(&put).await.unwrap();
    fixture.client.patch_expirations(&patch).await.unwrap();
    for (draft, sent) in drafts.iter().zip(fixture.received().await) {
        assert_eq!(draft.method, sent.method.as_str());
        assert_eq!(format!("/ld{}", draft.path), sent.url.path());
        assert_eq!(draft.body.get().as_bytes(), sent.body);
        assert!(!format!("{draft:?}").contains(TOKEN));
    }
}

#[tokio::test]
async fn an_answer_that_reports_failed_instructions_is_handed_on() {
    let fixture = Fixture::new().await;
    let body = r#"{"items":[],"_links":{},"totalInstructions":1,"successfulInstructions":0,
        "failedInstructions":1,"errors":[{"instructionIndex":0,"message":"version"}]}"#;
    fixture.answers(json(200, body), 1).await;
    let operation = schedule(start());
    let patch = operation.add("v").unwrap();
    let report = fixture.client.patch_expirations(&patch).await.unwrap();
    assert!(!report.is_complete());
    assert_eq!(report.failed, Some(1));
    assert_eq!(report.errors[0].message, "version");
}

#[tokio::test]
async fn the_token_does_not_follow_a_redirect_and_is_not_printed() {
    let elsewhere = MockServer::start().await;
    let mock = Mock::given(any()).respond_with(json(200, SETTING));
    mock.expect(0).mount(&elsewhere).await;
    let fixture = Fixture::new().await;
    let moved = ResponseTemplate::new(307).insert_header("location", elsewhere.uri());
    fixture.answers(moved, 1).await;
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    assert!(matches!(failure, Failure::Unexpected(says) if says.status == 307));
    assert!(!format!("{:?}", fixture.client).contains(TOKEN));
}

#[tokio::test]
async fn a_client_prints_no_password_of_its_proxy() {
    let proxy = Some("http://me:hunter2@127.0.0.1:1".parse().unwrap());
    let fixture = Fixture::with(|options| options.proxy = proxy).await;
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    let told = format!("{:?} {failure:?} {failure}", fixture.client);
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn a_token_that_launchdarkly_never_takes_is_refused_at_once() {
    let metrics = crate::telemetry::Metrics::new("test").unwrap();
    let fault = |token: &str| {
        let mut options = options("http://h");
        options.token = token.into();
        let clock = crate::clock::Clock::system();
        crate::upstream::Client::new(options, &metrics, clock).unwrap_err()
    };
    assert!(matches!(fault("sdk-1"), ClientFault::SdkKey));
    assert!(matches!(fault("mob-1"), ClientFault::SdkKey));
    for token in ["", "api-1\n", "api 1", "api-ü"] {
        assert!(matches!(fault(token), ClientFault::Token), "{token:?}");
    }
}
