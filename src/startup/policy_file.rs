//! The policy's file: where it is, and what is wrong with it.

use std::path::{Path, PathBuf};

use super::watched_file::read_at_most;
use crate::config::{Config, PolicyHint};
use crate::policy::{Policy, PolicyFault};
use crate::telemetry::Metrics;

/// The longest policy that is read, in bytes: thousands of teams take less.
pub(super) const LONGEST: usize = 4 << 20;

/// Where the policy is, and the issuers whose members it may name.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    pub(super) path: PathBuf,
    named_by: String,
    issuers: Vec<String>,
}

/// A version of the policy, and the bytes that it was read from.
#[derive(Debug)]
pub struct LoadedPolicy {
    /// The policy.
    pub policy: Policy,
    /// What stood in the file.
    pub(super) bytes: Vec<u8>,
}

/// Why a policy file was refused.
#[derive(Debug, thiserror::Error)]
pub enum PolicyFileFault {
    /// It can't be read.
    #[error("{named_by}: the file `{}` must be readable: {cause}", path.display())]
    Unreadable {
        /// Where the configuration names it.
        named_by: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// It is no text.
    #[error("{}: must be UTF-8", path.display())]
    NotText {
        /// Which file.
        path: PathBuf,
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

/// One line a fault, whatever stands in the file.
fn lines(path: &Path, faults: &[PolicyFault]) -> String {
    let line = |fault: &PolicyFault| {
        let PolicyFault { line, key, expected } = fault;
        let text = format!("{}:{line}: {key}: {expected}", path.display());
        text.replace(char::is_control, "\u{fffd}")
    };
    faults.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl PolicyFile {
    /// The one that the configuration names.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let issuers = config.auth.issuers.iter();
        Self {
            path: config.policy.file.clone(),
            named_by: config.policy.named_by.clone(),
            issuers: issuers.map(|one| one.name.as_str().to_owned()).collect(),
        }
    }

    /// The one that a configuration names which is refused for other reasons.
    #[must_use]
    pub fn hinted(hint: &PolicyHint) -> Self {
        let PolicyHint { policy, issuers } = hint.clone();
        Self { path: policy.file, named_by: policy.named_by, issuers }
    }

    /// Reads it.
    pub fn load(&self, metrics: &Metrics) -> Result<LoadedPolicy, PolicyFileFault> {
        let path = self.path.clone();
        let read = read_at_most(&path, LONGEST);
        let bytes = read.map_err(|cause| {
            let named_by = self.named_by.clone();
            PolicyFileFault::Unreadable { named_by, path, cause }
        })?;
        self.parse(bytes, metrics)
    }

    /// Takes what was read from it.
    pub(super) fn parse(
        &self,
        bytes: Vec<u8>,
        metrics: &Metrics,
    ) -> Result<LoadedPolicy, PolicyFileFault> {
        let path = || self.path.clone();
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Err(PolicyFileFault::NotText { path: path() });
        };
        let issuers: Vec<_> = self.issuers.iter().map(String::as_str).collect();
        match Policy::parse(text, &issuers, metrics) {
            Ok(policy) => Ok(LoadedPolicy { policy, bytes }),
            Err(faults) => Err(PolicyFileFault::Faulty { path: path(), faults }),
        }
    }
}
