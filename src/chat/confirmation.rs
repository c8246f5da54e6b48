//! What a confirmation's buttons carry: the whole change that was asked for, sealed, so that nothing has to be kept
//! anywhere and any replica may be pressed.
//!
//! That it is done once is told by [`super::Once`] within one process. Between replicas, and after a restart, it is told by
//! the state that was shown: the write starts from that one or not at all.

use std::time::Duration;

use aws_lc_rs::rand;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::once::Key;
use super::speaker::Speaker;
use super::wish::{Act, Wish};
use crate::auth::{Caller, Seal};
use crate::domain::{EnvironmentKey, FlagKey, FlagTarget, Json, Place, ProjectKey};
use crate::domain::{UserKey, UserTarget};
use crate::policy::ActionKind;
use crate::settings::views::StateTag;

/// How long a confirmation may be given. Long enough to look at what is asked, short enough that it is still meant.
pub(super) const GOOD_FOR: Duration = Duration::from_mins(10);
/// The longest text that a button may carry, in characters: Slack's limit, the smallest of all platforms that we know.
const LONGEST: usize = 2_000;

/// A change that waits for a yes.
#[derive(Clone, Debug)]
pub(super) struct Confirmation {
    /// What makes it this one: spent when it is decided.
    pub(super) nonce: Key,
    /// When it was asked for.
    pub(super) made_at: Timestamp,
    /// Who asked, by the platform and their subject there.
    pub(super) asker: Asker,
    /// The channel it was asked in.
    pub(super) channel: String,
    /// What was asked for; its end is the moment that was shown.
    pub(super) wish: Wish,
    /// The state that was shown.
    pub(super) shown: StateTag,
    /// Whether somebody else has to say yes.
    pub(super) second_person: bool,
}

/// Who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Asker {
    pub(super) platform: String,
    pub(super) subject: String,
    /// Their id within the platform's markup.
    pub(super) person: String,
}

/// The sealed form. Names are short since buttons hold little.
#[derive(Serialize, Deserialize)]
struct Wire {
    n: u128,
    t: i64,
    p: String,
    s: String,
    w: String,
    c: String,
    a: String,
    j: ProjectKey,
    e: EnvironmentKey,
    f: FlagKey,
    u: UserKey,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    v: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    x: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    m: Option<String>,
    d: StateTag,
    o: bool,
}

impl Asker {
    pub(super) fn of(speaker: &Speaker) -> Self {
        Self {
            platform: speaker.platform.to_owned(),
            subject: speaker.caller.subject().to_owned(),
            person: speaker.person.clone(),
        }
    }

    /// Whether `speaker` is who asked.
    pub(super) fn is(&self, speaker: &Speaker) -> bool {
        self.platform == speaker.platform && self.subject == speaker.caller.subject()
    }
}

impl Confirmation {
    /// A number that no other confirmation has; none where the system gives no randomness.
    pub(super) fn nonce() -> Option<Key> {
        let mut nonce = Key::default();
        rand::fill(&mut nonce).ok()?;
        Some(nonce)
    }

    /// From when on it is too late.
    pub(super) fn deadline(&self) -> Timestamp {
        self.made_at.checked_add(GOOD_FOR).unwrap_or(Timestamp::MAX)
    }

    /// What is spent when it is cancelled, beside its nonce, so that whoever presses afterwards is told so.
    pub(super) fn cancelled(&self) -> Key {
        self.nonce.map(|byte| !byte)
    }

    /// The sealed text; none if it is longer than a button may carry.
    pub(super) fn seal(&self, seal: &Seal) -> Option<String> {
        let Place { project, environment } = &self.wish.target.user.place;
        let (value, end) = match &self.wish.act {
            Act::Set { value, end } => (Some(value.clone()), *end),
            Act::Clear => (None, None),
            Act::Schedule(end) => (None, *end),
        };
        let wire = Wire {
            n: u128::from_be_bytes(self.nonce),
            t: self.made_at.as_millisecond(),
            p: self.asker.platform.clone(),
            s: self.asker.subject.clone(),
            w: self.asker.person.clone(),
            c: self.channel.clone(),
            a: self.wish.act.action().name().to_owned(),
            j: project.clone(),
            e: environment.clone(),
            f: self.wish.target.flag.clone(),
            u: self.wish.target.user.user.clone(),
            v: value,
            x: end.map(Timestamp::as_millisecond),
            m: self.wish.note.clone(),
            d: self.shown.clone(),
            o: self.second_person,
        };
        let sealed = seal.seal(&serde_json::to_vec(&wire).ok()?);
        (sealed.len() <= LONGEST).then_some(sealed)
    }

