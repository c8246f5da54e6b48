//! Text becomes words and options, as people and their editors write them.

use serde_json::value::RawValue;

use super::fault::shown;
use super::unseen::{is_gap, is_invisible};
use super::word::{CURLY_DOUBLE, CURLY_SINGLE, Spelling, Word, is_curly};

/// One thing that was typed.
#[derive(Clone, Debug)]
pub(super) enum Token {
    Word(Word),
    Dashed(Dashed),
}

/// What begins with a dash.
#[derive(Clone, Debug)]
pub(super) struct Dashed {
    /// The name with its dashes, in lower case: `--for`.
    pub(super) name: String,
    /// What stands behind a `=`.
    pub(super) value: Option<Word>,
}

impl Token {
    /// As it would be typed again.
    pub(super) fn raw(&self) -> String {
        match self {
            Self::Word(word) => word.raw.clone(),
            Self::Dashed(Dashed { name, value: None }) => name.clone(),
            Self::Dashed(Dashed { name, value: Some(value) }) => format!("{name}={}", value.raw),
        }
    }
}

/// Text as tokens, or a sentence on what is wrong with its quotes.
pub(super) fn lex(text: &str) -> Result<Vec<Token>, String> {
    let mut lexer = Lexer { rest: text, looks_for_structures: true };
    let mut tokens = Vec::new();
    while let Some(token) = lexer.token()? {
        tokens.push(token);
    }
    Ok(tokens)
}

struct Lexer<'a> {
    rest: &'a str,
    /// A command has one value at most, so after one that was no JSON there is no need to look on: time stays linear.
    looks_for_structures: bool,
}

impl<'a> Lexer<'a> {
    fn token(&mut self) -> Result<Option<Token>, String> {
        self.rest = self.rest.trim_start_matches(is_gap);
        if self.rest.is_empty() {
            return Ok(None);
        }
        let Some(name) = self.dashed() else {
            return self.word().map(|word| Some(Token::Word(word)));
        };
        let value = match self.rest.strip_prefix('=') {
            Some(rest) if !rest.starts_with(is_gap) && !rest.is_empty() => {
                self.rest = rest;
                Some(self.word()?)
            }
            Some(rest) => {
                self.rest = rest;
                None
            }
            None => None,
        };
        Ok(Some(Token::Dashed(Dashed { name, value })))
    }

    /// The name of an option. Phones and some desktops turn `--` into a longer dash.
    fn dashed(&mut self) -> Option<String> {
        let is_long = |c: char| matches!(c, '–' | '—' | '―');
        let after = self.rest.trim_start_matches(|c: char| c == '-' || is_long(c));
        let dashes = self.rest.strip_suffix(after)?;
        let shape = match dashes {
            "" => return None,
            "-" => "-",
            "--" | "–" | "—" | "―" => "--",
            more => more,
        };
        let end = after.find(|c| c == '=' || is_gap(c)).unwrap_or(after.len());
        let (name, rest) = after.split_at_checked(end)?;
        let is_option = name.starts_with(char::is_alphabetic) || (name.is_empty() && shape != "-");
        if !is_option {
            return None;
        }
        self.rest = rest;
        Some(format!("{shape}{}", name.to_lowercase()))
    }

    fn word(&mut self) -> Result<Word, String> {
        match self.rest.chars().next() {
            Some('"') => self.quoted(&['"'], Spelling::Double, false),
            Some('\'') => self.quoted(&['\''], Spelling::Single, false),
            Some('«') => self.quoted(&['»'], Spelling::Double, true),
            Some('»') => self.quoted(&['«'], Spelling::Double, true),
            Some(c) if CURLY_DOUBLE.contains(&c) => {
                self.quoted(&['“', '”', '„', '‟', '"'], Spelling::Double, true)
            }
            Some(c) if CURLY_SINGLE.contains(&c) => {
                self.quoted(&['‘', '’', '‚', '‛', '\''], Spelling::Single, true)
            }
            Some('{' | '[') if self.looks_for_structures => {
                let Some((word, rest)) = structure(self.rest) else {
                    self.looks_for_structures = false;
                    return self.bare();
                };
                self.rest = rest;
                Ok(word)
            }
            _ => self.bare(),
        }
    }

