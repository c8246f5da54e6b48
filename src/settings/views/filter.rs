//! Which flags of a list a caller wants.

use super::pen::Slot;
use crate::domain::FlagKey;

/// What a caller wants of a list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only flags with a setting.
    pub overridden: bool,
    /// Only flags whose key starts so.
    pub prefix: Option<String>,
    /// Only these flags, if any are named.
    pub flags: Vec<FlagKey>,
}

impl Filter {
    /// Whether it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.overridden && self.prefix.is_none() && self.flags.is_empty()
    }

    pub(super) fn lets(&self, slot: &Slot) -> bool {
        (!self.overridden || slot.overridden)
            && self.prefix.as_ref().is_none_or(|start| slot.key.as_str().starts_with(start))
            && (self.flags.is_empty() || self.flags.contains(&slot.key))
    }
}
