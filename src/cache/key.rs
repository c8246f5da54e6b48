//! What an entry is found by: the target and what is asked, never the caller.

use moka::Equivalent;

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

/// The key of an entry that is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    kind: Kind,
    place: Place,
    user: Option<UserKey>,
    flag: Option<FlagKey>,
    generation: u64,
}

/// The same, borrowed from a target: a look-up need not copy it. Hashed as the other is, member by member.
#[derive(Clone, Copy, Debug, Hash)]
pub(super) struct Sought<'a> {
    kind: Kind,
    place: &'a Place,
    user: Option<&'a UserKey>,
    flag: Option<&'a FlagKey>,
    generation: u64,
}

impl<'a> Sought<'a> {
    pub(super) fn new<T: Resource>(kind: Kind, target: &'a T, generation: u64) -> Self {
        let (user, flag) = (Some(target.user()), target.flag());
        let (user, flag, generation) = match kind {
            Kind::List | Kind::Expirations => (user, None, generation),
            Kind::One => (user, flag, generation),
            Kind::Variations => (None, flag, 0),
        };
        Self { kind, place: target.place(), user, flag, generation }
    }

    pub(super) fn to_key(self) -> Key {
        Key {
            kind: self.kind,
            place: self.place.clone(),
            user: self.user.cloned(),
            flag: self.flag.cloned(),
            generation: self.generation,
        }
    }
}

impl Equivalent<Key> for Sought<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        self.generation == key.generation
            && self.kind == key.kind
            && self.flag == key.flag.as_ref()
            && self.user == key.user.as_ref()
            && *self.place == key.place
    }
}

impl Key {
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
