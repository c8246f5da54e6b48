//! A change that someone wants, whole: what, where, how long, and why.

use jiff::Timestamp;

use crate::domain::{FlagTarget, Json};
use crate::policy::{ActionKind, Clear, Denied, Identity, Permit, Policy, Schedule, Set};

/// A change that someone wants.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    /// The flag of the user, and where.
    pub(super) target: FlagTarget,
    /// What is to be done to it.
    pub(super) act: Act,
    /// Why, in their own words.
    pub(super) note: Option<String>,
}

/// What is to be done to a flag of a user.
#[derive(Clone, Debug)]
pub(super) enum Act {
    /// Override it.
    Set {
        /// To what; never null.
        value: Json,
        /// Until when; none for until it is cleared.
        end: Option<Timestamp>,
    },
    /// Take the override away.
    Clear,
    /// Make the override end at this time; none for until it is cleared.
    Schedule(Option<Timestamp>),
}

/// A wish that the policy lets its owner have.
#[derive(Debug)]
pub(super) enum Permitted {
    Set(Permit<Set>, Json, Option<Timestamp>),
    Clear(Permit<Clear>),
    Schedule(Permit<Schedule>, Option<Timestamp>),
}

impl Act {
    /// The action that it takes.
    pub(super) const fn action(&self) -> ActionKind {
        match self {
            Self::Set { .. } => ActionKind::Set,
            Self::Clear => ActionKind::Clear,
            Self::Schedule(_) => ActionKind::Schedule,
        }
    }
}

impl Wish {
    /// Asks the policy whether `identity` may have it.
    pub(super) fn authorize(&self, identity: &Identity) -> Result<Permitted, Denied> {
        let target = self.target.clone();
        Ok(match &self.act {
            Act::Set { value, end } => {
                Permitted::Set(Policy::authorize(identity, target)?, value.clone(), *end)
            }
            Act::Clear => Permitted::Clear(Policy::authorize(identity, target)?),
            Act::Schedule(end) => Permitted::Schedule(Policy::authorize(identity, target)?, *end),
        })
    }
}
