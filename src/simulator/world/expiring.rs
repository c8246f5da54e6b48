//! Scheduled removals of targets, and what happens when their time comes.
//!
//! `LaunchDarkly` does not document what becomes of a pending removal when its target is cleared or moved to
//! another variation. Here it falls away, because there is nothing left that it could remove.

use super::Account;
use super::context::USER;
use super::history::{By, Change, ChangeKind, text};

/// A flag for a context in an environment: where a setting lies. The users of the User Settings operations are
/// the contexts of kind `user`, so both ways lead to the same place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::simulator) struct Place {
    pub(in crate::simulator) project: String,
    pub(in crate::simulator) environment: String,
    pub(in crate::simulator) kind: String,
    /// The context's key.
    pub(in crate::simulator) user: String,
    pub(in crate::simulator) flag: String,
}

/// A target that is to be removed at a time.
#[derive(Clone, Debug)]
pub(in crate::simulator) struct Expiring {
    pub(in crate::simulator) place: Place,
    pub(in crate::simulator) id: String,
    pub(in crate::simulator) version: u64,
    /// Unix milliseconds.
    pub(in crate::simulator) expiration_date: i64,
    pub(in crate::simulator) variation: usize,
}

/// What an instruction asks to do with a scheduled removal.
#[derive(Clone, Copy, Debug)]
pub(in crate::simulator) enum Scheduling {
    /// Schedule one, at Unix milliseconds.
    Add(i64),
    /// Move the existing one, if it still has the version named.
    Update(i64, Option<i64>),
    /// Cancel it; the target stays.
    Remove,
}

/// Who the history names for a removal that came due: nobody sent a request for it.
const NOBODY: &str = "LaunchDarkly";

impl Place {
    /// Where a user's setting lies.
    pub(in crate::simulator) fn of_user(
        project: &str,
        environment: &str,
        user: &str,
        flag: &str,
    ) -> Self {
        Self::of_context(project, environment, (USER, user), flag)
    }

    /// Where the setting of a context lies, which is given by its kind and key.
    pub(in crate::simulator) fn of_context(
        project: &str,
        environment: &str,
        (kind, key): (&str, &str),
        flag: &str,
    ) -> Self {
        Self {
            project: project.to_owned(),
            environment: environment.to_owned(),
            kind: kind.to_owned(),
            user: key.to_owned(),
            flag: flag.to_owned(),
        }
    }

    /// Whether both lie in the same environment of the same project.
    fn shares_environment_with(&self, other: &Self) -> bool {
        self.project == other.project && self.environment == other.environment
    }
}

impl Account {
    /// What is scheduled for this place's context on any flag.
    pub(in crate::simulator) fn expiring_for_context(&self, place: &Place) -> Vec<Expiring> {
        let same = |p: &Place| {
            p.shares_environment_with(place) && p.kind == place.kind && p.user == place.user
        };
        self.expiring.iter().filter(|e| same(&e.place)).cloned().collect()
    }

    /// What is scheduled on this place's flag for any context.
    pub(in crate::simulator) fn expiring_on_flag(&self, place: &Place) -> Vec<Expiring> {
        let same = |p: &Place| p.shares_environment_with(place) && p.flag == place.flag;
        self.expiring.iter().filter(|e| same(&e.place)).cloned().collect()
    }

    /// Removes every target whose time has come, oldest first.
    pub(in crate::simulator) fn expire_due(&mut self, now: i64) {
        let (mut due, pending): (Vec<_>, Vec<_>) = std::mem::take(&mut self.expiring)
            .into_iter()
            .partition(|expiring| expiring.expiration_date <= now);
        self.expiring = pending;
        due.sort_by_key(|expiring| expiring.expiration_date);
        for expiring in due {
            let before = self.setting_of(&expiring.place);
            self.move_target(&expiring.place, None, expiring.expiration_date);
            let by = By { name: NOBODY.to_owned(), comment: None };
            self.record(Change {
                before: text(before.as_ref()),
                expiration_date: Some(expiring.expiration_date),
                ..change(&expiring.place, ChangeKind::Expired, &by, expiring.expiration_date)
            });
        }
    }

