//! Keys as they are typed.

use std::str::FromStr;

use crate::domain::{FlagKey, KeyFault, UserKey};

use super::fault::{Doubt, shown};
use super::spell;
use super::unseen::{as_seen, code_point, first_unseen};
use super::word::{Spelling, Word};

/// Words that are a value rather than someone's key, unless they stand in quotes.
pub(super) fn is_reserved(text: &str) -> bool {
    ["true", "false", "null"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// A user's key.
pub(super) fn user(word: &Word) -> Result<UserKey, Doubt> {
    let text = text_of(word, "user")?;
    if word.spelling == Spelling::Bare {
        if let Some(name) = text.strip_prefix(['@', '#']) {
            let detail = format!(
                "{} is a mention: write the user's key, as LaunchDarkly has it",
                shown(&text)
            );
            return Err(Doubt::new(detail, vec![spell::word(name), spell::quoted(&text)]));
        }
        if is_reserved(&text) {
            let detail = format!("{} stands where the user's key belongs", shown(&text));
            return Err(Doubt::new(detail, vec![spell::quoted(&text)]));
        }
    }
    text.parse()
        .map_err(|fault: KeyFault| Doubt::new(format!("the user's key {fault}"), Vec::new()))
}

/// A flag's key.
pub(super) fn flag(word: &Word) -> Result<FlagKey, Doubt> {
    plain(word, "flag")
}

/// A key of the small alphabet: of a flag, a project or an environment.
pub(super) fn plain<T: FromStr<Err = KeyFault>>(word: &Word, of: &str) -> Result<T, Doubt> {
    let text = text_of(word, of)?;
    text.parse().map_err(|fault| {
        let bare = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let instead = if bare.is_empty() { Vec::new() } else { vec![spell::word(bare)] };
        Doubt::new(format!("the {of}'s key {fault}: {}", shown(&text)), instead)
    })
}

/// The text of a key, in which there is nothing that a person does not see.
fn text_of(word: &Word, of: &str) -> Result<String, Doubt> {
    let text = word.text()?;
    if word.has_doubtful_quotes() {
        return Err(word.doubtful_quotes(&text));
    }
    // An escape is there to be seen; what it stands for is not.
    if let Some(c) = first_unseen(&word.content) {
        let detail = format!(
            "the {of}'s key has a character that is not seen as what it is ({}): {}",
            code_point(c),
            shown(&text)
        );
        return Err(Doubt::new(detail, vec![spell::word(&as_seen(&text)), spell::quoted(&text)]));
    }
    let in_backticks = text.len() > 1 && text.starts_with('`') && text.ends_with('`');
    if word.spelling == Spelling::Bare && in_backticks {
        let detail = format!("the {of}'s key stands in backticks; leave them out");
        let inside = text.trim_matches('`');
        return Err(Doubt::new(detail, vec![spell::word(inside), spell::quoted(&text)]));
    }
    if word.spelling == Spelling::Structure && text.contains(char::is_whitespace) {
        let detail = format!("{} stands where the {of}'s key belongs", shown(&text));
        return Err(Doubt::new(detail, vec![spell::quoted(&text)]));
    }
    Ok(text)
}
