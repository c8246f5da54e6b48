//! The log says what happened and gives nobody away.

use std::io;
use std::sync::{Arc, Mutex, OnceLock};

use flagward::simulator::{Fault, FaultKind};
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

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
