//! Instructions as they are sent. Those of users name a user and, where the route does not, a flag; those of
//! contexts name a kind and a key. Unknown members are ignored, as upstream.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::patch::Step;
use crate::simulator::operations::body::semantic_patch;
use crate::simulator::wire::{Refusal, Request};
use crate::simulator::world::{Place, Scheduling};

/// One instruction of a semantic patch.
pub(super) trait Instruction: DeserializeOwned {
    /// What it asks for. What it does not name is the route's place.
    fn step(self, place: &Place) -> Result<Step, Refusal>;
}

/// `instructionUserRequest`: an instruction about a flag, where the route names the user.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfFlag {
    kind: UserKind,
    flag_key: String,
    variation_id: String,
    #[serde(flatten)]
    date: Date,
}

/// `Instruction` about a user, where the route names the flag.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfUser {
    kind: UserKind,
    user_key: String,
    variation_id: String,
    #[serde(flatten)]
    date: Date,
}

/// `Instruction` about a context of any kind, where the route names the flag.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfContext {
    kind: ContextKind,
    context_kind: String,
    context_key: String,
    variation_id: String,
    #[serde(flatten)]
    date: Date,
}

/// `patchUsersRequest` and `patchFlagsRequest`.
#[derive(Deserialize)]
struct Patch<I> {
    comment: Option<String>,
    instructions: Vec<I>,
}

/// When, which adding and updating need; and the version that an update may name.
#[derive(Deserialize)]
struct Date {
    value: Option<i64>,
    version: Option<i64>,
}

#[derive(Clone, Copy, Deserialize)]
enum UserKind {
    #[serde(rename = "addExpireUserTargetDate")]
    Add,
    #[serde(rename = "updateExpireUserTargetDate")]
    Update,
    #[serde(rename = "removeExpireUserTargetDate")]
    Remove,
}

#[derive(Clone, Copy, Deserialize)]
enum ContextKind {
    #[serde(rename = "addExpiringTarget")]
    Add,
    #[serde(rename = "updateExpiringTarget")]
    Update,
    #[serde(rename = "removeExpiringTarget")]
    Remove,
}

/// Reads a semantic patch: its comment, and what its instructions ask for.
pub(super) fn read<I: Instruction>(
    request: &Request,
    place: &Place,
) -> Result<(Option<String>, Vec<Step>), Refusal> {
    let patch: Patch<I> = semantic_patch(request)?;
    let steps = patch.instructions.into_iter().map(|instruction| instruction.step(place));
    Ok((patch.comment, steps.collect::<Result<_, _>>()?))
}

impl Instruction for OfFlag {
    fn step(self, place: &Place) -> Result<Step, Refusal> {
        Ok(Step {
            what: self.kind.on(&self.date)?,
            place: Place { flag: self.flag_key, ..place.clone() },
            variation_id: self.variation_id,
        })
    }
}

impl Instruction for OfUser {
    fn step(self, place: &Place) -> Result<Step, Refusal> {
        Ok(Step {
            what: self.kind.on(&self.date)?,
            place: Place { user: self.user_key, ..place.clone() },
            variation_id: self.variation_id,
        })
    }
}

impl Instruction for OfContext {
    fn step(self, place: &Place) -> Result<Step, Refusal> {
        Ok(Step {
            what: self.kind.on(&self.date)?,
            place: Place { kind: self.context_kind, user: self.context_key, ..place.clone() },
            variation_id: self.variation_id,
        })
    }
}

impl UserKind {
    fn on(self, date: &Date) -> Result<Scheduling, Refusal> {
        match self {
            Self::Add => date.add(),
            Self::Update => date.update(),
            Self::Remove => Ok(Scheduling::Remove),
        }
    }
}

impl ContextKind {
    fn on(self, date: &Date) -> Result<Scheduling, Refusal> {
        match self {
            Self::Add => date.add(),
            Self::Update => date.update(),
            Self::Remove => Ok(Scheduling::Remove),
        }
    }
}

impl Date {
    fn add(&self) -> Result<Scheduling, Refusal> {
        self.given().map(Scheduling::Add)
    }

    fn update(&self) -> Result<Scheduling, Refusal> {
        self.given().map(|value| Scheduling::Update(value, self.version))
    }

    fn given(&self) -> Result<i64, Refusal> {
        let words = "Invalid request body: value is required for add and update";
        self.value.ok_or_else(|| Refusal::invalid(words))
    }
}
