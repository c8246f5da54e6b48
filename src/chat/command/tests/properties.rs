//! What holds for any text.

use proptest::prelude::*;

use crate::chat::command::parse;

/// Pieces that commands are made of, and what editors make of them.
const PIECES: &str = "(set|get|list|on|off|clear|expire|help|whoami|sett|f|sort\\.order|anna|a@b\\.c|true|null|True|01|-5\
    |1\\.0|\"a b\"|'c d'|“e f”|‘g’|«h»|\\{\"a\": 1\\}|\\{“a”: 1\\}|\\[1, 2\\]|\\{|--for|—for|--in|--at|--never|--note|--page\
    |--overridden|-p|-e|--env|2h|0s|2 hours|2026-12-01T10:00:00Z|=|--|—|@anna|`x`|o’brien|\"|'|\u{200b}|\u{a0}|\\\\|\\PC)";

/// Pieces of a text that people mistype in many ways.
const SPOKEN: &str = "(checkout\\.new-flow|sort\\.order|ben@example\\.org|anna|zoe@example\\.net|true|True|dark|2h|2|h|90|1h 30m\
    |a day|tomorrow|2026-12-01|2026-12-01T10:00:00Z|for|in|on|to|until|never|production|staging|and|please|\\{\"a\": 1|\\{\"b\":2\
    |--for|--until|--in|--at|--never|--note|--why|-e|-p|-etest|-prod|—e|--|-x|\"|'|;|,|USER|quick fix)";

/// What is named and said in `near`, a suggestion or a template, apart from its verb, options and gaps.
fn named(near: &str) -> Vec<String> {
    const GAPS: [&str; 8] = ["FLAG", "USER", "VALUE", "PROJECT", "ENV", "LENGTH", "TIME", "WHY"];
    let words = near.split(|c: char| c.is_whitespace() || "\"'{}[]:,\\".contains(c)).skip(1);
    let words = words.filter(|word| !word.is_empty() && !word.starts_with('-'));
    words.filter(|word| !GAPS.contains(word)).map(str::to_owned).collect()
}

/// Nothing is suggested that was not typed, and no option of a write is lost.
fn says_only_what_was_typed(text: &str) {
    let Err(misread) = parse(text) else { return };
    for near in misread.nearest.iter().filter(|near| !near.starts_with("help")) {
        for word in named(near) {
            // A length in other units, and a value in its right spelling, are the same still.
            let is_length = word.parse::<crate::domain::HumanDuration>().is_ok();
            let first = word.chars().next().filter(|c| is_length && c.is_ascii_digit());
            let typed = first.map_or_else(
                || text.to_lowercase().contains(&word.to_lowercase()),
                |digit| text.contains(digit),
            );
            assert!(typed, "{text}: {near}: {word}");
        }
        let user = parse(near).ok().map(|command| command.text());
        let swallowed = |user: &String| user.contains("@example.org ") && user.contains("\"ben@");
        assert!(!user.as_ref().is_some_and(swallowed), "{text}: {near}");
    }
}

/// Nothing panics, what is understood is understood again, and what is suggested would be understood, if its gaps were filled.
fn holds(text: &str) {
    match parse(text) {
        Ok(command) => {
            let spelled = command.text();
            let again = parse(&spelled).unwrap_or_else(|fault| panic!("{spelled}: {fault:?}"));
            assert_eq!(format!("{command:?}"), format!("{again:?}"), "{spelled}");
            assert_eq!(again.text(), spelled);
        }
        Err(misread) => {
            assert!((1..=3).contains(&misread.nearest.len()), "{misread:?}");
            for near in &misread.nearest {
                let is_template =
                    |misread: crate::chat::command::Misread| misread.detail.starts_with("put ");
                assert!(parse(near).map_or_else(is_template, |_| true), "{text}: {near}");
            }
        }
    }
}

/// A JSON value with any blanks between its parts.
fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        "-?(0|[1-9][0-9]{0,30})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?",
        any::<String>().prop_map(|text| serde_json::to_string(&text).unwrap()),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            (prop::collection::vec(inner.clone(), 0..3), "[ \n]{0,2}").prop_map(
                |(all, blank)| format!("[{blank}{}{blank}]", all.join(&format!(",{blank}")))
            ),
            prop::collection::vec(("[a-z“’ ]{0,3}", inner), 0..3).prop_map(|all| {
                let member =
                    |(name, value)| format!("{} : {value}", serde_json::to_string(&name).unwrap());
                format!("{{{}}}", all.into_iter().map(member).collect::<Vec<String>>().join(", "))
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_is_a_command_or_a_misread(text in "\\PC{0,60}") {
        holds(&text);
    }

    #[test]
    fn any_mixture_of_pieces_is_a_command_or_a_misread(
        pieces in prop::collection::vec(PIECES, 0..9),
        blank in "( |\u{a0}|  )",
    ) {
        holds(&pieces.join(&blank));
    }

    #[test]
    fn no_suggestion_speaks_of_what_was_not_typed(
        verb in "(on|off|set|clear|expire|get|list|enable|reset)",
        pieces in prop::collection::vec(SPOKEN, 0..8),
    ) {
        let text = format!("{verb} {}", pieces.join(" "));
        holds(&text);
        says_only_what_was_typed(&text);
    }

    #[test]
    fn json_is_taken_to_the_byte_wherever_nobody_could_misread_it(value in json(), user in "[a-z]{1,5}") {
        prop_assume!(!["true", "false", "null"].contains(&user.as_str()));
        let text = format!("set f {value} {user}");
        holds(&text);
        if value.chars().all(|c| c.is_ascii() && c != '\u{7f}') && value != "null" {
            assert_eq!(parse(&text).unwrap().text(), text);
        }
    }

    #[test]
    fn any_user_and_note_can_be_said(user in any::<String>(), note in any::<String>()) {
        prop_assume!(user.parse::<crate::domain::UserKey>().is_ok());
        let said = crate::chat::command::Command::Clear {
            aim: crate::chat::command::Aim {
                flag: "-f".parse().unwrap(),
                user: user.parse().unwrap(),
                place: crate::chat::command::Named::default(),
            },
            note: Some(note),
        };
        let again = parse(&said.text()).unwrap();
        assert_eq!(format!("{said:?}"), format!("{again:?}"));
    }
}
