//! What may have been meant. Whatever is suggested is tried first, so these may guess freely.

use super::fault::{Fault, shown};
use super::grammar::Argument;
use super::lexer::Token;
use super::options::Opt;
use super::said::Gathered;
use super::verb::Verb;

/// The farthest that a longer name may be from what was typed, in letters left out, added, exchanged or swapped.
const FARTHEST: usize = 2;
/// As far as a short name may be: one of four letters is too soon another one.
const FARTHEST_OF_SHORT: usize = 1;
/// The longest short name.
const SHORT: usize = 4;

/// A command in the making: words as they would be typed.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) verb: Verb,
    pub(super) arguments: Vec<String>,
    pub(super) options: Vec<(Opt, Option<String>)>,
}

impl Draft {
    /// As it would be typed.
    pub(super) fn text(&self) -> String {
        let mut words = vec![self.verb.name().to_owned()];
        words.extend(self.arguments.iter().cloned());
        for (option, value) in &self.options {
            words.push(option.name().to_owned());
            words.extend(value.clone());
        }
        words.join(" ")
    }

    /// The same with other arguments.
    pub(super) fn with_arguments(&self, arguments: Vec<String>) -> Self {
        Self { arguments, ..self.clone() }
    }

    /// The same with only those options that keep.
    pub(super) fn with_options(&self, keep: impl Fn(usize, Opt) -> bool) -> Self {
        let kept = self.options.iter().enumerate();
        let kept = kept.filter(|(n, (option, _))| keep(*n, *option));
        Self { options: kept.map(|(_, one)| one.clone()).collect(), ..self.clone() }
    }

    /// The same with one option more.
    pub(super) fn and(&self, option: Opt, value: Option<String>) -> Self {
        let mut draft = self.clone();
        draft.options.push((option, value));
        draft
    }

    /// The same with another verb, and only the options that it has.
    pub(super) fn with_verb(&self, verb: Verb) -> Self {
        let draft = self.with_options(|_, option| verb.rule().has(option));
        Self { verb, ..draft }
    }

    /// This draft as whole commands: what is missing is taken from examples, wherever it may be missing, and what is too
    /// much is left out.
    pub(super) fn completed(&self) -> Vec<String> {
        let rule = self.verb.rule();
        let mut draft = self.clone();
        if let Some(some) = rule.one_of()
            && !self.options.iter().any(|(option, _)| some.contains(option))
        {
            let first = some.first().copied().unwrap_or(Opt::Never);
            draft = draft.and(first, Some(first.example().to_owned()));
        }
        let placed = placements(&self.arguments, rule.arguments);
        let differ = |words: &Vec<String>| {
            words
                .iter()
                .enumerate()
                .all(|(n, word)| !words.iter().take(n).any(|other| other == word))
        };
        let placed = placed.into_iter().filter(differ);
        placed.map(|words| draft.with_arguments(words).text()).collect()
    }
}

/// All ways to put `words` in their order into these places, with examples in the places left over.
fn placements(words: &[String], places: &[Argument]) -> Vec<Vec<String>> {
    let Some((place, places)) = places.split_first() else { return vec![Vec::new()] };
    let mut found = Vec::new();
    let mut put = |word: String, rest: &[String]| {
        for mut placed in placements(rest, places) {
            placed.insert(0, word.clone());
            found.push(placed);
        }
    };
    if let Some((word, rest)) = words.split_first() {
        put(word.clone(), rest);
    }
    if words.len() <= places.len() {
        put(place.example().to_owned(), words);
    }
    found
}

/// The fault of a verb that there is not.
pub(super) fn unknown_verb(word: &str, said: &Gathered) -> Fault {
    let words: Vec<_> = said.words.iter().map(|word| word.raw.clone()).collect();
    let (first, rest) = words.split_first().map_or((None, words.as_slice()), |(a, b)| (Some(a), b));
    let mut fixes = Vec::new();
    let second = said.words.get(1).and_then(|word| Verb::named(&word.content));
    if let Some(verb) = second {
        let behind = rest.get(1..).unwrap_or_default().to_vec();
        let before = first.cloned().into_iter().chain(behind.clone()).collect::<Vec<_>>();
        // The command's own name was typed twice, or the flag stands before the verb.
        for arguments in [behind, before] {
            fixes.push(said.draft(verb).with_verb(verb).with_arguments(arguments).text());
        }
    }
    for verb in nearest_verbs(word).into_iter().filter(|_| second.is_none()) {
        let draft = said.draft(verb).with_verb(verb).with_arguments(rest.to_vec());
        fixes.extend(draft.completed());
    }
    Fault::new(format!("there is no command {}", shown(word)), None, fixes)
}

/// The verbs whose names, or whose other names, are near.
pub(super) fn nearest_verbs(word: &str) -> Vec<Verb> {
    let word = word.to_lowercase();
    let of = |verb: Verb| {
        // One letter is the beginning of too many of these.
        let also = verb.rule().also.iter().filter(|name| word.len() > 2 || **name == word);
        let also = also.filter_map(|name| distance(&word, name));
        let by_name = distance(&word, verb.name()).map(|far| far * 2);
        let by_other = also.min().map(|far| far * 2 + 1);
        by_name.into_iter().chain(by_other).min().map(|far| (far, verb))
    };
    let mut near: Vec<_> = Verb::ALL.into_iter().filter_map(of).collect();
    near.sort_by_key(|(far, _)| *far);
    near.into_iter().map(|(_, verb)| verb).collect()
}

/// How far what was typed is from a name; none if too far. A beginning of it is near.
fn distance(typed: &str, name: &str) -> Option<usize> {
    if typed == name {
        return Some(0);
    }
    let begins = name.starts_with(typed) && !typed.is_empty();
    let far = strsim::osa_distance(typed, name);
    let most = if name.len() <= SHORT { FARTHEST_OF_SHORT } else { FARTHEST };
    let far = Some(far).filter(|far| *far <= most && *far < name.chars().count());
    if begins { Some(1) } else { far }
}

/// The texts with the option at `at` exchanged for the nearest that there are.
pub(super) fn nearest_options(tokens: &[Token], at: usize, name: &str, verb: Verb) -> Vec<String> {
    let bare = name.trim_start_matches('-');
    let names = Opt::ALL.into_iter().filter(|option| verb.rule().has(*option));
    let of =
        |option: Opt| option.names().iter().chain(option.also()).map(move |name| (option, *name));
    let names = names.flat_map(of);
    let near = names.filter_map(|(option, name)| {
        distance(bare, name.trim_start_matches('-')).map(|far| (far, option))
    });
    let mut near: Vec<_> = near.collect();
    near.sort_by_key(|(far, _)| *far);
    let fixes = near.into_iter().map(|(_, option)| {
        exchanged(tokens, at, |dashed| {
            let value = dashed.split_once('=').map(|(_, value)| value);
            let name = if option.takes_value() {
                value.map(|value| format!("{}={value}", option.name()))
            } else {
                None
            };
            Some(name.unwrap_or_else(|| option.name().to_owned()))
        })
    });
    fixes.collect()
}

/// The tokens as typed, with another word at `at`, or none.
pub(super) fn exchanged(
    tokens: &[Token],
    at: usize,
    with: impl Fn(&str) -> Option<String>,
) -> String {
    let words = tokens.iter().enumerate().filter_map(|(n, token)| {
        let raw = token.raw();
        if n == at { with(&raw) } else { Some(raw) }
    });
    words.collect::<Vec<_>>().join(" ")
}
