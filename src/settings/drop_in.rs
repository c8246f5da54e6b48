//! `LaunchDarkly`'s own writes, to the letter: one call each, and an existing expiration is left alone.

use std::collections::BTreeSet;

use futures_util::FutureExt as _;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use super::Settings;
use super::error::{Error, Unfinished, Upstream};
use super::journal::Told;
use super::set::Change;
use super::state::of_flag;
use super::views::{Applied, Step, StepOutcome, links_or_none};
use crate::cache::Freshness;
use crate::domain::{FlagKey, FlagTarget, Json, UserTarget};
use crate::policy::{
    ActionKind, Clear, Declared, End, Operation, Patch, Permit, Put, Schedule, Set,
};
use crate::upstream::{self, Failure, PatchError, PatchReport};

/// One instruction of a semantic patch.
#[derive(Clone, Debug)]
pub struct Instruction {
    /// The flag.
    pub flag: FlagKey,
    /// The variation's UUID.
    pub variation_id: String,
    /// What to do.
    pub kind: InstructionKind,
}

/// What an instruction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InstructionKind {
    /// Schedule a removal.
    Add(Timestamp),
    /// Move it, if it still has this version.
    Update(Timestamp, Option<i64>),
    /// Cancel it.
    Remove,
}

/// `LaunchDarkly`'s answer to a patch, with what the caller may see.
#[derive(Debug)]
pub struct Patched {
    /// The body.
    pub body: Vec<u8>,
    applied: Applied,
}

impl Told for Patched {
    fn applied(&self) -> Applied {
        self.applied
    }
}

impl Settings {
    /// Sets a value.
    pub async fn drop_in_set(
        &self,
        permit: Permit<Set>,
        value: Json,
        change: Change,
    ) -> Result<(), Error> {
        self.write(ActionKind::Set, permit, change, move |this, permit, declared| {
            let steps = async move {
                let operation = permit.begin(declared, None)?;
                let variation = this.variation(operation.read(), &value).await?;
                this.put_alone(&operation.put(variation.value), declared, "set").await
            };
            steps.boxed()
        })
        .await
    }

    /// Clears the setting.
    pub async fn drop_in_clear(&self, permit: Permit<Clear>, change: Change) -> Result<(), Error> {
        self.write(ActionKind::Clear, permit, change, move |this, permit, declared| {
            let steps = async move {
                let operation = permit.begin(declared)?;
                this.put_alone(&operation.put(), declared, "clear").await
            };
            steps.boxed()
        })
        .await
    }

    async fn put_alone(
        &self,
        put: &Put<'_>,
        declared: &Declared<'_>,
        step: &'static str,
    ) -> Result<(), Error> {
        let FlagTarget { user, flag } = put.target();
        let writing = self.begin_write(user, std::slice::from_ref(flag));
        let result = self.0.upstream.put_setting(put).await;
        drop(writing);
        result.map_err(|failure| unfinished(declared, step, failure))
    }

    /// Changes expirations of one user, all in one call. Every instruction is permitted before the call.
    pub async fn drop_in_patch(
        &self,
        permit: Permit<Schedule, UserTarget>,
        instructions: Vec<Instruction>,
        change: Change,
    ) -> Result<Patched, Error> {
        let this = self.clone();
        let flags: BTreeSet<_> = instructions.iter().map(|one| one.flag.clone()).collect();
        let flags = Vec::from_iter(flags);
        let place = &permit.target().place;
        let lanes = self.0.lanes.enter(place, &flags).await.ok_or(Error::Busy)?;
        let begun = change.begin(self.now());
        let author = permit.author(change.door.clone());
        let record = change.record(begun, ActionKind::Schedule, author, place, flags);
        let write =
            async move { this.patch_under(&permit, &instructions, &change.declared(begun)).await };
        self.to_its_end(Some(lanes), record, write.boxed()).await
    }

    async fn patch_under(
        &self,
        permit: &Permit<Schedule, UserTarget>,
        instructions: &[Instruction],
        declared: &Declared<'_>,
    ) -> Result<Patched, Error> {
        let mut operations = Vec::with_capacity(instructions.len());
        for one in instructions {
            let permit: Permit<Schedule> = permit.narrow_to(one.flag.clone())?;
            operations.push(permit.begin(declared, one.kind.end())?);
        }
        let patches = operations.iter().zip(instructions).filter_map(|(op, one)| one.patch(op));
        let patch = patches.map(Some).reduce(|all, one| all?.join(one?)).flatten();
        let patch = patch.ok_or(Error::Crashed)?;
        let user = permit.target();
        let flags: Vec<_> = instructions.iter().map(|one| one.flag.clone()).collect();
        let writing = self.begin_write(user, &flags);
        let result = self.0.upstream.patch_expirations(&patch).await;
        self.learn_patch(user, instructions, result.as_ref().ok()).await;
        drop(writing);
        self.learn_patch(user, instructions, result.as_ref().ok()).await;
        let report = result.map_err(|failure| unfinished(declared, "schedule", failure))?;
        let (read, known) = (permit.to_read(), self.remembering(Freshness::Kept));
        let told = all_told(&report, instructions);
        let report = self.0.upstream.complete(report, &told, &read, &known).await;
        Ok(Patched { body: body(&report, |flag| permit.sees(flag))?, applied: applied(&report) })
    }

