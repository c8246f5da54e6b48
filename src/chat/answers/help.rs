//! What there is to say, made from the grammar.

use super::only_asker;
use super::words::{line, says};
use crate::chat::answer::Answer;
use crate::chat::command::Verb;
use crate::chat::speaker::Speaker;

/// The answer to `help`.
pub(in crate::chat) fn help(speaker: &Speaker, about: Option<Verb>) -> Answer {
    if let Some(verb) = about {
        return about_one(speaker, verb);
    }
    let mut lines = vec![says("See and override what one user gets:")];
    let verbs = Verb::ALL.into_iter();
    lines.extend(verbs.map(|verb| {
        line().text("• ").command(speaker, &verb.usage()).text(format!(" — {}", verb.does()))
    }));
    only_asker("What you can say", lines)
}

fn about_one(speaker: &Speaker, verb: Verb) -> Answer {
    let mut lines = vec![
        line().command(speaker, &verb.usage()).text(format!(" — {}", verb.does())),
        says("For example:"),
    ];
    lines.extend(verb.examples().iter().map(|one| line().text("• ").command(speaker, one)));
    only_asker(format!("How to use {}", verb.name()), lines)
}
