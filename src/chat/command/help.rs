//! What there is to say, made from the grammar.

use super::grammar::EVERYWHERE;
use super::options::Opt;
use super::verb::Verb;
use crate::chat::answer::{Line, Span};

/// What there is to say, or how one verb is used; the command's own name is not in it. It fits one screen.
#[must_use]
pub fn help(about: Option<Verb>) -> Vec<Line> {
    about.map_or_else(overview, of_verb)
}

fn overview() -> Vec<Line> {
    let mut lines: Vec<_> = Verb::ALL
        .into_iter()
        .map(|verb| {
            let usage = Span::Code(verb.rule().short_usage());
            Line(vec![usage, Span::Text(format!(" {}", verb.does()))])
        })
        .collect();
    let everywhere: Vec<_> = EVERYWHERE.iter().map(|option| option.shown()).collect();
    lines.push(Line(vec![
        Span::Code(everywhere.join(" ")),
        Span::Text(" say where, with every verb; a channel may have a default".to_owned()),
    ]));
    lines.push(Line(vec![Span::Text(
        "What has blanks in it, or begins with a dash, stands in quotes. A value is JSON or a word; in double quotes it is a text."
            .to_owned(),
    )]));
    lines.push(examples(&[Verb::List, Verb::On, Verb::Expire]));
    lines
}

/// The first example of each of these verbs.
fn examples(verbs: &[Verb]) -> Line {
    let mut spans = vec![Span::Text("For example: ".to_owned())];
    let firsts = verbs.iter().filter_map(|verb| verb.examples().first());
    for (n, example) in firsts.enumerate() {
        if n > 0 {
            spans.push(Span::Text(", ".to_owned()));
        }
        spans.push(Span::Code((*example).to_owned()));
    }
    Line(spans)
}

fn of_verb(verb: Verb) -> Vec<Line> {
    let mut lines =
        vec![Line(vec![Span::Code(verb.usage()), Span::Text(format!(" {}", verb.does()))])];
    for option in verb.rule().own_options().into_iter().chain(EVERYWHERE) {
        lines
            .push(Line(vec![Span::Code(names(option)), Span::Text(format!(" {}", option.does()))]));
    }
    for example in verb.examples() {
        lines.push(Line(vec![
            Span::Text("For example: ".to_owned()),
            Span::Code((*example).to_owned()),
        ]));
    }
    lines
}

/// All names of an option: `-p PROJECT, --project`.
fn names(option: Opt) -> String {
    let others = option.names().iter().skip(1).map(|name| (*name).to_owned());
    std::iter::once(option.shown()).chain(others).collect::<Vec<_>>().join(", ")
}