    /// Tells the cache what the answer says of the ends, or else what may be.
    async fn learn_patch(
        &self,
        user: &UserTarget,
        instructions: &[Instruction],
        report: Option<&PatchReport>,
    ) {
        let cache = &self.0.cache;
        for one in instructions {
            let listed = report.and_then(|report| of_flag(&report.items, &one.flag));
            match (listed, one.kind) {
                (Some(listed), _) => cache.learn_end(user, &one.flag, Some(listed.at)).await,
                (None, InstructionKind::Add(at) | InstructionKind::Update(at, _)) => {
                    cache.learn_possible_end(user, &one.flag, at);
                }
                (None, InstructionKind::Remove) if report.is_some_and(PatchReport::is_complete) => {
                    cache.learn_end(user, &one.flag, None).await;
                }
                (None, InstructionKind::Remove) => {}
            }
        }
    }
}

impl InstructionKind {
    fn end(self) -> End {
        match self {
            Self::Add(at) | Self::Update(at, _) => End::At(at),
            // Only what is overridden can have an expiration, so there is something to protect.
            Self::Remove => End::Never { override_stands: true },
        }
    }
}

impl Instruction {
    fn patch<'op>(&self, operation: &'op Operation<Schedule>) -> Option<Patch<'op>> {
        match self.kind {
            InstructionKind::Add(_) => operation.add(&self.variation_id),
            InstructionKind::Update(_, version) => operation.shift(&self.variation_id, version),
            InstructionKind::Remove => operation.cancel(&self.variation_id),
        }
    }
}

/// The flags of which the report tells all: none of their instructions failed.
fn all_told(report: &PatchReport, instructions: &[Instruction]) -> Vec<FlagKey> {
    let place = |error: &PatchError| error.index.and_then(|index| usize::try_from(index).ok());
    let failed = report.errors.iter().map(|error| Some(&instructions.get(place(error)?)?.flag));
    // Of an error that names no instruction, nobody knows which flag it is about.
    let Some(failed) = failed.collect::<Option<BTreeSet<_>>>() else {
        return Vec::new();
    };
    let told = instructions.iter().map(|one| &one.flag).filter(|flag| !failed.contains(flag));
    told.cloned().collect()
}

/// How much of a patch is in force, as far as the answer tells.
fn applied(report: &PatchReport) -> Applied {
    if report.is_unknown {
        return Applied::Unknown;
    }
    match (report.is_complete(), report.successful) {
        (true, _) => Applied::Yes,
        (false, Some(0)) => Applied::No,
        (false, _) => Applied::Partly,
    }
}

fn unfinished(declared: &Declared<'_>, step: &'static str, failure: Failure) -> Error {
    let (applied, outcome) = match failure.applied() {
        upstream::Applied::No => (Applied::No, StepOutcome::Failed),
        upstream::Applied::Unknown => (Applied::Unknown, StepOutcome::Unknown),
    };
    let steps = vec![Step { step, outcome }];
    let cause = Some(Upstream::from(failure));
    Unfinished::at(declared.id, applied, steps, cause).into()
}

/// `LaunchDarkly`'s answer with the items that the caller may see.
fn body(
    report: &PatchReport,
    sees: impl Fn(&FlagKey) -> bool,
) -> Result<Vec<u8>, serde_json::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct View<'a> {
        items: Vec<&'a RawValue>,
        #[serde(rename = "_links")]
        links: &'a RawValue,
        #[serde(skip_serializing_if = "Option::is_none")]
        total_instructions: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        successful_instructions: Option<u64>,
        #[serde(skip_serializing_if = "Option::is_none")]
        failed_instructions: Option<u64>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        errors: Vec<ErrorView<'a>>,
    }
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct ErrorView<'a> {
        instruction_index: i64,
        message: &'a str,
    }
    let links = links_or_none(report.links.as_deref());
    let errors = report.errors.iter().map(|error| ErrorView {
        instruction_index: error.index.unwrap_or_default(),
        message: &error.message,
    });
    serde_json::to_vec(&View {
        items: report.items.iter().filter(|i| sees(&i.expiration.flag)).map(|i| &*i.raw).collect(),
        links: &links,
        total_instructions: report.total,
        successful_instructions: report.successful,
        failed_instructions: report.failed,
        errors: errors.collect(),
    })
}
