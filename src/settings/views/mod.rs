//! The bodies of both APIs: ours (`/v1`) and `LaunchDarkly`'s (`/api/v2`). What a read answers is rendered
//! once, when it is fetched, and kept ready to send: one flag's body is a slice of the list's.

mod expirations;
mod filter;
mod flags;
mod pen;
mod prerequisite;
mod receipt;
mod tag;

pub use expirations::{ExpirationView, ExpirationsDocument, ExpirationsView};
pub use filter::Filter;
pub use flags::{Body, FlagView, FlagsDocument, FlagsView, Shape};
pub(in crate::settings) use pen::{links_or_none, with_member};
pub use receipt::{
    Applied, Call, DryRun, Receipt, StateTag, StateView, Step, StepOutcome, WriteAnswer, Written,
};
pub use tag::entity_tag;
