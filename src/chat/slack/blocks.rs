//! An [`Answer`] as a message of Slack's, within all of its limits. What does not fit is cut, and the cut says so.

use jiff::Timestamp;

use super::actions::actions;
use super::wire::{Block, Element, Look, Message, Section, True, length};
use crate::chat::{Answer, Audience, Line, Span};
use crate::domain::visible;

/// The most characters of a whole message, as JSON: Slack takes a few more.
const MOST: usize = 12_000;
/// The most characters of one block, as JSON; Slack counts the text only.
const MOST_OF_BLOCK: usize = 3_000;
/// The most blocks of texts: with that of the buttons, Slack's fifty.
const MOST_BLOCKS: usize = 49;
/// What is kept free for the line that says what was left out, and for what holds the blocks together.
const RESERVE: usize = 300;
/// The most characters that are shown of what is read letter by letter, and of other words.
const MOST_OF_CODE: usize = 300;
const MOST_OF_WORDS: usize = 1_500;
/// The most characters of the text for notifications.
const MOST_OF_SUMMARY: usize = 300;
/// What a rich text block takes beside its elements.
const AROUND: usize = 90;

/// Where a message stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It answers a command.
    New,
    /// It comes beside the message whose button was pressed.
    Beside,
    /// It replaces that message.
    InPlace,
}

/// The message that says `answer`, as JSON.
pub(super) fn render(answer: &Answer, standing: Standing) -> String {
    serde_json::to_string(&message(answer, standing)).unwrap_or_default()
}

pub(super) fn message(answer: &Answer, standing: Standing) -> Message {
    let (buttons, left_out) = actions(&answer.buttons);
    let taken = buttons.as_ref().map_or(0, length);
    let mut lines: Vec<_> = answer.lines.iter().map(elements).collect();
    if lines.iter().all(Vec::is_empty) {
        lines = vec![elements(&Line(vec![Span::Text(words(&answer.summary))]))];
    }
    if left_out {
        lines.push(note("A button is left out here, because it would be too long for Slack."));
    }
    let text = escaped(&words(&answer.summary));
    let mut blocks = texts(lines, MOST - RESERVE - taken - length(&text));
    blocks.extend(buttons);
    Message {
        response_type: match answer.audience {
            Audience::Asker => "ephemeral",
            Audience::Channel => "in_channel",
        },
        replace_original: match standing {
            Standing::New => None,
            Standing::Beside => Some(false),
            Standing::InPlace => Some(true),
        },
        text,
        mrkdwn: false,
        blocks,
    }
}

/// The lines in as few blocks as they need, in `most` characters.
fn texts(lines: Vec<Vec<Element>>, most: usize) -> Vec<Block> {
    let mut blocks: Vec<(Vec<Element>, usize)> = Vec::new();
    let mut left = most;
    let mut lines = lines.into_iter().map(fitted);
    while let Some(line) = lines.next() {
        let cost = line.iter().map(length).sum::<usize>() + AROUND;
        let has_room =
            blocks.last().is_some_and(|(_, taken)| taken + cost <= MOST_OF_BLOCK - RESERVE);
        if cost > left || (!has_room && blocks.len() == MOST_BLOCKS) {
            let rest = lines.len() + 1;
            let end = format!("… and {rest} more lines, which do not fit into a message of Slack");
            match blocks.last_mut() {
                Some((elements, _)) => elements.extend(line_break().into_iter().chain(note(&end))),
                None => blocks.push((note(&end), 0)),
            }
            break;
        }
        left -= cost;
        match blocks.last_mut().filter(|_| has_room) {
            Some((elements, taken)) => {
                elements.extend(line_break().into_iter().chain(line));
                *taken += cost;
            }
            None if line.is_empty() => {} // no block begins with an empty line
            None => blocks.push((line, cost)),
        }
    }
    let block = |(elements, _)| Block::RichText { elements: [Section { elements }] };
    blocks.into_iter().map(block).collect()
}

/// A line that fits into a block.
fn fitted(line: Vec<Element>) -> Vec<Element> {
    let room = MOST_OF_BLOCK - AROUND - RESERVE;
    let mut taken = 0;
    let all = line.len();
    let mut kept: Vec<_> = line
        .into_iter()
        .take_while(|element| {
            taken += length(element);
            taken <= room
        })
        .collect();
    if kept.len() < all {
        kept.extend(note(" … (the rest of this line is cut)"));
    }
    kept
}

fn note(words: &str) -> Vec<Element> {
    Element::text(words.to_owned(), None).into_iter().collect()
}

fn line_break() -> Option<Element> {
    Element::text("\n".to_owned(), None)
}

fn elements(line: &Line) -> Vec<Element> {
    line.0.iter().filter_map(element).collect()
}

fn element(span: &Span) -> Option<Element> {
    match span {
        Span::Text(text) => Element::text(shown(text, MOST_OF_WORDS), None),
        Span::Strong(text) => {
            Element::text(shown(text, MOST_OF_WORDS), Some(Look::Bold { bold: True }))
        }
        Span::Code(text) => {
            Element::text(shown(text, MOST_OF_CODE), Some(Look::Code { code: True }))
        }
        Span::Time(time) => Some(date(*time)),
        Span::Person(id) if is_person(id) => Some(Element::User { user_id: id.clone() }),
        Span::Person(other) => {
            Element::text(shown(other, MOST_OF_CODE), Some(Look::Code { code: True }))
        }
    }
}

fn date(time: Timestamp) -> Element {
    Element::Date {
        timestamp: time.as_second(),
        format: "{date_short_pretty} {time}",
        fallback: time.strftime("%F %H:%M UTC").to_string(),
    }
}

/// What of a text can be seen, cut at a character; the cut says how long it was.
fn shown(text: &str, most: usize) -> String {
    let shown = visible(text);
    match shown.char_indices().nth(most) {
        None => shown,
        Some((end, _)) => {
            let length = text.chars().count();
            let begin = shown.get(..end).unwrap_or_default();
            format!("{begin}… (cut: {length} characters in all)")
        }
    }
}

fn words(summary: &str) -> String {
    let words: String = visible(summary).chars().take(MOST_OF_SUMMARY).collect();
    if words.trim().is_empty() { "Flagward".to_owned() } else { words }
}

/// As Slack wants texts: these three are its own.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Only a member's id may become a mention.
fn is_person(id: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    id.starts_with(['U', 'W']) && (2..=32).contains(&id.len()) && id.bytes().all(plain)
}

#[cfg(test)]
#[path = "tests/blocks.rs"]
mod tests;
