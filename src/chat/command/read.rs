//! What was said becomes a command: keys, values, lengths of time.

use std::num::NonZeroU32;

use super::fault::{Doubt, Fault, shown};
use super::options::Opt;
use super::said::{Given, Said};
use super::suggest::{Draft, nearest_verbs};
use super::terms::{self, Ending, ending};
use super::user::{flag, is_reserved, plain, user};
use super::value::{is_null, value};
use super::verb::Verb;
use super::word::Word;
use super::{Aim, Command, Named, NewEnd};
use crate::domain::{HumanDuration, Json};

/// Other orders of three arguments, and of two, that people take them in.
const OTHER_ORDERS: [&[usize]; 4] = [&[0, 2, 1], &[1, 2, 0], &[1, 0, 2], &[1, 0]];

/// What was said, as a command.
pub(super) fn read(said: &Said) -> Result<Command, Fault> {
    let mut reader = Reader { said, doubts: Vec::new() };
    let command = match said.verb {
        Verb::Help => {
            reader.place();
            if reader.doubts.is_empty() {
                return about(said);
            }
            None
        }
        Verb::Whoami => {
            // Where is read, though it changes nothing: every verb has these options.
            reader.place();
            Some(Command::Whoami)
        }
        Verb::List => reader.list(),
        Verb::Get => reader.aim(1).map(Command::Get),
        Verb::Set => {
            if said.arguments.get(1).is_some_and(is_null) {
                return Err(null(said));
            }
            let value = reader.argument(1, value);
            reader.set(2, value)
        }
        Verb::On => reader.set(1, Json::parse("true").ok()),
        Verb::Off => reader.set(1, Json::parse("false").ok()),
        Verb::Clear => {
            let (aim, note) = (reader.aim(1), reader.note());
            aim.map(|aim| Command::Clear { aim, note })
        }
        Verb::Expire => reader.expire(),
    };
    command.filter(|_| reader.doubts.is_empty()).ok_or_else(|| reader.fault())
}

/// A word of what was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Argument(usize),
    Option(usize),
}

/// Reads word after word, and remembers what is wrong.
struct Reader<'a> {
    said: &'a Said,
    doubts: Vec<(Piece, Doubt)>,
}

