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
    /// The definitions of all flags of a project in an environment, shared by all users. A write does not make it void
    /// as a whole: ask [`Cache::outdated`](super::Cache::outdated) what is no longer true of a user.
    FlagDocuments,
    /// One of them, shared by all users; void for the users whose target in it was changed.
    FlagDocument,
    /// What is stored of a user, which no write of ours changes; void by time alone.
    Attributes,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::List,
        Self::One,
        Self::Expirations,
        Self::FlagDocuments,
        Self::FlagDocument,
        Self::Attributes,
    ];

    /// The name in metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::One => "flag",
            Self::Expirations => "expirations",
            Self::FlagDocuments => "flag-documents",
            Self::FlagDocument => "flag-document",
            Self::Attributes => "attributes",
        }
    }

    /// Whether a write to the user makes it void.
    pub(super) const fn follows_writes(self) -> bool {
        match self {
            Self::List | Self::One | Self::Expirations => true,
            Self::FlagDocuments | Self::FlagDocument | Self::Attributes => false,
        }
    }

    /// Its place among [`Kind::ALL`].
    pub(super) const fn index(self) -> usize {
        match self {
            Self::List => 0,
            Self::One => 1,
            Self::Expirations => 2,
            Self::FlagDocuments => 3,
            Self::FlagDocument => 4,
            Self::Attributes => 5,
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
            Kind::FlagDocuments => (None, None, 0),
            Kind::FlagDocument => (None, flag, 0),
            Kind::Attributes => (user, None, 0),
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
