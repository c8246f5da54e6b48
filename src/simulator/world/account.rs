//! Everything the simulated account holds, and the changes that it can undergo.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;

use super::context::{Attributes, Context};
use super::expiring::{Expiring, Place, change};
use super::flag::{Flag, Targeting};
use super::history::{By, Change, ChangeKind, text};
use crate::simulator::json::Json;

/// The first id that is given out is one above this, so that ids look like `LaunchDarkly`'s 24 digits.
const FIRST_ID: u128 = 0x5f00_0000_0000_0000_0000_0000;

/// How many changes are remembered: enough for the longest test, little enough for a demo that runs for weeks.
const MAX_HISTORY: usize = 100_000;

/// Everything the account holds.
#[derive(Debug)]
pub(in crate::simulator) struct Account {
    pub(in crate::simulator) projects: BTreeMap<String, Project>,
    pub(in crate::simulator) expiring: Vec<Expiring>,
    pub(in crate::simulator) history: VecDeque<Change>,
    ids: u128,
}

/// A project: its environments, its flags, and the users it knows attributes of.
#[derive(Debug)]
pub(in crate::simulator) struct Project {
    pub(in crate::simulator) key: String,
    pub(in crate::simulator) environments: BTreeMap<String, Environment>,
    pub(in crate::simulator) flags: BTreeMap<String, Flag>,
    /// What is stored of each user, the same in every environment; most recent first, and never empty.
    pub(in crate::simulator) users: BTreeMap<String, Vec<Record>>,
}

/// What is stored of a context since an application evaluated flags for it.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Record {
    pub(in crate::simulator) application: Option<String>,
    pub(in crate::simulator) last_seen: Timestamp,
    pub(in crate::simulator) attributes: Attributes,
}

/// An environment's own settings.
#[derive(Debug)]
pub(in crate::simulator) struct Environment {
    pub(in crate::simulator) key: String,
    pub(in crate::simulator) name: String,
    /// Whether changes to every flag need an approval.
    pub(in crate::simulator) approval_required: bool,
    /// Changes to flags with one of these tags need an approval.
    pub(in crate::simulator) approval_tags: Vec<String>,
}

impl Project {
    /// A user with the attributes that were stored last.
    pub(in crate::simulator) fn stored<'a>(&'a self, user: &'a str) -> Context<'a> {
        let records = self.users.get(user).and_then(|records| records.first());
        Context::user(user, records.map(|record| &record.attributes))
    }
}

impl Environment {
    /// Whether changes to this flag need an approval.
    pub(in crate::simulator) fn guards(&self, flag: &Flag) -> bool {
        self.approval_required || flag.tags.iter().any(|tag| self.approval_tags.contains(tag))
    }
}

impl Account {
    pub(in crate::simulator) fn new(projects: BTreeMap<String, Project>) -> Self {
        Self { projects, expiring: Vec::new(), history: VecDeque::new(), ids: FIRST_ID }
    }

    /// Targets the user on this variation alone, or on none; nothing happens when that is so already.
    pub(in crate::simulator) fn set(
        &mut self,
        place: &Place,
        variation: Option<usize>,
        by: &By,
        now: i64,
    ) {
        if self.target_of(place) == variation {
            return;
        }
        let before = self.setting_of(place);
        self.move_target(place, variation, now);
        let kind = match variation {
            Some(_) => ChangeKind::SettingSet,
            None => ChangeKind::SettingCleared,
        };
        self.record(Change {
            before: text(before.as_ref()),
            after: text(self.setting_of(place).as_ref()),
            ..change(place, kind, by, now)
        });
        self.drop_expiring(place, by, now);
    }

    /// Turns a flag on or off; false when there is no such flag.
    pub(in crate::simulator) fn turn(
        &mut self,
        place: &Place,
        on: bool,
        by: &By,
        now: i64,
    ) -> bool {
        let found = self.change_targeting(place, now, |targeting| targeting.on = on);
        if found {
            self.record(Change {
                after: Some(on.to_string()),
                ..change(place, ChangeKind::FlagTurned, by, now)
            });
        }
        found
    }

    /// The value that the user is individually targeted to receive.
    pub(in crate::simulator) fn setting_of(&self, place: &Place) -> Option<Json> {
        let flag = self.projects.get(&place.project)?.flags.get(&place.flag)?;
        flag.value(self.target_of(place)?).cloned()
    }

    fn target_of(&self, place: &Place) -> Option<usize> {
        let flag = self.projects.get(&place.project)?.flags.get(&place.flag)?;
        flag.targeting.get(&place.environment)?.target_of(&place.kind, &place.user)
    }

    pub(super) fn move_target(&mut self, place: &Place, variation: Option<usize>, now: i64) {
        self.change_targeting(place, now, |targeting| {
            targeting.set_target(&place.kind, &place.user, variation);
        });
    }

    fn change_targeting(
        &mut self,
        place: &Place,
        now: i64,
        make: impl FnOnce(&mut Targeting),
    ) -> bool {
        let project = self.projects.get_mut(&place.project);
        let flag = project.and_then(|project| project.flags.get_mut(&place.flag));
        let Some(flag) = flag else { return false };
        let Some(targeting) = flag.targeting.get_mut(&place.environment) else {
            return false;
        };
        make(targeting);
        targeting.version += 1;
        targeting.last_modified = now;
        flag.version += 1;
        true
    }

    pub(super) fn record(&mut self, change: Change) {
        if self.history.len() == MAX_HISTORY {
            self.history.pop_front();
        }
        self.history.push_back(change);
    }

    pub(super) fn next_id(&mut self) -> String {
        self.ids += 1;
        format!("{:024x}", self.ids)
    }
}