    /// Follows one instruction of a semantic patch, or says why it cannot.
    pub(in crate::simulator) fn schedule(
        &mut self,
        place: &Place,
        variation_id: &str,
        what: Scheduling,
        by: &By,
        now: i64,
    ) -> Result<(), String> {
        let variation = self.targeted_variation(place, variation_id)?;
        let found = self.expiring.iter().position(|e| e.place == *place);
        let (kind, date) = match (what, found) {
            (Scheduling::Add(_) | Scheduling::Update(..), _) if !in_future(what, now) => {
                return Err("expiration date must be in the future".to_owned());
            }
            (Scheduling::Add(_), Some(_)) => {
                return Err(format!(
                    "user is already scheduled for removal from flag {}",
                    place.flag
                ));
            }
            (Scheduling::Add(date), None) => {
                self.add_expiring(place, variation, date);
                (ChangeKind::ExpirationAdded, date)
            }
            (Scheduling::Update(date, version), Some(at)) => {
                self.move_expiring(at, date, version)?;
                (ChangeKind::ExpirationUpdated, date)
            }
            (Scheduling::Remove, Some(at)) => {
                let removed = self.expiring.remove(at);
                (ChangeKind::ExpirationRemoved, removed.expiration_date)
            }
            (Scheduling::Update(..) | Scheduling::Remove, None) => {
                return Err(format!("user is not scheduled for removal from flag {}", place.flag));
            }
        };
        let setting = text(self.setting_of(place).as_ref());
        self.record(Change {
            before: setting.clone(),
            after: setting,
            expiration_date: Some(date),
            ..change(place, kind, by, now)
        });
        Ok(())
    }

    /// Drops the scheduled removal of a target that has been cleared or moved.
    pub(super) fn drop_expiring(&mut self, place: &Place, by: &By, now: i64) {
        let found = self.expiring.iter().position(|e| e.place == *place);
        let Some(removed) = found.map(|at| self.expiring.remove(at)) else {
            return;
        };
        self.record(Change {
            expiration_date: Some(removed.expiration_date),
            ..change(place, ChangeKind::ExpirationRemoved, by, now)
        });
    }

    fn targeted_variation(&self, place: &Place, variation_id: &str) -> Result<usize, String> {
        let project = self.projects.get(&place.project);
        let flag = project
            .and_then(|project| project.flags.get(&place.flag))
            .ok_or_else(|| format!("flag {} not found", place.flag))?;
        let variation = flag
            .variation_with_id(variation_id)
            .ok_or_else(|| format!("variation {variation_id} not found on flag {}", place.flag))?;
        let targeting = flag.targeting.get(&place.environment);
        let target = targeting.and_then(|targeting| targeting.target_of(&place.kind, &place.user));
        if target == Some(variation) {
            return Ok(variation);
        }
        Err(format!("user is not individually targeted on this variation of flag {}", place.flag))
    }

    fn add_expiring(&mut self, place: &Place, variation: usize, expiration_date: i64) {
        let id = self.next_id();
        self.expiring.push(Expiring {
            place: place.clone(),
            id,
            version: 1,
            expiration_date,
            variation,
        });
    }

    fn move_expiring(&mut self, at: usize, date: i64, version: Option<i64>) -> Result<(), String> {
        let Some(expiring) = self.expiring.get_mut(at) else {
            return Ok(());
        };
        if version.is_some_and(|wanted| u64::try_from(wanted) != Ok(expiring.version)) {
            return Err(format!(
                "version does not match: the current version is {}",
                expiring.version
            ));
        }
        expiring.expiration_date = date;
        expiring.version += 1;
        Ok(())
    }
}

fn in_future(what: Scheduling, now: i64) -> bool {
    match what {
        Scheduling::Add(date) | Scheduling::Update(date, _) => date > now,
        Scheduling::Remove => true,
    }
}

/// A change of this kind at this place, with nothing said about before and after.
pub(super) fn change(place: &Place, kind: ChangeKind, by: &By, now: i64) -> Change {
    Change {
        at: jiff::Timestamp::from_millisecond(now).unwrap_or_default(),
        by: by.name.clone(),
        kind,
        project: place.project.clone(),
        environment: place.environment.clone(),
        context_kind: place.kind.clone(),
        user: place.user.clone(),
        flag: place.flag.clone(),
        comment: by.comment.clone(),
        before: None,
        after: None,
        expiration_date: None,
    }
}
