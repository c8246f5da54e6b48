//! What is sent again, and how often.

use wiremock::ResponseTemplate;

use super::fixture::{Fixture, Forgetful, SETTING, json, read, schedule, set, start, value};
use crate::upstream::Failure;

const LOST_RACE: &str = r#"{"code":"optimistic_locking_error","message":"Conflict."}"#;

#[tokio::test]
async fn a_read_outlives_two_failures() {
    let fixture = Fixture::new().await;
    fixture.answers_first(ResponseTemplate::new(503), 2).await;
    fixture.answers(json(200, SETTING), 1).await;
    fixture.client.get_setting(&read(), &Forgetful).await.unwrap();
    assert_eq!(fixture.counted("get-setting", "503"), 2);
    assert_eq!(fixture.counted("get-setting", "200"), 1);
}

#[tokio::test]
async fn a_read_gives_up_after_the_third_failure() {
    let fixture = Fixture::new().await;
    fixture.answers(ResponseTemplate::new(500), 3).await;
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    assert!(matches!(failure, Failure::Unavailable { status: 500, .. }));
}

#[tokio::test]
async fn a_refused_read_is_not_repeated() {
    for status in [400, 401, 403, 404, 409] {
        let fixture = Fixture::new().await;
        fixture.answers(json(status, LOST_RACE), 1).await;
        assert!(fixture.client.get_setting(&read(), &Forgetful).await.is_err());
    }
}

#[tokio::test]
async fn a_write_whose_outcome_is_unknown_is_not_repeated() {
    for status in [500, 502, 503, 504] {
        let fixture = Fixture::new().await;
        fixture.answers(ResponseTemplate::new(status), 1).await;
        let operation = set();
        let put = operation.put(value("true"));
        assert!(fixture.client.put_setting(&put).await.is_err());
    }
}

#[tokio::test]
async fn a_write_that_lost_a_race_is_sent_again_up_to_three_times() {
    let fixture = Fixture::new().await;
    fixture.answers_first(json(409, LOST_RACE), 3).await;
    fixture.answers(ResponseTemplate::new(204), 1).await;
    let operation = set();
    let put = operation.put(value("true"));
    fixture.client.put_setting(&put).await.unwrap();

    let fixture = Fixture::new().await;
    fixture.answers(json(409, LOST_RACE), 4).await;
    let operation = schedule(start());
    let patch = operation.add("v").unwrap();
    let failure = fixture.client.patch_expirations(&patch).await;
    assert!(matches!(failure, Err(Failure::Conflict(_))));
}

#[tokio::test]
async fn a_conflict_that_is_no_lost_race_is_final() {
    let fixture = Fixture::new().await;
    fixture.answers(json(409, r#"{"code":"key_exists"}"#), 1).await;
    let operation = set();
    let put = operation.put(value("true"));
    let failure = fixture.client.put_setting(&put).await;
    assert!(matches!(failure, Err(Failure::Conflict(_))));
}

#[tokio::test]
async fn nothing_is_tried_again_past_the_deadline() {
    let fixture = Fixture::new().await;
    let later = ResponseTemplate::new(503).insert_header("retry-after", "30");
    fixture.answers(later, 1).await;
    let failure = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    let Failure::Unavailable { retry_after, .. } = failure else { panic!("{failure}") };
    assert_eq!(retry_after, Some(std::time::Duration::from_secs(30)));
}
