//! What holds for any text.

use proptest::prelude::*;

use crate::chat::command::parse;

/// Pieces that commands are made of, and what editors make of them.
const PIECES: &str = "(set|get|list|on|off|clear|expire|help|whoami|sett|f|sort\\.order|anna|a@b\\.c|true|null|True|01|-5\
    |1\\.0|\"a b\"|'c d'|“e f”|‘g’|«h»|\\{\"a\": 1\\}|\\{“a”: 1\\}|\\[1, 2\\]|\\{|--for|—for|--in|--at|--never|--note|--page\
    |--overridden|-p|-e|--env|2h|0s|2 hours|2026-12-01T10:00:00Z|=|--|—|@anna|`x`|o’brien|\"|'|\u{200b}|\u{a0}|\\\\|\\PC)";

/// Nothing panics, what is understood is understood again, and what is suggested would be understood.
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
                assert!(parse(near).is_ok(), "{text}: {near}");
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
