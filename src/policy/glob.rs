//! Patterns of policy files: `*` is any text, `?` one character, nothing else is special.

use wildmatch::WildMatch;

/// A pattern that a whole key has to match, upper and lower case apart.
#[derive(Clone, Debug)]
pub enum Glob {
    /// `*`: everything. Most globs of most policies.
    Any,
    /// No wildcard in it.
    Exactly(Box<str>),
    /// Everything else.
    Pattern(WildMatch),
}

impl Glob {
    /// Takes a pattern; every text is one.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        if !text.is_empty() && text.bytes().all(|b| b == b'*') {
            Self::Any
        } else if text.contains(['*', '?']) {
            Self::Pattern(WildMatch::new(text))
        } else {
            Self::Exactly(text.into())
        }
    }

    /// Whether `key`, as a whole, is one that it means.
    #[must_use]
    pub fn matches(&self, key: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exactly(own) => **own == *key,
            Self::Pattern(pattern) => pattern.matches(key),
        }
    }

    /// Whether surely every key that `other` matches is matched by this one too. It may say no to two
    /// patterns that agree in a roundabout way, never yes to two that don't: `other`'s own text stands for its
    /// keys, and its wildcards are texts that only a wildcard of ours can take in.
    pub(super) fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) => true,
            (_, Self::Exactly(key)) => self.matches(key),
            (_, Self::Any) | (Self::Exactly(_), Self::Pattern(_)) => false,
            (Self::Pattern(ours), Self::Pattern(theirs)) => {
                let (ours, theirs) = (ours.to_string(), theirs.to_string());
                let (ours, theirs): (Vec<char>, Vec<char>) =
                    (ours.chars().collect(), theirs.chars().collect());
                covers(&ours, &theirs)
            }
        }
    }
}

impl std::fmt::Display for Glob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Exactly(key) => f.write_str(key),
            Self::Pattern(pattern) => write!(f, "{pattern}"),
        }
    }
}

/// By a table over both texts, so that a pattern of many stars takes no more than their product.
fn covers(ours: &[char], theirs: &[char]) -> bool {
    let mut row = vec![false; theirs.len() + 1];
    if let Some(start) = row.first_mut() {
        *start = true;
    }
    for &a in ours {
        let mut next = vec![false; row.len()];
        let mut before = false;
        for (j, cell) in next.iter_mut().enumerate() {
            let above = row.get(j).copied().unwrap_or_default();
            let diagonal = j.checked_sub(1).and_then(|j| row.get(j)).copied().unwrap_or_default();
            let b = j.checked_sub(1).and_then(|j| theirs.get(j));
            *cell = match (a, b) {
                ('*', _) => above || before,
                ('?', Some(b)) => diagonal && *b != '*',
                (a, Some(b)) => diagonal && a == *b && *b != '*',
                (_, None) => false,
            };
            before = *cell;
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn globs_match_whole_keys_and_nothing_but_star_and_question_mark_is_special() {
        let yes = [
            ("*", ""),
            ("*", "a/b"),
            ("a*c", "ac"),
            ("a*c", "a/b/c"),
            ("a?c", "aüc"),
            ("[a]", "[a]"),
            ("{a,b}", "{a,b}"),
            ("\\*", "\\x"),
        ];
        for (glob, key) in yes {
            assert!(Glob::parse(glob).matches(key), "{glob} {key}");
        }
        let no = [
            ("a", "A"),
            ("a?c", "ac"),
            ("[a]", "a"),
            ("{a,b}", "a"),
            ("a*", "ba"),
            ("a", "ab"),
            ("", "a"),
        ];
        for (glob, key) in no {
            assert!(!Glob::parse(glob).matches(key), "{glob} {key}");
        }
    }

    #[test]
    fn covering_is_seen_where_it_is_plain() {
        for (a, b) in [
            ("*", "x*"),
            ("a*", "ab*"),
            ("a*", "a?c"),
            ("*.x", "y.x"),
            ("a?", "a?"),
            ("a*c", "a*b*c"),
        ] {
            assert!(Glob::parse(a).covers(&Glob::parse(b)), "{a} {b}");
        }
        for (a, b) in [("a*", "*"), ("a?", "a*"), ("ab*", "a*"), ("a", "a*")] {
            assert!(!Glob::parse(a).covers(&Glob::parse(b)), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn what_covers_matches_all_that_is_covered(
            ours in "[ab*?]{0,6}", theirs in "[ab*?]{0,6}", key in "[ab]{0,6}",
        ) {
            let (ours, theirs) = (Glob::parse(&ours), Glob::parse(&theirs));
            if ours.covers(&theirs) && theirs.matches(&key) {
                prop_assert!(ours.matches(&key));
            }
        }

        #[test]
        fn a_glob_agrees_with_the_plain_definition(glob in "[ab*?]{0,7}", key in "[ab]{0,7}") {
            fn plain(glob: &[u8], key: &[u8]) -> bool {
                match (glob.split_first(), key.split_first()) {
                    (None, None) => true,
                    (Some((b'*', rest)), _) => {
                        (0..=key.len()).any(|n| plain(rest, &key[n..]))
                    }
                    (Some((g, rest)), Some((k, tail))) if *g == b'?' || g == k => plain(rest, tail),
                    _ => false,
                }
            }
            prop_assert_eq!(Glob::parse(&glob).matches(&key), plain(glob.as_bytes(), key.as_bytes()));
        }
    }
}
