use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::chat::{Button, Says, Style};

fn json(answer: &Answer, standing: Standing) -> Value {
    serde_json::from_str(&render(answer, standing)).unwrap()
}

fn of(lines: Vec<Line>) -> Answer {
    Answer { audience: Audience::Asker, summary: "a flag".to_owned(), lines, buttons: Vec::new() }
}

fn confirm(value: &str) -> Button {
    Button { label: "Confirm".into(), style: Style::Primary, says: Says::Confirm(value.into()) }
}

/// The elements of all texts.
fn parts(message: &Value) -> Vec<Value> {
    let blocks = message["blocks"].as_array().unwrap();
    let texts = blocks.iter().filter(|block| block["type"] == "rich_text");
    let sections = texts.map(|block| block["elements"][0]["elements"].as_array().unwrap().clone());
    sections.flatten().collect()
}

fn read(message: &Value) -> String {
    parts(message).iter().filter_map(|part| part["text"].as_str()).collect()
}

/// Everything that Slack holds a message to, and we hold ours to.
fn check(text: &str) -> Value {
    let message: Value = serde_json::from_str(text).unwrap();
    assert!(text.chars().count() <= MOST, "{}", text.chars().count());
    let blocks = message["blocks"].as_array().unwrap();
    assert!((1..=50).contains(&blocks.len()));
    for block in blocks {
        match block["type"].as_str().unwrap() {
            "rich_text" => {
                assert!(block.to_string().chars().count() <= MOST_OF_BLOCK, "{block}");
                assert_eq!(block["elements"].as_array().unwrap().len(), 1);
                assert_eq!(block["elements"][0]["type"], "rich_text_section");
                assert!(!block["elements"][0]["elements"].as_array().unwrap().is_empty());
            }
            "actions" => {
                let buttons = block["elements"].as_array().unwrap();
                assert!((1..=25).contains(&buttons.len()));
                let ids: std::collections::BTreeSet<_> =
                    buttons.iter().map(|button| button["action_id"].as_str().unwrap()).collect();
                assert_eq!(ids.len(), buttons.len(), "action ids are unique");
                for button in buttons {
                    let label = button["text"]["text"].as_str().unwrap();
                    assert!((1..=75).contains(&label.chars().count()));
                    assert_eq!(
                        (&button["type"], &button["text"]["type"]),
                        (&"button".into(), &"plain_text".into())
                    );
                    assert!(button["value"].as_str().unwrap().chars().count() <= 2000);
                }
            }
            other => panic!("a block of type {other}"),
        }
    }
    for part in parts(&message) {
        match part["type"].as_str().unwrap() {
            "text" => assert!(!part["text"].as_str().unwrap().is_empty()),
            "user" => assert!(is_person(part["user_id"].as_str().unwrap())),
            "date" => assert!(part["timestamp"].is_i64()),
            other => panic!("an element of type {other}"),
        }
    }
    let summary = message["text"].as_str().unwrap();
    let bare = summary.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
    assert!(!summary.is_empty() && !bare.contains(['&', '<', '>']), "{summary}");
    message
}

#[test]
fn an_answer_becomes_a_message() {
    let spans = vec![
        Span::Strong("dark-mode".into()),
        Span::Text(" is ".into()),
        Span::Code("true".into()),
        Span::Text(" until ".into()),
        Span::Time("2026-11-21T14:00:00Z".parse().unwrap()),
        Span::Text(", says ".into()),
        Span::Person("U0G9QF9C6".into()),
    ];
    let mut answer = of(vec![Line(spans), Line::default(), Line(vec![Span::Text("ok".into())])]);
    answer.audience = Audience::Channel;
    answer.buttons = vec![confirm("sealed")];
    let expected = serde_json::json!({
        "response_type": "in_channel", "replace_original": true, "text": "a flag", "mrkdwn": false,
        "blocks": [
            {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [
                {"type": "text", "text": "dark-mode", "style": {"bold": true}},
                {"type": "text", "text": " is "},
                {"type": "text", "text": "true", "style": {"code": true}},
                {"type": "text", "text": " until "},
                {"type": "date", "timestamp": 1_795_269_600, "format": "{date_short_pretty} {time}", "fallback": "2026-11-21 14:00 UTC"},
                {"type": "text", "text": ", says "},
                {"type": "user", "user_id": "U0G9QF9C6"},
                {"type": "text", "text": "\n"},
                {"type": "text", "text": "\n"},
                {"type": "text", "text": "ok"}
            ]}]},
            {"type": "actions", "elements": [
                {"type": "button", "text": {"type": "plain_text", "text": "Confirm", "emoji": false}, "action_id": "confirm-0", "value": "sealed", "style": "primary"}
            ]}
        ]
    });
    assert_eq!(json(&answer, Standing::InPlace), expected);
    assert_eq!(json(&answer, Standing::Beside)["replace_original"], false);
    assert_eq!(json(&answer, Standing::New).get("replace_original"), None);
}

