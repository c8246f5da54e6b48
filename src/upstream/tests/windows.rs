//! Answers that take more calls than `LaunchDarkly`'s windows allow, with five calls of a route in ten seconds.

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use wiremock::{Request, ResponseTemplate};

use super::fixture::{Asking, Fixture, USER, json, permit, user_target};
use crate::clock::Clock;
use crate::upstream::{Backend, Choice, Failure};

const FLAGS: &str = "/api/v2/flags/shop";
const WINDOW: Duration = Duration::from_secs(10);
const PER_WINDOW: u32 = 5;

async fn fixture() -> Fixture {
    Fixture::with(|options| {
        options.backend = Choice::Always(Backend::Contexts);
        // Time is moved while calls are under way; none shall end by that.
        options.request_timeout = Duration::from_mins(10);
    })
    .await
}

/// One route's window by a clock: refuses what is too much, and says when the next begins.
struct Window {
    clock: Clock,
    length: Duration,
    now: Mutex<(Timestamp, u32)>,
}

impl Window {
    fn of(fixture: &Fixture, length: Duration) -> Self {
        let clock = fixture.clock.clone();
        let now = Mutex::new((clock.now(), 0));
        Self { clock, length, now }
    }

    fn limited(&self, answer: impl FnOnce() -> ResponseTemplate) -> ResponseTemplate {
        let mut now = self.now.lock().unwrap();
        if self.clock.now() >= now.0 + self.length {
            *now = (self.clock.now(), 0);
        }
        let is_spent = now.1 == PER_WINDOW;
        now.1 += u32::from(!is_spent);
        let answer = if is_spent { json(429, r#"{"code":"rate_limited"}"#) } else { answer() };
        let reset = (now.0 + self.length).as_millisecond().to_string();
        answer
            .insert_header("x-ratelimit-route-remaining", (PER_WINDOW - now.1).to_string())
            .insert_header("x-ratelimit-reset", reset)
    }
}

/// What an answer becomes when time moves on by a window whenever a call was refused and none is under way; and how
/// often that was.
async fn over_windows<T>(
    fixture: &Fixture,
    operation: &str,
    answer: impl Future<Output = T>,
) -> (T, u32) {
    let mut answer = Box::pin(answer);
    let refused = || fixture.counted(operation, "429") + fixture.counted(operation, "refused-here");
    let mut windows = 0;
    let slots = fixture.metrics.gauges.upstream_slots.with_label_values(&["in-use"]);
    loop {
        let before = refused();
        let next_refusal = async {
            while refused() == before || slots.get() > 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            answer = &mut answer => return (answer, windows),
            () = next_refusal => {}
        }
        fixture.clock.advance(WINDOW);
        tokio::time::pause();
        tokio::time::advance(WINDOW).await;
        tokio::time::resume();
        windows += 1;
    }
}

fn flag(n: usize, targets: &str) -> String {
    format!(
        r#"{{"key":"f{n}","variations":[{{"_id":"v","value":1}}],"environments":{{"prod":{{"targets":[{targets}]}}}}}}"#
    )
}

/// A page of so many flags.
fn page(request: &Request, count: usize, targets: &str) -> ResponseTemplate {
    let offset = request.url.query_pairs().find(|(name, _)| name == "offset").unwrap().1;
    let offset: usize = offset.parse().unwrap();
    let flags: Vec<_> = (offset..count.min(offset + 100)).map(|n| flag(n, targets)).collect();
    json(200, &format!(r#"{{"items":[{}],"totalCount":{count}}}"#, flags.join(",")))
}

fn pages(fixture: &Fixture, count: usize, length: Duration) -> impl wiremock::Respond + 'static {
    let window = Window::of(fixture, length);
    move |request: &Request| window.limited(|| page(request, count, ""))
}

#[tokio::test]
async fn pages_beyond_a_window_are_fetched_in_the_next_and_none_twice() {
    let fixture = fixture().await;
    fixture.answers_to(("GET", FLAGS), pages(&fixture, 700, WINDOW), 7..).await;
    let user = permit::<crate::policy::Read, _>(user_target());
    let fetch = fixture.client.list_flags(&user);
    let (flags, windows) = over_windows(&fixture, "list-flags", fetch).await;
    assert_eq!((flags.unwrap().len(), windows > 0), (700, true));
    assert_eq!(fixture.counted("list-flags", "200"), 7);
}

#[tokio::test]
async fn nobody_waits_for_more_windows_than_a_request_has_time_for() {
    let fixture = fixture().await;
    fixture.answers_to(("GET", FLAGS), pages(&fixture, 5_000, WINDOW), 11..).await;
    let user = permit::<crate::policy::Read, _>(user_target());
    let fetch = fixture.client.list_flags(&user);
    let (flags, _) = over_windows(&fixture, "list-flags", fetch).await;
    assert!(matches!(flags, Err(Failure::RateLimited { .. })), "{flags:?}");
    assert!(fixture.counted("list-flags", "200") <= 15);
}

#[tokio::test]
async fn a_window_that_is_too_long_is_not_waited_for_at_all() {
    let fixture = fixture().await;
    let minute = Duration::from_mins(1);
    fixture.answers_to(("GET", FLAGS), pages(&fixture, 700, minute), 5..).await;
    let user = permit::<crate::policy::Read, _>(user_target());
    let flags = fixture.client.list_flags(&user).await;
    assert!(matches!(flags, Err(Failure::RateLimited { .. })), "{flags:?}");
}

#[tokio::test]
async fn whose_first_page_is_refused_does_not_wait() {
    let fixture = fixture().await;
    let refusal = json(429, r#"{"code":"rate_limited"}"#);
    fixture.answers_to(("GET", FLAGS), refusal, 1).await;
    let user = permit::<crate::policy::Read, _>(user_target());
    let flags = fixture.client.list_flags(&user).await;
    assert!(matches!(flags, Err(Failure::RateLimited { .. })), "{flags:?}");
}

#[tokio::test]
async fn ends_of_more_flags_than_a_window_allows_are_asked_for_in_the_next() {
    let fixture = fixture().await;
    let targets = format!(r#"{{"values":["{USER}"],"variation":0}}"#);
    let all = move |request: &Request| page(request, 12, &targets);
    fixture.answers_to(("GET", FLAGS), all, 1).await;
    let window = Window::of(&fixture, WINDOW);
    let ends = move |_: &Request| window.limited(|| json(200, r#"{"items":[]}"#));
    let any_flag = wiremock::matchers::path_regex("/expiring-targets/prod$");
    let mock = wiremock::Mock::given(any_flag).respond_with(ends);
    mock.mount(&fixture.server).await;
    let user = permit(user_target());
    let asking = Asking(&fixture.client);
    let fetch = fixture.client.list_expirations(&user, &asking);
    let (found, windows) = over_windows(&fixture, "list-expiring-targets", fetch).await;
    assert_eq!((found.unwrap().items.len(), windows > 0), (0, true));
    assert_eq!(fixture.counted("list-expiring-targets", "200"), 12);
}
