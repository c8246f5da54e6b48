//! The proof for what belongs to no caller.

/// The proof for the calls that Flagward makes of its own accord: asking which token it holds
/// (`caller-identity`) and which API versions there are (`versions`). Made in `startup` and nowhere else, which
/// `tests/api/architecture` holds true; good for exactly those calls.
#[derive(Debug)]
pub struct Errand(());

impl Errand {
    /// The proof. For `startup` only.
    #[must_use]
    pub fn of_startup() -> Self {
        Self(())
    }
}
