//! The proof that this caller may do this to this target.

use std::marker::PhantomData;

use jiff::Timestamp;

use super::action::{Action, Clear, Includes, Read, Schedule, Set};
use super::decision::Denied;
use super::file::Policy;
use super::freeze::NotBegun;
use super::guard::{End, Guards, Wanted};
use super::identity::Identity;
use super::operation::{Declared, Operation};
use super::resource::Resource;
use crate::domain::{Author, Door, FlagKey, FlagTarget, UserTarget};

/// A permit for the action `A` on a `T`. Only [`Policy::authorize`] makes one. It carries the target and who
/// asks; take both from it and never pass them beside it.
#[derive(Clone, Debug)]
pub struct Permit<A: Action, T: Resource = FlagTarget> {
    identity: Identity,
    target: T,
    team: Option<usize>,
    action: PhantomData<A>,
}

impl<A: Action, T: Resource> Permit<A, T> {
    /// Made by [`Policy::authorize`] alone, which has decided.
    pub(super) fn granted(identity: &Identity, target: T, team: Option<usize>) -> Self {
        Self { identity: identity.clone(), target, team, action: PhantomData }
    }

    /// What may be touched.
    #[must_use]
    pub fn target(&self) -> &T {
        &self.target
    }

    /// Who asks.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The team whose grant allowed it.
    #[must_use]
    pub fn team(&self) -> &str {
        self.identity.policy().team_name(self.team)
    }

    /// What guards ask of a write to this target.
    #[must_use]
    pub fn guards(&self) -> Guards {
        self.identity.policy().guards_on(&self.target)
    }

    /// Whether the caller may read `flag` of the same user.
    #[must_use]
    pub fn sees(&self, flag: &FlagKey) -> bool {
        self.identity.sees(self.target.place(), self.target.user(), flag)
    }

    /// Who is to be named as the author of a change under this permit.
    #[must_use]
    pub fn author(&self, door: Door) -> Author {
        Author {
            issuer: self.identity.caller().issuer().to_owned(),
            subject: self.identity.caller().subject().to_owned(),
            team: self.team().to_owned(),
            door,
        }
    }
}

impl<A: Action> Permit<A, UserTarget> {
    /// Whether the caller may read every flag of this user, whatever flags there are.
    #[must_use]
    pub fn sees_all(&self) -> bool {
        self.identity.sees_all(&self.target.place, &self.target.user)
    }

    /// A permit to read what the caller may read of the same user: every action includes it.
    #[must_use]
    pub fn to_read(&self) -> Permit<Read, UserTarget> {
        Permit::granted(&self.identity, self.target.clone(), self.team)
    }

    /// A permit for one flag of this user.
    pub fn narrow_to<B: Action>(&self, flag: FlagKey) -> Result<Permit<B>, Denied>
    where
        A: Includes<B>,
    {
        Policy::authorize(&self.identity, self.target.flag(flag))
    }
}

impl<A: Action> Permit<A> {
    /// A permit for what the body turned out to mean.
    pub fn narrow<B: Action>(&self) -> Result<Permit<B>, Denied>
    where
        A: Includes<B>,
    {
        Policy::authorize(&self.identity, self.target.clone())
    }

    /// A permit to read what the caller may read of the same user: that is at least this flag.
    #[must_use]
    pub fn to_user(&self) -> Permit<Read, UserTarget> {
        Permit::granted(&self.identity, self.target.user.clone(), self.team)
    }

    /// Refuses in a freeze, and what a guard does not let through.
    fn check(&self, wanted: Wanted, declared: &Declared<'_>) -> Result<(), NotBegun> {
        if let Some(frozen) = self.identity.policy().freeze_at(self.target.place(), declared.now) {
            return Err(frozen.into());
        }
        Ok(self.guards().check(wanted, declared)?)
    }

    fn operation(self, declared: &Declared<'_>, end: Option<Timestamp>) -> Operation<A> {
        let author = self.author(declared.door.clone());
        Operation::begun(self.to_read(), declared, author, end)
    }

    /// A permit to read the same target: every action includes it.
    #[must_use]
    pub fn to_read(&self) -> Permit<Read> {
        Permit::granted(&self.identity, self.target.clone(), self.team)
    }
}

impl Permit<Set> {
    /// Exchanges the permit for the operation of setting, with the end of the override if one was given.
    /// Refused in a freeze, and where a guard asks for more.
    pub fn begin(
        self,
        declared: &Declared<'_>,
        end: Option<Timestamp>,
    ) -> Result<Operation<Set>, NotBegun> {
        self.check(Wanted::Override(end), declared)?;
        Ok(self.operation(declared, end))
    }
}

impl Permit<Clear> {
    /// Exchanges the permit for the operation of clearing.
    pub fn begin(self, declared: &Declared<'_>) -> Result<Operation<Clear>, NotBegun> {
        self.check(Wanted::Clear, declared)?;
        Ok(self.operation(declared, None))
    }
}

impl Permit<Schedule> {
    /// Exchanges the permit for the operation of changing when an override ends.
    pub fn begin(self, declared: &Declared<'_>, end: End) -> Result<Operation<Schedule>, NotBegun> {
        self.check(Wanted::Schedule(end), declared)?;
        let end = match end {
            End::At(at) => Some(at),
            End::Never { .. } => None,
        };
        Ok(self.operation(declared, end))
    }
}
