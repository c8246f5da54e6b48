//! From a request to its operation: token, version, limits, route, in this order.

use super::{expirations, flag, identity, settings};
use crate::simulator::seed::{Role, TokenSeed};
use crate::simulator::state::State;
use crate::simulator::switches::UserSettings;
use crate::simulator::wire::{Answer, Refusal, Request, Route, route};
use crate::simulator::world::{By, Environment, Project};

use identity::Version;

/// A request whose token and version were accepted.
pub(in crate::simulator) struct Call<'a> {
    pub(in crate::simulator) request: &'a Request,
    pub(in crate::simulator) state: &'a mut State,
    pub(in crate::simulator) token: TokenSeed,
    pub(super) version: Version,
    /// Unix milliseconds.
    pub(in crate::simulator) now: i64,
}

/// Answers a request as `LaunchDarkly` would, at this time in Unix milliseconds.
pub(in crate::simulator) fn answer(state: &mut State, request: &Request, now: i64) -> Answer {
    let Some(token) = state.token(request.header("authorization")) else {
        return Refusal::Unauthorized.answer();
    };
    let found = route(request.path());
    let pattern = found.as_ref().map_or("none", Route::pattern);
    let spent = format!("{} {pattern}", request.method);
    let spending = state.windows.spend(&spent, &token.token, now);
    let mut answer = if spending.allowed {
        Answer::from(found.and_then(|route| run(state, request, token, &route, now)))
    } else {
        Refusal::RateLimited.answer()
    };
    answer.headers.extend(spending.headers);
    answer
}

fn run(
    state: &mut State,
    request: &Request,
    token: TokenSeed,
    route: &Route,
    now: i64,
) -> Result<Answer, Refusal> {
    let version = Version::asked(request.header("ld-api-version"))?;
    let removed = match state.user_settings {
        UserSettings::Served => false,
        UserSettings::RemovedFrom20240415 => version.is_newest(),
        UserSettings::Gone => true,
    };
    if removed && route.is_user_settings() {
        return Err(Refusal::NotFound);
    }
    let mut call = Call { request, state, token, version, now };
    call.follow(route)
}

impl Call<'_> {
    fn follow(&mut self, route: &Route) -> Result<Answer, Refusal> {
        match (route, self.request.method.as_str()) {
            (Route::Versions, "GET" | "HEAD") => Ok(identity::versions(self)),
            (Route::CallerIdentity, "GET" | "HEAD") => Ok(identity::caller(self)),
            (Route::Flag { project, flag }, "GET" | "HEAD") => flag::read(self, project, flag),
            (Route::Settings { .. }, "GET" | "HEAD") => settings::list(self, route),
            (Route::Setting { .. }, "GET" | "HEAD") => settings::read(self, route),
            (Route::Setting { .. }, "PUT") => settings::put(self, route),
            (Route::Expirations { .. }, "GET" | "HEAD") => expirations::read(self, route),
            (Route::Expirations { .. }, "PATCH") => expirations::patch(self, route),
            _ => Err(Refusal::MethodNotAllowed),
        }
    }

    /// The project and the environment, or how `LaunchDarkly` says that there is none: 404 for a project, but 400
    /// for an environment.
    pub(super) fn find(
        &self,
        project: &str,
        environment: &str,
    ) -> Result<(&Project, &Environment), Refusal> {
        let projects = &self.state.account.projects;
        let project = projects.get(project).ok_or(Refusal::NotFound)?;
        let found = project.environments.get(environment);
        let unknown = || Refusal::UnknownEnvironment(environment.to_owned());
        Ok((project, found.ok_or_else(unknown)?))
    }

    /// Whether the token may change targets here, and whether the environment lets anybody do so unasked.
    pub(super) fn may_change(
        &self,
        environment: &Environment,
        action: &'static str,
        resource: String,
    ) -> Result<(), Refusal> {
        if self.token.role == Role::Reader {
            return Err(Refusal::Forbidden { action, resource });
        }
        if environment.approval_required {
            return Err(Refusal::ApprovalRequired { action });
        }
        Ok(())
    }

    /// Who the history names, with the words that came with the request.
    pub(super) fn by(&self, comment: Option<String>) -> By {
        By { name: self.token.name.clone(), comment }
    }
}
