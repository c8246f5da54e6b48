//! What the replacement APIs are asked, to the byte, and what becomes of their answers.

use jiff::Timestamp;
use serde_json::Value;
use wiremock::{Request, ResponseTemplate};

use super::fixture::{
    Asking, Fixture, TOKEN, USER_ENCODED, clear, json, permit, read, schedule, set, user_target,
    value,
};
use crate::policy::{Permit, Read};
use crate::upstream::{Backend, Choice, Failure, Invalid, Options};

const FLAGS: &str = "/api/v2/flags/shop";
const FLAG: &str = "/api/v2/flags/shop/sort.order";
const EVALUATE: &str = "/api/v2/projects/shop/environments/prod/flags/evaluate";
const STAMP: &str = "[flagward idp/alice · t · http · op_";
const SETS: &str = r#"[{"values":["x","a/b%2F@ü"],"variation":0,"contextKind":"user"}]"#;
/// Of three records one is another user's, and one of an application that saw the user earlier.
const RECORD: &str = r#"{"items":[{"lastSeen":"2026-11-20T10:00:00Z","applicationId":"new",
    "context":{"kind":"user","key":"a/b%2F@ü","plan":"gold","n":1.0,"_meta":{"privateAttributes":["/x"]}}},
    {"lastSeen":"2026-11-21T10:00:00Z","context":{"kind":"user","key":"other","plan":"theirs"}},
    {"lastSeen":"2026-11-19T10:00:00Z","context":{"kind":"user","key":"a/b%2F@ü","plan":"old"}}]}"#;

fn context() -> String {
    format!("/api/v2/projects/shop/environments/prod/contexts/user/{USER_ENCODED}")
}

fn definition(key: &str, targets: &str) -> String {
    format!(
        r#"{{"key":"{key}","variations":[{{"_id":"v0","value":1.0}},{{"_id":"v1","value":2}}],
            "environments":{{"prod":{{"on":false,"targets":{targets}}}}}}}"#
    )
}

