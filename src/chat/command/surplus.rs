//! The sentences about arguments that are too many, and what may have been meant.

use super::fault::{Fault, shown};
use super::grammar::Argument;
use super::options::Opt;
use super::said::Said;
use super::spell;
use super::suggest::Draft;
use super::terms::{Ending, ending, meant_duration};
use super::value::value;
use super::verb::Verb;
use super::word::{Spelling, Word, straightened};

/// Words that people put between arguments when they write as they speak.
const FILLERS: [&str; 9] = ["for", "to", "of", "as", "is", "=", "with", "user", "flag"];

/// An argument too many.
pub(super) fn too_many(said: &Said) -> Fault {
    let places = said.verb.rule().arguments;
    let extra = said.arguments.get(places.len());
    let extra = extra.map(|word| shown(&word.content)).unwrap_or_default();
    let takes: Vec<_> = places.iter().map(|one| one.shown()).collect();
    let takes = if takes.is_empty() { "nothing".to_owned() } else { takes.join(" ") };
    let broken = broken_json(said);
    let detail = broken.map_or_else(
        || {
            let verb = said.verb.name();
            format!(
                "`{verb}` takes {takes}: {extra} is too many; what has blanks in it needs quotes"
            )
        },
        |word| format!("what begins with {} is no JSON", shown(&word.content)),
    );
    let draft = said.draft();
    let mut fixes = with_end(&draft, said);
    fixes.extend(with_unit(&draft));
    if broken.is_some() {
        let words = draft.arguments.iter().map(|word| straightened(word)).collect();
        fixes.push(draft.with_arguments(words).text());
    }
    let is_filler = |word: &&String| FILLERS.iter().any(|one| word.eq_ignore_ascii_case(one));
    let plain: Vec<_> = draft.arguments.iter().filter(|word| !is_filler(word)).cloned().collect();
    if plain.len() < draft.arguments.len() {
        fixes.push(draft.with_arguments(plain).text());
    }
    fixes.extend(joined(said, places).into_iter().map(|words| draft.with_arguments(words).text()));
    // What changes nothing may be asked for without the words that were too many.
    if matches!(said.verb, Verb::Help | Verb::Whoami | Verb::List | Verb::Get) {
        let first = draft.arguments.iter().take(places.len()).cloned().collect();
        fixes.push(draft.with_arguments(first).text());
    }
    Fault::new(detail, Some(said.verb), fixes)
}

/// The word that may have been the beginning of an object or a list.
fn broken_json(said: &Said) -> Option<&Word> {
    let at = said.verb.rule().arguments.iter().position(|place| *place == Argument::Value)?;
    let word = said.arguments.get(at)?;
    let begins = word.spelling == Spelling::Bare && word.content.starts_with(['{', '[']);
    begins.then_some(word)
}

/// The last argument as the end that it looks like.
pub(super) fn with_end(draft: &Draft, said: &Said) -> Vec<String> {
    let Some((last, before)) = draft.arguments.split_last() else { return Vec::new() };
    let without = draft.with_arguments(before.to_vec());
    let found = said.arguments.last().and_then(ending);
    let ends = match found {
        Some(Ending::Length(length)) => {
            vec![(Opt::For, Some(length.clone())), (Opt::In, Some(length))]
        }
        Some(Ending::Moment(at)) => vec![(Opt::At, Some(at))],
        None if last.eq_ignore_ascii_case("never") => vec![(Opt::Never, None)],
        None => Vec::new(),
    };
    let ends = ends.into_iter().filter(|(option, _)| said.verb.rule().has(*option));
    ends.map(|(option, value)| without.and(option, value).text()).collect()
}

/// `--for 2 hours`: an argument that is the unit of a length of time.
fn with_unit(draft: &Draft) -> Vec<String> {
    let mut fixes = Vec::new();
    for (n, (option, value)) in draft.options.iter().enumerate() {
        let Some(number) = value.as_ref().filter(|_| matches!(option, Opt::For | Opt::In)) else {
            continue;
        };
        let is_number = number.chars().all(|c| c.is_ascii_digit());
        for (at, unit) in draft.arguments.iter().enumerate().filter(|_| is_number) {
            if let Some(length) = meant_duration(&format!("{number}{unit}")) {
                let mut words = draft.arguments.clone();
                words.remove(at);
                let others = draft.with_options(|other, _| other != n).with_arguments(words);
                fixes.push(others.and(*option, Some(length)).text());
            }
        }
    }
    fixes
}

/// The arguments with as many of them in one pair of quotes as are too many, where blanks may be. A value that is JSON
/// is whole; otherwise values have blanks more often than users.
fn joined(said: &Said, places: &[Argument]) -> Vec<Vec<String>> {
    let words: Vec<_> = said.arguments.iter().map(|word| word.content.as_str()).collect();
    let width = words.len().saturating_sub(places.len()) + 1;
    let may_have_blanks = |place: Argument, word: &Word| match place {
        Argument::User => true,
        Argument::Value => {
            value(word).is_ok_and(|value| value.as_str().starts_with('"'))
                || broken_json(said).is_some()
        }
        Argument::About | Argument::Flag => false,
    };
    let places = places.iter().zip(&said.arguments).enumerate();
    let places = places.filter(|(_, (place, word))| may_have_blanks(**place, word));
    let at = places.map(|(at, _)| {
        let raw = |word: &Word| word.raw.clone();
        let one = words.get(at..at + width).unwrap_or_default().join(" ");
        let before = said.arguments.iter().take(at).map(raw);
        let behind = said.arguments.iter().skip(at + width).map(raw);
        before.chain([spell::quoted(&one)]).chain(behind).collect()
    });
    at.collect()
}
