//! `GET /api/v2/flags/{project}/{flag}`: a flag, archived or not, with the environments that `env` names, or all of
//! them, and everything about how it is targeted there.

use super::view::{self, Detail};
use crate::simulator::operations::Call;
use crate::simulator::operations::query::Query;
use crate::simulator::wire::{Answer, Refusal};

/// A flag, with the environments asked for.
pub(in crate::simulator::operations) fn read(
    call: &Call<'_>,
    project: &str,
    flag: &str,
) -> Result<Answer, Refusal> {
    let projects = &call.state.account.projects;
    let project = projects.get(project).ok_or(Refusal::NotFound)?;
    let query = Query::of(call.request);
    let asked = view::environments(project, &query.all("env"))?;
    let shown = if asked.is_empty() { project.environments.values().collect() } else { asked };
    let flag = project.flags.get(flag).ok_or(Refusal::NotFound)?;
    Ok(Answer::ok(&view::view(project, flag, &shown, Detail::Whole)))
}
