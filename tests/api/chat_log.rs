//! One line in the log for each command at the desk of the chat door, and nothing in it that is a user's.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use flagward::simulator::Fault;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use crate::backend::backend;
use crate::chat_stage::Stage;

type Fields = BTreeMap<String, String>;

/// Keeps all events. What the desk does runs on the runtime of the test, which has this one thread.
#[derive(Clone, Default)]
struct Events(Arc<Mutex<Vec<(Level, Fields)>>>);

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
        self.0.lock().unwrap().push((*event.metadata().level(), reading.0));
    }
}

#[tokio::test]
async fn every_command_is_one_line_and_tells_nothing_of_a_user() {
    crate::logs::listen();
    let events = Events::default();
    let _capturing =
        tracing::subscriber::set_default(tracing_subscriber::registry().with(events.clone()));
    let stage = Stage::open();
    let secret = "ben@example.org";
    let place = format!("{secret} -p shop -e test");
    let (method, path) = backend().puts();
    for (command, verb, outcome, level) in [
        ("whoami".to_owned(), "whoami", "answered", Level::INFO),
        (format!("get checkout.new-flow {place}"), "get", "answered", Level::INFO),
        (format!("on checkout.new-flow {place} --note {secret}"), "set", "answered", Level::INFO),
        (format!("on kill-switch.payments {place}"), "set", "refused", Level::INFO),
        (format!("on checkout.new-flow {secret} -p shop -e staging"), "set", "asked", Level::INFO),
        (format!("gett {secret}"), "unreadable", "misread", Level::INFO),
        (format!("clear checkout.new-flow {place}"), "clear", "failed", Level::ERROR),
    ] {
        if outcome == "failed" {
            stage.upstream.simulator.add_fault(Fault::status(403).on(method, path));
        }
        events.0.lock().unwrap().clear();
        stage.say("U1", &command).await;
        let seen = std::mem::take(&mut *events.0.lock().unwrap());
        let own = |(_, fields): &&(Level, Fields)| fields["message"] == "chat command";
        let lines: Vec<_> = seen.iter().filter(own).collect();
        let [(seen_level, fields)] = lines.as_slice() else { panic!("{command}: {seen:?}") };
        assert_eq!(*seen_level, level, "{command}: {fields:?}");
        let names = ["platform", "channel", "caller.subject", "verb", "outcome", "request.id"];
        let told = names.map(|name| fields[name].as_str());
        assert_eq!(told, ["slack", "C1", "T1/U1", verb, outcome, "request-7"]);
        assert_eq!(fields.contains_key("cause"), outcome == "failed", "{fields:?}");
        let all = format!("{seen:?}");
        assert!(!all.contains(secret), "{all}");
    }
}
