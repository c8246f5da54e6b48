//! "Shall I?", with what was before and what will be.

use super::in_channel;
use super::receipt::{in_few_words, wanted, why};
use super::received::Received;
use super::words::line;
use crate::chat::answer::{Answer, Button, Says, Style};
use crate::chat::confirmation::Confirmation;
use crate::settings::views::StateView;

/// What is asked.
#[derive(Debug)]
pub(in crate::chat) struct Question<'a> {
    pub(in crate::chat) asked: &'a Confirmation,
    pub(in crate::chat) before: &'a StateView,
    pub(in crate::chat) after: &'a StateView,
    /// What the user receives now, where that is known.
    pub(in crate::chat) received: Option<Received>,
    /// What the buttons carry.
    pub(in crate::chat) sealed: &'a str,
}

/// The question.
pub(in crate::chat) fn question(question: &Question<'_>) -> Answer {
    let Question { asked, before, after, received, sealed } = question;
    let who = &asked.asker.person;
    let mut lines = vec![
        wanted(line().person(who).text(" wants to "), &asked.wish).text("."),
        line().strong("Now: ").state(before),
        line().strong("Then: ").state(after),
    ];
    let (received, setting) = (received.as_ref(), after.setting.as_ref());
    lines.extend(received.zip(setting).and_then(|(received, to)| received.in_spite_of(to)));
    lines.extend(why(&asked.wish));
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
        button("Confirm", Style::Primary, Says::Confirm((*sealed).to_owned())),
        button("Cancel", Style::Plain, Says::Cancel((*sealed).to_owned())),
    ];
    let summary = format!("To be confirmed: {}", in_few_words(&asked.wish));
    Answer { buttons, ..in_channel(summary, lines) }
}
