//! The sentences about arguments that are too many, and what may have been meant.

use super::fault::{Fault, shown};
use super::grammar::Argument;
use super::options::Opt;
use super::said::Said;
use super::speech::{self, Spoken};
use super::spell;
use super::suggest::Draft;
use super::terms::{duration, meant_duration};
use super::value::{closed, value};
use super::verb::Verb;
use super::word::{Spelling, Word};

/// Names that environments often have: one alone may be a place, and hardly the rest of a user's key.
pub(super) const ENVIRONMENTS: [&str; 12] = [
    "production",
    "prod",
    "staging",
    "stage",
    "test",
    "testing",
    "dev",
    "development",
    "qa",
    "live",
    "preview",
    "sandbox",
];
/// As many words as one length of time is typed in: `1 day 2 hours`.
const MOST_WORDS: usize = 3;

/// An argument too many.
pub(super) fn too_many(said: &Said) -> Fault {
    let special = torn_length(said).or_else(|| broken_json(said)).or_else(|| several_users(said));
    special.unwrap_or_else(|| surplus(said))
}

fn surplus(said: &Said) -> Fault {
    let (verb, places) = (said.verb, said.verb.rule().arguments);
    let extra = said.arguments.get(places.len());
    let extra = extra.map(|word| shown(&word.content)).unwrap_or_default();
    let takes: Vec<_> = places.iter().map(|one| one.shown()).collect();
    let takes = if takes.is_empty() { "nothing".to_owned() } else { takes.join(" ") };
    let spoken = speech::spoken(said);
    let mut fixes = spoken.fixes();
    let advice = if spoken.draft.options.len() > said.options.len() {
        "; when and where are said with options"
    } else if may_be_place(&spoken) {
        "; where is said with `-e`"
    } else if places.contains(&Argument::User) {
        "; a key or a value with blanks in it needs quotes"
    } else {
        ""
    };
    if may_be_place(&spoken) {
        let words = spoken.draft.arguments.iter().take(places.len()).cloned().collect();
        let environment = Opt::Environment.placeholder().map(str::to_owned);
        fixes.push(spoken.draft.with_arguments(words).and(Opt::Environment, environment).text());
    }
    fixes.extend(joined_value(&spoken));
    // Nothing is named by these, so nothing else is by their first words alone.
    if matches!(verb, Verb::Help | Verb::Whoami) {
        let first = said.draft().arguments.into_iter().take(places.len()).collect();
        fixes.push(said.draft().with_arguments(first).text());
    }
    let detail = format!("`{}` takes {takes}: {extra} is too many{advice}", verb.name());
    Fault::new(detail, Some(verb), fixes)
}

/// Whether there is one word too many, and it is what environments are called.
fn may_be_place(spoken: &Spoken) -> bool {
    let is_one_more = spoken.words.len() == spoken.draft.verb.rule().arguments.len() + 1;
    let is_open = !spoken.draft.options.iter().any(|(option, _)| *option == Opt::Environment);
    let last = spoken.words.last().map(|word| word.content.to_lowercase());
    is_one_more && is_open && last.is_some_and(|last| ENVIRONMENTS.contains(&last.as_str()))
}

/// A length of time that has blanks in it, or that is none: `--for 2 h`, `--for a day`.
fn torn_length(said: &Said) -> Option<Fault> {
    let lengths = said.options.iter().enumerate();
    let mut lengths = lengths.filter(|(_, given)| matches!(given.option, Opt::For | Opt::In));
    let (at, given) = lengths.next()?;
    let value = given.value.as_ref().filter(|word| word.spelling == Spelling::Bare)?;
    let surplus = said.arguments.len().checked_sub(said.verb.rule().arguments.len())?;
    let behind = said.arguments.get(given.behind..)?;
    let put = |length: String, words: usize| {
        let mut draft = said.draft();
        draft.arguments.drain(given.behind..given.behind + words);
        if let Some((_, value)) = draft.options.get_mut(at) {
            *value = Some(length);
        }
        vec![draft.text()]
    };
    for words in (1..=surplus.min(behind.len()).min(MOST_WORDS)).rev() {
        let rest = behind.iter().take(words).map(|word| word.content.as_str());
        let whole: String = std::iter::once(value.content.as_str()).chain(rest).collect();
        if let Some(length) = meant_duration(&whole) {
            let detail =
                format!("a length of time has no blanks: `{} {length}`", given.option.name());
            return Some(Fault::new(detail, Some(said.verb), put(length, words)));
        }
    }
    let doubt = duration(value).err().filter(|_| behind.len() >= surplus)?;
    let gap = given.option.placeholder()?.to_owned();
    Some(Fault::new(doubt.detail, Some(said.verb), put(gap, surplus)))
}

/// An object or a list that has blanks, and is none.
fn broken_json(said: &Said) -> Option<Fault> {
    let at = said.verb.rule().arguments.iter().position(|place| *place == Argument::Value)?;
    let word = said.arguments.get(at)?;
    if word.spelling != Spelling::Bare || !word.content.starts_with(['{', '[']) {
        return None;
    }
    let draft = said.draft();
    let (user, before) = draft.arguments.split_last()?;
    let (flag, value) = before.split_at_checked(at)?;
    let value = closed(&value.join(" ")).unwrap_or_else(|| Argument::Value.shown().to_owned());
    let words = flag.iter().cloned().chain([value, user.clone()]).collect();
    let detail = format!("what begins with {} is no JSON", shown(&word.content));
    Some(Fault::new(detail, Some(said.verb), vec![draft.with_arguments(words).text()]))
}

/// More users than one.
fn several_users(said: &Said) -> Option<Fault> {
    let places = said.verb.rule().arguments;
    let at = places.iter().position(|place| *place == Argument::User)?;
    let spoken = speech::spoken(said);
    let users = spoken.words.get(at..)?;
    let users: Vec<_> = users.iter().filter(|word| word.content.contains('@')).collect();
    if users.len() < 2 {
        return None;
    }
    let before: Vec<_> = spoken.draft.arguments.iter().take(at).cloned().collect();
    let of = |user: &&Word| {
        let bare = user.raw.trim_end_matches([',', ';']).to_owned();
        spoken.draft.with_arguments(before.iter().cloned().chain([bare]).collect()).text()
    };
    let fixes = users.iter().take(MOST_WORDS).map(of).collect();
    Some(Fault::new("one user at a time", Some(said.verb), fixes))
}

/// The words between flag and user in one pair of quotes, if they can only be a text. The user is never one of several
/// words: who that is would be a guess.
fn joined_value(spoken: &Spoken) -> Option<String> {
    if spoken.draft.verb != Verb::Set || spoken.words.len() < 4 {
        return None;
    }
    let (user, before) = spoken.words.split_last()?;
    let (flag, words) = before.split_first()?;
    let is_text = |word: &Word| {
        word.spelling == Spelling::Bare
            && !word.content.contains('@')
            && value(word).is_ok_and(|value| value.as_str().starts_with('"'))
    };
    if !words.iter().all(is_text) || meant_duration(&user.content).is_some() {
        return None;
    }
    let text = words.iter().map(|word| word.content.as_str()).collect::<Vec<_>>().join(" ");
    let words = vec![flag.raw.clone(), spell::quoted(&text), user.raw.clone()];
    Some(spoken.draft.with_arguments(words).text())
}

/// The draft as it is if its arguments are not too many, and with gaps where they are too few.
pub(super) fn fitted(draft: &Draft) -> Vec<String> {
    if draft.arguments.len() > draft.verb.rule().arguments.len() {
        return Vec::new();
    }
    draft.completed()
}
