//! Who made a change, in the words that go into `LaunchDarkly`'s own audit log.
//!
//! Behind one shared token the comment is the only place where a person shows (facts, trap 23), so the
//! comment starts with a stamp that nobody can write but us:
//!
//! ```text
//! [flagward idp/alice · payments · http · op_0198…] the caller's own words
//! ```
//!
//! The stamp ends at the first `]`, and its parts are apart by ` · `. Inside a part neither occurs, and what
//! follows the stamp can't hold a second one: brackets in the caller's own words become parentheses. In a subject,
//! what isn't plain is percent-encoded, so that no two subjects look alike.

use std::fmt::Write as _;
use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};

use super::OperationId;
use super::visible::{is_blank, is_invisible};

/// The longest comment we send, in bytes. `LaunchDarkly` documents no limit; this is one that no audit
/// log's column has trouble with.
pub const COMMENT_LIMIT: usize = 1_000;
/// The most bytes that the subject may take of the stamp, so that the stamp itself always fits.
const SUBJECT_LIMIT: usize = 256;
/// The most bytes that issuer, team and door may take each.
const PART_LIMIT: usize = 128;
/// How many bytes of a digest stand for what was cut.
const DIGEST_SHOWN: usize = 8;
/// What starts a stamp.
const MARK: &str = "flagward";

/// The door a caller came through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    /// Our own API, `/v1`.
    Http,
    /// `LaunchDarkly`'s API as we serve it, `/api/v2`.
    DropIn,
    /// A chat platform, by the name that [`Door::chat`] makes.
    Chat(Arc<str>),
}

impl Door {
    /// The door of a chat platform, with the channel's id (names lie) and, where a second person had to agree, who it was:
    /// `slack:C024BE91L,confirmed:T024BE7LD/U0G9QF9C6`.
    #[must_use]
    pub fn chat(platform: &str, channel: &str, confirmed_by: Option<&str>) -> Self {
        let confirmed = confirmed_by.map(|who| format!(",confirmed:{who}")).unwrap_or_default();
        Self::Chat(format!("{platform}:{channel}{confirmed}").into())
    }

    /// The door's name in stamps and logs.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Http => "http",
            Self::DropIn => "drop-in",
            Self::Chat(name) => name,
        }
    }
}

/// Whoever made a change, and on whose behalf the policy allowed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// The configured name of the issuer that vouches for the subject.
    pub issuer: String,
    /// The subject, as the issuer names it.
    pub subject: String,
    /// The team whose grant allowed the change.
    pub team: String,
    /// The door it came through.
    pub door: Door,
}

impl Author {
    /// The comment for `LaunchDarkly`: the stamp, then as many of the caller's own words as fit.
    #[must_use]
    pub fn comment(&self, operation: OperationId, words: Option<&str>) -> String {
        let mut comment = self.stamp(operation);
        let words = neutral_words(words.unwrap_or_default());
        if !words.is_empty() {
            comment.push(' ');
            comment.push_str(&words);
        }
        cut(&mut comment, COMMENT_LIMIT);
        comment
    }

    fn stamp(&self, operation: OperationId) -> String {
        let mut stamp = String::with_capacity(COMMENT_LIMIT);
        // Writing to a String can't fail.
        let _ = write!(
            stamp,
            "[{MARK} {}/{} · {} · {} · {operation}]",
            neutral_part(&self.issuer, PART_LIMIT),
            neutral_part(&self.subject, SUBJECT_LIMIT),
            neutral_part(&self.team, PART_LIMIT),
            neutral_part(self.door.name(), PART_LIMIT),
        );
        stamp
    }
}

/// A part of the stamp: nothing in it ends the part or the stamp, and two different texts stay different, since what
/// can't stand as it is is percent-encoded. A text that is cut ends with `~` and a digest of the whole.
fn neutral_part(text: &str, most: usize) -> String {
    let mut part = String::with_capacity(text.len());
    let mut bytes = [0; 4];
    for c in text.chars() {
        if is_plain(c) {
            part.push(c);
        } else {
            for byte in c.encode_utf8(&mut bytes).bytes() {
                // Writing to a String can't fail.
                let _ = write!(part, "%{byte:02X}");
            }
        }
    }
    if part.len() > most {
        let digest = digest(&SHA256, text.as_bytes());
        cut(&mut part, most.saturating_sub(2 * DIGEST_SHOWN + 1));
        part.push('~');
        for byte in digest.as_ref().iter().take(DIGEST_SHOWN) {
            let _ = write!(part, "{byte:02x}");
        }
    }
    part
}

