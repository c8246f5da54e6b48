//! The log says what happened and gives nobody away.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use flagward::simulator::{Fault, FaultKind};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::backend::backend;
use crate::house::{House, POLICY};

/// Everything that was logged, as one text.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

/// Listens to everything from now on. Also whoever captures the events of one thread calls it first: whether an event is
/// wanted is remembered at its first use, which may be on a thread where nobody listens.
pub(crate) fn listen() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let everything = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone());
        let everything = everything.with_env_filter(EnvFilter::new(
            "flagward=trace,actix_web=debug,reqwest=debug,hyper_util=debug",
        ));
        tracing::subscriber::set_global_default(everything.finish()).unwrap();
        log
    })
}

impl Log {
    /// All of it so far.
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// A user and words of a caller that occur nowhere but in this test.
const USER: &str = "Someone.Private-4711@example.com";
const WORDS: &str = "words-of-the-caller-4711";

/// Reads and writes of that user, good ones and all kinds of bad ones.
async fn drive(house: &House) {
    let flag = format!("/v1/projects/shop/environments/test/users/{USER}/flags/sort.order");
    let body = format!(r#"{{"setting":"price","comment":"{WORDS}","expires_in":"2h"}}"#);
    for (method, path, body) in [
        ("PUT", flag.clone(), body.as_str()),
        ("GET", flag.clone(), ""),
        ("GET", format!("{flag}?include=expiration"), ""),
        ("PUT", format!("{flag}/expiration"), r#"{"expires_in":"3h"}"#),
        ("PUT", flag.clone(), r#"{"setting":"words-of-the-caller-4711"}"#),
        ("PUT", flag.clone(), r#"{"words-of-the-caller-4711":1}"#),
        ("DELETE", format!("{flag}?comment={WORDS}"), ""),
        ("GET", format!("{flag}?words-of-the-caller-4711=1"), ""),
        ("GET", format!("/{USER}/{WORDS}"), ""),
        ("GET", format!("/api/v2/users/shop/test/{USER}/flags"), ""),
        ("PATCH", format!("/api/v2/users/shop/{USER}/expiring-user-targets/test"), "{}"),
    ] {
        for team in ["payments", "readers", "nobody"] {
            house.ask_as(team, method, &path, body).await;
        }
        let token = house.token("mallory", &["payments"]);
        house
            .send(
                method,
                &path,
                &[("Authorization", &format!("Bearer {token}x")), ("X-Request-Id", USER)],
                body,
            )
            .await;
        house
            .send(method, &path, &[("Authorization", &house.upstream.simulator.token())], body)
            .await;
    }
    for fault in [
        FaultKind::Html { status: 502 },
        FaultKind::Cut { applied: false },
        FaultKind::InvalidJson,
        Fault::status(401).fault,
        Fault::status(429).fault,
    ] {
        house.upstream.simulator.add_fault(Fault::new(fault).times(20));
        house.clock.advance(std::time::Duration::from_mins(10));
        house.ask("GET", &flag, "").await;
        house.ask("PUT", &flag, r#"{"setting":"price"}"#).await;
        house.upstream.simulator.clear_faults();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_no_secret_no_user_and_no_word_of_a_caller_is_logged() {
    let log = listen();
    let begin = log.0.lock().unwrap().len();
    let house = House::open();
    drive(&house).await;
    let gone = House::with(POLICY, &[("FLAGWARD__LAUNCHDARKLY__BASE_URL", "http://localhost:1")]);
    gone.ask("GET", &format!("/v1/projects/shop/environments/test/users/{USER}/flags"), "").await;
    gone.close().await;
    house.close().await;

    let log = String::from_utf8(log.0.lock().unwrap()[begin..].to_vec()).unwrap();
    for said in ["request failed", "request refused", "write", "stopped"] {
        assert!(log.contains(said), "nothing of {said:?} was logged");
    }
    for secret in [
        "eyJ",
        "Bearer",
        "a-secret-of-the-tests",
        "api-simulator",
        "caller-4711",
        "Someone",
        "Private",
    ] {
        let leaks: Vec<_> = log.lines().filter(|line| line.contains(secret)).take(3).collect();
        assert!(leaks.is_empty(), "{secret:?} was logged: {leaks:#?}");
    }
}

/// The line of the log for the request with this id.
async fn line_of(house: &House, id: &str, method: &str, token: &str, body: &str) -> String {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str()), ("X-Request-Id", id)];
    let headers = [&headers[..], &[("Content-Type", "application/json")]].concat();
    let flag = "/v1/projects/shop/environments/test/users/anna@example.com/flags/sort.order";
    house.send(method, flag, &headers, body).await;
    let log = String::from_utf8(listen().0.lock().unwrap().clone()).unwrap();
    let id = format!("request.id=\"{id}\"");
    let of_frame = |line: &&str| line.contains(&id) && line.contains("http::frame");
    let lines: Vec<_> = log.lines().filter(of_frame).collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    lines[0].to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_request_is_told_with_its_route_its_status_its_operation_and_its_cause_once() {
    listen();
    let timeout = ("FLAGWARD__LAUNCHDARKLY__REQUEST_TIMEOUT", "300ms");
    let house = House::with(POLICY, &[timeout]);
    let token = house.token("alice", &["payments"]);
    let spoil = |fault| house.upstream.simulator.add_fault(Fault::new(fault).times(20));
    let route = "http.route=\"/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}\"";
    spoil(FaultKind::Hang { applied: false });
    let line = line_of(&house, "log-hangs", "GET", &token, "").await;
    for part in [" WARN ", "http.method=\"GET\"", route, "http.status=504", "upstream-timeout"] {
        assert!(line.contains(part), "{part} {line}");
    }
    assert_eq!(line.matches("LaunchDarkly took too long").count(), 1, "{line}");

    house.upstream.simulator.clear_faults();
    let (method, path) = backend().puts();
    let put = Fault::status(403).on(method, path);
    house.upstream.simulator.add_fault(put);
    let line = line_of(&house, "log-refused", "PUT", &token, r#"{"setting":"price"}"#).await;
    for part in [" ERROR ", "http.method=\"PUT\"", "http.status=502", "operation=op_"] {
        assert!(line.contains(part), "{part} {line}");
    }
    assert!(line.contains("refused the shared token with status 403 "), "in its own words: {line}");

    let line = line_of(&house, "log-expired", "GET", "x.y.z", "").await;
    for part in [" INFO ", "http.status=401", "unauthenticated", "token refused: malformed"] {
        assert!(line.contains(part), "{part} {line}");
    }
    house.close().await;
}
