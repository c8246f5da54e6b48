//! From text to a command, or to what may have been meant.

use super::fault::Fault;
use super::lexer::lex;
use super::read::read;
use super::said::said;
use super::typed::is_of;
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
    understand(text).map_err(|fault| misread(&fault, text))
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

fn misread(fault: &Fault, typed: &str) -> Misread {
    let mut nearest = Vec::new();
    // What is wrong with a fix may be put right too, but only where no fix is right as it is.
    let deeper = suggested(&fault.fixes, typed, &mut nearest);
    if nearest.is_empty() {
        suggested(&deeper, typed, &mut nearest);
    }
    if nearest.is_empty() {
        let help = Verb::Help.name();
        let about = fault.verb.filter(|verb| *verb != Verb::Help);
        nearest.push(about.map_or(help.to_owned(), |verb| format!("{help} {}", verb.name())));
    }
    Misread { detail: fault.detail.clone(), nearest, usage: fault.verb.map(Verb::usage) }
}

/// Adds those fixes that can be suggested, and returns how the others may be put right.
fn suggested(fixes: &[String], typed: &str, nearest: &mut Vec<String>) -> Vec<String> {
    let mut deeper = Vec::new();
    for fix in fixes {
        if nearest.len() == MOST_SUGGESTIONS {
            break;
        }
        let text = match understand(fix) {
            Ok(command) => Some(command)
                .filter(|command| is_of(command, typed))
                .map(|command| spelled_as(&command, fix)),
            Err(fault) => {
                deeper.extend(fault.fixes);
                fault.template
            }
        };
        let text = text.filter(|text| text.chars().count() <= LONGEST_SUGGESTION);
        if let Some(text) = text.filter(|text| !nearest.contains(text)) {
            nearest.push(text);
        }
    }
    deeper
}

/// The command in its canonical spelling, but that `on` and `off` stay what they are.
fn spelled_as(command: &Command, fix: &str) -> String {
    let verb = fix.split(is_gap).next().and_then(Verb::named);
    let verb = verb.filter(|verb| matches!(verb, Verb::On | Verb::Off));
    command.spelled_with(verb.unwrap_or(command.verb()))
}

/// The fault of a text whose quotes don't match: all of them straight, one more, none at all.
fn unlexed(detail: String, text: &str) -> Fault {
    let straight = straightened(text);
    let mut fixes = vec![straight.clone()];
    for quote in ['"', '\''] {
        // A quote at the end must not swallow an option.
        let swallowed = straight.rsplit(quote).next().unwrap_or_default();
        if !swallowed.split(is_gap).any(|word| word.starts_with('-')) {
            fixes.push(format!("{}{quote}", straight.trim_end()));
        }
    }
    fixes.push(straight.replace('"', ""));
    fixes.push(straight.replace(['"', '\''], ""));
    let bare = straight.split(is_gap).find(|word| !word.is_empty());
    Fault::new(detail, bare.and_then(Verb::named), fixes)
}
