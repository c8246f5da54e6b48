//! Whether a suggestion speaks only of what was typed. Whoever pastes one must not change another flag, or another
//! person's: what suggests may guess freely, and this is where a wrong guess ends.

use super::aim::Aim;
use super::lexer::{Token, lex};
use super::unseen::as_seen;
use super::word::{Spelling, Word, straightened};
use super::{Command, Named};

/// Whether all that a command names, and says as its reason, was typed.
pub(super) fn is_of(command: &Command, typed: &str) -> bool {
    let typed = Typed::new(typed);
    match command {
        Command::Help { .. } | Command::Whoami => true,
        Command::List { user, place, .. } => {
            typed.has_user(user.as_str()) && typed.has_place(place)
        }
        Command::Get(aim) => typed.has_aim(aim),
        Command::Set { aim, note, .. }
        | Command::Clear { aim, note }
        | Command::Expire { aim, note, .. } => {
            let mut reason = note.iter().flat_map(|note| note.split_whitespace());
            typed.has_aim(aim) && reason.all(|word| typed.has(word))
        }
    }
}

/// What was typed, and what editors may have made of it.
struct Typed {
    spellings: Vec<String>,
    /// The words that were marked as one.
    marked: Vec<String>,
}

impl Typed {
    fn new(typed: &str) -> Self {
        let straight = straightened(typed);
        let spellings = vec![as_seen(typed), as_seen(&straight), straight, typed.to_owned()];
        let tokens = lex(typed).unwrap_or_default();
        let words = tokens.iter().filter_map(|token| match token {
            Token::Word(word) => Some(word),
            Token::Dashed(dashed) => dashed.value.as_ref(),
        });
        let is_marked = |word: &&Word| word.spelling != Spelling::Bare;
        let marked =
            words.filter(is_marked).map(|word| word.text().unwrap_or(word.content.clone()));
        Self { spellings, marked: marked.map(|text| as_seen(&straightened(&text))).collect() }
    }

    fn has(&self, text: &str) -> bool {
        self.spellings.iter().any(|spelling| spelling.contains(text)) || self.has_marked(text)
    }

    fn has_marked(&self, text: &str) -> bool {
        self.marked.contains(&as_seen(&straightened(text)))
    }

    /// A key of several words must have been marked as one: else it swallows what stood around it.
    fn has_user(&self, key: &str) -> bool {
        if key.contains(char::is_whitespace) { self.has_marked(key) } else { self.has(key) }
    }

    fn has_aim(&self, aim: &Aim) -> bool {
        self.has(aim.flag.as_str())
            && self.has_user(aim.user.as_str())
            && self.has_place(&aim.place)
    }

    fn has_place(&self, place: &Named) -> bool {
        let project = place.project.as_ref().is_none_or(|key| self.has(key.as_str()));
        project && place.environment.as_ref().is_none_or(|key| self.has(key.as_str()))
    }
}
