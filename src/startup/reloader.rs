//! Loading the policy again when its file changes.
//!
//! The file is looked at by content, since a Kubernetes `ConfigMap` changes behind a symbolic link, which file
//! watchers miss; it is small and local, so looking costs nothing. A new version is taken when it stands still, so
//! that nobody who writes the file in place can be caught half-way.

use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::Signal;
use tokio::time::{MissedTickBehavior, interval, sleep};

use super::policy_file::{LONGEST, PolicyFile};
use super::signals::received;
use super::watched_file::read_at_most;
use crate::http::{Gate, Vitals};
use crate::policy::{Policies, Summary};
use crate::telemetry::Metrics;

/// How often the file is looked at.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(2);
/// How long a new content must stand still: editors and `cp` write such a file within milliseconds.
pub(super) const SETTLE: Duration = Duration::from_millis(100);
/// How often whoever sent SIGHUP makes us look whether the file stands still: for five seconds.
const MANY_TRIES: u32 = 50;
/// A file that is being replaced may be gone for a moment. Gone for so many looks, it is worth a word.
pub(super) const MANY_MISSES: u32 = 5;

/// Reloads the policy whenever its file's content changes, and on SIGHUP. A broken new version is refused whole,
/// and the old one stays in force.
pub(super) struct Reloader {
    pub(super) file: PolicyFile,
    /// The content that was taken or refused last.
    pub(super) seen: Vec<u8>,
    /// Whether the file could not be read when that was last worth a word.
    pub(super) is_missing: bool,
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
            let read = self.read().await;
            misses = if read.is_ok() { 0 } else { misses + 1 };
            match read {
                Ok(now) => {
                    self.found();
                    if told || now != self.seen {
                        self.take_when_still(now, told).await;
                    }
                }
                Err(cause) if told || misses == MANY_MISSES => self.unreadable(&cause),
                Err(_) => {}
            }
        }
    }

    async fn read(&self) -> io::Result<Vec<u8>> {
        let path = self.file.path.clone();
        let read = tokio::task::spawn_blocking(move || read_at_most(&path, LONGEST));
        read.await?
    }

    /// Takes what stands still. Whoever told us to look is not put off to the next look.
    async fn take_when_still(&mut self, mut now: Vec<u8>, told: bool) {
        for _ in 0..if told { MANY_TRIES } else { 1 } {
            sleep(SETTLE).await;
            let Ok(again) = self.read().await else {
                return;
            };
            if again == now {
                return self.take(now);
            }
            now = again;
        }
    }

    fn take(&mut self, now: Vec<u8>) {
        self.seen.clone_from(&now);
        let loaded = match self.file.parse(now, &self.metrics) {
            Ok(loaded) => loaded.policy,
            Err(fault) => return self.refused(&fault),
        };
        let (before, summary) = (self.policies.current(), loaded.summary().clone());
        self.policies.replace(loaded);
        self.gate.forget();
        self.count("loaded");
        let Summary { version, teams, grants, denies, guards, freezes, .. } = &summary;
        let before = before.summary();
        tracing::info!(policy.version = version, teams, grants, denies, guards, freezes, %before, "a new version of the policy is in force");
        self.vitals.policy_loaded(summary);
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

    fn unreadable(&mut self, cause: &io::Error) {
        self.is_missing = true;
        self.vitals.policy_is_readable(false);
        self.count("refused");
        let file = self.file.path.display();
        tracing::error!(%file, %cause, "the policy's file could not be read; the policy stays in force");
    }

    fn found(&mut self) {
        if self.is_missing {
            self.is_missing = false;
            self.vitals.policy_is_readable(true);
            tracing::info!("the policy's file can be read again");
        }
    }

    fn count(&self, outcome: &str) {
        let reloads = &self.metrics.policy_reloads;
        reloads.with_label_values(&[outcome]).inc();
    }
}
