//! Who sees an answer.

use crate::chat::answer::{Answer, Audience, Line};

/// An answer for whoever asked alone.
pub(super) fn only_asker(summary: impl Into<String>, lines: Vec<Line>) -> Answer {
    Answer { audience: Audience::Asker, summary: summary.into(), lines, buttons: Vec::new() }
}

/// An answer that everybody in the channel sees.
pub(super) fn in_channel(summary: impl Into<String>, lines: Vec<Line>) -> Answer {
    Answer { audience: Audience::Channel, ..only_asker(summary, lines) }
}
