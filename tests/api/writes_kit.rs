//! What the tests of writes share: places, and what `LaunchDarkly` saw.

use flagward::simulator::{Fault, FaultKind};
use serde_json::Value;

use crate::house::House;

/// Ben has no override of anything but `legacy.search`.
pub(crate) const BEN: &str = "/v1/projects/shop/environments/test/users/ben@example.org";
/// Ben's checkout: a boolean flag that gives him `false`.
pub(crate) const FLOW: &str =
    "/v1/projects/shop/environments/test/users/ben@example.org/flags/checkout.new-flow";
/// The same where a guard holds.
pub(crate) const GUARDED: &str =
    "/v1/projects/shop/environments/production/users/ben@example.org/flags/checkout.new-flow";
/// Ben's checkout as the simulator has it.
pub(crate) const PLACE: (&str, &str, &str, &str) =
    ("shop", "test", "ben@example.org", "checkout.new-flow");
/// The drop-in's routes for the same.
pub(crate) const DROP_IN_FLOW: &str =
    "/api/v2/users/shop/test/ben@example.org/flags/checkout.new-flow";
pub(crate) const DROP_IN_ENDS: &str =
    "/api/v2/users/shop/ben@example.org/expiring-user-targets/test";

/// A request that `LaunchDarkly` saw.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) body: Value,
}

impl House {
    /// What `LaunchDarkly` saw since the last [`House::forget`], but for the greeting.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        let requests = self.upstream.simulator.requests();
        let own = requests.iter().filter(|one| !one.path.contains("caller-identity"));
        own.map(|one| Sent {
            method: one.method.clone(),
            path: one.path.clone(),
            body: serde_json::from_str(&one.body).unwrap_or(Value::Null),
        })
        .collect()
    }

    /// The writes among them. To evaluate is to read, though it takes a POST.
    pub(crate) fn sent_writes(&self) -> Vec<Sent> {
        let reads = |one: &Sent| one.method == "GET" || one.path.contains("/flags/evaluate");
        self.sent().into_iter().filter(|one| !reads(one)).collect()
    }

    /// Forgets what `LaunchDarkly` saw.
    pub(crate) fn forget(&self) {
        self.upstream.simulator.forget_requests();
    }

    /// Ben's setting of the checkout in the test environment, as text.
    pub(crate) fn flow(&self) -> Option<String> {
        let (project, environment, user, flag) = PLACE;
        self.upstream.simulator.setting(project, environment, user, flag)
    }

    /// The scheduled ends of Ben's overrides in the test environment: value and end in milliseconds.
    pub(crate) fn ends(&self) -> Vec<(String, i64)> {
        let simulator = &self.upstream.simulator;
        let value = |one: &flagward::simulator::Expiration| {
            let values = ["true", "false"].map(str::to_owned);
            let is = |value: &String| {
                simulator.variation_id("shop", &one.flag, value).as_ref() == Some(&one.variation_id)
            };
            values.into_iter().find(is).unwrap_or_default()
        };
        let all = simulator.expirations("shop", "test", "ben@example.org");
        all.iter().map(|one| (value(one), one.expiration_date)).collect()
    }

    /// Milliseconds at this many seconds from now.
    pub(crate) fn in_seconds(&self, seconds: i64) -> i64 {
        self.now().as_millisecond() + seconds * 1_000
    }

    /// Makes the next writes of this kind go wrong.
    pub(crate) fn spoil(&self, (method, path): (&str, &str), fault: FaultKind) {
        self.upstream.simulator.add_fault(Fault::new(fault).on(method, path));
    }
}

/// The connection ends before an answer.
pub(crate) const fn cut(applied: bool) -> FaultKind {
    FaultKind::Cut { applied }
}

/// An answer with this status, without effect.
pub(crate) fn status(status: u16) -> FaultKind {
    Fault::status(status).fault
}

/// A 200 that says that an instruction was not followed.
pub(crate) fn not_followed() -> FaultKind {
    let body = r#"{"items":[],"_links":{},"totalInstructions":1,"successfulInstructions":0,
        "failedInstructions":1,"errors":[{"instructionIndex":0,"message":"no"}]}"#;
    FaultKind::Answer {
        status: 200,
        body: Some(body.to_owned()),
        content_type: None,
        headers: std::collections::BTreeMap::new(),
    }
}
