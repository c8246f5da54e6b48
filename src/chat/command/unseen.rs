//! Characters that a person does not see, or sees as a plain blank.

/// Whether a character shows nothing: controls, marks of direction, blanks without width, fillers.
pub(super) fn is_invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e00ff}')
}

/// Whether a character only changes how the one before it looks. It is seen behind what is not ASCII: in an emoji, say.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether a character stands between words, or at their edges without being a part of them.
pub(super) fn is_gap(c: char) -> bool {
    c.is_whitespace() || is_invisible(c)
}

/// Whether a character is to be written as an escape where every doubt shall be out.
pub(super) fn must_be_escaped(c: char) -> bool {
    is_invisible(c) || is_joiner(c) || c.is_control() || (c.is_whitespace() && c != ' ')
}

/// The first character in `text` that nobody sees there.
pub(super) fn first_invisible(text: &str) -> Option<char> {
    let mut before = 'a';
    text.chars().find(|&c| {
        let joins = is_joiner(c) && !before.is_ascii();
        before = c;
        (is_invisible(c) || is_joiner(c)) && !joins
    })
}

/// The first character in `text` that nobody sees there, or that looks like a plain blank and is none.
pub(super) fn first_unseen(text: &str) -> Option<char> {
    first_invisible(text).or_else(|| text.chars().find(|c| c.is_whitespace() && *c != ' '))
}

/// The text without what nobody sees, and with plain blanks.
pub(super) fn as_seen(text: &str) -> String {
    let plain = |c: char| if c.is_whitespace() { ' ' } else { c };
    text.chars().filter(|c| !is_invisible(*c) && !is_joiner(*c)).map(plain).collect()
}

/// As sentences name a character: `U+200B`.
pub(super) fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}
