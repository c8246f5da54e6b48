//! Whatever others wrote, an answer shows it harmless and within what a message holds.

use jiff::Timestamp;
use proptest::prelude::*;

use super::receipt::{Done, receipt};
use super::{flag, question};
use crate::chat::answer::{Answer, Span};
use crate::chat::confirmation::{Asker, Confirmation};
use crate::chat::wish::{Act, Wish};
use crate::domain::{FlagTarget, Json, Place, UserTarget};
use crate::settings::views::StateView;

/// The most characters of a message.
const MOST: usize = 12_000;

fn target(user: &str) -> Option<FlagTarget> {
    let place = Place { project: "shop".parse().ok()?, environment: "test".parse().ok()? };
    Some(UserTarget { place, user: user.parse().ok()? }.flag("sort.order".parse().ok()?))
}

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("<!channel> <@U1> <https://x.example|here>".to_owned()),
        Just("\u{202e}\u{200b}\u{3164}\u{feff}".to_owned()),
        Just("\r\n\t\u{2028}\u{0}\u{1b}[31m".to_owned()),
        Just("*a* _b_ ~c~ `d` &amp;".to_owned()),
        "\\PC{0,40}",
        any::<String>(),
        Just("x".repeat(400)),
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| pieces.concat())
}

fn check(answer: &Answer, summary: &str) {
    assert_eq!(answer.summary, summary);
    let mut total = 0;
    for span in answer.lines.iter().flat_map(|line| &line.0) {
        let text = match span {
            Span::Text(text) | Span::Strong(text) | Span::Code(text) | Span::Person(text) => text,
            Span::Time(_) => continue,
        };
        total += text.chars().count();
        let hides = |c: char| {
            c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
        };
        assert!(!text.chars().any(hides), "{text:?}");
        assert!(text.chars().count() <= 500, "{text:?}");
        assert!(!text.is_empty());
    }
    assert!(total < MOST);
}

proptest! {
    #[test]
    fn what_others_wrote_is_shown_harmless(
        user in hostile(), value in hostile(), note in hostile(),
    ) {
        let Some(target) = target(&user) else { return Ok(()) };
        let value = serde_json::to_string(&value).unwrap();
        let body = format!(
            r#"{{"flag":"sort.order","value":{value},"setting":{value},"overridden":true,
            "reason":{{"kind":{value}}},"expires_at":null}}"#
        );
        let body = serde_json::from_str(&body).unwrap();
        check(&flag(&target, &body), "sort.order in shop/test");
        let value = Json::parse(&value).unwrap();
        let state = StateView { setting: Some(value.clone()), expires_at: Some(Timestamp::MIN) };
        let wish = Wish { target, act: Act::Set { value, end: None }, note: Some(note) };
        let done = Done {
            wish: &wish,
            by: "U1",
            confirmed_by: Some("U2"),
            operation: "op_1",
            before: &state,
            after: &state,
        };
        check(&receipt(&done), "Done: set sort.order in shop/test");
        let asker = Asker {
            platform: "slack".to_owned(),
            subject: "T1/U1".to_owned(),
            person: "U1".to_owned(),
        };
        let asked = Confirmation {
            nonce: [0; 16],
            made_at: Timestamp::UNIX_EPOCH,
            asker,
            channel: "C1".to_owned(),
            wish,
            shown: state.tag(),
            second_person: false,
        };
        let question = question(&asked, &state, &state, "sealed");
        check(&question, "To be confirmed: set sort.order in shop/test");
    }
}
