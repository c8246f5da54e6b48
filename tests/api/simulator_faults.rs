//! The simulator's faults, as a client meets them on the wire, and its operator's routes.

use std::io::ErrorKind;
use std::time::Duration;

use flagward::clock::Clock;
use flagward::simulator::{BUILT_IN_TOKEN, Fault, FaultKind, Latency};

use crate::wire::Served;

const SETTING: &str = "/api/v2/users/shop/test/u/flags/sort.order";
const TOKEN: [(&str, &str); 2] =
    [("Authorization", BUILT_IN_TOKEN), ("Content-Type", "application/json")];

fn setting(served: &Served) -> Option<String> {
    served.simulator.setting("shop", "test", "u", "sort.order")
}

#[test]
fn a_cut_connection_ends_before_the_first_byte() {
    for (applied, left) in [(false, None), (true, Some("\"price\"".to_owned()))] {
        let served = Served::start(Clock::system());
        served.simulator.add_fault(Fault::new(FaultKind::Cut { applied }));
        let body = r#"{"setting":"price"}"#;
        let patience = Duration::from_secs(10);
        let received = served.raw("PUT", SETTING, &TOKEN, body, patience);
        assert_eq!(received.unwrap_or_default(), "");
        assert_eq!(setting(&served), left);
        assert_eq!(served.ask("GET", SETTING, "").status, 200);
    }
}

