//! Buttons: what is written on them, and what Slack sends back when one is pressed.

use super::wire::{Block, ButtonView, Label, length};
use crate::chat::{Button, Says, Style};
use crate::domain::visible;

/// The most characters of a button's value, and of what stands on it.
const MOST_OF_VALUE: usize = 2_000;
const MOST_OF_LABEL: usize = 75;
/// The most characters that all buttons of a message may take, as JSON.
const MOST: usize = 6_000;
/// The first words of what Slack calls our buttons; a number follows, since no two of a message may be called the same.
const CONFIRM: &str = "confirm";
const CANCEL: &str = "cancel";
const SHOW: &str = "show";

/// The block of these buttons, none without any; and whether one of them had to be left out.
pub(super) fn actions(buttons: &[Button]) -> (Option<Block>, bool) {
    let mut room = MOST;
    let mut elements = Vec::new();
    for (number, button) in buttons.iter().enumerate() {
        let element = element(number, button);
        let taken = length(&element);
        if taken <= room && element.value.chars().count() <= MOST_OF_VALUE {
            room -= taken;
            elements.push(element);
        }
    }
    let left_out = elements.len() < buttons.len();
    ((!elements.is_empty()).then_some(Block::Actions { elements }), left_out)
}

fn element(number: usize, button: &Button) -> ButtonView {
    let (name, value) = match &button.says {
        Says::Confirm(value) => (CONFIRM, value),
        Says::Cancel(value) => (CANCEL, value),
        Says::Show(value) => (SHOW, value),
    };
    let label: String = visible(&button.label).chars().take(MOST_OF_LABEL).collect();
    let label = if label.trim().is_empty() { name.to_owned() } else { label };
    ButtonView {
        text: Label { text: label, emoji: false },
        action_id: format!("{name}-{number}"),
        value: value.clone(),
        style: match button.style {
            Style::Plain => None,
            Style::Primary => Some("primary"),
            Style::Danger => Some("danger"),
        },
    }
}

/// What a pressed button says; none if it is none of ours.
pub(super) fn says(action_id: &str, value: &str) -> Option<Says> {
    let (name, _) = action_id.split_once('-')?;
    let value = value.to_owned();
    match name {
        CONFIRM => Some(Says::Confirm(value)),
        CANCEL => Some(Says::Cancel(value)),
        SHOW => Some(Says::Show(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_says_comes_back_when_it_is_pressed() {
        for said in [Says::Confirm("a".into()), Says::Cancel("b".into()), Says::Show("c".into())] {
            let button = Button { label: "x".into(), style: Style::Plain, says: said.clone() };
            let element = element(7, &button);
            assert_eq!(says(&element.action_id, &element.value), Some(said));
        }
        for foreign in ["", "confirm", "approve-1", "-", "Confirm-1"] {
            assert_eq!(says(foreign, "a"), None);
        }
    }
}
