//! A word as it was typed, and what it says.

use super::fault::{Doubt, shown};
use super::spell;

/// Quotes that editors put in the place of `"`.
pub(super) const CURLY_DOUBLE: [char; 6] = ['“', '”', '„', '‟', '«', '»'];
/// Quotes that editors put in the place of `'`.
pub(super) const CURLY_SINGLE: [char; 4] = ['‘', '’', '‚', '‛'];

/// How a word was marked as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// By the blanks around it.
    Bare,
    /// As a JSON object or list, which may have blanks.
    Structure,
    /// By double quotes of any kind; a backslash escapes as it does in JSON.
    Double,
    /// By single quotes of any kind; a backslash is a backslash.
    Single,
}

/// A word.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// As it was typed.
    pub(super) raw: String,
    /// What stands between its quotes, escapes included.
    pub(super) content: String,
    pub(super) spelling: Spelling,
    /// Whether its quotes are curly, so that some editor has been at work.
    pub(super) curly: bool,
}

impl Word {
    /// The text that the word says.
    pub(super) fn text(&self) -> Result<String, Doubt> {
        match self.spelling {
            Spelling::Bare | Spelling::Structure | Spelling::Single => Ok(self.content.clone()),
            Spelling::Double => unescaped(&self.content).ok_or_else(|| self.bad_escape()),
        }
    }

    /// Whether it has a quote inside that may have been a straight one when it was typed.
    pub(super) fn has_doubtful_quotes(&self) -> bool {
        (self.curly || self.spelling == Spelling::Bare) && self.content.contains(is_curly)
    }

    /// The fault of a word with an escape that there is not.
    pub(super) fn bad_escape(&self) -> Doubt {
        let detail = format!(
            "in double quotes a backslash stands before `\"`, `\\`, `n`, `t` or `u` with four digits: {}",
            shown(&self.content)
        );
        Doubt::new(detail, vec![spell::quoted(&self.content)])
    }

    /// The fault of a word whose quotes inside may have been straight ones; `text` is what it says.
    pub(super) fn doubtful_quotes(&self, text: &str) -> Doubt {
        let detail = format!(
            "{} has a curly quote inside, which may be what was meant or an editor's work",
            shown(&self.content)
        );
        Doubt::new(detail, vec![spell::quoted(&straightened(text)), spell::quoted(text)])
    }
}

/// Whether a character is a quote that editors put in the place of a straight one.
pub(super) fn is_curly(c: char) -> bool {
    CURLY_DOUBLE.contains(&c) || CURLY_SINGLE.contains(&c)
}

/// The text with straight quotes.
pub(super) fn straightened(text: &str) -> String {
    let straight = |c: char| match c {
        c if CURLY_DOUBLE.contains(&c) => '"',
        c if CURLY_SINGLE.contains(&c) => '\'',
        c => c,
    };
    text.chars().map(straight).collect()
}

/// What stands between double quotes, without its escapes; none if there is no such escape. These are fewer than JSON's:
/// `"corp\bob"` is a mistake, and no bell.
fn unescaped(content: &str) -> Option<String> {
    let mut json = String::from("\"");
    let mut chars = content.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => {
                let escaped = chars.next().filter(|c| matches!(c, '"' | '\\' | 'n' | 't' | 'u'))?;
                json.push('\\');
                json.push(escaped);
            }
            '"' => return None,
            c if c.is_control() => spell::escape(c, &mut json),
            c => json.push(c),
        }
    }
    json.push('"');
    serde_json::from_str(&json).ok()
}
