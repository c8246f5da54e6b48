//! The switches that the owner of a simulator can throw while it runs.

use super::handle::Simulator;
use super::switches::{Fault, Latency, Limits, Pauses, UserSettings, Windows};
use super::world::Environment;

impl Simulator {
    /// Makes answers slow, or fast again.
    pub fn set_latency(&self, latency: Latency) {
        self.state().pauses = Pauses::of(latency);
    }

    /// Makes the next matching requests go wrong; faults added earlier come first.
    pub fn add_fault(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// The faults that have not been used up.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.state().faults.clone()
    }

    /// Takes all faults back.
    pub fn clear_faults(&self) {
        self.state().faults.clear();
    }

    /// Sets the rate limits and starts their windows anew.
    pub fn set_limits(&self, limits: Limits) {
        self.state().windows = Windows::of(limits);
    }

    /// The rate limits in force.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.state().windows.limits
    }

    /// Whether changes in an environment need an approval; false when there is no such environment.
    #[must_use = "false means that nothing was changed"]
    pub fn set_approval_required(&self, project: &str, environment: &str, required: bool) -> bool {
        self.in_environment(project, environment, |found| found.approval_required = required)
    }

    /// Has changes in an environment need an approval where the flag has one of these tags; no tags for no flag.
    /// False when there is no such environment.
    #[must_use = "false means that nothing was changed"]
    pub fn set_approval_tags(&self, project: &str, environment: &str, tags: &[&str]) -> bool {
        let tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        self.in_environment(project, environment, |found| found.approval_tags = tags)
    }

    /// Has the next writes to a flag, whichever way they come, lose its optimistic lock: they are answered 409 and
    /// change nothing. Zero takes it back. False when there is no such flag.
    #[must_use = "false means that nothing was changed"]
    pub fn lose_locks(&self, project: &str, flag: &str, times: u64) -> bool {
        let mut state = self.state();
        let flags = state.account.projects.get(project).map(|project| &project.flags);
        let known = flags.is_some_and(|flags| flags.contains_key(flag));
        if known {
            state.lost_locks.insert((project.to_owned(), flag.to_owned()), times);
        }
        known
    }

    /// Whether reading what is stored of a context is refused with a 403, as it is for an operator whose token may
    /// not do so.
    pub fn set_contexts_forbidden(&self, forbidden: bool) {
        self.state().contexts_forbidden = forbidden;
    }

    /// Ends the User Settings API in one of several ways, or brings it back.
    pub fn set_user_settings(&self, service: UserSettings) {
        self.state().user_settings = service;
    }

    fn in_environment(
        &self,
        project: &str,
        environment: &str,
        change: impl FnOnce(&mut Environment),
    ) -> bool {
        let mut state = self.state();
        let project = state.account.projects.get_mut(project);
        let found = project.and_then(|project| project.environments.get_mut(environment));
        found.map(change).is_some()
    }
}
