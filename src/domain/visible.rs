//! What can be seen of a text, and what only works in secret.

use std::fmt::Write as _;

/// `text` as it may be shown to people: what hides, turns others around or controls a terminal is spelled out as
/// `\u{202e}`, so that nothing looks like what it is not. A line break or a tab is a space.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => shown.push(' '),
            c if c.is_control() || is_blank(c) => {
                let _ = write!(shown, "{}", c.escape_unicode()); // writing to a String can't fail
            }
            c => shown.push(c),
        }
    }
    shown
}

/// Letters and symbols that look like nothing.
pub(super) fn is_blank(c: char) -> bool {
    matches!(
        c,
        '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{2800}' | '\u{3164}' | '\u{ffa0}'
    ) || is_invisible(c)
}

/// Characters that hide, or turn others around.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_hides_is_spelled_out_and_all_else_stays() {
        for (text, shown) in [
            ("Zoë <@U1> & *x* 日本 👍", "Zoë <@U1> & *x* 日本 👍"),
            ("a\u{202e}b", "a\\u{202e}b"),
            ("\u{200b}\u{3164}", "\\u{200b}\\u{3164}"),
            ("a\nb\tc\u{2028}d", "a b c d"),
            ("\u{1b}[31m\0", "\\u{1b}[31m\\u{0}"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }
}
