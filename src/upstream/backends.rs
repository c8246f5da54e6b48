//! Which of `LaunchDarkly`'s APIs serves, and when that changes.
//!
//! The change-over is one way: what has been removed does not come back, and a gateway that went to and fro would
//! give two answers to one question.

use std::sync::Arc;

use prometheus::IntGaugeVec;
use tokio::sync::{Mutex, MutexGuard, watch};

use super::answers::Versions;
use crate::domain::UserKey;
use crate::telemetry::Metrics;

/// An API of `LaunchDarkly`'s that serves the five functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The User Settings API, which `LaunchDarkly` removes after 2026-12-31.
    UserSettings,
    /// The APIs that take its place.
    Contexts,
}

impl Backend {
    /// Both.
    pub const ALL: [Self; 2] = [Self::UserSettings, Self::Contexts];

    /// The name in the configuration, in metrics and in the log.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserSettings => "user-settings",
            Self::Contexts => "contexts",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::UserSettings => Self::Contexts,
            Self::Contexts => Self::UserSettings,
        }
    }
}

/// Which backend an operator wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// The User Settings API for as long as there is one, then the other.
    Auto,
    /// This one, whatever `LaunchDarkly` says.
    Always(Backend),
}

/// Why the backend was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// `LaunchDarkly` no longer lists the version that the operations are asked under.
    VersionRetired,
    /// The operations answer as removed, while a flag of the same project can be read.
    OperationsRemoved,
}

/// The backend that serves; all clones share it.
#[derive(Clone, Debug)]
pub(super) struct Backends(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    active: watch::Sender<Backend>,
    choice: Choice,
    /// The version that the User Settings API is asked under.
    version: String,
    /// Held by whoever finds out whether the operations were removed.
    asking: Mutex<()>,
    /// Which one serves; none for one that is not in use.
    gauge: Option<IntGaugeVec>,
}

impl Backends {
    pub(super) fn new(choice: Choice, version: &str, metrics: &Metrics) -> Self {
        let first = match choice {
            Choice::Auto => Backend::UserSettings,
            Choice::Always(backend) => backend,
        };
        let gauge = metrics.backend_info.clone();
        show(&gauge, first);
        Self(Arc::new(Inner {
            active: watch::Sender::new(first),
            choice,
            version: version.to_owned(),
            asking: Mutex::new(()),
            gauge: Some(gauge),
        }))
    }

    /// One that never changes and that no metric speaks of: for comparing.
    pub(super) fn fixed(backend: Backend) -> Self {
        Self(Arc::new(Inner {
            active: watch::Sender::new(backend),
            choice: Choice::Always(backend),
            version: String::new(),
            asking: Mutex::new(()),
            gauge: None,
        }))
    }

    /// The one that serves.
    pub(super) fn active(&self) -> Backend {
        *self.0.active.borrow()
    }

    /// Tells of every change.
    pub(super) fn watch(&self) -> watch::Receiver<Backend> {
        self.0.active.subscribe()
    }

    /// Whether it may still change.
    pub(super) fn may_change(&self) -> bool {
        self.0.choice == Choice::Auto && self.active() == Backend::UserSettings
    }

    /// One asks at a time whether the operations were removed; the others wait for what it finds.
    pub(super) async fn asking(&self) -> MutexGuard<'_, ()> {
        self.0.asking.lock().await
    }

    /// Takes note of the versions that `LaunchDarkly` lists.
    pub(super) fn note(&self, versions: &Versions) {
        if versions.lack(&self.0.version) {
            self.change_over(Cause::VersionRetired);
        }
    }

    /// Changes over, once; from then on the replacement APIs serve.
    pub(super) fn change_over(&self, cause: Cause) {
        if !self.may_change() {
            return;
        }
        let changed = self.0.active.send_if_modified(|active| {
            let changes = *active != Backend::Contexts;
            *active = Backend::Contexts;
            changes
        });
        if !changed {
            return;
        }
        if let Some(gauge) = &self.0.gauge {
            show(gauge, Backend::Contexts);
        }
        let why = match cause {
            Cause::VersionRetired => "its version is no longer listed",
            Cause::OperationsRemoved => "its operations answer as removed",
        };
        tracing::warn!(
            backend = Backend::Contexts.name(),
            why,
            "LaunchDarkly's User Settings API has ended; from now on its replacement serves all callers"
        );
    }
}

/// Sets the gauge of the backend that serves to 1, and that of the other to 0.
fn show(gauge: &IntGaugeVec, active: Backend) {
    for backend in Backend::ALL {
        gauge.with_label_values(&[backend.name()]).set(i64::from(backend == active));
    }
}

/// The longest key that is plain: longer than any address or UUID, and no reason for anything to refuse a URL.
const LONGEST_PLAIN: usize = 64;

/// Whether a user's key has nothing in it that a router, or something before it, could stumble over: only then does an
/// answer as of a removed operation tell something about the operation. A caller chooses the key, and must not be
/// able to choose the backend by it.
pub(super) fn is_plain(user: &UserKey) -> bool {
    let key = user.as_str();
    let words = key.split(['-', '_', '@', '.']);
    let are_words = |mut words: std::str::Split<'_, [char; 4]>| {
        words.all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric()))
    };
    key.len() <= LONGEST_PLAIN && are_words(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backends(choice: Choice) -> (Backends, Metrics) {
        let metrics = Metrics::new("test").unwrap();
        (Backends::new(choice, "20220603", &metrics), metrics)
    }

    fn versions(valid: &[i64]) -> Versions {
        Versions { valid: valid.to_vec(), ..Versions::default() }
    }

    fn gauges(metrics: &Metrics) -> [i64; 2] {
        Backend::ALL.map(|backend| metrics.backend_info.with_label_values(&[backend.name()]).get())
    }

    #[test]
    fn a_version_that_is_no_longer_listed_changes_the_backend_for_good() {
        let (backends, metrics) = backends(Choice::Auto);
        let told = backends.watch();
        backends.note(&versions(&[]));
        backends.note(&versions(&[20_220_603, 20_240_415]));
        assert_eq!((backends.active(), gauges(&metrics)), (Backend::UserSettings, [1, 0]));
        backends.note(&versions(&[20_240_415]));
        assert_eq!((backends.active(), gauges(&metrics)), (Backend::Contexts, [0, 1]));
        assert!(told.has_changed().unwrap());
        backends.note(&versions(&[20_220_603]));
        assert_eq!(backends.active(), Backend::Contexts);
        assert!(!backends.may_change());
    }

    #[test]
    fn what_the_operator_chose_stays() {
        for choice in Backend::ALL {
            let (backends, _) = backends(Choice::Always(choice));
            backends.note(&versions(&[1]));
            backends.change_over(Cause::OperationsRemoved);
            assert_eq!(backends.active(), choice);
        }
    }

    #[test]
    fn only_a_plain_key_tells_something_about_the_operation() {
        for (key, plain) in [
            ("anna@example.com", true),
            ("a/b", false),
            ("a b", false),
            ("ü", false),
            ("...", false),
            (".git", false),
            ("a--b", false),
        ] {
            assert_eq!(is_plain(&key.parse().unwrap()), plain, "{key}");
        }
        assert!(!is_plain(&"a".repeat(65).parse().unwrap()), "414 is about its length");
    }
}
