//! What is understood.

use crate::chat::answer::Span;
use crate::chat::command::{Verb, help, parse};

/// The canonical spelling of a text.
fn canonical(text: &str) -> String {
    match parse(text) {
        Ok(command) => command.text(),
        Err(misread) => panic!("{text}: {misread:?}"),
    }
}

#[test]
fn every_command_of_the_grammar_is_understood() {
    for (typed, meant) in [
        ("", "help"),
        ("  \u{a0}\n", "help"),
        ("help", "help"),
        ("HELP Set", "help set"),
        ("whoami", "whoami"),
        ("list anna", "list anna"),
        (
            "list anna --overridden --page 2 -p shop -e test",
            "list anna --overridden --page 2 -p shop -e test",
        ),
        ("list anna --page 1", "list anna"),
        ("get sort.order a@b.c", "get sort.order a@b.c"),
        ("Set f true anna", "set f true anna"),
        ("on f anna", "set f true anna"),
        ("OFF f anna --for 90m --note why", "set f false anna --for 1h30m --note \"why\""),
        ("clear f anna", "clear f anna"),
        ("expire f anna --in 2h", "expire f anna --in 2h"),
        ("expire f anna --never", "expire f anna --never"),
        (
            "expire f anna --at 2026-12-01T11:00:00.1239+01:00",
            "expire f anna --at 2026-12-01T10:00:00.123Z",
        ),
    ] {
        assert_eq!(canonical(typed), meant, "{typed}");
    }
}

#[test]
fn options_may_stand_anywhere_and_have_other_names() {
    let meant = "set f true anna -p shop -e test --for 2h --note \"a b\"";
    for typed in [
        "-p shop set --env test f --for 2h true --note \"a b\" anna",
        "set f true anna --project=shop --environment=test --for=2h --note='a b'",
        "set f true anna —for 2h –note “a b” -p shop -E test",
        "set f true anna --note=“a b” —project=shop —env=test ―for=2h",
    ] {
        assert_eq!(canonical(typed), meant, "{typed}");
    }
}

#[test]
fn quotes_of_every_kind_hold_a_word_together() {
    for typed in [
        "get f 'anna b'",
        "get f \"anna b\"",
        "get f “anna b”",
        "get f „anna b“",
        "get f ”anna b”",
        "get f ‘anna b’",
        "get f ‚anna b‘",
        "get f «anna b»",
        "get f «\u{a0}anna b\u{a0}»",
        "get f »anna b«",
        "get\u{a0}f\u{2003}\u{200b}\"anna b\"\u{200b} \n",
    ] {
        assert_eq!(canonical(typed), "get f \"anna b\"", "{typed}");
    }
    assert_eq!(canonical("get f o'brien"), "get f \"o'brien\"");
    assert_eq!(canonical("get f 'it's me'"), "get f \"it's me\"");
    assert_eq!(canonical(r#"get f "a \"b\" \\ \u00fc""#), r#"get f "a \"b\" \\ ü""#);
    assert_eq!(canonical(r"get f corp\anna"), r#"get f "corp\\anna""#);
    assert_eq!(canonical("get f \u{202a}anna\u{202c}"), "get f anna");
    assert_eq!(canonical("get f \"an\\u200bna\""), "get f \"an\\u200bna\"");
    assert_eq!(canonical("get \"-f\" \"--anna\""), "get \"-f\" \"--anna\"");
}

#[test]
fn values_are_kept_as_they_are_spelled() {
    for (typed, value) in [
        ("1.0", "1.0"),
        ("-5", "-5"),
        ("1E+2", "1E+2"),
        ("12345678901234567890", "12345678901234567890"),
        ("true", "true"),
        ("\"true\"", "\"true\""),
        ("\"null\"", "\"null\""),
        ("dark", "\"dark\""),
        ("'dark mode'", "\"dark mode\""),
        ("“dark mode”", "\"dark mode\""),
        ("\"\\u00e9\"", "\"\\u00e9\""),
        ("\"5\u{a0}€\"", "\"5\u{a0}€\""),
        ("1.2.3", "\"1.2.3\""),
        ("2026-12-01", "\"2026-12-01\""),
        ("{\"a\": 1}", "{\"a\": 1}"),
        ("[1, \"anna b\", {}]", "[1, \"anna b\", {}]"),
        ("{“a”: 1}", "{\"a\": 1}"),
        ("{\"a\":\u{a0}1}", "{\"a\": 1}"),
        ("{\"a\": \"“b”\"}", "{\"a\": \"“b”\"}"),
        ("\"“b”\"", "\"“b”\""),
    ] {
        assert_eq!(canonical(&format!("set f {typed} anna")), format!("set f {value} anna"));
    }
}

#[test]
fn keys_that_look_like_other_things_are_only_keys() {
    for (typed, meant) in [
        ("list 12345", "list 12345"),
        ("list {abc}", "list \"{abc}\""),
        ("list [1]", "list \"[1]\""),
        ("get list help", "get list help"),
        ("list \"true\"", "list \"true\""),
        ("list auth0|x", "list auth0|x"),
        ("get true anna", "get \"true\" anna"),
        ("list 'ü/b c'", "list \"ü/b c\""),
    ] {
        assert_eq!(canonical(typed), meant);
    }
}

#[test]
fn every_example_is_a_command_of_its_verb() {
    for verb in Verb::ALL {
        assert!(!verb.examples().is_empty());
        for example in verb.examples() {
            let command = parse(example).unwrap();
            let first = example.split(' ').next().unwrap();
            assert_eq!(first, verb.name());
            let by_text = matches!(verb, Verb::On | Verb::Off);
            assert_eq!(command.verb(), if by_text { Verb::Set } else { verb });
        }
    }
}

#[test]
fn help_fits_one_screen_and_names_every_verb() {
    let lines = help(None);
    assert!(lines.len() <= 20);
    let text = |lines: Vec<crate::chat::Line>| {
        let span = |span: Span| match span {
            Span::Text(text) | Span::Code(text) => text,
            other @ (Span::Strong(_) | Span::Time(_) | Span::Person(_)) => panic!("{other:?}"),
        };
        let line = |line: crate::chat::Line| line.0.into_iter().map(span).collect::<String>();
        lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
    };
    let mut all = vec![text(lines)];
    for verb in Verb::ALL {
        assert!(all[0].contains(verb.name()));
        assert!(help(Some(verb)).len() <= 20);
        all.push(format!("== help {}\n{}", verb.name(), text(help(Some(verb)))));
    }
    insta::assert_snapshot!("help", all.join("\n\n"));
}
