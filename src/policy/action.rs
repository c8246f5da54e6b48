//! What a caller may want to do, as types: a permit for one can't be used for another.

use std::fmt;

/// The name of an action, as policy files, answers and metrics have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActionKind {
    /// See what a user gets.
    Read,
    /// Override what a user gets; includes the expiry given in the same call.
    Set,
    /// Take an override away.
    Clear,
    /// Change when an override ends.
    Schedule,
}

impl ActionKind {
    /// Every action, in the order of policy files.
    pub const ALL: [Self; 4] = [Self::Read, Self::Set, Self::Clear, Self::Schedule];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Set => "set",
            Self::Clear => "clear",
            Self::Schedule => "schedule",
        }
    }

    /// Its place among [`ActionKind::ALL`].
    #[must_use]
    pub fn index(self) -> usize {
        Self::ALL.iter().take_while(|other| **other != self).count()
    }

    /// The action with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Read => 1,
            Self::Set => 2,
            Self::Clear => 4,
            Self::Schedule => 8,
        }
    }
}

impl fmt::Display for ActionKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Some actions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActionSet(u8);

impl ActionSet {
    /// These actions and no others.
    #[must_use]
    pub const fn of(actions: &[ActionKind]) -> Self {
        let mut bits = 0;
        let mut rest = actions;
        while let [first, tail @ ..] = rest {
            bits |= first.bit();
            rest = tail;
        }
        Self(bits)
    }

    /// The same with what each of them includes: who may write may read the same target.
    #[must_use]
    pub fn with_included(self) -> Self {
        if self.0 == 0 { self } else { Self(self.0 | ActionKind::Read.bit()) }
    }

    /// Whether `action` is among them.
    #[must_use]
    pub const fn has(self, action: ActionKind) -> bool {
        self.0 & action.bit() != 0
    }

    /// Those among them, in the order of policy files.
    pub fn iter(self) -> impl Iterator<Item = ActionKind> {
        ActionKind::ALL.into_iter().filter(move |action| self.has(*action))
    }
}

mod sealed {
    pub trait Sealed {}
}

/// What a permit is for: one action, or the few that a route can mean before its body is read.
pub trait Action: sealed::Sealed + fmt::Debug + Clone + Copy + Send + Sync + 'static {
    /// Holding any one of these gives the permit.
    const ANY_OF: &'static [ActionKind];
}

/// `A: Includes<B>`: a permit for `A` may be narrowed to one for `B`, when the body turned out to mean `B`.
pub trait Includes<B: Action>: Action {}

macro_rules! action {
    ($(#[$doc:meta])* $name:ident: $($kind:ident)|+) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name;
        impl sealed::Sealed for $name {}
        impl Action for $name {
            const ANY_OF: &'static [ActionKind] = &[$(ActionKind::$kind),+];
        }
    };
}

action!(
    /// See.
    Read: Read
);
action!(
    /// Override.
    Set: Set
);
action!(
    /// Take an override away.
    Clear: Clear
);
action!(
    /// Change when an override ends.
    Schedule: Schedule
);
action!(
    /// A `PUT` of a setting, whose body says which of the two it is.
    SetOrClear: Set | Clear
);

impl Includes<Set> for SetOrClear {}
impl Includes<Clear> for SetOrClear {}
impl Includes<Schedule> for Schedule {}
impl Includes<Read> for Read {}
