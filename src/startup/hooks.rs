//! What chat platforms call, joined to the HTTP door.

use crate::http::{Mounted, OtherDoor};

/// What chat platforms call. Cheap to clone; none where no chat is on.
#[derive(Clone, Debug, Default)]
pub(super) struct Hooks {}

impl Hooks {
    /// The routes, for one worker of a listener.
    pub(super) fn mounted(&self) -> Vec<Mounted> {
        Vec::new()
    }

    /// How they fail; none where there are none.
    pub(super) fn door(&self) -> Option<OtherDoor> {
        None
    }
}
