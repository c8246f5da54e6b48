//! When the replacement APIs take over, and when they don't.

use wiremock::{ResponseTemplate, Times};

use super::fixture::{
    Asking, Fixture, USER_ENCODED, flag_target, json, permit, set_of, user_target, value,
};
use crate::domain::{FlagTarget, UserTarget};
use crate::policy::{Permit, Read};
use crate::upstream::{Backend, Choice, Failure};

const FLAG: &str = "/api/v2/flags/shop/sort.order";
const FLAGS: &str = "/api/v2/flags/shop";
const EVALUATE: &str = "/api/v2/projects/shop/environments/prod/flags/evaluate";
const SETTING: &str = "/api/v2/users/shop/prod/anna@example.com/flags/sort.order";
const ENDS: &str = "/api/v2/users/shop/anna@example.com/expiring-user-targets/prod";
const PUT: &str =
    "/api/v2/projects/shop/environments/prod/contexts/user/anna@example.com/flags/sort.order";
const DEFINITION: &str = r#"{"key":"sort.order","variations":[{"_id":"v","value":1}],
    "environments":{"prod":{"targets":[{"values":["anna@example.com"],"variation":0}]}}}"#;
const UNKNOWN: &str = r#"{"code":"not_found","message":"Invalid resource identifier"}"#;

fn anna() -> FlagTarget {
    let user = UserTarget { user: "anna@example.com".parse().unwrap(), ..user_target() };
    user.flag("sort.order".parse().unwrap())
}

fn read() -> Permit<Read> {
    permit(anna())
}

/// A client that may change over, without stored attributes.
async fn fixture(choice: Choice) -> Fixture {
    Fixture::with(|options| {
        options.backend = choice;
        options.stored_attributes = false;
    })
    .await
}

/// The replacement APIs, asked so often.
async fn replacements(fixture: &Fixture, definitions: impl Into<Times>, evaluations: u64) {
    fixture.answers_to(("GET", FLAG), json(200, DEFINITION), definitions).await;
    let items = r#"{"items":[{"key":"sort.order","_value":1,"reason":{"kind":"TARGET_MATCH"}}]}"#;
    fixture.answers_to(("POST", EVALUATE), json(200, items), evaluations).await;
}

#[tokio::test]
async fn an_operation_that_answers_as_removed_twice_is_removed_and_the_same_request_is_served() {
    for status in [400, 404, 405, 410] {
        let fixture = fixture(Choice::Auto).await;
        fixture.answers_to(("GET", SETTING), json(status, "{}"), 1).await;
        fixture.answers_to(("GET", ENDS), json(status, "{}"), 1).await;
        replacements(&fixture, 3, 2).await;
        for _ in 0..2 {
            let found = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await;
            assert_eq!(found.unwrap().setting.as_str(), "1", "{status}");
            assert_eq!(fixture.client.backend(), Backend::Contexts);
        }
        // Only the operations themselves are asked under the old version.
        for request in fixture.received().await {
            let is_old = request.url.path().starts_with("/api/v2/users/");
            let version = if is_old { "20220603" } else { "20240415" };
            assert_eq!(request.headers["ld-api-version"], version, "{}", request.url);
        }
    }
}

