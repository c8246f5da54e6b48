//! Text as Slack sends it: three characters are escaped, and links and mentions stand in angle brackets.

/// What a person sees of a text that Slack has sent, decoded exactly once: `&amp;lt;` is `&lt;`. A link becomes its label, else
/// its address. A mention becomes `@name` or `#name`, one word that has nothing of Slack's markup any more.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<']) {
        let (before, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        plain.push_str(before);
        rest = match bracket(special) {
            Some((seen, rest)) => {
                // What is left of a mention must not become another one.
                if plain.ends_with('<') {
                    plain.push(' ');
                }
                plain.push_str(&seen);
                rest
            }
            None => character(special, &mut plain),
        };
    }
    plain.push_str(rest);
    plain
}

/// Takes one character, which may be escaped, off `text`.
fn character<'a>(text: &'a str, to: &mut String) -> &'a str {
    for (escape, c) in [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')] {
        if let Some(rest) = text.strip_prefix(escape) {
            to.push(c);
            return rest;
        }
    }
    let mut chars = text.chars();
    to.extend(chars.next());
    chars.as_str()
}

/// What is seen of the link or mention that `text` begins with, and what follows it; none if there is neither.
fn bracket(text: &str) -> Option<(String, &str)> {
    let (inside, rest) = text.strip_prefix('<')?.split_once('>')?;
    if inside.contains(['<', '\n']) {
        return None;
    }
    let (target, label) = match inside.split_once('|') {
        Some((target, label)) => (target, Some(label).filter(|label| !label.is_empty())),
        None => (inside, None),
    };
    let mut chars = target.chars();
    let seen = match chars.next()? {
        '@' | '!' => mention('@', chars.as_str(), label),
        '#' => mention('#', chars.as_str(), label),
        _ if is_link(target) => unescaped(label.unwrap_or(target)),
        _ => return None,
    };
    Some((seen, rest))
}

/// A mention as one word: by its name if that is a plain one, else by its id.
fn mention(sign: char, id: &str, label: Option<&str>) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let label = label.map(|label| label.trim_start_matches(sign));
    let label = label.filter(|label| !label.is_empty() && label.chars().all(is_plain));
    let name: String = label.unwrap_or(id).chars().filter(|c| is_plain(*c)).collect();
    format!("{sign}{name}")
}

/// Whether `target` is an address: a scheme and something behind it, without blanks.
fn is_link(target: &str) -> bool {
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-'))
    };
    let parts = target.split_once(':');
    parts.is_some_and(|(scheme, rest)| is_scheme(scheme) && !rest.is_empty())
        && !target.contains(char::is_whitespace)
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        rest = character(rest, &mut plain);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_what_is_seen_of_them() {
        for (sent, seen) in [
            ("get f <mailto:a@b.c|a@b.c>", "get f a@b.c"),
            ("<http://example.com|example.com>", "example.com"),
            ("<http://example.com/?a=1&amp;b=2>", "http://example.com/?a=1&b=2"),
            ("<tel:+4930123|+49 30 123>", "+49 30 123"),
            ("<https://x|>", "https://x"),
            (r#"{"url":"<https://x>"}"#, r#"{"url":"https://x"}"#),
        ] {
            assert_eq!(plain(sent), seen);
        }
    }

    #[test]
    fn escapes_are_decoded_exactly_once() {
        for (sent, seen) in [
            ("a &amp; b", "a & b"),
            ("&amp;lt;", "&lt;"),
            ("&amp;amp;amp;", "&amp;amp;"),
            ("&lt;@U123&gt;", "<@U123>"),
            ("<https://x|&amp;lt;>", "&lt;"),
            ("&quot; &#39; &", "&quot; &#39; &"),
        ] {
            assert_eq!(plain(sent), seen);
        }
    }

    #[test]
    fn mentions_become_one_word_without_markup() {
        for (sent, seen) in [
            ("get f <@U123|anna>", "get f @anna"),
            ("<@U123>", "@U123"),
            ("<@U123|anna b --for 1s>", "@U123"),
            ("<#C1|general>", "#general"),
            ("<#C1|>", "#C1"),
            ("<!channel>", "@channel"),
            ("<!subteam^S1|@oncall>", "@oncall"),
            ("<!date^1^{date}|soon>", "@soon"),
            ("&lt;<@U123>&gt;", "< @U123>"),
        ] {
            assert_eq!(plain(sent), seen);
        }
    }

    #[test]
    fn brackets_of_other_kinds_stay() {
        for text in ["a < b > c", "<b>", "<", "<>", "<a", "1 <2> 3", "<: x>", "<a b:c>", "<x\n:y>"]
        {
            assert_eq!(plain(text), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_panics_and_none_without_escapes_keeps_a_mention(
            text in "([<>|@#!:&;a-z ]|<@U1>|<!here>|<#C1\\|x>|<a:b\\|c>|&lt;|&amp;){0,30}",
        ) {
            let unescaped = text.replace('&', "");
            let seen = plain(&unescaped);
            for markup in ["<@", "<#", "<!"] {
                assert!(!seen.split(markup).skip(1).any(|behind| behind.contains('>')), "{text:?} {seen:?}");
            }
            let _ = plain(&text);
        }
    }
}
