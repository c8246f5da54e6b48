//! What the cache keeps.

use crate::cache::Weigh;
use crate::upstream::FlagDocument;

use super::views::{ExpirationsDocument, FlagsDocument};

/// An answer of `LaunchDarkly`'s, as far as possible ready to send.
#[derive(Debug)]
pub(super) enum Document {
    /// Flag settings of a user: all, or one.
    Flags(FlagsDocument),
    /// The expirations of a user.
    Expirations(ExpirationsDocument),
    /// A flag's variations.
    Variations(FlagDocument),
}

impl Document {
    pub(super) fn flags(&self) -> Option<&FlagsDocument> {
        if let Self::Flags(flags) = self { Some(flags) } else { None }
    }

    pub(super) fn expirations(&self) -> Option<&ExpirationsDocument> {
        if let Self::Expirations(expirations) = self { Some(expirations) } else { None }
    }

    pub(super) fn variations(&self) -> Option<&FlagDocument> {
        if let Self::Variations(flag) = self { Some(flag) } else { None }
    }
}

impl Weigh for Document {
    fn bytes(&self) -> usize {
        match self {
            Self::Flags(flags) => flags.weight(),
            Self::Expirations(expirations) => expirations.weight(),
            Self::Variations(flag) => {
                let one = |v: &crate::upstream::Variation| v.id.len() + v.value.as_str().len() + 96;
                size_of::<Self>() + flag.variations.iter().map(one).sum::<usize>()
            }
        }
    }
}
