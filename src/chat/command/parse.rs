//! From text to a command, or to what may have been meant.

use super::fault::Fault;
use super::lexer::lex;
use super::read::read;
use super::said::said;
use super::unseen::is_gap;
use super::verb::Verb;
use super::word::straightened;
use super::{Command, Misread};

/// The longest text that is looked at, in bytes: more than people type, and little enough to be read at once.
const MOST_TEXT: usize = 16 * 1024;
/// The longest command that is suggested, in characters: what would have to be cut could not be used.
const LONGEST_SUGGESTION: usize = 300;
/// How many commands are suggested.
const MOST_SUGGESTIONS: usize = 3;

/// Reads a text, without the command's own name. No text at all is `help`.
pub fn parse(text: &str) -> Result<Command, Misread> {
    understand(text).map_err(|fault| misread(&fault))
}

fn understand(text: &str) -> Result<Command, Fault> {
    if text.len() > MOST_TEXT {
        let detail = format!("this is too long: {MOST_TEXT} bytes are the most");
        return Err(Fault::new(detail, None, Vec::new()));
    }
    let tokens = lex(text).map_err(|detail| unlexed(detail, text))?;
    match said(&tokens)? {
        Some(said) => read(&said),
        None => Ok(Command::Help { about: None }),
    }
}

fn misread(fault: &Fault) -> Misread {
    let mut nearest = Vec::new();
    for fix in &fault.fixes {
        let Ok(command) = understand(fix) else { continue };
        // `on` and `off` stay what they are.
        let verb = fix.split(is_gap).next().and_then(Verb::named);
        let verb = verb.filter(|verb| matches!(verb, Verb::On | Verb::Off));
        let text = command.spelled_with(verb.unwrap_or(command.verb()));
        if text.chars().count() <= LONGEST_SUGGESTION && !nearest.contains(&text) {
            nearest.push(text);
        }
        if nearest.len() == MOST_SUGGESTIONS {
            break;
        }
    }
    if nearest.is_empty() {
        let example = fault.verb.and_then(|verb| verb.examples().first().copied());
        nearest.push(example.unwrap_or(Verb::Help.name()).to_owned());
    }
    Misread { detail: fault.detail.clone(), nearest, usage: fault.verb.map(Verb::usage) }
}

/// The fault of a text whose quotes don't match: all of them straight, one more, none at all.
fn unlexed(detail: String, text: &str) -> Fault {
    let straight = straightened(text);
    let mut fixes = vec![straight.clone()];
    for quote in ['"', '\''] {
        fixes.push(format!("{}{quote}", straight.trim_end()));
    }
    fixes.push(straight.replace('"', ""));
    fixes.push(straight.replace(['"', '\''], ""));
    let bare = straight.split(is_gap).find(|word| !word.is_empty());
    Fault::new(detail, bare.and_then(Verb::named), fixes)
}