impl Reader<'_> {
    fn keep<T>(&mut self, piece: Piece, read: Result<T, Doubt>) -> Option<T> {
        read.map_err(|doubt| self.doubts.push((piece, doubt))).ok()
    }

    fn argument<T>(&mut self, at: usize, read: fn(&Word) -> Result<T, Doubt>) -> Option<T> {
        let word = self.said.arguments.get(at)?;
        self.keep(Piece::Argument(at), read(word))
    }

    fn option<T>(&mut self, option: Opt, read: fn(&Word) -> Result<T, Doubt>) -> Option<T> {
        let (at, given) = self.said.given(option)?;
        let word = given.value.as_ref()?;
        self.keep(Piece::Option(at), read(word))
    }

    fn place(&mut self) -> Named {
        let project = self.option(Opt::Project, |word| plain(word, "project"));
        let environment = self.option(Opt::Environment, |word| plain(word, "environment"));
        Named { project, environment }
    }

    fn note(&mut self) -> Option<String> {
        self.option(Opt::Note, Word::text)
    }

    /// The flag, which stands first, the user at `at`, and where.
    fn aim(&mut self, at: usize) -> Option<Aim> {
        let (flag, user) = (self.argument(0, flag), self.argument(at, user));
        let place = self.place();
        Some(Aim { flag: flag?, user: user?, place })
    }

    fn list(&mut self) -> Option<Command> {
        let user = self.argument(0, user);
        let page = self.option(Opt::Page, terms::page).unwrap_or(NonZeroU32::MIN);
        let place = self.place();
        let overridden = self.said.given(Opt::Overridden).is_some();
        Some(Command::List { user: user?, place, overridden, page })
    }

    fn set(&mut self, user_at: usize, value: Option<Json>) -> Option<Command> {
        let aim = self.aim(user_at);
        let lasts: Option<HumanDuration> = self.option(Opt::For, terms::duration);
        let note = self.note();
        Some(Command::Set { aim: aim?, value: value?, lasts, note })
    }

    fn expire(&mut self) -> Option<Command> {
        let aim = self.aim(1);
        let after = self.option(Opt::In, terms::duration).map(NewEnd::In);
        let at = self.option(Opt::At, terms::moment).map(NewEnd::At);
        let never = self.said.given(Opt::Never).map(|_| NewEnd::Never);
        let note = self.note();
        Some(Command::Expire { aim: aim?, end: after.or(at).or(never)?, note })
    }

    /// The first thing that is wrong, and the command with all that is wrong put right.
    fn fault(&self) -> Fault {
        let Some(((piece, doubt), others)) = self.doubts.split_first() else {
            return Fault::new("this cannot be understood", Some(self.said.verb), Vec::new());
        };
        let mut draft = self.said.draft();
        for (piece, doubt) in others {
            if let Some(instead) = doubt.instead.first() {
                put(&mut draft, *piece, instead);
            }
        }
        let mut fixes = self.other_end(&draft, *piece);
        // A user's key that is a value has most likely changed places with it.
        let user_at = self.said.arguments.len().saturating_sub(1);
        if *piece == Piece::Argument(user_at) && user_at > 0 {
            fixes.extend(in_other_orders(&draft).into_iter().take(1));
        }
        for instead in &doubt.instead {
            let mut draft = draft.clone();
            put(&mut draft, *piece, instead);
            fixes.push(draft.text());
        }
        if *piece == Piece::Argument(0) {
            fixes.extend(in_other_orders(&draft));
        }
        Fault::new(doubt.detail.clone(), Some(self.said.verb), fixes)
    }

    /// `--in` a moment is `--at` it, and `--at` a length of time is `--in` it.
    fn other_end(&self, draft: &Draft, piece: Piece) -> Vec<String> {
        let Piece::Option(at) = piece else { return Vec::new() };
        let Some(Given { option, value: Some(word) }) = self.said.options.get(at) else {
            return Vec::new();
        };
        let other = match (option, ending(word)) {
            (Opt::In, Some(Ending::Moment(moment))) => (Opt::At, moment),
            (Opt::At, Some(Ending::Length(length))) => (Opt::In, length),
            _ => return Vec::new(),
        };
        let draft = draft.with_options(|n, _| n != at);
        vec![draft.and(other.0, Some(other.1)).text()]
    }
}

/// Puts another word at a place.
fn put(draft: &mut Draft, piece: Piece, word: &str) {
    let place = match piece {
        Piece::Argument(at) => draft.arguments.get_mut(at),
        Piece::Option(at) => draft.options.get_mut(at).and_then(|(_, value)| value.as_mut()),
    };
    if let Some(place) = place {
        word.clone_into(place);
    }
}

fn in_other_orders(draft: &Draft) -> Vec<String> {
    let words = &draft.arguments;
    let orders = OTHER_ORDERS.iter().filter(|order| order.len() == words.len());
    let reordered = orders.map(|order| order.iter().filter_map(|at| words.get(*at)).cloned());
    let reordered = reordered.map(Iterator::collect::<Vec<_>>);
    let likely = reordered.filter(|words| words.first().is_some_and(|flag| !is_reserved(flag)));
    likely.map(|words| draft.with_arguments(words).text()).collect()
}

/// `set FLAG null USER`: no value is what `clear` makes.
fn null(said: &Said) -> Fault {
    let mut draft = said.draft();
    draft.arguments.remove(1);
    let quoted = "\"null\"".to_owned();
    let mut as_text = said.draft();
    put(&mut as_text, Piece::Argument(1), &quoted);
    let fixes = vec![draft.with_verb(Verb::Clear).text(), as_text.text()];
    Fault::new("`null` is no value: use `clear` to take an override away", Some(said.verb), fixes)
}

fn about(said: &Said) -> Result<Command, Fault> {
    let Some(word) = said.arguments.first() else { return Ok(Command::Help { about: None }) };
    if let Some(verb) = Verb::named(&word.content) {
        return Ok(Command::Help { about: Some(verb) });
    }
    let near = nearest_verbs(&word.content).into_iter();
    let fixes = near.map(|verb| format!("help {}", verb.name())).chain(["help".to_owned()]);
    let detail = format!("there is no command {} to help with", shown(&word.content));
    Err(Fault::new(detail, Some(Verb::Help), fixes.collect()))
}