#[test]
fn a_hanging_answer_never_comes_and_others_are_answered_meanwhile() {
    let served = Served::start(Clock::system());
    let hang = FaultKind::Hang { applied: true };
    served.simulator.add_fault(Fault::new(hang).on("PUT", "*"));
    let body = r#"{"setting":"price"}"#;
    let patience = Duration::from_secs(1);
    let given_up = std::thread::scope(|scope| {
        let hanging = scope.spawn(|| served.raw("PUT", SETTING, &TOKEN, body, patience));
        while served.ask("GET", SETTING, "").json()["setting"] != "price" {
            assert!(!hanging.is_finished(), "the request had no effect");
        }
        hanging.join().unwrap().unwrap_err()
    });
    assert!(matches!(given_up.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
}

#[test]
fn broken_answers_look_as_they_should() {
    let served = Served::start(Clock::system());
    let whole = served.ask("GET", SETTING, "").body;
    let half = whole.get(..whole.len() / 2).unwrap();
    let broken = |fault| {
        served.simulator.add_fault(Fault::new(fault));
        served.ask("GET", SETTING, "")
    };
    let truncated = broken(FaultKind::Truncated);
    assert_eq!(truncated.header("content-length"), Some(whole.len().to_string().as_str()));
    assert!(truncated.body.len() < whole.len() && truncated.body.starts_with(half));
    let invalid = broken(FaultKind::InvalidJson);
    assert_eq!(invalid.header("content-length"), Some(half.len().to_string().as_str()));
    assert_eq!(invalid.body, half);
    let lying = broken(FaultKind::WrongContentType);
    assert_eq!((lying.header("content-type"), &lying.body), (Some("text/html"), &whole));
    let page = broken(FaultKind::Html { status: 502 });
    assert_eq!((page.status, page.header("content-type")), (502, Some("text/html")));
    assert!(page.body.starts_with("<!DOCTYPE html>"));
    assert_eq!(served.simulator.faults(), []);
}

#[test]
fn an_answer_can_be_put_in_place_of_the_real_one() {
    let served = Served::start(Clock::system());
    let fault = r#"{"matching":{"method":"PUT","path":"/api/v2/users/*"},"times":1,
        "fault":{"kind":"answer","status":409}}"#;
    assert_eq!(served.ask("POST", "/simulator/faults", fault).status, 200);
    let conflict = served.ask("PUT", SETTING, r#"{"setting":"price"}"#);
    assert_eq!(conflict.status, 409);
    assert_eq!(conflict.json()["code"], "optimistic_locking_error");
    assert_eq!(setting(&served), None);
    assert_eq!(served.ask("PUT", SETTING, r#"{"setting":"price"}"#).status, 204);
}

#[test]
fn the_operators_routes_need_no_token_and_are_not_recorded() {
    let served = Served::start(Clock::system());
    served.ask("PUT", SETTING, r#"{"setting":"price","comment":"c"}"#);
    let open = |method, path, body| served.send(method, path, &[], body).unwrap();
    assert!(open("GET", "/simulator", "").body.contains("/simulator/history"));
    let history = open("GET", "/simulator/history", "").json();
    assert_eq!(history["items"][0]["kind"], "setting-set");
    let requests = open("GET", "/simulator/requests", "").json();
    assert_eq!(requests["items"].as_array().unwrap().len(), 1);
    assert!(!requests.to_string().contains(BUILT_IN_TOKEN));
    for (method, path, body, status) in [
        ("PUT", "/simulator/latency", r#"{"min_ms":0,"max_ms":1,"seed":3}"#, 200),
        ("PUT", "/simulator/latency", r#"{"min":0}"#, 400),
        ("PUT", "/simulator/limits", r#"{"route":5}"#, 200),
        ("PUT", "/simulator/user-settings", r#""gone""#, 200),
        ("PUT", "/simulator/user-settings", r#""retired""#, 200),
        ("PUT", "/simulator/contexts", r#""forbidden""#, 204),
        ("PUT", "/simulator/contexts", r#""none""#, 400),
        ("PUT", "/simulator/locks", r#"{"project":"shop","flag":"sort.order","lost":2}"#, 204),
        ("PUT", "/simulator/locks", r#"{"project":"shop","flag":"none","lost":2}"#, 400),
        (
            "PUT",
            "/simulator/approvals",
            r#"{"project":"shop","environment":"test","tags":["checkout"]}"#,
            204,
        ),
        (
            "PUT",
            "/simulator/approvals",
            r#"{"project":"shop","environment":"test","required":true}"#,
            204,
        ),
        (
            "PUT",
            "/simulator/approvals",
            r#"{"project":"shop","environment":"none","required":true}"#,
            400,
        ),
        ("DELETE", "/simulator/faults", "", 204),
        ("GET", "/simulator/none", "", 404),
        ("GET", "/simulators", "", 401),
        ("POST", "/simulator/reset", "", 204),
    ] {
        assert_eq!(open(method, path, body).status, status, "{method} {path} {body}");
    }
    assert_eq!(setting(&served), None);
}

#[test]
fn latency_is_real_time_even_when_the_clock_stands_still() {
    let served = Served::start(Clock::manual(jiff::Timestamp::UNIX_EPOCH));
    served.simulator.set_latency(Latency::fixed(80));
    let start = std::time::Instant::now();
    assert_eq!(served.ask("GET", SETTING, "").status, 200);
    assert!(start.elapsed() >= Duration::from_millis(80));
}

#[test]
fn a_post_that_says_so_is_a_put() {
    let served = Served::start(Clock::system());
    let headers = [TOKEN[0], TOKEN[1], ("X-HTTP-Method-Override", "PUT")];
    let answer = served.send("POST", SETTING, &headers, r#"{"setting":"price"}"#).unwrap();
    assert_eq!(answer.status, 204);
    assert_eq!(setting(&served).as_deref(), Some("\"price\""));
}

#[test]
fn paths_arrive_as_they_were_sent() {
    let served = Served::start(Clock::system());
    for (user, key) in [("..%2f..%2fbank", "../../bank"), ("a+b", "a+b"), ("%C3%BC", "ü")] {
        let target = format!("/api/v2/users/shop/test/{user}/flags/sort.order");
        assert_eq!(served.ask("PUT", &target, r#"{"setting":"price"}"#).status, 204);
        let last = served.simulator.requests().pop().unwrap();
        assert_eq!(last.path, target);
        let set = served.simulator.setting("shop", "test", key, "sort.order");
        assert_eq!(set.as_deref(), Some("\"price\""));
    }
}

#[test]
fn a_body_that_is_too_large_is_refused_and_recorded_without_it() {
    let served = Served::start(Clock::system());
    let body = format!(r#"{{"setting":"{}"}}"#, "x".repeat(1024 * 1024));
    let answer = served.ask("PUT", SETTING, &body);
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["code"], "request_entity_too_large");
    assert_eq!(served.simulator.requests().pop().unwrap().body, "");
}

#[test]
fn a_caller_can_look_up_what_there_is_without_a_token() {
    let served = Served::start(Clock::system());
    let index = served.send("GET", "/simulator", &[], "").unwrap().body;
    for line in [BUILT_IN_TOKEN, "shop/production", "bank/production"] {
        assert!(index.contains(line), "{index}");
    }
}