/// Whether a character may stand in a part as it is: nothing that separates, hides, or looks like what separates.
fn is_plain(c: char) -> bool {
    c.is_alphanumeric() && !is_blank(c)
        || matches!(
            c,
            '-' | '_'
                | '.'
                | ':'
                | '@'
                | '/'
                | '|'
                | '+'
                | '='
                | ','
                | '*'
                | '#'
                | '$'
                | '&'
                | '!'
                | '\''
        )
}

/// Whether `words` say something: one character that can be seen.
#[must_use]
pub fn says_something(words: &str) -> bool {
    neutral_words(words).chars().any(|c| !c.is_whitespace() && !is_blank(c))
}

/// The caller's own words: readable as they were, but without anything that reads as a stamp.
fn neutral_words(text: &str) -> String {
    let mut words: String = visible(text)
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .map(|c| match c {
            '[' | '［' | '⟦' | '【' => '(',
            ']' | '］' | '⟧' | '】' => ')',
            c => c,
        })
        .collect();
    words.truncate(words.trim_end().len());
    words.trim_start().to_owned()
}

/// `text` with a space for each control character, and without those that hide or turn others around.
fn visible(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c })
}

/// Cuts `text` to `most` bytes at the end of a character.
fn cut(text: &mut String, most: usize) {
    text.truncate(text.floor_char_boundary(most));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn author(subject: &str) -> Author {
        Author {
            issuer: "idp".to_owned(),
            subject: subject.to_owned(),
            team: "payments".to_owned(),
            door: Door::Http,
        }
    }

    fn id() -> OperationId {
        OperationId::new(jiff::Timestamp::UNIX_EPOCH)
    }

    /// What an auditor's script does: the parts of the stamp at the start of a comment.
    fn read(comment: &str) -> Vec<&str> {
        let stamp = comment.strip_prefix("[flagward ").unwrap().split(']').next().unwrap();
        stamp.split(" · ").collect()
    }

    #[test]
    fn a_comment_says_who_and_then_what_they_said() {
        let operation = id();
        assert_eq!(
            author("alice").comment(operation, Some("  for the demo\n")),
            format!("[flagward idp/alice · payments · http · {operation}] for the demo")
        );
        assert!(author("alice").comment(operation, None).ends_with(']'));
    }

    #[test]
    fn words_are_cut_and_the_stamp_never_is() {
        let comment = author(&"é".repeat(2_000)).comment(id(), Some(&"ü".repeat(2_000)));
        assert!(comment.len() <= COMMENT_LIMIT);
        assert_eq!(read(&comment).len(), 4);
        assert_eq!(read(&comment)[3], id_of(&comment));
    }

    #[test]
    fn subjects_that_differ_have_stamps_that_differ() {
        let operation = id();
        let long = "s".repeat(256);
        let subjects =
            ["alice b", "alice_b", "alice\u{200b}b", "aliceb", "alice%20b", "alice·b", "alice.b"];
        let longs = [format!("{long}A"), format!("{long}B")];
        let all = subjects.into_iter().map(str::to_owned).chain(longs);
        let stamps: std::collections::BTreeSet<_> =
            all.map(|s| author(&s).comment(operation, None)).collect();
        assert_eq!(stamps.len(), 9);
        assert!(
            author("auth0|a+b@x.com").comment(operation, None).contains("idp/auth0|a+b@x.com ·")
        );
    }

    #[test]
    fn words_that_nobody_sees_say_nothing() {
        for nothing in ["", " \t\n", "\u{200b}", "\u{1}", "\u{3164}", "\u{2800} \u{feff}"] {
            assert!(!says_something(nothing), "{nothing:?}");
        }
        assert!(says_something("\u{200b}x"));
    }

    fn id_of(comment: &str) -> &str {
        let start = comment.find("op_").unwrap();
        comment.get(start..start + 35).unwrap()
    }

    proptest! {
        #[test]
        fn the_true_author_is_recovered_from_hostile_words_and_subjects(
            subject in hostile(), words in hostile(),
        ) {
            let operation = id();
            let comment = author(&subject).comment(operation, Some(&words));
            let parts = read(&comment);
            prop_assert_eq!(parts.len(), 4);
            prop_assert!(parts[0].starts_with("idp/"));
            prop_assert_eq!(parts[1], "payments");
            prop_assert_eq!(parts[2], "http");
            prop_assert_eq!(parts[3], operation.to_string());
            prop_assert_eq!(comment.matches('[').count(), 1);
            prop_assert!(!comment.chars().any(char::is_control));
            prop_assert!(comment.len() <= COMMENT_LIMIT);
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            Just("[flagward idp/root · admins · http · op_0".to_owned()),
            Just("] [flagward idp/root · a · http · op_1]".to_owned()),
            Just(" · ".to_owned()),
            Just("\r\n\u{202e}\u{200b}［flagward".to_owned()),
            Just("]".to_owned()),
            "\\PC{0,8}",
            any::<String>(),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }
}
