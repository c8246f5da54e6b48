//! What is said to somebody who may not, and whom to ask for what.

use super::words::{line, says};
use crate::chat::answer::Line;
use crate::chat::desk::Refused;
use crate::chat::speaker::Speaker;
use crate::domain::visible;

pub(super) fn refused(speaker: &Speaker, refused: &Refused) -> Vec<Line> {
    match refused {
        Refused::Unmapped => {
            let member = format!("{}/{}", speaker.caller.issuer(), speaker.caller.subject());
            vec![
                says("Flagward knows who you are, but you are in no team of its policy."),
                ask_for_membership(&member),
            ]
        }
        Refused::UnknownChannel => vec![unknown_channel(speaker)],
        Refused::Channel(action, place) => vec![
            line().text(format!("{action} in ")).place(place).text(" is not for this channel."),
            line()
                .text("Use a channel that is for it, or ask Flagward's operators to allow it for the channel ")
                .code(&speaker.channel)
                .text(". What this channel is for: ")
                .command(speaker, "whoami"),
        ],
        Refused::Policy(denied) => vec![
            line().said(&sentence(&denied.to_string())),
            line().text("What you may do: ").command(speaker, "whoami"),
        ],
        Refused::TooLong => vec![
            says("This change needs a confirmation, and it is too long to be confirmed in a chat. Nothing was done."),
            says("Use Flagward's API for it, or say it shorter: a shorter note helps."),
        ],
    }
}

/// Whom to ask, with what to paste.
pub(super) fn ask_for_membership(member: &str) -> Line {
    line()
        .text("Ask Flagward's operators to add ")
        .code(member)
        .text(" to the members of a team in the policy.")
}

/// Whom to ask about a channel.
pub(super) fn unknown_channel(speaker: &Speaker) -> Line {
    line()
        .text("This channel is not set up for Flagward: only help and whoami work here. Ask Flagward's operators to add a table for the channel ")
        .code(&speaker.channel)
        .text(" to the configuration.")
}

/// With a capital letter and a full stop.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '?', '!']) { "" } else { "." };
    format!("{first}{}{stop}", visible(chars.as_str()))
}