fn evaluated(items: &[(&str, &str)]) -> String {
    let item = |(key, reason): &(&str, &str)| {
        format!(r#"{{"name":"n","key":"{key}","_value":2,"reason":{{"kind":"{reason}"}}}}"#)
    };
    format!(r#"{{"items":[{}]}}"#, items.iter().map(item).collect::<Vec<_>>().join(","))
}

fn contexts(options: &mut Options) {
    options.backend = Choice::Always(Backend::Contexts);
}

/// A flag of this definition, a record of its user, and an evaluation.
async fn fixture(targets: &str, items: &[(&str, &str)]) -> Fixture {
    let fixture = Fixture::with(contexts).await;
    fixture.answers_to(("GET", FLAG), json(200, &definition("sort.order", targets)), 1).await;
    fixture.answers_to(("GET", &context()), json(200, RECORD), 1).await;
    fixture.answers_to(("POST", EVALUATE), json(200, &evaluated(items)), 1).await;
    fixture
}

fn user() -> Permit<Read, crate::domain::UserTarget> {
    permit(user_target())
}

#[tokio::test]
async fn one_flag_is_its_definition_and_an_evaluation_with_the_stored_attributes() {
    let fixture = fixture(SETS, &[("sort.order", "TARGET_MATCH")]).await;
    let found = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap();
    let url = "/api/v2/users/shop/prod/a%2Fb%252F%40%C3%BC/flags/sort.order";
    let expected = format!(
        r#"{{"_links":{{"sort.order":{{"href":"{url}","type":"application/json"}}}},"_value":2,"setting":1.0,"reason":{{"kind":"TARGET_MATCH"}}}}"#
    );
    assert_eq!(found.raw.get(), expected);

    let asked = [
        format!("GET {FLAG}?env=prod"),
        format!("GET {}", context()),
        format!("POST {EVALUATE}?filter=query+equals+sort.order"),
    ];
    assert_eq!(fixture.asked().await, asked);
    let received = fixture.received().await;
    for request in &received {
        assert_eq!(request.headers["ld-api-version"], "20240415");
        assert_eq!(request.headers["authorization"], TOKEN);
    }
    let evaluate = &received[2];
    assert_eq!(evaluate.headers["content-type"], "application/json");
    let body = String::from_utf8(evaluate.body.clone()).unwrap();
    assert_eq!(body, r#"{"kind":"user","key":"a/b%2F@ü","n":1.0,"plan":"gold"}"#);
}

#[tokio::test]
async fn of_all_flags_that_the_filter_finds_the_one_with_that_very_key_is_taken() {
    let similar = [("sort.order.old", "OFF"), ("sort.order", "FALLTHROUGH"), ("a", "OFF")];
    let fixture = fixture("[]", &similar).await;
    let found = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap();
    assert!(found.reason.unwrap().raw.get().contains("FALLTHROUGH"));
    assert!(found.setting.is_null());
}

#[tokio::test]
async fn whoever_is_set_is_set_though_the_flag_is_off() {
    let fixture = fixture(SETS, &[("sort.order", "OFF")]).await;
    let found = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap();
    assert_eq!((found.value.as_str(), found.setting.as_str()), ("2", "1.0"));
    assert!(found.is_overridden());
}

#[tokio::test]
async fn a_flag_that_is_not_evaluated_is_not_known() {
    let fixture = Fixture::with(contexts).await;
    fixture.answers_to(("GET", FLAG), json(200, &definition("sort.order", "[]")), 1).await;
    fixture.answers_to(("GET", &context()), json(200, RECORD), 2).await;
    // Neither by the search nor among all.
    let others = evaluated(&[("sort.order.old", "OFF")]);
    fixture.answers_to(("POST", EVALUATE), json(200, &others), 2).await;
    let failure = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap_err();
    assert!(
        matches!(failure, Failure::NotFound(says) if says.code.as_deref() == Some("not_found"))
    );
}

#[tokio::test]
async fn a_flag_without_a_definition_is_not_known_and_not_evaluated() {
    let fixture = Fixture::with(contexts).await;
    let answer = json(404, r#"{"code":"not_found","message":"Invalid resource identifier"}"#);
    fixture.answers(answer, 1).await;
    let failure = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap_err();
    assert!(matches!(failure, Failure::NotFound(_)));
}

#[tokio::test]
async fn targets_that_are_not_told_are_not_taken_for_none() {
    let fixture = Fixture::with(contexts).await;
    let other = definition("sort.order", SETS).replace("\"prod\":", "\"test\":");
    fixture.answers(json(200, &other), 1).await;
    let failure = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap_err();
    assert!(matches!(failure, Failure::Invalid(Invalid::Incomplete)), "{failure:?}");
}

#[tokio::test]
async fn where_records_may_not_be_read_or_are_not_wanted_a_user_is_evaluated_by_key_alone() {
    for wanted in [true, false] {
        let fixture = Fixture::with(|options| {
            contexts(options);
            options.stored_attributes = wanted;
        })
        .await;
        let denied = json(403, r#"{"code":"forbidden","message":"denied"}"#);
        fixture.answers_to(("GET", &context()), denied, u64::from(wanted)).await;
        fixture.answers_to(("GET", FLAG), json(200, &definition("f", "[]")), 1).await;
        let items = evaluated(&[("sort.order", "OFF")]);
        fixture.answers_to(("POST", EVALUATE), json(200, &items), 1).await;
        fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap();
        let received = fixture.received().await;
        let body = String::from_utf8(received.last().unwrap().body.clone()).unwrap();
        assert_eq!(body, r#"{"kind":"user","key":"a/b%2F@ü"}"#);
    }
}

#[tokio::test]
async fn a_list_is_all_definitions_page_by_page_and_one_evaluation() {
    let fixture = Fixture::with(contexts).await;
    let page = |request: &Request| {
        let is_first = request.url.query().is_some_and(|query| query.ends_with("offset=0"));
        let keys = if is_first { 0..100 } else { 100..130 };
        let targets = |n: usize| if n == 120 { SETS } else { "[]" };
        let flags: Vec<_> = keys.map(|n| definition(&format!("f{n}"), targets(n))).collect();
        json(200, &format!(r#"{{"items":[{}],"totalCount":130}}"#, flags.join(",")))
    };
    fixture.answers_to(("GET", FLAGS), page, 2).await;
    fixture.answers_to(("GET", &context()), json(200, r#"{"items":[]}"#), 1).await;
    let items = evaluated(&[("f120", "OFF"), ("f1", "FALLTHROUGH")]);
    fixture.answers_to(("POST", EVALUATE), json(200, &items), 1).await;
    let found = fixture.client.list_settings(&user(), &Asking(&fixture.client)).await.unwrap();
    let flags: Vec<_> =
        found.flags.iter().map(|(key, one)| (key.as_str(), one.setting.as_str())).collect();
    assert_eq!(flags, [("f1", "null"), ("f120", "1.0")]);
    let page = |offset: usize| format!("GET {FLAGS}?env=prod&summary=0&limit=100&offset={offset}");
    let asked = [page(0), page(100), format!("GET {}", context()), format!("POST {EVALUATE}")];
    assert_eq!(fixture.asked().await, asked);
    let link = r#""href":"/api/v2/users/shop/prod/a%2Fb%252F%40%C3%BC/flags""#;
    assert!(found.links.unwrap().get().contains(link));
}

/// A page of one flag that says that there are two, whenever it is asked for.
async fn with_a_hole() -> Fixture {
    let fixture = Fixture::with(contexts).await;
    let short = format!(r#"{{"items":[{}],"totalCount":2}}"#, definition("a", "[]"));
    fixture.answers_to(("GET", FLAGS), json(200, &short), 2).await;
    fixture.answers_to(("GET", &context()), json(200, r#"{"items":[]}"#), 0..).await;
    fixture
}

#[tokio::test]
async fn a_flag_that_no_page_told_is_asked_for_alone_and_is_not_taken_for_unset() {
    let fixture = with_a_hole().await;
    fixture.answers_to(("GET", FLAG), json(200, &definition("sort.order", SETS)), 1).await;
    let gone = format!("{FLAGS}/gone");
    fixture.answers_to(("GET", &gone), json(404, r#"{"code":"not_found"}"#), 1).await;
    let items = evaluated(&[("a", "OFF"), ("gone", "OFF"), ("sort.order", "OFF")]);
    fixture.answers_to(("POST", EVALUATE), json(200, &items), 1).await;
    let found = fixture.client.list_settings(&user(), &Asking(&fixture.client)).await.unwrap();
    let flags: Vec<_> =
        found.flags.iter().map(|(key, one)| (key.as_str(), one.setting.as_str())).collect();
    assert_eq!(flags, [("a", "null"), ("sort.order", "1.0")]);
}

#[tokio::test]
async fn ends_are_not_told_where_a_flag_may_be_left_out() {
    let fixture = with_a_hole().await;
    let found = fixture.client.list_expirations(&user(), &Asking(&fixture.client)).await;
    assert!(matches!(found, Err(Failure::Invalid(Invalid::Incomplete))), "{found:?}");
}

#[tokio::test]
async fn what_is_said_of_one_flag_of_a_list_is_not_told_with_the_list() {
    let fixture = Fixture::with(contexts).await;
    let flags = format!(r#"{{"items":[{}],"totalCount":1}}"#, definition("a", SETS));
    fixture.answers_to(("GET", FLAGS), json(200, &flags), 1).await;
    let said = json(400, r#"{"code":"invalid_request","message":"flag a is broken"}"#);
    fixture.answers_to(("GET", &format!("{FLAGS}/a/expiring-targets/prod")), said, 1).await;
    let found = fixture.client.list_expirations(&user(), &Asking(&fixture.client)).await;
    assert!(matches!(found, Err(Failure::Unexpected(_))), "its words reach no caller: {found:?}");
}

#[tokio::test]
async fn a_list_that_is_shorter_than_it_says_is_no_answer() {
    let fixture = Fixture::with(contexts).await;
    let flags = format!(r#"{{"items":[{}],"totalCount":1}}"#, definition("a", "[]"));
    fixture.answers_to(("GET", FLAGS), json(200, &flags), 1).await;
    fixture.answers_to(("GET", &context()), json(200, r#"{"items":[]}"#), 1).await;
    let short = evaluated(&[("a", "OFF")]).replace("]}", r#"],"totalCount":2}"#);
    fixture.answers_to(("POST", EVALUATE), json(200, &short), 1).await;
    let found = fixture.client.list_settings(&user(), &Asking(&fixture.client)).await;
    assert!(matches!(found, Err(Failure::Invalid(Invalid::Incomplete))), "{found:?}");
}

#[tokio::test]
async fn ends_are_asked_of_the_flags_that_are_set_and_one_that_has_gone_has_none() {
    let fixture = Fixture::with(contexts).await;
    let flags = [("a", SETS), ("b", "[]"), ("c", SETS)].map(|(key, sets)| definition(key, sets));
    let flags = format!(r#"{{"items":[{}],"totalCount":3}}"#, flags.join(","));
    fixture.answers_to(("GET", FLAGS), json(200, &flags), 1).await;
    let ends = |flag: &str| format!("{FLAGS}/{flag}/expiring-targets/prod");
    let item = |kind: &str, key: &str| {
        format!(
            r#"{{"_id":"i","_version":3,"expirationDate":1900000000123,"contextKind":"{kind}",
                "contextKey":"{key}","variationId":"v0","_resourceId":{{"key":"c"}}}}"#
        )
    };
    let items = [item("user", "x"), item("device", "a/b%2F@ü"), item("user", "a/b%2F@ü")].join(",");
    fixture.answers_to(("GET", &ends("a")), json(404, "{}"), 1).await;
    fixture.answers_to(("GET", &ends("b")), json(500, "{}"), 0).await;
    let items = json(200, &format!(r#"{{"items":[{items}]}}"#));
    fixture.answers_to(("GET", &ends("c")), items, 1).await;
    let found = fixture.client.list_expirations(&user(), &Asking(&fixture.client)).await.unwrap();
    let expected = r#"{"_id":"i","_version":3,"expirationDate":1900000000123,"userKey":"a/b%2F@ü","variationId":"v0","_resourceId":{"key":"c"}}"#;
    let raw: Vec<_> = found.items.iter().map(|item| item.raw.get()).collect();
    assert_eq!(raw, [expected]);
}

#[tokio::test]
async fn a_write_puts_the_setting_of_the_context_and_null_erases() {
    let fixture = Fixture::with(contexts).await;
    fixture.answers(ResponseTemplate::new(204), 2).await;
    let (set, clear) = (set(), clear());
    fixture.client.put_setting(&set.put(value("1.0"))).await.unwrap();
    fixture.client.put_setting(&clear.put()).await.unwrap();
    for (request, setting) in fixture.received().await.iter().zip(["1.0", "null"]) {
        assert_eq!(request.method.as_str(), "PUT");
        assert_eq!(request.url.path(), format!("{}/flags/sort.order", context()));
        assert_eq!(request.url.query(), None);
        assert_eq!(request.headers["ld-api-version"], "20240415");
        let body = String::from_utf8(request.body.clone()).unwrap();
        let start = format!(r#"{{"setting":{setting},"comment":"{STAMP}"#);
        assert!(body.starts_with(&start), "{body}");
    }
}

#[tokio::test]
async fn an_end_is_one_instruction_of_its_flag_in_a_semantic_patch() {
    let fixture = Fixture::with(contexts).await;
    fixture.answers(json(200, r#"{"items":[]}"#), 1).await;
    let operation = schedule(Timestamp::from_millisecond(1_900_000_000_123).unwrap());
    let patch = operation.add("v0").unwrap().join(operation.shift("v1", Some(4)).unwrap()).unwrap();
    let report = fixture.client.patch_expirations(&patch).await.unwrap();
    assert_eq!((report.total, report.successful, report.failed), (Some(2), Some(2), Some(0)));
    let drafts = fixture.client.draft_patch(&patch).unwrap();
    let request = &fixture.received().await[0];
    assert_eq!(request.method.as_str(), "PATCH");
    assert_eq!(request.url.path(), format!("{FLAG}/expiring-targets/prod"));
    let media = "application/json; domain-model=launchdarkly.semanticpatch";
    assert_eq!(request.headers["content-type"], media);
    assert_eq!((drafts.len(), drafts[0].body.get().as_bytes()), (1, &request.body[..]));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let expected = serde_json::json!([
        {"kind": "addExpiringTarget", "variationId": "v0", "contextKind": "user",
            "contextKey": "a/b%2F@ü", "value": 1_900_000_000_123_i64},
        {"kind": "updateExpiringTarget", "variationId": "v1", "contextKind": "user",
            "contextKey": "a/b%2F@ü", "value": 1_900_000_000_123_i64, "version": 4},
    ]);
    assert_eq!(body["instructions"], expected);
    assert!(body["comment"].as_str().unwrap().starts_with(STAMP));
}