#[tokio::test]
async fn a_list_that_answers_as_removed_is_tried_with_any_flag_of_the_project() {
    let fixture = fixture(Choice::Auto).await;
    let list = "/api/v2/users/shop/prod/anna@example.com/flags";
    fixture.answers_to(("GET", list), json(404, "{}"), 1).await;
    fixture.answers_to(("GET", ENDS), json(404, "{}"), 1).await;
    let flags = format!(r#"{{"items":[{DEFINITION}],"totalCount":1}}"#);
    fixture.answers_to(("GET", FLAGS), json(200, &flags), 2).await;
    let items = r#"{"items":[{"key":"sort.order","_value":1}]}"#;
    fixture.answers_to(("POST", EVALUATE), json(200, items), 1).await;
    let user: Permit<Read, UserTarget> = permit(anna().user);
    let found = fixture.client.list_settings(&user, &Asking(&fixture.client)).await.unwrap();
    assert_eq!(found.flags.len(), 1);
    let first = &fixture.asked().await[1];
    assert_eq!(*first, format!("GET {FLAGS}?env=prod&summary=0&limit=1&offset=0"));
}

#[tokio::test]
async fn a_flag_that_is_not_known_stays_unknown_and_changes_nothing() {
    let fixture = fixture(Choice::Auto).await;
    fixture.answers_to(("GET", SETTING), json(404, UNKNOWN), 1).await;
    fixture.answers_to(("GET", FLAG), json(404, UNKNOWN), 1).await;
    let failure = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap_err();
    assert!(matches!(failure, Failure::NotFound(_)));
    assert_eq!(fixture.client.backend(), Backend::UserSettings);
    assert_eq!(fixture.received().await.len(), 2, "nothing else is asked");
}

#[tokio::test]
async fn an_operation_that_another_one_proves_alive_is_not_removed() {
    let fixture = fixture(Choice::Auto).await;
    fixture.answers_to(("GET", SETTING), json(404, UNKNOWN), 1).await;
    fixture.answers_to(("GET", ENDS), json(200, r#"{"items":[]}"#), 1).await;
    replacements(&fixture, 1, 0).await;
    let failure = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap_err();
    assert!(matches!(failure, Failure::NotFound(_)));
    assert_eq!(fixture.client.backend(), Backend::UserSettings);
}

#[tokio::test]
async fn a_failure_that_is_no_removal_is_handed_on_at_once() {
    for (status, body) in [
        (401, ""),
        (403, r#"{"code":"forbidden"}"#),
        (405, r#"{"code":"method_not_allowed","message":"approval is required"}"#),
        (409, "{}"),
        (429, "{}"),
        (503, "{}"),
        (200, "<html>"),
    ] {
        let fixture = fixture(Choice::Auto).await;
        fixture.answers_to(("PUT", SETTING), json(status, body), 1..).await;
        let operation = set_of(anna());
        fixture.client.put_setting(&operation.put(value("1"))).await.unwrap_err();
        assert_eq!(fixture.client.backend(), Backend::UserSettings, "{status}");
        assert!(fixture.asked().await.iter().all(|asked| asked.starts_with("PUT")), "{status}");
    }
}

#[tokio::test]
async fn a_user_whose_key_is_strange_is_served_and_changes_nothing() {
    let fixture = fixture(Choice::Auto).await;
    let setting = format!("/api/v2/users/shop/prod/{USER_ENCODED}/flags/sort.order");
    let ends = format!("/api/v2/users/shop/{USER_ENCODED}/expiring-user-targets/prod");
    fixture.answers_to(("GET", &setting), json(404, "{}"), 1).await;
    fixture.answers_to(("GET", &ends), json(404, "{}"), 1).await;
    replacements(&fixture, 2, 1).await;
    let read: Permit<Read> = permit(flag_target());
    let found = fixture.client.get_setting(&read, &Asking(&fixture.client)).await.unwrap();
    assert!(found.setting.is_null());
    assert_eq!(fixture.client.backend(), Backend::UserSettings);
}

#[tokio::test]
async fn a_choice_of_the_operators_never_changes() {
    let fixture = fixture(Choice::Always(Backend::UserSettings)).await;
    fixture.answers(json(404, "{}"), 1).await;
    let failure = fixture.client.get_setting(&read(), &Asking(&fixture.client)).await.unwrap_err();
    assert!(matches!(failure, Failure::NotFound(_)));
    assert_eq!(fixture.client.backend(), Backend::UserSettings);
}

#[tokio::test]
async fn a_write_that_finds_its_operation_removed_is_made_once() {
    let fixture = fixture(Choice::Auto).await;
    fixture.answers_to(("PUT", SETTING), json(404, "{}"), 1).await;
    fixture.answers_to(("GET", ENDS), json(404, "{}"), 1).await;
    fixture.answers_to(("GET", FLAG), json(200, DEFINITION), 1).await;
    fixture.answers_to(("PUT", PUT), ResponseTemplate::new(204), 1).await;
    let operation = set_of(anna());
    fixture.client.put_setting(&operation.put(value("1"))).await.unwrap();
    assert_eq!(fixture.client.backend(), Backend::Contexts);
    assert_eq!(fixture.asked().await.last().unwrap(), &format!("PUT {PUT}"));
}

#[tokio::test]
async fn many_who_find_it_removed_at_once_find_out_together() {
    let fixture = fixture(Choice::Auto).await;
    fixture.answers_to(("GET", SETTING), json(404, "{}"), 8).await;
    fixture.answers_to(("GET", ENDS), json(404, "{}"), 1).await;
    // Each may look at the flag for itself, but only one asks a removed operation again.
    replacements(&fixture, 9..=16, 8).await;
    let asking = Asking(&fixture.client);
    let permits: Vec<_> = (0..8).map(|_| read()).collect();
    let all = permits.iter().map(|permit| fixture.client.get_setting(permit, &asking));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(Result::is_ok));
}
