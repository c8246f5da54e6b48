//! One event and one count for each write, however it ended.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use flagward::simulator::FaultKind;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use crate::backend::backend;
use crate::house::House;
use crate::writes_kit::{DROP_IN_ENDS, DROP_IN_FLOW, FLOW, GUARDED, cut, status};

type Fields = BTreeMap<String, String>;

/// Keeps the events of writes. Writes run on the runtime of the test, which has this one thread.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<Fields>>>);

impl Events {
    fn take(&self) -> Vec<Fields> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

struct Reading(Fields);

impl Visit for Reading {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), format!("{value:?}"));
    }
}

impl<S: Subscriber> Layer<S> for Events {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut reading = Reading(Fields::new());
        event.record(&mut reading);
        if reading.0.get("message").is_some_and(|message| message == "write") {
            self.0.lock().unwrap().push(reading.0);
        }
    }
}

async fn count(house: &House, action: &str, outcome: &str) -> Option<String> {
    let scrape = house.ask_management("/metrics").await.body;
    let series = format!(
        r#"flagward_writes_total{{action="{action}",outcome="{outcome}",team="payments"}} "#
    );
    scrape.lines().find_map(|line| line.strip_prefix(&series).map(str::to_owned))
}

#[tokio::test]
async fn every_write_is_one_event_and_one_count() {
    crate::logs::listen();
    let events = Events::default();
    let _capturing =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(events.clone()));
    let house =
        House::with(crate::house::POLICY, &[("FLAGWARD__LAUNCHDARKLY__REQUEST_TIMEOUT", "600ms")]);
    let end = format!("{FLOW}/expiration");
    let hang = FaultKind::Hang { applied: false };
    let (puts, patches) = (backend().puts(), backend().patches());
    let (set, clear, schedule) = ("set", "clear", "schedule");
    for (method, path, body, action, outcome, fault) in [
        ("PUT", FLOW, r#"{"setting":true}"#, set, "applied", None),
        ("PUT", &*end, r#"{"expires_in":"1h"}"#, schedule, "applied", None),
        ("DELETE", &*end, "", schedule, "applied", None),
        ("DELETE", FLOW, "", clear, "applied", None),
        ("PUT", FLOW, r#"{"setting":null}"#, clear, "applied", None),
        ("PUT", DROP_IN_FLOW, r#"{"setting":true}"#, set, "applied", None),
        ("PUT", DROP_IN_FLOW, "{}", clear, "applied", None),
        ("PUT", GUARDED, r#"{"setting":true}"#, set, "refused", None),
        ("DELETE", GUARDED, "", clear, "refused", None),
        ("PUT", FLOW, r#"{"setting":"none"}"#, set, "not-applied", None),
        ("PUT", &*end, r#"{"expires_in":"1h"}"#, schedule, "not-applied", None),
        ("PUT", FLOW, r#"{"setting":true}"#, set, "not-applied", Some((puts, status(500)))),
        ("PUT", FLOW, r#"{"setting":true}"#, set, "unknown", Some((puts, hang))),
        ("PUT", DROP_IN_FLOW, r#"{"setting":true}"#, set, "unknown", Some((puts, cut(false)))),
        (
            "PUT",
            FLOW,
            r#"{"setting":true,"expires_in":"1h"}"#,
            set,
            "not-applied",
            Some((patches, status(500))),
        ),
    ] {
        if let Some((requests, fault)) = fault {
            house.spoil(requests, fault);
        }
        let before = count(&house, action, outcome).await.unwrap();
        events.take();
        let answer = house.ask(method, path, body).await;
        let seen = events.take();
        assert_eq!(seen.len(), 1, "{method} {path} {body} {seen:?} {answer:?}");
        let event = &seen[0];
        let flag = ["action", "outcome", "author.issuer", "author.subject", "author.team"];
        let told = flag.map(|name| event[name].as_str());
        assert_eq!(told, [action, outcome, "idp", "alice", "payments"], "{method} {path} {body}");
        let door = if path == DROP_IN_FLOW { "drop-in" } else { "http" };
        let environment = if path == GUARDED { "production" } else { "test" };
        let names = ["door", "project.key", "environment.key", "flag.key"];
        let told = names.map(|name| event[name].as_str());
        assert_eq!(told, [door, "shop", environment, "checkout.new-flow"]);
        assert!(event["operation"].starts_with("op_"));
        assert_eq!(Some(event["request.id"].as_str()), answer.header("x-request-id"));
        if let Some(operation) = serde_json::from_str::<serde_json::Value>(&answer.body)
            .unwrap_or_default()["operation"]
            .as_str()
        {
            assert_eq!(event["operation"], operation);
        }
        assert!(
            !event.values().any(|value| value.contains("ben@")),
            "no user keys in logs: {event:?}"
        );
        let after = count(&house, action, outcome).await.unwrap();
        assert_eq!(
            after.parse::<u64>(),
            before.parse::<u64>().map(|n| n + 1),
            "{method} {path} {body}"
        );
    }
    events.take();
    house.ask("PUT", &format!("{FLOW}?dry_run=true"), r#"{"setting":true}"#).await;
    assert_eq!(events.take(), Vec::<Fields>::new(), "a dry run is no write");
    house.close().await;
}

#[tokio::test]
async fn a_patch_is_one_event_for_each_flag() {
    crate::logs::listen();
    let events = Events::default();
    let _capturing =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(events.clone()));
    let house = House::open();
    let at = house.in_seconds(60);
    let one = |flag: &str| serde_json::json!({"kind": "addExpireUserTargetDate", "flagKey": flag, "variationId": "v", "value": at});
    let body = serde_json::json!({"instructions": [one("sort.order"), one("banner.text"), one("sort.order")]});
    assert_eq!(house.ask("PATCH", DROP_IN_ENDS, &body.to_string()).await.status, 200);
    let flags: Vec<_> = events.take().iter().map(|event| event["flag.key"].clone()).collect();
    assert_eq!(flags, ["banner.text", "sort.order"]);
    house.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_teams_writes_are_at_zero_from_the_first_scrape() {
    let house = House::open();
    let scrape = house.ask_management("/metrics").await.body;
    for team in ["payments", "readers", "bank"] {
        for action in ["set", "clear", "schedule"] {
            for outcome in ["applied", "not-applied", "partly-applied", "unknown", "refused"] {
                let labels = format!(r#"action="{action}",outcome="{outcome}",team="{team}""#);
                let series = format!("flagward_writes_total{{{labels}}} 0");
                assert!(scrape.lines().any(|line| line == series), "{series}");
            }
        }
    }
    house.close().await;
}
