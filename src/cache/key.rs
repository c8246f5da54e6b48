//! What an entry is found by: the target and what is asked, never the caller.

use crate::domain::{FlagKey, Place, UserKey, UserTarget};
use crate::policy::Resource;

/// What is asked of a target, which also says how it is invalidated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// All flag settings of a user; void with the user's next generation.
    List,
    /// One flag setting of a user; void with the user's next generation.
    One,
    /// The expirations of a user; void with the user's next generation.
    Expirations,
    /// A flag's variations, the same for every user; void by time alone, and asked again before a value is
    /// refused for not being among them.
    Variations,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::List, Self::One, Self::Expirations, Self::Variations];

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::One => "flag",
            Self::Expirations => "expirations",
            Self::Variations => "variations",
        }
    }

    /// Whether a write to the user makes it void.
    pub(super) const fn follows_writes(self) -> bool {
        !matches!(self, Self::Variations)
    }

    /// Its place among [`Kind::ALL`].
    pub(super) const fn index(self) -> usize {
        match self {
            Self::List => 0,
            Self::One => 1,
            Self::Expirations => 2,
            Self::Variations => 3,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    kind: Kind,
    place: Place,
    user: Option<UserKey>,
    flag: Option<FlagKey>,
    generation: u64,
}

impl Key {
    pub(super) fn new<T: Resource>(kind: Kind, target: &T, generation: u64) -> Self {
        let user = || Some(target.user().clone());
        let flag = || target.flag().cloned();
        let (user, flag, generation) = match kind {
            Kind::List | Kind::Expirations => (user(), None, generation),
            Kind::One => (user(), flag(), generation),
            Kind::Variations => (None, flag(), 0),
        };
        Self { kind, place: target.place().clone(), user, flag, generation }
    }

    /// The same under a later generation.
    pub(super) fn at(&self, generation: u64) -> Self {
        Self { generation, ..self.clone() }
    }

    pub(super) fn bytes(&self) -> usize {
        let flag = self.flag.as_ref().map_or(0, |flag| flag.as_str().len());
        let user = self.user.as_ref().map_or(0, |user| user.as_str().len());
        size_of::<Self>()
            + self.place.project.as_str().len()
            + self.place.environment.as_str().len()
            + user
            + flag
    }
}

pub(super) fn user_of<T: Resource>(target: &T) -> UserTarget {
    UserTarget { place: target.place().clone(), user: target.user().clone() }
}
