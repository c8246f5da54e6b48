//! Rate limits, and what is said about all of it.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;
use wiremock::ResponseTemplate;

use super::fixture::{
    Fixture, Forgetful, SETTING, TOKEN, USER, USER_ENCODED, json, permit, read, start, user_target,
};
use crate::upstream::Failure;

#[tokio::test]
async fn a_spent_limit_is_not_asked_again_until_its_window_ends() {
    let fixture = Fixture::new().await;
    let reset = start().as_millisecond() + 4_000;
    let spent = json(429, r#"{"code":"rate_limited","message":"m"}"#)
        .insert_header("X-Ratelimit-Route-Remaining", "0")
        .insert_header("X-Ratelimit-Reset", reset.to_string());
    fixture.answers_first(spent, 1).await;
    fixture.answers(json(200, r#"{"_value":1,"items":{}}"#), 2).await;
    let first = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    let second = fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    let four = Some(Duration::from_secs(4));
    assert!(
        matches!(first, Failure::RateLimited { retry_after, says: Some(_) } if retry_after == four)
    );
    assert!(
        matches!(second, Failure::RateLimited { retry_after, says: None } if retry_after == four)
    );
    // Another route has a window of its own.
    let user = permit(user_target());
    fixture.client.list_settings(&user, &Forgetful).await.unwrap();
    fixture.clock.advance(Duration::from_secs(4));
    fixture.client.get_setting(&read(), &Forgetful).await.unwrap();
    assert_eq!(fixture.counted("get-setting", "429"), 1);
    assert_eq!(fixture.counted("get-setting", "refused-here"), 1);
}

#[tokio::test]
async fn an_answer_that_took_the_last_request_of_the_account_stops_the_next() {
    let fixture = Fixture::new().await;
    let reset = start().as_millisecond() + 86_400_000;
    let last = json(200, SETTING)
        .insert_header("x-ratelimit-global-remaining", "0")
        .insert_header("x-ratelimit-reset", reset.to_string());
    fixture.answers(last, 2).await;
    fixture.client.get_setting(&read(), &Forgetful).await.unwrap();
    let failure = fixture.client.get_flag(&read().part()).await.unwrap_err();
    let minute = Some(Duration::from_mins(1));
    assert!(matches!(failure, Failure::RateLimited { retry_after, .. } if retry_after == minute));
    fixture.clock.advance(Duration::from_mins(1));
    fixture.client.get_setting(&read(), &Forgetful).await.unwrap();
}

#[tokio::test]
async fn what_is_left_of_each_window_is_shown() {
    let fixture = Fixture::new().await;
    let answer = json(200, SETTING)
        .insert_header("x-ratelimit-global-remaining", "70")
        .insert_header("x-ratelimit-route-remaining", "4")
        .insert_header("x-ratelimit-auth-token-remaining", "999");
    fixture.answers(answer, 1).await;
    fixture.client.get_setting(&read(), &Forgetful).await.unwrap();
    let scrape = fixture.metrics.scrape().unwrap();
    for (window, left) in [("global", 70), ("route", 4), ("auth-token", 999)] {
        let line =
            format!("flagward_upstream_rate_limit_remaining{{window=\"{window}\"}} {left}\n");
        assert!(scrape.contains(&line), "{line}");
    }
    let took = "flagward_upstream_request_duration_seconds_count{operation=\"get-setting\"} 1\n";
    assert!(scrape.contains(took));
}

#[tokio::test]
async fn every_series_is_there_at_zero_before_the_first_call() {
    let fixture = Fixture::new().await;
    let scrape = fixture.metrics.scrape().unwrap();
    let series = |line: &&str| line.starts_with("flagward_upstream_requests_total{");
    let found: Vec<_> = scrape.lines().filter(series).collect();
    assert_eq!(found.len(), 14 * 19);
    assert!(found.iter().all(|line| line.ends_with(" 0")));
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_call_is_one_event_without_url_user_or_token() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let fixture = Fixture::new().await;
    fixture.answers(ResponseTemplate::new(404), 2).await;
    // Whether an event is wanted is remembered at its first use, which another test's thread, where nobody listens,
    // may make: so somebody listens everywhere.
    let _ = tracing::subscriber::set_global_default(tracing_subscriber::registry());
    fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    let guard = tracing::subscriber::set_default(subscriber);
    fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
    drop(guard);
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let own: Vec<_> = text.lines().filter(|line| line.contains("flagward::upstream")).collect();
    assert_eq!(own.len(), 1, "{text}");
    assert!(own[0].contains("operation=\"get-setting\""), "{}", own[0]);
    assert!(own[0].contains("status=\"404\"") && own[0].contains("duration_ms="));
    for secret in [TOKEN, USER, USER_ENCODED, "sort.order"] {
        assert!(!own[0].contains(secret), "{}", own[0]);
    }
    assert!(!text.contains(TOKEN) && !text.contains(USER_ENCODED));
}

#[tokio::test]
async fn trouble_is_told_to_whoever_waits_for_it_and_what_is_none_is_not() {
    let table = [(503, 3, true), (401, 1, true), (403, 1, true), (404, 1, false), (429, 1, false)];
    for (status, times, is_trouble) in table {
        let fixture = Fixture::new().await;
        fixture.answers(ResponseTemplate::new(status), times).await;
        fixture.client.get_setting(&read(), &Forgetful).await.unwrap_err();
        let told = futures_util::FutureExt::now_or_never(fixture.client.trouble()).is_some();
        assert_eq!(told, is_trouble, "{status}");
    }
}
