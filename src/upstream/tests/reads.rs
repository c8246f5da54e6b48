//! What reads send and bring.

use wiremock::ResponseTemplate;

use super::fixture::{
    Fixture, Forgetful, SETTING, TOKEN, USER_ENCODED, json, permit, read, user_target,
};
use crate::policy::{Errand, Permit, Read};

const EVERYTHING: &str = r#"{"items":{},"_value":1,"variations":[],"validVersions":[20220603]}"#;
const NO_ITEMS: &str = r#"{"items":[]}"#;

/// The JSON {"_value":1.0,"setting":null}, compressed.
const COMPRESSED: [u8; 49] = [
    31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 138, 47, 75, 204, 41, 77, 85, 178, 50, 212, 51, 208,
    81, 42, 78, 45, 41, 201, 204, 75, 87, 178, 202, 43, 205, 201, 169, 5, 0, 124, 131, 164, 7, 29,
    0, 0, 0,
];

fn user() -> Permit<Read, crate::domain::UserTarget> {
    permit(user_target())
}

#[tokio::test]
async fn each_operation_asks_its_own_url_and_no_other() {
    let fixture = Fixture::with(|options| options.base_url.set_path("/ld/")).await;
    let client = &fixture.client;
    fixture.answers_first(json(200, EVERYTHING), 5).await;
    client.list_settings(&user(), &Forgetful).await.unwrap();
    client.get_setting(&read(), &Forgetful).await.unwrap();
    client.get_flag(&read().part()).await.unwrap();
    let errand = Errand::of_startup();
    client.caller_identity(&errand).await.unwrap();
    let versions = client.versions(&errand).await.unwrap();
    assert_eq!(versions.valid, [20_220_603]);
    fixture.answers(json(200, NO_ITEMS), 2).await;
    client.list_expirations(&user(), &Forgetful).await.unwrap();
    client.current_expirations(&read()).await.unwrap();

    let received = fixture.received().await;
    let asked: Vec<_> = received
        .iter()
        .map(|one| {
            let query = one.url.query().unwrap_or("-");
            format!("{} {} {query}", one.method, one.url.path())
        })
        .collect();
    let expirations = format!("/users/shop/{USER_ENCODED}/expiring-user-targets/prod -");
    let expected = [
        format!("/users/shop/prod/{USER_ENCODED}/flags -"),
        format!("/users/shop/prod/{USER_ENCODED}/flags/sort.order -"),
        "/flags/shop/sort.order env=prod".to_owned(),
        "/caller-identity -".to_owned(),
        "/versions -".to_owned(),
        expirations.clone(),
        expirations,
    ]
    .map(|path| format!("GET /ld/api/v2{path}"));
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn a_read_sends_exactly_these_headers() {
    let fixture = Fixture::new().await;
    fixture.answers(json(200, SETTING), 1).await;
    fixture.client.get_setting(&read(), &Forgetful).await.unwrap();
    let received = fixture.received().await;
    let headers = &received[0].headers;
    let mut names: Vec<_> = headers.keys().map(ToString::to_string).collect();
    names.sort();
    let expected =
        ["accept", "accept-encoding", "authorization", "host", "ld-api-version", "user-agent"];
    assert_eq!(names, expected);
    assert_eq!(headers["authorization"], TOKEN);
    assert_eq!(headers["ld-api-version"], "20220603");
    assert_eq!(headers["accept"], "application/json");
    assert_eq!(headers["accept-encoding"], "gzip");
    let agent = headers["user-agent"].to_str().unwrap();
    assert!(agent.starts_with("flagward/"), "{agent}");
    assert!(received[0].body.is_empty());
}

#[tokio::test]
async fn a_compressed_answer_is_read() {
    let fixture = Fixture::new().await;
    let answer = ResponseTemplate::new(200)
        .set_body_raw(COMPRESSED, "application/json; charset=utf-8")
        .insert_header("content-encoding", "gzip");
    fixture.answers(answer, 1).await;
    let setting = fixture.client.get_setting(&read(), &Forgetful).await.unwrap();
    assert_eq!(setting.value.as_str(), "1.0");
    assert_eq!(setting.raw.get(), SETTING);
}

#[tokio::test]
async fn an_ambiguous_target_is_refused_before_anything_is_sent() {
    let fixture = Fixture::new().await;
    fixture.answers(json(200, EVERYTHING), 0).await;
    let mut target = user_target();
    target.user = "expiring-user-targets".parse().unwrap();
    let failure = fixture.client.list_settings(&permit(target), &Forgetful).await;
    assert!(matches!(failure, Err(crate::upstream::Failure::Ambiguous)));
}
