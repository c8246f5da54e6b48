//! The desk: whoever speaks is heard here, on whatever platform. Who they are, whether the channel is for it, whether the
//! policy lets them, and then the same use cases that HTTP has.
//!
//! - [`Desk::hear`] carries a command out.
//! - [`Desk::press`] takes a press of one of our buttons: a page turned, a change confirmed or cancelled.
//!
//! Each says its [`Answer`] within a bound, whatever `LaunchDarkly` does.

mod admitting;
mod hearing;
mod noting;
mod pressing;
mod reading;
mod timing;
mod trouble;
mod writing;

use std::sync::Arc;

use super::answer::Answer;
use super::channels::Channels;
use super::once::Once;
use crate::auth::Seal;
use crate::clock::Clock;
use crate::config::chat::Channel;
use crate::policy::Policies;
use crate::settings::Settings;
use crate::telemetry::ChatMetrics;

pub(super) use trouble::{Refused, Trouble, Unpressed};

/// Where people are heard. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Desk(Arc<Inner>);

/// What a desk needs.
#[derive(Debug)]
pub struct DeskParts<'a> {
    /// The use cases.
    pub settings: Settings,
    /// Who may do what.
    pub policies: Arc<Policies>,
    /// What buttons are sealed with, the same on all replicas.
    pub seal: Seal,
    /// What may be done from which channel.
    pub channels: &'a [Channel],
    /// The time.
    pub clock: Clock,
    /// Counters.
    pub metrics: ChatMetrics,
}

/// What becomes of a press.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// What is said.
    pub answer: Answer,
    /// Whether it stands in place of the message with the button. Else it comes beside it, for whoever pressed alone.
    pub replaces: bool,
}

#[derive(Debug)]
struct Inner {
    settings: Settings,
    policies: Arc<Policies>,
    seal: Seal,
    channels: Channels,
    clock: Clock,
    metrics: ChatMetrics,
    /// Confirmations that were decided.
    decided: Once,
}

impl Desk {
    /// A desk with these parts.
    #[must_use]
    pub fn new(parts: DeskParts<'_>) -> Self {
        let DeskParts { settings, policies, seal, channels, clock, metrics } = parts;
        let (channels, decided) = (Channels::new(channels), Once::default());
        Self(Arc::new(Inner { settings, policies, seal, channels, clock, metrics, decided }))
    }
}
