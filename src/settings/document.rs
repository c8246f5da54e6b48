//! What the cache keeps.

use std::sync::Arc;

use crate::cache::Weigh;
use crate::upstream::{Attributes, FlagDocument, FlagDocuments};

use super::views::{ExpirationsDocument, FlagsDocument};

/// What a key takes in a map besides its text, in bytes, about.
const PER_KEY: usize = 64;

/// An answer of `LaunchDarkly`'s, as far as possible ready to send.
#[derive(Debug)]
pub(super) enum Document {
    /// Flag settings of a user: all, or one.
    Flags(FlagsDocument),
    /// The expirations of a user.
    Expirations(ExpirationsDocument),
    /// The definitions of a project's flags.
    Definitions(Arc<FlagDocuments>),
    /// The definition of one flag.
    Definition(Arc<FlagDocument>),
    /// What is stored of a user.
    Attributes(Arc<Attributes>),
}

impl Document {
    pub(super) fn flags(&self) -> Option<&FlagsDocument> {
        if let Self::Flags(flags) = self { Some(flags) } else { None }
    }

    pub(super) fn expirations(&self) -> Option<&ExpirationsDocument> {
        if let Self::Expirations(expirations) = self { Some(expirations) } else { None }
    }

    pub(super) fn definitions(&self) -> Option<&Arc<FlagDocuments>> {
        if let Self::Definitions(flags) = self { Some(flags) } else { None }
    }

    pub(super) fn definition(&self) -> Option<&Arc<FlagDocument>> {
        if let Self::Definition(flag) = self { Some(flag) } else { None }
    }

    pub(super) fn attributes(&self) -> Option<&Arc<Attributes>> {
        if let Self::Attributes(stored) = self { Some(stored) } else { None }
    }
}

impl Weigh for Document {
    fn bytes(&self) -> usize {
        let own = match self {
            Self::Flags(flags) => flags.weight(),
            Self::Expirations(expirations) => expirations.weight(),
            Self::Definitions(flags) => {
                flags.iter().map(|(key, flag)| PER_KEY + key.as_str().len() + flag.weight()).sum()
            }
            Self::Definition(flag) => flag.weight(),
            Self::Attributes(stored) => {
                stored.iter().map(|(name, value)| PER_KEY + name.len() + value.as_str().len()).sum()
            }
        };
        size_of::<Self>() + own
    }
}
