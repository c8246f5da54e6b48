//! The backend that the suite runs on. Callers shall notice no difference, so every test of what callers see is run on
//! both: `FLAGWARD_TEST_BACKEND=contexts` is the other one, and `tests/run` does both.
//!
//! Tests that look at what LaunchDarkly is asked say what they mean in the words of this file: "the puts", "the look at
//! an end", "what a read costs". Where callers do notice a difference is in `differences`, and nowhere else.

use flagward::simulator::{FaultKind, Simulator, UserSettings};
use serde_json::{Value, json};

use crate::house::House;
use crate::wire::{Answer, Served};
use crate::writes_kit::{DROP_IN_ENDS, DROP_IN_FLOW};

/// Names the backend.
const VARIABLE: &str = "FLAGWARD_TEST_BACKEND";

/// Calls to LaunchDarkly, as a fault takes them: the method, and the path where `*` stands for any text.
pub(crate) type Calls = (&'static str, &'static str);

/// One of LaunchDarkly's APIs that serve the five functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Backend {
    UserSettings,
    Contexts,
}

impl Backend {
    /// The one that the suite runs on.
    #[expect(clippy::disallowed_methods, reason = "the backend of a run is given from outside")]
    pub(crate) fn of_this_run() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("user-settings") => Self::UserSettings,
            Ok("contexts") => Self::Contexts,
            Ok(other) => panic!("{VARIABLE} is user-settings or contexts, not {other}"),
        }
    }

    /// The name in the configuration, in metrics and in the detail of health.
    pub(crate) const fn name(self) -> &'static str {
        self.either("user-settings", "contexts")
    }

    /// The setting of the configuration that chooses it.
    pub(crate) const fn setting(self) -> (&'static str, &'static str) {
        ("FLAGWARD__LAUNCHDARKLY__BACKEND", self.name())
    }

    /// Makes `upstream` one that serves it: where the User Settings API is not to be used, there is none.
    pub(crate) fn prepare(self, upstream: &Simulator) {
        if self == Self::Contexts {
            upstream.set_user_settings(UserSettings::Retired);
        }
    }

    /// The API version that calls are pinned to.
    pub(crate) const fn version(self) -> &'static str {
        self.either("20220603", "20240415")
    }

    /// The calls that set or erase.
    pub(crate) const fn puts(self) -> Calls {
        self.either(
            ("PUT", "/api/v2/users/*/flags/*"),
            ("PUT", "/api/v2/projects/*/contexts/user/*/flags/*"),
        )
    }

    /// The calls that change scheduled ends.
    pub(crate) const fn patches(self) -> Calls {
        self.either(
            ("PATCH", "/api/v2/users/*/expiring-user-targets/*"),
            ("PATCH", "/api/v2/flags/*/expiring-targets/*"),
        )
    }

    /// The calls by which a write looks at what a user is set to.
    pub(crate) const fn setting_looks(self) -> Calls {
        self.either(("GET", "/api/v2/users/*/flags/*"), ("GET", "/api/v2/flags/*/*?env=*"))
    }

    /// The last call of a read of a list: what users receive.
    pub(crate) const fn lists(self) -> Calls {
        self.either(("GET", "/api/v2/users/*/flags"), ("POST", "/api/v2/projects/*/flags/evaluate"))
    }

    /// The name of that call in metrics.
    pub(crate) const fn list_operation(self) -> &'static str {
        self.either("list-settings", "evaluate")
    }

    /// The name in metrics of the first call that a read of one flag makes for a user of whom nothing is kept.
    pub(crate) const fn first_call_for_a_user(self) -> &'static str {
        self.either("get-setting", "get-context")
    }

    /// The call by which a write looks at what Ben's checkout is set to.
    pub(crate) const fn look_at_flow(self) -> Calls {
        self.either(("GET", DROP_IN_FLOW), ("GET", "/api/v2/flags/shop/checkout.new-flow?env=test"))
    }

    /// The call by which a write looks at the end of Ben's checkout.
    pub(crate) const fn look_at_flows_end(self) -> Calls {
        self.either(
            ("GET", DROP_IN_ENDS),
            ("GET", "/api/v2/flags/shop/checkout.new-flow/expiring-targets/test"),
        )
    }

    /// The call that tells a read of Ben's checkout what he is set to, when nothing is kept.
    pub(crate) const fn read_of_flow(self) -> Calls {
        self.either(
            ("GET", DROP_IN_FLOW),
            ("GET", "/api/v2/flags/shop?env=test&summary=0&limit=100&offset=0"),
        )
    }

    /// How often a write looks at a flag's definition whose variations are new to us: where it tells also what users are
    /// set to, once for that.
    pub(crate) const fn looks_at_definition(self) -> u64 {
        self.either(1, 2)
    }

    /// How many calls a read of flags costs when nothing is kept: definitions, stored attributes and an evaluation
    /// where there is no one call for all. A caller's `no-cache` costs as much.
    pub(crate) const fn cold(self) -> usize {
        self.either(1, 3)
    }

    /// How many it costs when what is kept of the project and the user is of use, but the answer itself is not kept.
    pub(crate) const fn warm(self) -> usize {
        self.either(1, 1)
    }

    /// How many it costs when the definitions are kept, but nothing of the user is.
    pub(crate) const fn known_project(self) -> usize {
        self.either(1, 2)
    }

    /// How many it costs after a write to one flag of the user.
    pub(crate) const fn after_a_write(self) -> usize {
        self.either(1, 2)
    }

    /// How many a list of scheduled ends costs when nothing is kept, for a user who is set to something for so many
    /// flags.
    pub(crate) const fn ends(self, overridden: usize) -> usize {
        self.either(1, 1 + overridden)
    }

    /// An instruction about an end as it is sent, from what it is in the words of the User Settings API.
    pub(crate) fn instruction(self, user: &str, theirs: &Value) -> Value {
        let mut ours = theirs.clone();
        if self == Self::Contexts {
            let kind = self.kind(theirs["kind"].as_str().unwrap());
            ours.as_object_mut().unwrap().remove("flagKey");
            ours["kind"] = json!(kind);
            ours["contextKind"] = json!("user");
            ours["contextKey"] = json!(user);
        }
        ours
    }

    /// What an instruction about an end is called when it is sent.
    pub(crate) fn kind(self, theirs: &str) -> &str {
        match (self, theirs) {
            (Self::Contexts, "addExpireUserTargetDate") => "addExpiringTarget",
            (Self::Contexts, "updateExpireUserTargetDate") => "updateExpiringTarget",
            (Self::Contexts, "removeExpireUserTargetDate") => "removeExpiringTarget",
            (Self::UserSettings | Self::Contexts, kind) => kind,
        }
    }

    const fn either<T: Copy>(self, user_settings: T, contexts: T) -> T {
        match self {
            Self::UserSettings => user_settings,
            Self::Contexts => contexts,
        }
    }
}

/// The backend of this run.
pub(crate) fn backend() -> Backend {
    Backend::of_this_run()
}

impl House {
    /// What LaunchDarkly's User Settings API answers of the same state, though Flagward may find it removed.
    pub(crate) fn theirs<T>(&self, ask: impl FnOnce(&Served) -> T) -> T {
        tokio::task::block_in_place(|| {
            self.upstream.simulator.set_user_settings(UserSettings::Served);
            let answer = ask(&self.upstream);
            backend().prepare(&self.upstream.simulator);
            answer
        })
    }

    /// The same for one path.
    pub(crate) fn their_answer(&self, path: &str) -> Answer {
        self.theirs(|upstream| upstream.ask("GET", path, ""))
    }

    /// Makes the next such call be answered with what is true now.
    pub(crate) fn answer_as_of_now(&self, (method, path): Calls) {
        let now = self.upstream.ask(method, path, "");
        assert_eq!(now.status, 200, "{method} {path} {now:?}");
        self.spoil((method, path), answer(&now.body));
    }
}

/// This answer, with a 200.
pub(crate) fn answer(body: &str) -> FaultKind {
    let body = Some(body.to_owned());
    FaultKind::Answer { status: 200, body, content_type: None, headers: [].into() }
}
