//! Whether Slack would take a message, as its documents say, and what can be read in one. Written without our own room for
//! Slack, so that one mistake cannot hide the other.

use serde_json::Value;

/// What Slack would refuse in a message.
pub(crate) fn faults(message: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            faults.push(what.to_owned());
        }
    };
    let length = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    must(["ephemeral", "in_channel"].map(Value::from).contains(&message["response_type"]), "type");
    must((1..=3000).contains(&length(&message["text"])), "a text for notifications");
    must(message.to_string().chars().count() <= 13_000, "not too long");
    let blocks = message["blocks"].as_array().cloned().unwrap_or_default();
    must((1..=50).contains(&blocks.len()), "1 to 50 blocks");
    for block in &blocks {
        let elements = block["elements"].as_array().cloned().unwrap_or_default();
        must(!elements.is_empty(), "elements");
        match block["type"].as_str() {
            Some("rich_text") => {
                for section in &elements {
                    must(section["type"] == "rich_text_section", "a section");
                    let parts = section["elements"].as_array().cloned().unwrap_or_default();
                    must(!parts.is_empty(), "parts of a section");
                    for part in &parts {
                        must(
                            match part["type"].as_str() {
                                Some("text") => length(&part["text"]) > 0,
                                Some("user") => length(&part["user_id"]) > 1,
                                Some("date") => {
                                    part["timestamp"].is_i64() && length(&part["format"]) > 0
                                }
                                _ => false,
                            },
                            "a text, a user or a date",
                        );
                    }
                }
            }
            Some("actions") => {
                must(elements.len() <= 25, "at most 25 buttons");
                for button in &elements {
                    must(button["type"] == "button", "a button");
                    must((1..=75).contains(&length(&button["text"]["text"])), "a label");
                    must(length(&button["value"]) <= 2000, "a value");
                    must((1..=255).contains(&length(&button["action_id"])), "an id");
                }
            }
            _ => must(false, "a block of text or of buttons"),
        }
    }
    faults
}

/// What a message says, as one reads it.
pub(crate) fn reads(message: &Value) -> String {
    assert_eq!(faults(message), [""; 0], "{message}");
    let mut text = String::new();
    for block in message["blocks"].as_array().unwrap() {
        if block["type"] == "rich_text" {
            for part in block["elements"][0]["elements"].as_array().unwrap() {
                let shown = ["text", "user_id", "fallback"].map(|name| part[name].as_str());
                text.push_str(shown.into_iter().flatten().next().unwrap());
            }
            text.push('\n');
        }
    }
    text
}

/// A button of a message, by what stands on it.
pub(crate) fn button(message: &Value, label: &str) -> Value {
    let blocks = message["blocks"].as_array().unwrap().iter();
    let actions = blocks.filter(|block| block["type"] == "actions");
    let mut buttons = actions.flat_map(|block| block["elements"].as_array().unwrap());
    let found = buttons.find(|button| button["text"]["text"] == label);
    found.unwrap_or_else(|| panic!("no button {label}: {message}")).clone()
}
