//! The proof for one flag of a list.

use super::action::Read;
use super::permit::Permit;
use super::resource::Resource;
use crate::domain::{FlagKey, FlagTarget, UserTarget};

/// One flag of a user whose flags somebody may list, or the one flag that somebody may read. Where `LaunchDarkly` has
/// no call for a list, it is asked for flag by flag, each by a part of the list's permit.
///
/// As with the list itself, that a flag is asked for does not mean that the caller may see it: what they may not is left
/// out of what comes home ([`Permit::sees`]).
#[derive(Clone, Debug)]
pub struct Part {
    target: FlagTarget,
}

impl Part {
    /// The flag, its user, and where.
    #[must_use]
    pub fn target(&self) -> &FlagTarget {
        &self.target
    }
}

impl Permit<Read, UserTarget> {
    /// One flag of the list.
    #[must_use]
    pub fn part(&self, flag: FlagKey) -> Part {
        Part { target: self.target().flag(flag) }
    }
}

impl Permit<Read> {
    /// The flag that may be read.
    #[must_use]
    pub fn part(&self) -> Part {
        Part { target: self.target().clone() }
    }
}

/// A proof that something may be read: what a look into what is remembered takes. Made by this room alone.
pub trait MayRead: Clone + std::fmt::Debug + Send + Sync + 'static + sealed::Sealed {
    /// What it is for.
    type Target: Resource;

    /// What may be read.
    fn target(&self) -> &Self::Target;
}

impl<T: Resource> MayRead for Permit<Read, T> {
    type Target = T;

    fn target(&self) -> &T {
        Self::target(self)
    }
}

impl MayRead for Part {
    type Target = FlagTarget;

    fn target(&self) -> &FlagTarget {
        Self::target(self)
    }
}

mod sealed {
    use super::{Part, Permit, Read, Resource};

    pub trait Sealed {}
    impl<T: Resource> Sealed for Permit<Read, T> {}
    impl Sealed for Part {}
}
