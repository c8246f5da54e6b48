//! Tokens become a verb with what was said to it: the right options, each once, and as many arguments as it takes.

use super::fault::Fault;
use super::fixes;
use super::lexer::{Dashed, Token};
use super::options::Opt;
use super::suggest::{Draft, unknown_verb};
use super::surplus;
use super::verb::Verb;
use super::word::{Spelling, Word};

/// An option with what stands behind it.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) option: Opt,
    pub(super) value: Option<Word>,
}

/// What was typed, sorted; the verb is the first of the words.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) words: Vec<Word>,
    pub(super) options: Vec<Given>,
    pub(super) troubles: Vec<Trouble>,
}

/// What is wrong with the token at a place.
pub(super) struct Trouble {
    pub(super) at: usize,
    pub(super) kind: TroubleKind,
}

/// What may be wrong with an option, whatever the verb.
pub(super) enum TroubleKind {
    Unknown,
    TakesNoValue(Opt),
    NeedsValue(Opt),
    /// A note of a bare word with more words behind it.
    OpenNote,
}

/// A verb with what was said to it.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) verb: Verb,
    pub(super) arguments: Vec<Word>,
    pub(super) options: Vec<Given>,
}

impl Said {
    /// What stands behind an option, if it was given.
    pub(super) fn given(&self, option: Opt) -> Option<(usize, &Given)> {
        self.options.iter().enumerate().find(|(_, given)| given.option == option)
    }

    /// As one would type it.
    pub(super) fn draft(&self) -> Draft {
        let arguments = self.arguments.iter().map(|word| word.raw.clone()).collect();
        Draft { verb: self.verb, arguments, options: drafted(&self.options) }
    }
}

impl Gathered {
    /// The options as one would type them, with this verb and no arguments.
    pub(super) fn draft(&self, verb: Verb) -> Draft {
        Draft { verb, arguments: Vec::new(), options: drafted(&self.options) }
    }
}

fn drafted(options: &[Given]) -> Vec<(Opt, Option<String>)> {
    let raw = |given: &Given| given.value.as_ref().map(|word| word.raw.clone());
    options.iter().map(|given| (given.option, raw(given))).collect()
}

/// What was said; none if nothing was.
pub(super) fn said(tokens: &[Token]) -> Result<Option<Said>, Fault> {
    if tokens.is_empty() {
        return Ok(None);
    }
    let mut gathered = gather(tokens);
    let Some(first) = gathered.words.first() else {
        return Err(Fault::new("what to do is missing, it stands first", None, Vec::new()));
    };
    let Some(verb) = Verb::named(&first.content) else {
        return Err(unknown_verb(&first.content, &gathered));
    };
    if let Some(trouble) = gathered.troubles.first() {
        return Err(fixes::trouble(tokens, trouble, verb));
    }
    gathered.words.remove(0);
    let said = Said { verb, arguments: gathered.words, options: gathered.options };
    check_options(&said)?;
    check_arguments(&said)?;
    Ok(Some(said))
}

fn gather(tokens: &[Token]) -> Gathered {
    let mut gathered = Gathered::default();
    let mut rest = tokens.iter().enumerate().peekable();
    while let Some((at, token)) = rest.next() {
        let Dashed { name, value } = match token {
            Token::Word(word) => {
                gathered.words.push(word.clone());
                continue;
            }
            Token::Dashed(dashed) => dashed,
        };
        let Some(option) = Opt::named(name) else {
            gathered.troubles.push(Trouble { at, kind: TroubleKind::Unknown });
            continue;
        };
        let mut value = value.clone();
        if option.takes_value() && value.is_none() {
            value = rest
                .next_if(|(_, token)| matches!(token, Token::Word(_)))
                .and_then(|(_, token)| word_of(token));
        }
        let word_follows = matches!(rest.peek(), Some((_, Token::Word(_))));
        let is_bare = value.as_ref().is_some_and(|word| word.spelling == Spelling::Bare);
        let kind = match (&value, option.takes_value()) {
            (None, true) => Some(TroubleKind::NeedsValue(option)),
            (Some(_), false) => Some(TroubleKind::TakesNoValue(option)),
            // Where the note ends would be a guess, and the word behind it may be taken for a user.
            _ if option == Opt::Note && is_bare && word_follows => Some(TroubleKind::OpenNote),
            _ => None,
        };
        gathered.troubles.extend(kind.map(|kind| Trouble { at, kind }));
        gathered.options.push(Given { option, value });
    }
    gathered
}

fn word_of(token: &Token) -> Option<Word> {
    match token {
        Token::Word(word) => Some(word.clone()),
        Token::Dashed(_) => None,
    }
}

fn check_options(said: &Said) -> Result<(), Fault> {
    let rule = said.verb.rule();
    for (n, given) in said.options.iter().enumerate() {
        if !rule.has(given.option) {
            return Err(fixes::not_of_verb(said, given.option));
        }
        if said.options.iter().take(n).any(|other| other.option == given.option) {
            return Err(fixes::twice(said, given.option));
        }
    }
    let Some(some) = rule.one_of() else { return Ok(()) };
    match said.options.iter().filter(|given| some.contains(&given.option)).count() {
        1 => Ok(()),
        count => Err(fixes::not_exactly_one(said, some, count)),
    }
}

fn check_arguments(said: &Said) -> Result<(), Fault> {
    let rule = said.verb.rule();
    if said.arguments.len() < rule.needs() {
        Err(fixes::missing(said))
    } else if said.arguments.len() > rule.arguments.len() {
        Err(surplus::too_many(said))
    } else {
        Ok(())
    }
}
