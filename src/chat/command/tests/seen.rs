//! A command never means something else than what a person sees in it: every doubt is refused.

use crate::chat::command::parse;

fn nearest(text: &str) -> Vec<String> {
    match parse(text) {
        Ok(command) => panic!("{text} was read as {}", command.text()),
        Err(misread) => misread.nearest,
    }
}

#[test]
fn what_may_be_a_value_or_a_text_is_asked_back() {
    for (typed, meant) in [
        ("True", ["true", "\"True\""]),
        ("OFF", ["false", "\"OFF\""]),
        ("yes", ["true", "\"yes\""]),
        ("01", ["1", "\"01\""]),
        (".5", ["0.5", "\".5\""]),
        ("5.", ["5", "\"5.\""]),
        ("+1", ["1", "\"+1\""]),
        ("1,5", ["1.5", "\"1,5\""]),
        ("−5", ["-5", "\"−5\""]),
        ("—5", ["-5", "\"—5\""]),
        ("0x10", ["16", "\"0x10\""]),
        ("`true`", ["true", "\"`true`\""]),
        ("'1'", ["1", "\"1\""]),
        ("'{\"a\": 1}'", ["{\"a\": 1}", "\"{\\\"a\\\": 1}\""]),
        ("it’s", ["\"it's\"", "\"it’s\""]),
        ("“it’s”", ["\"it's\"", "\"it’s\""]),
        ("{“a”: “it’s”}", ["{\"a\": \"it's\"}", "{\"a\": \"it’s\"}"]),
    ] {
        let meant = meant.map(|value| format!("set f {value} anna"));
        assert_eq!(nearest(&format!("set f {typed} anna")), meant, "{typed}");
    }
}

#[test]
fn what_nobody_sees_is_asked_back() {
    for (typed, meant) in [
        ("list an\u{200b}na", ["list anna", "list \"an\\u200bna\""]),
        ("list \"anna\u{a0}b\"", ["list \"anna b\"", "list \"anna\\u00a0b\""]),
        ("list an\u{202e}na", ["list anna", "list \"an\\u202ena\""]),
        ("set f \"a\u{200b}\" anna", ["set f \"a\" anna", "set f \"a\\u200b\" anna"]),
        ("set f {\"a\u{ad}\": 1} anna", ["set f {\"a\": 1} anna", "set f {\"a\\u00ad\": 1} anna"]),
    ] {
        assert_eq!(nearest(typed), meant, "{typed:?}");
    }
}

#[test]
fn an_emoji_of_several_parts_is_seen() {
    let command = parse("set f \"👨\u{200d}👩 ❤\u{fe0f}\" anna").unwrap();
    assert_eq!(parse(&command.text()).unwrap().text(), command.text());
}

#[test]
fn the_words_of_an_open_note_never_become_a_user() {
    assert_eq!(
        nearest("set f true --note quick fix anna"),
        ["set f true anna --note \"quick fix\"",]
    );
    assert_eq!(
        nearest("set f true anna --note quick fix")[0],
        "set f true anna --note \"quick fix\""
    );
    assert_eq!(nearest("set f true --note 'the dogs' bowl' anna").len(), 1);
}

#[test]
fn a_value_in_the_user_s_place_is_no_user() {
    assert_eq!(nearest("set f anna true"), ["set f true anna", "set f \"anna\" \"true\""]);
}

#[test]
fn a_mention_is_no_user_s_key() {
    assert_eq!(nearest("get f @anna"), ["get f anna", "get f \"@anna\""]);
    assert_eq!(nearest("get f #general"), ["get f general", "get f \"#general\""]);
}

#[test]
fn a_word_is_repeated_short_and_visibly() {
    let long = "x".repeat(500);
    let misread = parse(&format!("\u{7}{long}\u{202e} anna")).unwrap_err();
    assert!(misread.detail.chars().count() < 60, "{}", misread.detail);
    let misread = parse("get f\u{202e}o anna").unwrap_err();
    assert!(misread.detail.contains("`f\\u{202e}o`"), "{}", misread.detail);
}

#[test]
fn a_text_of_any_length_is_answered_at_once() {
    for piece in ["[", "{\"a\":", "[] ", "[“a”] ", "x ", "--note ", "'", "“", "a"] {
        for length in [16 * 1024, 1024 * 1024] {
            let text = format!("set f {}", piece.repeat(length / piece.len() - 2));
            assert!(parse(&text).is_err() || piece == "a");
        }
    }
}
