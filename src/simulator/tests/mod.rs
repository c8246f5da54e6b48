//! What the simulator answers, asked without a socket.

mod expirations;
mod lists;
mod reads;
mod refusals;
mod replacements;
mod seeds;
mod switches;
mod writes;

use jiff::Timestamp;
use serde_json::Value;

use super::wire::{Answer, Request, encode};
use super::*;
use crate::clock::Clock;

/// 2023-11-14T22:13:20Z.
const START_MS: i64 = 1_700_000_000_000;

const SEMANTIC: &str = "application/json; domain-model=launchdarkly.semanticpatch";

struct World {
    simulator: Simulator,
    clock: Clock,
}

impl World {
    fn new() -> Self {
        let clock = Clock::manual(Timestamp::from_millisecond(START_MS).unwrap());
        Self { simulator: Simulator::new(Seed::built_in(), clock.clone()), clock }
    }

    fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let defaults = [("authorization", BUILT_IN_TOKEN), ("content-type", SEMANTIC)];
        let own = |name| headers.iter().any(|(given, _)| *given == name);
        let all = headers.iter().copied();
        let all = all.chain(defaults.into_iter().filter(|(name, _)| !own(*name)));
        let request = Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: all.map(|(n, v)| (n.to_owned(), v.to_owned())).collect(),
            body: body.as_bytes().to_vec(),
        };
        self.simulator.receive(&request);
        self.simulator.answer(&request)
    }

    fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, &[], "")
    }

    fn put(&self, user: &str, flag: &str, body: &str) -> u16 {
        self.ask("PUT", &setting(user, flag), &[], body).status
    }

    fn patch(&self, user: &str, instructions: &str) -> Value {
        let target = expirations(user);
        let body = format!(r#"{{"comment":"why","instructions":[{instructions}]}}"#);
        let answer = self.ask("PATCH", &target, &[], &body);
        assert_eq!(answer.status, 200, "{}", text(&answer));
        json(&answer)
    }

    fn instruction(&self, kind: &str, flag: &str, value: &str, rest: &str) -> String {
        let id = self.simulator.variation_id("shop", flag, value).unwrap();
        format!(r#"{{"kind":"{kind}","flagKey":"{flag}","variationId":"{id}"{rest}}}"#)
    }

    /// What the user receives, and why.
    fn received(&self, user: &str, flag: &str) -> (Value, Value) {
        let answer = json(&self.get(&setting(user, flag)));
        (answer["_value"].clone(), answer["reason"].clone())
    }
}

fn setting(user: &str, flag: &str) -> String {
    format!("/api/v2/users/shop/test/{}/flags/{flag}", encode(user))
}

fn expirations(user: &str) -> String {
    format!("/api/v2/users/shop/{}/expiring-user-targets/test", encode(user))
}

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.body).unwrap()
}

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap()
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
