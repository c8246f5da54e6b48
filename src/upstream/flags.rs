//! Definitions of flags: what values they can have, and which users they are set to one of them for.

use std::collections::{BTreeMap, HashMap};
use std::ops::Deref;
use std::sync::Arc;

use super::failure::{Failure, Invalid};
use crate::domain::{FlagKey, Json, UserKey};
use crate::policy::{Part, Permit, Read, Resource};

/// Users, and the index of the variation that each is set to.
pub(super) type Targets = HashMap<Box<str>, usize>;

/// What we need of a flag's definition, in one environment.
#[derive(Clone, Debug)]
pub struct FlagDocument {
    /// `boolean` or `multivariate`, where given.
    pub kind: Option<String>,
    /// Whether the flag is archived.
    pub archived: bool,
    /// The values it can have, in order.
    pub variations: Vec<Variation>,
    /// None where the answer did not tell.
    pub(super) targets: Option<Targets>,
}

/// One value that a flag can have.
#[derive(Clone, Debug)]
pub struct Variation {
    /// The UUID that expirations name it by.
    pub id: String,
    /// The value, in the flag's own spelling.
    pub value: Json,
}

impl FlagDocument {
    /// The variation that means the same value, in whatever spelling.
    #[must_use]
    pub fn variation(&self, value: &Json) -> Option<&Variation> {
        let mut all = self.variations.iter();
        all.find(|one| one.value.same_value(value))
    }

    /// What a user is explicitly set to; none for nothing. Fails where the definition does not tell: that nobody is
    /// set is something else.
    pub fn setting_of(&self, user: &UserKey) -> Result<Option<&Variation>, Failure> {
        let incomplete = || Failure::Invalid(Invalid::Incomplete);
        let targets = self.targets.as_ref().ok_or_else(incomplete)?;
        let Some(index) = targets.get(user.as_str()) else {
            return Ok(None);
        };
        self.variations.get(*index).map(Some).ok_or_else(incomplete)
    }

    /// About how many bytes this takes.
    #[must_use]
    pub fn weight(&self) -> usize {
        let variation = |one: &Variation| one.id.len() + one.value.as_str().len() + 96;
        let targets = self.targets.iter().flat_map(HashMap::keys);
        let targets: usize = targets.map(|user| user.len() + 48).sum();
        size_of::<Self>() + self.variations.iter().map(variation).sum::<usize>() + targets
    }
}

/// The definitions of a project's flags in one environment, by key.
#[derive(Clone, Debug, Default)]
pub struct FlagDocuments {
    by_key: BTreeMap<FlagKey, Arc<FlagDocument>>,
    is_whole: bool,
}

impl FlagDocuments {
    /// These, which are all that there are or not.
    pub(super) fn new(by_key: BTreeMap<FlagKey, Arc<FlagDocument>>, is_whole: bool) -> Self {
        Self { by_key, is_whole }
    }
}

impl Deref for FlagDocuments {
    type Target = BTreeMap<FlagKey, Arc<FlagDocument>>;

    fn deref(&self) -> &Self::Target {
        &self.by_key
    }
}

/// The definitions of a project's flags as they concern one user: those fetched together, and those fetched since
/// because this user's targets in them have changed.
#[derive(Clone, Debug, Default)]
pub struct FlagsOfUser {
    /// All that were fetched together.
    pub documents: Arc<FlagDocuments>,
    /// Newer ones, which count instead. None where the flag has gone.
    pub newer: BTreeMap<FlagKey, Option<Arc<FlagDocument>>>,
}

impl FlagsOfUser {
    /// A flag's definition; none if there is no such flag.
    #[must_use]
    pub fn get(&self, flag: &FlagKey) -> Option<&FlagDocument> {
        match self.newer.get(flag) {
            Some(newer) => newer.as_deref(),
            None => self.documents.get(flag).map(|document| &**document),
        }
    }

    /// Whether nothing is known of this flag, not even that it has gone.
    pub(super) fn lacks(&self, flag: &FlagKey) -> bool {
        !self.newer.contains_key(flag) && !self.documents.contains_key(flag)
    }

    /// The flags for which `user` is explicitly set to something. Fails where not all flags are known: nothing would
    /// tell that some are left out.
    pub fn targeting(&self, user: &UserKey) -> Result<Vec<FlagKey>, Failure> {
        if !self.documents.is_whole {
            return Err(Failure::Invalid(Invalid::Incomplete));
        }
        let newer = self.newer.keys().filter(|flag| !self.documents.contains_key(flag));
        let mut found = Vec::new();
        for flag in self.documents.keys().chain(newer) {
            let Some(document) = self.get(flag) else { continue };
            if document.setting_of(user)?.is_some() {
                found.push(flag.clone());
            }
        }
        Ok(found)
    }
}

/// The attributes that `LaunchDarkly` has stored of a user: the members of a context, without its kind, its key and
/// what is about the record itself.
pub type Attributes = BTreeMap<String, Json>;

/// What is remembered of earlier answers. The replacement APIs tell in several answers what the User Settings API told
/// in one; those that are the same for many questions come from here. Whoever implements this fetches what it does
/// not know.
pub trait Remembered: Sync {
    /// The definitions of all flags of the permit's project, right for its user.
    fn flags(
        &self,
        permit: &Permit<Read, crate::domain::UserTarget>,
    ) -> impl Future<Output = Result<FlagsOfUser, Failure>> + Send;

    /// The definition of one flag, right for the user.
    fn flag(&self, part: &Part) -> impl Future<Output = Result<Arc<FlagDocument>, Failure>> + Send;

    /// The stored attributes of the permit's user.
    fn attributes<T: Resource>(
        &self,
        permit: &Permit<Read, T>,
    ) -> impl Future<Output = Result<Arc<Attributes>, Failure>> + Send;
}
