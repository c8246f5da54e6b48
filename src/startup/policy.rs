//! Loading the policy, and loading it again when its file changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::config::Config;
use crate::http::Gate;
use crate::policy::{Policies, Policy, PolicyFault};
use crate::telemetry::Metrics;

/// How often the file is looked at. By content, since a Kubernetes `ConfigMap` changes behind a symbolic link, which
/// file watchers miss; it is small and local, so looking costs nothing.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Why a policy file was refused.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFileFault {
    /// It can't be read.
    #[error("{}: can't be read: {cause}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// It has faults; one line each.
    #[error("{}", lines(path, faults))]
    Faulty {
        /// Which file.
        path: PathBuf,
        /// All of them.
        faults: Vec<PolicyFault>,
    },
}

fn lines(path: &Path, faults: &[PolicyFault]) -> String {
    let line = |fault: &PolicyFault| {
        format!(
            "{}:{}: {}: {}",
            path.display(),
            fault.line,
            fault.key,
            fault.expected
        )
    };
    faults.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Loads the policy that the configuration names.
pub fn load_policy(config: &Config, metrics: &Metrics) -> Result<Policy, PolicyFileFault> {
    let path = &config.policy.file;
    let text = std::fs::read_to_string(path).map_err(|cause| PolicyFileFault::Unreadable {
        path: path.clone(),
        cause,
    })?;
    parse(config, &text, metrics)
}

fn parse(config: &Config, text: &str, metrics: &Metrics) -> Result<Policy, PolicyFileFault> {
    let issuers: Vec<&str> = config
        .auth
        .issuers
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    let path = config.policy.file.clone();
    Policy::parse(text, &issuers, metrics)
        .map_err(|faults| PolicyFileFault::Faulty { path, faults })
}

/// Reloads the policy whenever its file's content changes, and on SIGHUP. A broken new version is refused whole,
/// and the old one stays in force.
pub(super) struct Reloader {
    pub(super) config: Arc<Config>,
    pub(super) policies: Arc<Policies>,
    pub(super) gate: Gate,
    pub(super) metrics: Metrics,
}

impl Reloader {
    /// Runs until the task is aborted.
    pub(super) async fn run(self) {
        let mut seen = tokio::fs::read(&self.config.policy.file)
            .await
            .unwrap_or_default();
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        let mut hangups = signal(SignalKind::hangup()).ok();
        loop {
            let told = tokio::select! {
                _ = ticks.tick() => false,
                () = hangup(&mut hangups) => true,
            };
            let now = tokio::fs::read(&self.config.policy.file).await;
            match now {
                Ok(now) if now == seen && !told => {}
                Ok(now) => {
                    self.reload(&now);
                    seen = now;
                }
                // A file that is being replaced may be gone for a moment; the next look finds it.
                Err(cause) if told => self.refused(&cause),
                Err(_) => {}
            }
        }
    }

    fn reload(&self, bytes: &[u8]) {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return self.refused(&"the policy file is not UTF-8");
        };
        match parse(&self.config, text, &self.metrics) {
            Ok(policy) => {
                self.policies.replace(policy);
                self.gate.forget();
                self.metrics
                    .policy_reloads
                    .with_label_values(&["loaded"])
                    .inc();
                tracing::info!("a new version of the policy is in force");
            }
            Err(fault) => self.refused(&fault),
        }
    }

    fn refused(&self, fault: &dyn std::fmt::Display) {
        self.metrics
            .policy_reloads
            .with_label_values(&["refused"])
            .inc();
        tracing::error!(%fault, "the new version of the policy is refused; the old one stays in force");
    }
}

async fn hangup(signal: &mut Option<tokio::signal::unix::Signal>) {
    match signal {
        Some(signal) => {
            signal.recv().await;
        }
        None => std::future::pending().await,
    }
}
