//! What is said to texts that are no commands, as one table to be read.

use crate::chat::command::parse;

const MISREAD: [&str; 66] = [
    "sett f true anna",
    "gte sort.order anna",
    "enable f anna",
    "disable f anna --for 2h",
    "reset f anna",
    "o f anna",
    "wohami",
    "l anna",
    "xyzzy",
    "flags get f anna",
    "sort.order on anna",
    "--for 2h",
    "help sett",
    "help xyzzy",
    "help set f",
    "whoami anna",
    "set --help",
    "set help",
    "get",
    "get sort.order",
    "get anna@example.com",
    "get anna@example.com sort.order",
    "set f",
    "set f true",
    "set f true anna smith",
    "set f dark mode anna",
    "set theme anna@example.com \"dark\"  x",
    "get f Anna Smith",
    "on f for anna",
    "set f true anna 2h",
    "set f null anna",
    "set f null anna --note why --for 2h",
    "set f {\"a\": 1 anna",
    "set f {a: 1} anna",
    "set f {“a\": 1} anna",
    "set f true anna --for",
    "set f true anna --for 2 hours",
    "set f true anna --for 2hours",
    "set f true anna --for 1w",
    "set f true anna --for 0s",
    "set f true anna --for 2",
    "set f true anna --fro 2h",
    "set f true anna --duration 2h",
    "set f true anna -for 2h",
    "set f true anna ---for=2h",
    "set f true anna --in 2h",
    "set f true anna --at 2026-12-01T10:00:00Z",
    "set f true anna --never",
    "set f true anna --for 2h --for 3h",
    "clear f anna --for 2h",
    "get f anna --note why",
    "list anna --page 0",
    "list anna --overridden=yes",
    "expire f anna",
    "expire f anna 2h",
    "expire f anna never",
    "expire f anna --for 2h",
    "expire f anna --in 2h --never",
    "expire f anna --at 2h",
    "expire f anna --in 2026-12-01T10:00:00Z",
    "expire f anna --at 2026-12-01",
    "expire f anna --at 2026-12-01T10:00",
    "get f \"anna",
    "get f \"anna\"b",
    "get f \"corp\\anna\"",
    "get f \"a/../b\" -- -p a/b",
];

#[test]
fn what_is_said_to_texts_that_are_no_commands() {
    let mut table = Vec::new();
    for text in MISREAD {
        let misread = match parse(text) {
            Ok(command) => panic!("{text} was read as {}", command.text()),
            Err(misread) => misread,
        };
        let near = misread.nearest.iter().map(|near| format!("  > {near}"));
        let usage = misread.usage.iter().map(|usage| format!("  = {usage}"));
        let lines = [text.to_owned(), format!("  ! {}", misread.detail)];
        table.extend(lines.into_iter().chain(near).chain(usage));
    }
    insta::assert_snapshot!("misreads", table.join("\n"));
}
