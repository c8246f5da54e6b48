//! What there is to say, made from the grammar.

use super::only_asker;
use super::words::line;
use crate::chat::answer::Answer;
use crate::chat::command::{self, Verb};
use crate::chat::speaker::Speaker;

/// The answer to `help`.
pub(in crate::chat) fn help(speaker: &Speaker, about: Option<Verb>) -> Answer {
    let head = line().text("Flagward shows and overrides what one user gets. Each begins with ");
    let mut lines = vec![head.code(&speaker.command).text(":")];
    lines.extend(command::help(about));
    let summary = about.map_or_else(
        || "What you can say".to_owned(),
        |verb| format!("How to use {}", verb.name()),
    );
    only_asker(summary, lines)
}
