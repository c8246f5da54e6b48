//! The use cases: what a caller sees of one user, and how they change it. Every door calls these, so that
//! none has a way of its own.
//!
//! - [`Settings::flag`], [`Settings::flags`] and [`Settings::expirations`] read, through the cache.
//! - [`Settings::set`], [`Settings::clear`] and [`Settings::schedule`] state an override and its end; the
//!   `drop_in_…` ones do what `LaunchDarkly`'s own operations do, to the letter.
//!
//! A write looks at the state before it, straight at `LaunchDarkly`, takes its steps one after another, and
//! takes them back where a later one fails. It runs to its end even if its caller hangs up, and only one write to a
//! flag runs at a time: `LaunchDarkly` keeps all targets of a flag in one document, and two writers would only cost each
//! other conflicts.

mod asking;
mod document;
mod doubt;
mod drop_in;
mod error;
mod journal;
mod lanes;
mod read;
mod remembering;
mod schedule;
mod set;
pub mod shadow;
mod state;
mod undo;
pub mod views;
mod write;
mod writers;

use std::sync::Arc;

use crate::cache::{Cache, Writing};
use crate::clock::Clock;
use crate::domain::{FlagKey, UserTarget};
use crate::telemetry::Metrics;
use crate::upstream::{Client, Failure};

pub use asking::Asking;
use document::Document;
pub use drop_in::{Instruction, InstructionKind, Patched};
pub use error::{Error, Unfinished, Upstream, UpstreamKind};
use journal::Journal;
use lanes::Lanes;
pub use read::{Answer, List, Origin};
use remembering::Told;
pub use set::Change;
use shadow::Shadow;
pub use views::Written;
pub use writers::Writers;

pub use crate::cache::{Freshness, Limits, Outcome};
pub use crate::upstream::Says;

/// The use cases, with what they need. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Settings(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    upstream: Client,
    cache: Cache<Document, Failure>,
    clock: Clock,
    lanes: Lanes,
    journal: Journal,
    writers: Writers,
    shadow: Option<Shadow>,
    /// Whether the token was last seen not to be allowed to read contexts.
    contexts_closed: Told,
}

impl Settings {
    /// The use cases over this client and this cache's limits. With a `shadow`, some reads are compared with what the
    /// other backend says.
    #[must_use]
    pub fn new(
        upstream: Client,
        limits: Limits,
        clock: Clock,
        metrics: &Metrics,
        writers: Writers,
        shadow: Option<Shadow>,
    ) -> Self {
        let cache = Cache::new(limits, clock.clone(), metrics);
        let (lanes, journal) = (Lanes::new(), Journal::new(metrics));
        let contexts_closed = Told::default();
        Self(Arc::new(Inner {
            upstream,
            cache,
            clock,
            lanes,
            journal,
            writers,
            shadow,
            contexts_closed,
        }))
    }

    /// The time now, as the use cases see it.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        self.0.clock.now()
    }

    /// Brings the cache's gauges up to date, for a scrape.
    pub fn update_gauges(&self) {
        self.0.cache.update_gauges();
    }

    /// Makes what is known of a user void while these flags are written, and after.
    ///
    /// A change of ends names its flags too, although it moves no target: the override that it ends may have been made
    /// elsewhere and be newer than the definitions that are kept, which would then list no end for it.
    fn begin_write(&self, user: &UserTarget, flags: &[FlagKey]) -> Writing {
        self.0.cache.begin_write(user, flags, Self::has_definition)
    }
}
