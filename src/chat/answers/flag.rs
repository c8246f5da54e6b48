//! What a user gets of one flag.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::only_asker;
use super::words::{line, says};
use crate::chat::answer::{Answer, Line};
use crate::domain::{FlagKey, FlagTarget};

/// The most characters of a value that are shown where it stands alone, and in a list.
const ALONE: usize = 300;
const LISTED: usize = 80;

/// A flag setting of `/v1`, as far as it is told.
#[derive(Debug, Deserialize)]
pub(in crate::chat) struct FlagBody<'a> {
    pub(super) flag: FlagKey,
    #[serde(borrow)]
    value: &'a RawValue,
    #[serde(borrow)]
    setting: &'a RawValue,
    overridden: bool,
    #[serde(borrow)]
    reason: Option<&'a RawValue>,
    expires_at: Option<Timestamp>,
}

impl FlagBody<'_> {
    /// What is received, and why.
    fn received(&self, before: Line, most: usize) -> Line {
        before.value(self.value.get(), most).text(" — ").why(self.reason)
    }

    /// The override, where there is one. It is told apart from the value only where it is another.
    fn overridden(&self, before: Line, most: usize) -> Line {
        let line = before.strong("overridden");
        let line = if self.setting.get() == self.value.get() {
            line
        } else {
            line.text(" with ").value(self.setting.get(), most)
        };
        line.text(", ").until(self.expires_at)
    }

    /// In one line, for a list.
    pub(super) fn in_short(&self) -> Line {
        let line = self.received(line().code(self.flag.as_str()).text(": "), LISTED);
        if self.overridden { self.overridden(line.text(" · "), LISTED) } else { line }
    }
}

/// The answer to `get`.
pub(in crate::chat) fn flag(target: &FlagTarget, body: &FlagBody<'_>) -> Answer {
    let place = &target.user.place;
    let summary = format!("{} in {}/{}", target.flag, place.project, place.environment);
    let state = if body.overridden {
        body.overridden(line().text("It is "), ALONE).text(".")
    } else {
        says("It is not overridden.")
    };
    let received = body.received(line().text("Receives "), ALONE).text(".");
    only_asker(summary, vec![line().target(target), received, state])
}
