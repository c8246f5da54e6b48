//! What a write must bring along, whoever asks and through whichever door.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::operation::Declared;
use super::rules::Scope;
use crate::domain::says_something;

/// One guard as the policy file states it.
#[derive(Debug)]
pub(super) struct GuardRule {
    pub(super) scope: Scope,
    pub(super) asks: Guards,
}

/// What the guards on a target ask together: the strictest of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Guards {
    /// A comment in the caller's own words.
    pub require_comment: bool,
    /// The longest an override may last; an override must then have an end.
    pub max_override: Option<Duration>,
    /// A second look by a chat caller, before the write.
    pub confirm_in_chat: bool,
    /// The second look must be another person's.
    pub second_person: bool,
}

/// When an override shall end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// At this time.
    At(Timestamp),
    /// Never: its pending end is cancelled.
    Never {
        /// Whether the override is still in force; ending what is over harms nobody.
        override_stands: bool,
    },
}

/// What a write wants of the guards.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted {
    Override(Option<Timestamp>),
    Clear,
    Schedule(End),
}

/// What a guard asks and the write does not bring. The sentence says how to satisfy it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardUnmet {
    /// No comment.
    #[error("a guard here requires a comment: say in `comment` why you make this change")]
    Comment,
    /// No end.
    #[error("a guard here requires that an override ends: give `expires_in` of at most {}", text(*.0))]
    NoEnd(Duration),
    /// An end too far away.
    #[error("a guard here lets an override last at most {}: give an earlier end", text(*.0))]
    TooLong(Duration),
    /// Cancelling the end while the override stands.
    #[error("a guard here lets an override last at most {}: clear the override, or move its end", text(*.0))]
    Endless(Duration),
}

impl Guards {
    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        let max_override = match (self.max_override, other.max_override) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self {
            require_comment: self.require_comment || other.require_comment,
            max_override,
            confirm_in_chat: self.confirm_in_chat || other.confirm_in_chat,
            second_person: self.second_person || other.second_person,
        }
    }

    pub(super) fn check(self, wanted: Wanted, declared: &Declared<'_>) -> Result<(), GuardUnmet> {
        let said = declared.comment.is_some_and(says_something);
        if self.require_comment && !said {
            return Err(GuardUnmet::Comment);
        }
        let Some(most) = self.max_override else {
            return Ok(());
        };
        match wanted {
            Wanted::Clear | Wanted::Schedule(End::Never { override_stands: false }) => Ok(()),
            Wanted::Override(None) => Err(GuardUnmet::NoEnd(most)),
            Wanted::Schedule(End::Never { override_stands: true }) => {
                Err(GuardUnmet::Endless(most))
            }
            Wanted::Override(Some(at)) | Wanted::Schedule(End::At(at)) => {
                let most_at = SignedDuration::try_from(most)
                    .ok()
                    .and_then(|d| declared.now.checked_add(d).ok());
                match most_at {
                    Some(most_at) if at > most_at => Err(GuardUnmet::TooLong(most)),
                    _ => Ok(()),
                }
            }
        }
    }
}

impl GuardUnmet {
    /// The longest that an override may last, as a policy file would have it; none where that is not what is unmet.
    #[must_use]
    pub fn longest(&self) -> Option<String> {
        match self {
            Self::Comment => None,
            Self::NoEnd(most) | Self::TooLong(most) | Self::Endless(most) => Some(text(*most)),
        }
    }
}

/// A length of time as a policy file would have it.
fn text(length: Duration) -> String {
    let seconds = length.as_secs();
    match seconds {
        0 => format!("{}ms", length.as_millis()),
        s if s % 86_400 == 0 => format!("{}d", s / 86_400),
        s if s % 3_600 == 0 => format!("{}h", s / 3_600),
        s if s % 60 == 0 => format!("{}m", s / 60),
        s => format!("{s}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Door, OperationId};

    const DAY: Duration = Duration::from_hours(24);

    fn check(guards: Guards, wanted: Wanted, comment: Option<&str>) -> Result<(), GuardUnmet> {
        let now = Timestamp::UNIX_EPOCH;
        let declared = Declared { id: OperationId::new(now), door: Door::Http, comment, now };
        guards.check(wanted, &declared)
    }

    fn hours(n: i64) -> Timestamp {
        Timestamp::from_second(n * 3_600).unwrap()
    }

    #[test]
    fn an_override_under_a_limit_needs_an_end_within_it() {
        let guards = Guards { max_override: Some(DAY), ..Guards::default() };
        let set = |end| check(guards, Wanted::Override(end), None);
        assert_eq!(set(None), Err(GuardUnmet::NoEnd(DAY)));
        assert_eq!(set(Some(hours(25))), Err(GuardUnmet::TooLong(DAY)));
        assert_eq!(set(Some(hours(24))), Ok(()));
        let cancel =
            |override_stands| check(guards, Wanted::Schedule(End::Never { override_stands }), None);
        assert_eq!(cancel(true), Err(GuardUnmet::Endless(DAY)));
        assert_eq!(cancel(false), Ok(()));
        assert_eq!(check(guards, Wanted::Clear, None), Ok(()));
    }

    #[test]
    fn a_comment_of_blanks_is_none() {
        let guards = Guards { require_comment: true, ..Guards::default() };
        assert_eq!(check(guards, Wanted::Clear, None), Err(GuardUnmet::Comment));
        assert_eq!(check(guards, Wanted::Clear, Some(" \t")), Err(GuardUnmet::Comment));
        assert_eq!(check(guards, Wanted::Clear, Some("why")), Ok(()));
    }

    #[test]
    fn the_strictest_wins() {
        let a = Guards { max_override: Some(DAY), require_comment: true, ..Guards::default() };
        let b = Guards { max_override: Some(DAY * 2), second_person: true, ..Guards::default() };
        let both = a.and(b);
        assert_eq!(both.max_override, Some(DAY));
        assert!(both.require_comment && both.second_person && !both.confirm_in_chat);
    }

    #[test]
    fn the_sentence_says_how_to_satisfy_it() {
        let sentence = GuardUnmet::NoEnd(Duration::from_mins(90)).to_string();
        assert_eq!(
            sentence,
            "a guard here requires that an override ends: give `expires_in` of at most 90m"
        );
    }
}
