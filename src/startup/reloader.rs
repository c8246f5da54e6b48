//! Loading the policy again when its file changes.
//!
//! The file is looked at by content, since a Kubernetes `ConfigMap` changes behind a symbolic link, which file
//! watchers miss; it is small and local, so looking costs nothing. A new version is taken when it stands still, so
//! that nobody who writes the file in place can be caught half-way.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::Signal;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::policy_file::PolicyFile;
use super::signals::received;
use crate::http::{Gate, Vitals};
use crate::policy::Policies;
use crate::telemetry::Metrics;

/// How often the file is looked at.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long a new content must stand still: editors and `cp` write such a file within milliseconds.
const SETTLE: Duration = Duration::from_millis(100);
/// A file that is being replaced may be gone for a moment. Gone for so many looks, it is worth a word.
const MANY_MISSES: u32 = 5;

/// Reloads the policy whenever its file's content changes, and on SIGHUP. A broken new version is refused whole,
/// and the old one stays in force.
pub(super) struct Reloader {
    pub(super) file: PolicyFile,
    /// The content that was taken or refused last.
    pub(super) seen: Vec<u8>,
    pub(super) look_every: Duration,
    pub(super) hangups: Option<Signal>,
    pub(super) policies: Arc<Policies>,
    pub(super) gate: Gate,
    pub(super) metrics: Metrics,
    pub(super) vitals: Vitals,
}

impl Reloader {
    /// Runs until the task is aborted.
    pub(super) async fn run(mut self) {
        let mut ticks = interval(self.look_every);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut misses = 0;
        loop {
            let told = tokio::select! {
                _ = ticks.tick() => false,
                () = received(&mut self.hangups) => true,
            };
            let read = tokio::fs::read(&self.file.path).await;
            misses = if read.is_ok() { 0 } else { misses + 1 };
            match read {
                Ok(now) if told => self.take(now),
                Ok(now) => self.take_if_new(now).await,
                Err(cause) if told || misses == MANY_MISSES => {
                    self.refused(&format_args!(
                        "{}: must be readable: {cause}",
                        self.file.path.display()
                    ));
                }
                Err(_) => {}
            }
        }
    }

    async fn take_if_new(&mut self, now: Vec<u8>) {
        if now == self.seen {
            return;
        }
        sleep(SETTLE).await;
        let again = tokio::fs::read(&self.file.path).await;
        if again.is_ok_and(|again| again == now) {
            self.take(now);
        }
    }

    fn take(&mut self, now: Vec<u8>) {
        self.seen.clone_from(&now);
        let loaded = match self.file.parse(now, &self.metrics) {
            Ok(loaded) => loaded.policy,
            Err(fault) => return self.refused(&fault),
        };
        let teams = loaded.team_count();
        self.policies.replace(loaded);
        self.gate.forget();
        self.vitals.policy_loaded(teams);
        self.count("loaded");
        tracing::info!(teams, "a new version of the policy is in force");
    }

    fn refused(&self, fault: &dyn Display) {
        self.vitals.policy_refused();
        self.count("refused");
        // One event is one line, however many faults there are.
        let faults = fault.to_string().replace('\n', "; ");
        tracing::error!(
            faults,
            "the new version of the policy is refused; the old one stays in force"
        );
    }

    fn count(&self, outcome: &str) {
        let reloads = &self.metrics.policy_reloads;
        reloads.with_label_values(&[outcome]).inc();
    }
}
