//! What is wrong with a configuration, one line a fault.

use std::fmt;
use std::path::{Path, PathBuf};

use super::policy::Policy;

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// Nowhere in particular: something that should be in the file is missing.
    File,
    /// A line of the file, counted from 1.
    Line(usize),
    /// An environment variable, by its name.
    Variable(String),
}

/// One mistake. Its text names the place, the key and what is expected, and never repeats a value, because
/// a value may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    file: PathBuf,
    place: Place,
    key: String,
    expected: String,
}

impl Fault {
    pub(super) fn new(file: &Path, place: Place, key: &str, expected: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            place,
            key: key.escape_debug().to_string(),
            expected: expected.into(),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match &self.place {
            Place::File => write!(f, "{file}: ")?,
            Place::Line(line) => write!(f, "{file}:{line}: ")?,
            Place::Variable(name) => {
                write!(f, "environment variable {}: ", name.escape_debug())?;
            }
        }
        if self.key.is_empty() {
            f.write_str(&self.expected)
        } else {
            write!(f, "{}: {}", self.key, self.expected)
        }
    }
}

/// Every mistake of a configuration: at least one, the file's first and in the order of its lines. Its text has
/// one line a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults {
    list: Vec<Fault>,
    policy: Option<PolicyHint>,
}

/// What a configuration with faults tells of the policy nevertheless, so that the policy's own faults can be
/// reported with them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyHint {
    /// Where it is.
    pub policy: Policy,
    /// The names of all issuers.
    pub issuers: Vec<String>,
}

impl Faults {
    /// None if there is nothing wrong.
    pub(super) fn of(mut faults: Vec<Fault>) -> Option<Self> {
        faults.sort_by(|a, b| a.place.cmp(&b.place));
        (!faults.is_empty()).then_some(Self { list: faults, policy: None })
    }

    /// For the case that can't be: nothing to hand out, and no fault that says why. Failing closed beats a panic.
    pub(super) fn incomplete(file: &Path) -> Self {
        Self { list: vec![Fault::new(file, Place::File, "", "is not complete")], policy: None }
    }

    /// The same, with what is known of the policy.
    pub(super) fn with_policy(self, policy: Option<PolicyHint>) -> Self {
        Self { policy, ..self }
    }

    /// What is known of the policy; none if where it is, or an issuer's name, is among the faults.
    #[must_use]
    pub fn policy_hint(&self) -> Option<&PolicyHint> {
        self.policy.as_ref()
    }

    /// The faults one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.list.iter()
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}
