//! What a permit can be for.

use crate::domain::{FlagKey, FlagTarget, Place, UserKey, UserTarget};

/// A target of a permit: all flags of a user, or one of them.
pub trait Resource: Clone + std::fmt::Debug + Send + Sync + 'static {
    /// The project and environment.
    fn place(&self) -> &Place;
    /// The user.
    fn user(&self) -> &UserKey;
    /// The flag; none where the permit is for some flags of the user.
    fn flag(&self) -> Option<&FlagKey>;
}

impl Resource for UserTarget {
    fn place(&self) -> &Place {
        &self.place
    }
    fn user(&self) -> &UserKey {
        &self.user
    }
    fn flag(&self) -> Option<&FlagKey> {
        None
    }
}

impl Resource for FlagTarget {
    fn place(&self) -> &Place {
        &self.user.place
    }
    fn user(&self) -> &UserKey {
        &self.user.user
    }
    fn flag(&self) -> Option<&FlagKey> {
        Some(&self.flag)
    }
}