    fn bare(&mut self) -> Result<Word, String> {
        let end = self.rest.find(char::is_whitespace).unwrap_or(self.rest.len());
        let (raw, rest) = self.rest.split_at_checked(end).unwrap_or((self.rest, ""));
        self.rest = rest;
        let raw = raw.trim_end_matches(is_invisible);
        let is_quote = |c: char| matches!(c, '"' | '\'') || is_curly(c);
        if raw.ends_with(is_quote) && !raw.starts_with(['{', '[']) {
            return Err(format!("{} ends with a quote that nothing opens", shown(raw)));
        }
        let (raw, content) = (raw.to_owned(), raw.to_owned());
        Ok(Word { raw, content, spelling: Spelling::Bare, curly: false })
    }

    fn quoted(
        &mut self,
        closing: &[char],
        spelling: Spelling,
        curly: bool,
    ) -> Result<Word, String> {
        let whole = self.rest;
        let mut chars = whole.char_indices().skip(1).peekable();
        let mut before = ' ';
        while let Some((at, c)) = chars.next() {
            if c == '\\' && spelling == Spelling::Double {
                chars.next();
            } else if closing.contains(&c) {
                let next = chars.peek().map(|(_, next)| *next);
                let is_apostrophe = spelling == Spelling::Single
                    && before.is_alphanumeric()
                    && next.is_some_and(char::is_alphanumeric);
                if next.is_none_or(is_gap) {
                    return Ok(self.taken(whole, at, c, spelling, curly));
                }
                if !is_apostrophe {
                    let (inside, _) = whole.split_at_checked(at).unwrap_or((whole, ""));
                    return Err(format!(
                        "after the quote that closes {} there must be a blank",
                        shown(inside)
                    ));
                }
            }
            before = c;
        }
        Err(format!("the quote that opens {} is never closed", shown(whole)))
    }

    /// The word up to its closing quote `c` at `at`.
    fn taken(
        &mut self,
        whole: &'a str,
        at: usize,
        c: char,
        spelling: Spelling,
        curly: bool,
    ) -> Word {
        let (raw, rest) = whole.split_at_checked(at + c.len_utf8()).unwrap_or((whole, ""));
        self.rest = rest;
        let mut inside = raw.chars();
        let opening = inside.next();
        inside.next_back();
        let mut content = inside.as_str();
        // The French way has blanks inside of the quotes.
        if matches!(opening, Some('«' | '»')) {
            content = content.trim();
        }
        Word { raw: raw.to_owned(), content: content.to_owned(), spelling, curly }
    }
}

/// A JSON object or list at the beginning of `text`, and what follows it: as it is spelled, else with plain blanks between
/// its parts, else with straight quotes in the place of curly ones, if it has no others.
fn structure(text: &str) -> Option<(Word, &str)> {
    let as_spelled = || taken_from(text, text);
    let with_plain_blanks = || taken_from(text, &mended(text, false));
    let with_straight_quotes =
        || taken_from(text, &mended(text, true)).filter(|(word, _)| !word.raw.contains('"'));
    as_spelled().or_else(with_plain_blanks).or_else(with_straight_quotes)
}

/// The JSON value that `mended` begins with, as a word of `text`.
fn taken_from<'a>(text: &'a str, mended: &str) -> Option<(Word, &'a str)> {
    let content = beginning(mended)?.to_owned();
    // Mending exchanges character for character.
    let length = content.chars().count();
    let end = text.char_indices().nth(length).map_or(text.len(), |(at, _)| at);
    let (raw, rest) = text.split_at_checked(end)?;
    let curly = raw != content && raw.contains(is_curly);
    let word = Word { raw: raw.to_owned(), content, spelling: Spelling::Structure, curly };
    (rest.is_empty() || rest.starts_with(is_gap)).then_some((word, rest))
}

/// The one JSON value that `text` begins with.
fn beginning(text: &str) -> Option<&str> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    values.next()?.ok().map(RawValue::get)
}

/// JSON with plain blanks between its parts, and with straight quotes if wanted.
pub(super) fn mended(text: &str, quotes: bool) -> String {
    let (mut in_string, mut escaped) = (false, false);
    let mend = |c: char| {
        let c = if quotes && CURLY_DOUBLE.contains(&c) { '"' } else { c };
        match c {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            c if is_gap(c) && !in_string => return ' ',
            _ => {}
        }
        c
    };
    text.chars().map(mend).collect()
}