#[test]
fn what_looks_like_markup_stays_text() {
    let evil = "<!channel> <@U1|x> <https://evil.example|log in> *b* `c` :smile: & &amp;";
    let spans = vec![Span::Text(evil.into()), Span::Code(evil.into()), Span::Person(evil.into())];
    let answer = Answer { summary: evil.to_owned(), ..of(vec![Line(spans)]) };
    let message = check(&render(&answer, Standing::New));
    assert!(parts(&message).iter().all(|part| part["type"] == "text"));
    assert!(message["text"].as_str().unwrap().starts_with("&lt;!channel&gt; "));
    assert_eq!(message["mrkdwn"], false);
}

#[test]
fn long_texts_are_cut_at_a_character_and_the_cut_is_told() {
    let long = "ü".repeat(1_000);
    let message = json(&of(vec![Line(vec![Span::Code(long)])]), Standing::New);
    let expected = format!("{}… (cut: 1000 characters in all)", "ü".repeat(300));
    assert_eq!(read(&message), expected);
}

#[test]
fn too_many_lines_are_cut_and_the_cut_is_told() {
    let line = || Line((0..20).map(|_| Span::Code("x".repeat(200))).collect());
    let many = of((0..40).map(|_| line()).collect());
    let message = check(&render(&many, Standing::New));
    assert!(read(&message).contains("the rest of this line is cut"));
    assert!(read(&message).contains("more lines, which do not fit into a message of Slack"));
}

#[test]
fn a_button_that_does_not_fit_is_left_out_and_that_is_told() {
    let mut answer = of(vec![Line(vec![Span::Text("x".into())])]);
    answer.buttons = vec![confirm(&"x".repeat(2_000)), confirm(&"x".repeat(2_001))];
    let message = check(&render(&answer, Standing::New));
    assert!(read(&message).contains("A button is left out"));
    assert_eq!(message["blocks"][1]["elements"].as_array().unwrap().len(), 1);
}

#[test]
fn an_answer_without_lines_is_its_summary() {
    let message = check(&render(&of(vec![Line::default()]), Standing::New));
    assert_eq!(read(&message), "a flag");
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["(?s).{0,40}", "(?s).{400,2000}", "[<@!>&*_~`|\"\\\\#:\u{202e}]{0,40}"]
}

fn span() -> impl Strategy<Value = Span> {
    prop_oneof![
        text().prop_map(Span::Text),
        text().prop_map(Span::Strong),
        text().prop_map(Span::Code),
        (0_i64..4_000_000_000).prop_map(|at| Span::Time(Timestamp::from_second(at).unwrap())),
        "[UW][A-Z0-9]{8}|(?s).{0,9}".prop_map(Span::Person),
    ]
}

fn button() -> impl Strategy<Value = Button> {
    let says = prop_oneof![
        "[a-z]{0,2100}".prop_map(Says::Confirm),
        text().prop_map(Says::Cancel),
        text().prop_map(Says::Show),
    ];
    let style = prop_oneof![Just(Style::Plain), Just(Style::Primary), Just(Style::Danger)];
    (text(), style, says).prop_map(|(label, style, says)| Button { label, style, says })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_answer_keeps_to_slacks_limits_and_nothing_in_it_becomes_markup(
        summary in text(),
        lines in prop::collection::vec(prop::collection::vec(span(), 0..9).prop_map(Line), 0..60),
        buttons in prop::collection::vec(button(), 0..8),
    ) {
        let people: Vec<_> = lines.iter().flat_map(|line| &line.0).filter_map(|span| match span {
            Span::Person(id) => Some(id.clone()),
            _ => None,
        }).collect();
        let answer = Answer { audience: Audience::Asker, summary, lines, buttons };
        let message = check(&render(&answer, Standing::New));
        for part in parts(&message) {
            if part["type"] == "user" {
                prop_assert!(people.iter().any(|id| part["user_id"] == id.as_str()));
            }
            let text = part["text"].as_str().unwrap_or_default();
            prop_assert!(text == "\n" || text == visible(text), "{:?}", text);
        }
    }
}