    /// What a sealed text says, and who asked for it; none of a text that we have not sealed.
    pub(super) fn open(seal: &Seal, sealed: &str) -> Option<(Self, Caller)> {
        let unsealed = seal.open(sealed)?;
        let wire: Wire = serde_json::from_slice(unsealed.content()).ok()?;
        let asker = unsealed.caller(&wire.p, &wire.s);
        Some((wire.read()?, asker))
    }
}

impl Wire {
    fn read(self) -> Option<Confirmation> {
        let end = match self.x {
            Some(end) => Some(Timestamp::from_millisecond(end).ok()?),
            None => None,
        };
        let act = match ActionKind::named(&self.a)? {
            ActionKind::Set => Act::Set { value: self.v?, end },
            ActionKind::Clear => Act::Clear,
            ActionKind::Schedule => Act::Schedule(end),
            ActionKind::Read => return None,
        };
        let place = Place { project: self.j, environment: self.e };
        let target = FlagTarget { user: UserTarget { place, user: self.u }, flag: self.f };
        Some(Confirmation {
            nonce: self.n.to_be_bytes(),
            made_at: Timestamp::from_millisecond(self.t).ok()?,
            asker: Asker { platform: self.p, subject: self.s, person: self.w },
            channel: self.c,
            wish: Wish { target, act, note: self.m },
            shown: self.d,
            second_person: self.o,
        })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::settings::views::StateView;

    fn seal() -> Seal {
        Seal::new(&SecretString::from("0123456789abcdef0123456789abcdef"))
    }

    fn confirmation(act: Act, note: Option<&str>) -> Confirmation {
        let place =
            Place { project: "shop".parse().unwrap(), environment: "production".parse().unwrap() };
        let user = UserTarget { place, user: "zoë \"b\"".parse().unwrap() };
        Confirmation {
            nonce: Confirmation::nonce().unwrap(),
            made_at: Timestamp::from_second(1_800_000_000).unwrap(),
            asker: Asker {
                platform: "slack".to_owned(),
                subject: "T1/U1".to_owned(),
                person: "U1".to_owned(),
            },
            channel: "C1".to_owned(),
            wish: Wish {
                target: user.flag("checkout.new-flow".parse().unwrap()),
                act,
                note: note.map(str::to_owned),
            },
            shown: StateView { setting: None, expires_at: None }.tag(),
            second_person: true,
        }
    }

    #[test]
    fn what_is_sealed_is_read_again_whole() {
        let end = Timestamp::from_millisecond(1_800_000_123_456).ok();
        let value = || Json::parse("{\"a\": 12345678901234567890, \"b\": 1.0}").unwrap();
        for act in [
            Act::Set { value: value(), end },
            Act::Set { value: value(), end: None },
            Act::Clear,
            Act::Schedule(end),
            Act::Schedule(None),
        ] {
            let asked = confirmation(act, Some("why \u{202e} not"));
            let sealed = asked.seal(&seal()).unwrap();
            let (read, caller) = Confirmation::open(&seal(), &sealed).unwrap();
            assert_eq!(format!("{read:?}"), format!("{asked:?}"));
            assert_eq!((caller.issuer(), caller.subject()), ("slack", "T1/U1"));
        }
    }

    #[test]
    fn what_we_have_not_sealed_is_nothing() {
        let sealed = confirmation(Act::Clear, None).seal(&seal()).unwrap();
        let other = Seal::new(&SecretString::from("another-secret-of-the-same-length"));
        assert!(Confirmation::open(&other, &sealed).is_none());
        assert!(Confirmation::open(&seal(), &seal().seal(b"{}")).is_none());
        let reads = sealed_with(r#""a":"read""#);
        assert!(Confirmation::open(&seal(), &reads).is_none());
        let endless = sealed_with(r#""a":"set""#);
        assert!(Confirmation::open(&seal(), &endless).is_none(), "a set without a value");
    }

    fn sealed_with(action: &str) -> String {
        let sealed = confirmation(Act::Clear, None).seal(&seal()).unwrap();
        let content = seal().open(&sealed).unwrap().content().to_vec();
        let text = String::from_utf8(content).unwrap().replace(r#""a":"clear""#, action);
        seal().seal(text.as_bytes())
    }

    #[test]
    fn what_is_longer_than_a_button_is_not_sealed() {
        let note = |length| "n".repeat(length);
        assert!(confirmation(Act::Clear, Some(&note(900))).seal(&seal()).is_some());
        assert!(confirmation(Act::Clear, Some(&note(1_500))).seal(&seal()).is_none());
    }
}
