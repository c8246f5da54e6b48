//! A message as Slack takes it: the few blocks and elements that we use. Text in a `rich_text` block is shown as it is;
//! Slack looks for mentions, links and markup in it no more than in a picture.

use serde::Serialize;

/// A message.
#[derive(Serialize)]
pub(super) struct Message {
    pub(super) response_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replace_original: Option<bool>,
    /// For notifications and screen readers. Slack takes `&`, `<` and `>` for its own here, so they are escaped.
    pub(super) text: String,
    pub(super) mrkdwn: bool,
    pub(super) blocks: Vec<Block>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    RichText { elements: [Section; 1] },
    Actions { elements: Vec<ButtonView> },
}

/// The only part of our `rich_text` blocks.
#[derive(Serialize)]
#[serde(tag = "type", rename = "rich_text_section")]
pub(super) struct Section {
    pub(super) elements: Vec<Element>,
}

#[derive(Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Element {
    Text {
        text: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        style: Option<Look>,
    },
    User {
        user_id: String,
    },
    Date {
        timestamp: i64,
        format: &'static str,
        fallback: String,
    },
}

/// How a text looks.
#[derive(Clone, Copy, Serialize)]
#[serde(untagged)]
pub(super) enum Look {
    Bold { bold: True },
    Code { code: True },
}

/// `true`.
#[derive(Clone, Copy)]
pub(super) struct True;

impl Serialize for True {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(true)
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "button")]
pub(super) struct ButtonView {
    pub(super) text: Label,
    pub(super) action_id: String,
    pub(super) value: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) style: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "plain_text")]
pub(super) struct Label {
    pub(super) text: String,
    pub(super) emoji: bool,
}

impl Element {
    /// A text; none if there is nothing in it, which Slack refuses.
    pub(super) fn text(text: String, style: Option<Look>) -> Option<Self> {
        (!text.is_empty()).then_some(Self::Text { text, style })
    }
}

/// How many characters something takes in a message, at most.
pub(super) fn length(part: &impl Serialize) -> usize {
    serde_json::to_string(part).map_or(usize::MAX / 4, |json| json.chars().count() + 1)
}
