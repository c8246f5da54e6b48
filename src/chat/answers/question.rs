//! "Shall I?", with what was before and what will be.

use super::in_channel;
use super::receipt::{in_few_words, wanted};
use super::words::line;
use crate::chat::answer::{Answer, Button, Says, Style};
use crate::chat::confirmation::Confirmation;
use crate::settings::views::StateView;

/// The question whose buttons carry `sealed`.
pub(in crate::chat) fn question(
    asked: &Confirmation,
    before: &StateView,
    after: &StateView,
    sealed: &str,
) -> Answer {
    let who = &asked.asker.person;
    let mut lines = vec![
        wanted(line().person(who).text(" wants to "), &asked.wish).text("."),
        line().strong("Now: ").state(before),
        line().strong("Then: ").state(after),
    ];
    if let Some(note) = &asked.wish.note {
        lines.push(line().strong("Why: ").said(note));
    }
    lines.push(if asked.second_person {
        let action = asked.wish.act.action();
        line()
            .text("Here a second person has to agree: somebody other than ")
            .person(who)
            .text(format!(" who may {action} it too, until "))
            .time(asked.deadline())
            .text(".")
    } else {
        let line = line().text("Only ").person(who).text(" can confirm it, until ");
        line.time(asked.deadline()).text(".")
    });
    let button = |label: &str, style, says| Button { label: label.to_owned(), style, says };
    let buttons = vec![
        button("Confirm", Style::Primary, Says::Confirm(sealed.to_owned())),
        button("Cancel", Style::Plain, Says::Cancel(sealed.to_owned())),
    ];
    let summary = format!("To be confirmed: {}", in_few_words(&asked.wish));
    Answer { buttons, ..in_channel(summary, lines) }
}
