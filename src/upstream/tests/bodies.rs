//! Large answers.

use std::time::Duration;

use futures_util::future::join_all;

use super::fixture::{Fixture, Forgetful, json, permit, user_target};
use crate::upstream::bodies::MAX_BODY;

#[tokio::test]
async fn more_large_answers_at_once_than_there_is_room_for_all_arrive() {
    let fixture = Fixture::with(|options| {
        options.max_concurrency = 8;
        options.request_timeout = Duration::from_mins(1);
    })
    .await;
    // More than half of the largest, so that each takes the room of the largest.
    let list = format!("{}{}", r#"{"items":{}}"#, " ".repeat(MAX_BODY / 2));
    fixture.answers(json(200, &list), 4).await;
    let permit = permit(user_target());
    let lists = join_all((0..4).map(|_| fixture.client.list_settings(&permit, &Forgetful))).await;
    assert!(lists.iter().all(Result::is_ok), "{lists:?}");
}
