//! The bodies of both APIs: ours (`/v1`) and `LaunchDarkly`'s (`/api/v2`). What a read answers is rendered
//! once, when it is fetched, and kept ready to send: one flag's body is a slice of the list's.

mod expirations;
mod flags;
mod prerequisite;
mod receipt;
mod tag;

pub use expirations::{ExpirationView, ExpirationsDocument, ExpirationsView};
pub(in crate::settings) use flags::links_or_none;
pub use flags::{Body, Filter, FlagView, FlagsDocument, FlagsView, Shape, with_member};
pub use receipt::{
    Applied, Call, DryRun, Receipt, StateView, Step, StepOutcome, WriteAnswer, Written,
};
pub use tag::entity_tag;
