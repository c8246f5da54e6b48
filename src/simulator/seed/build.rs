//! From what is written in a seed to what the simulator holds: names default to keys, ids to UUIDs that are
//! the same in every run, and every environment gets its targeting.

use jiff::Timestamp;

use super::model::{EnvironmentSeed, FlagSeed, ProjectSeed, UserSeed};
use crate::simulator::world::{Environment, Flag, Project, Record, flag_hash};

impl ProjectSeed {
    /// The project as it is at the start, at this time in Unix milliseconds.
    pub(super) fn build(self, now: i64) -> Project {
        let keys: Vec<_> = self.environments.iter().map(|e| e.key.clone()).collect();
        let flags = self.flags.into_iter();
        Project {
            flags: flags
                .map(|flag| (flag.key.clone(), flag.build(&self.key, &keys, now)))
                .collect(),
            environments: self
                .environments
                .into_iter()
                .map(|environment| (environment.key.clone(), environment.build()))
                .collect(),
            users: self.users.into_iter().map(|u| (u.key.clone(), u.build(now))).collect(),
            key: self.key,
        }
    }
}

impl EnvironmentSeed {
    fn build(self) -> Environment {
        Environment {
            name: or(self.name, &self.key),
            key: self.key,
            approval_required: self.approval_settings.required,
            approval_tags: self.approval_settings.required_approval_tags,
        }
    }
}

impl UserSeed {
    fn build(self, now: i64) -> Vec<Record> {
        let start = Timestamp::from_millisecond(now).unwrap_or_default();
        let latest = Record {
            application: self.application_id,
            last_seen: self.last_seen.unwrap_or(start),
            attributes: self.attributes,
        };
        let others = self.other_versions.into_iter().map(|other| Record {
            application: other.application_id,
            last_seen: other.last_seen,
            attributes: other.attributes,
        });
        let mut records: Vec<_> = std::iter::once(latest).chain(others).collect();
        records.sort_by_key(|record| std::cmp::Reverse(record.last_seen));
        records
    }
}

impl FlagSeed {
    fn build(self, project: &str, environments: &[String], now: i64) -> Flag {
        let mut own = self.environments;
        let targeting = environments.iter().map(|environment| {
            let mut targeting = own.remove(environment).unwrap_or_else(|| self.targeting.clone());
            targeting.last_modified = now;
            for (index, rule) in targeting.rules.iter_mut().enumerate() {
                fill_id(&mut rule.id, &[project, &self.key, environment, "rule"], index);
            }
            (environment.clone(), targeting)
        });
        let targeting = targeting.collect();
        let mut variations = self.variations;
        for (index, variation) in variations.iter_mut().enumerate() {
            fill_id(&mut variation.id, &[project, &self.key, "variation"], index);
        }
        Flag {
            name: or(self.name, &self.key),
            key: self.key,
            description: self.description,
            tags: self.tags,
            temporary: self.temporary,
            archived: self.archived,
            deprecated: self.deprecated,
            version: 1,
            variations,
            targeting,
            creation_date: now,
        }
    }
}

fn or(name: String, key: &str) -> String {
    if name.is_empty() { key.to_owned() } else { name }
}

/// Gives what has no id a UUID made from its place, so that it is the same in every run.
fn fill_id(id: &mut String, place: &[&str], index: usize) {
    if id.is_empty() {
        let place = format!("{}/{index}", place.join("/"));
        let high = flag_hash(place.bytes());
        let low = flag_hash(place.bytes().rev());
        let bytes = ((u128::from(high) << 64) | u128::from(low)).to_be_bytes();
        *id = uuid::Builder::from_random_bytes(bytes).into_uuid().to_string();
    }
}
