//! What a user receives, said beside a change that does not show in it.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::why::withstands;
use super::words::line;
use crate::chat::answer::Line;
use crate::domain::Json;

/// The most characters of a value.
const MOST_SHOWN: usize = 300;

/// What a user receives of a flag, and why.
#[derive(Debug)]
pub(in crate::chat) struct Received {
    value: Json,
    reason: Option<Box<RawValue>>,
}

/// A flag setting of `/v1`, as far as it is looked at.
#[derive(Deserialize)]
struct Body {
    value: Box<RawValue>,
    reason: Option<Box<RawValue>>,
}

impl Received {
    /// Reads a flag setting of `/v1`.
    pub(in crate::chat) fn read(body: &[u8]) -> Option<Self> {
        let Body { value, reason } = serde_json::from_slice(body).ok()?;
        Some(Self { value: Json::from_raw(value).ok()?, reason })
    }

    /// What is to be said after the user was set to `setting`, if they receive something else.
    pub(super) fn instead_of(&self, setting: &Json) -> Option<Line> {
        self.line("They still receive ", setting)
    }

    /// What is to be said before the user is set to `setting`, if it is known already that they will receive something else.
    pub(super) fn in_spite_of(&self, setting: &Json) -> Option<Line> {
        let stays = withstands(self.reason.as_deref());
        stays.then(|| self.line("They would still receive ", setting)).flatten()
    }

    fn line(&self, words: &str, setting: &Json) -> Option<Line> {
        let line = line().strong(words).value(self.value.as_str(), MOST_SHOWN).text(": ");
        (!self.value.same_value(setting)).then(|| line.why(self.reason.as_deref()).text("."))
    }
}
