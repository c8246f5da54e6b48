//! Commands as people say them: `on f anna for 2h in production`. They are not carried out, but it is known what they mean.

use super::options::Opt;
use super::said::Said;
use super::suggest::Draft;
use super::surplus::fitted;
use super::terms::{meant_duration, moment};
use super::verb::Verb;
use super::word::{Spelling, Word};
use crate::domain::EnvironmentKey;

/// Words between arguments that say nothing.
const FILLERS: [&str; 11] =
    ["for", "to", "of", "as", "is", "=", "with", "user", "flag", "and", "please"];
/// As many words as one length of time is said in: `1 day 2 hours`.
const MOST_WORDS: usize = 4;

/// What was said, its words of time and place taken for options.
pub(super) struct Spoken {
    pub(super) draft: Draft,
    /// The words that are left, which are the draft's arguments.
    pub(super) words: Vec<Word>,
}

impl Spoken {
    /// The commands that it may mean.
    pub(super) fn fixes(&self) -> Vec<String> {
        fitted(&self.draft)
    }
}

/// An option that some words speak of.
struct Phrase {
    words: usize,
    option: Opt,
    value: Option<String>,
}

/// The words of time and place as options, without the words between that say nothing.
pub(super) fn spoken(said: &Said) -> Spoken {
    let places = said.verb.rule().arguments.len();
    let (mut draft, mut words) = (said.draft(), Vec::new());
    let mut rest = said.arguments.as_slice();
    while let Some((word, behind)) = rest.split_first() {
        // The flag stands first, whatever it is called.
        let found = (!words.is_empty()).then(|| option(said.verb, rest, words.len() >= places));
        let found = found.flatten();
        let found = found.filter(|one| draft.options.iter().all(|(other, _)| *other != one.option));
        if let Some(Phrase { words, option, value }) = found {
            draft = draft.and(option, value);
            rest = rest.get(words..).unwrap_or_default();
            continue;
        }
        let may_end = is_one_of(word, &["please"]);
        let is_filler =
            !words.is_empty() && (may_end || !behind.is_empty()) && is_one_of(word, &FILLERS);
        if !is_filler {
            words.push(word.clone());
        }
        rest = behind;
    }
    draft.arguments = words.iter().map(|word| word.raw.clone()).collect();
    Spoken { draft, words }
}

/// The option that `words` begin with, if they do. A length of time alone is one where arguments are too many.
fn option(verb: Verb, words: &[Word], is_surplus: bool) -> Option<Phrase> {
    let (first, behind) = words.split_first()?;
    let after = |found: Phrase| Phrase { words: found.words + 1, ..found };
    if is_one_of(first, &["for", "during", "within", "in", "after"])
        && let Some(found) = end(verb, behind)
    {
        return Some(after(found));
    }
    if is_one_of(first, &["at", "until", "till", "by"])
        && let Some(found) = end(verb, behind)
    {
        return Some(after(found));
    }
    if is_one_of(first, &["never", "forever"]) && verb.rule().has(Opt::Never) {
        return Some(Phrase { words: 1, option: Opt::Never, value: None });
    }
    if is_one_of(first, &["in", "on", "at", "from"])
        && let Some(place) = behind.first().filter(|word| word.spelling == Spelling::Bare)
        && place.content.parse::<EnvironmentKey>().is_ok()
    {
        let value = Some(place.raw.clone());
        return Some(Phrase { words: 2, option: Opt::Environment, value });
    }
    if is_surplus { end(verb, words) } else { None }
}

/// The end that `words` begin with: a length of time in one word or some, or a moment.
fn end(verb: Verb, words: &[Word]) -> Option<Phrase> {
    let rule = verb.rule();
    let first = words.first()?;
    if rule.has(Opt::At) && moment(first).is_ok() {
        return Some(Phrase { words: 1, option: Opt::At, value: Some(first.raw.clone()) });
    }
    let option = [Opt::For, Opt::In].into_iter().find(|option| rule.has(*option))?;
    (1..=words.len().min(MOST_WORDS)).rev().find_map(|count| {
        let some = words.iter().take(count).map(|word| word.content.as_str());
        let value = Some(meant_duration(&some.collect::<String>())?);
        Some(Phrase { words: count, option, value })
    })
}

fn is_one_of(word: &Word, names: &[&str]) -> bool {
    word.spelling == Spelling::Bare
        && names.iter().any(|name| word.content.eq_ignore_ascii_case(name))
}
