//! From a request to its operation: token, version, limits, route, in this order.

use super::expirations::flag::Side;
use super::{contexts, evaluations, expirations, flag, identity, put, settings};
use crate::simulator::seed::{Role, TokenSeed};
use crate::simulator::state::State;
use crate::simulator::switches::UserSettings;
use crate::simulator::wire::{Answer, Refusal, Request, Route, route};
use crate::simulator::world::{By, Environment, Flag, Place, Project};

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
    let version = Version::asked(request.header("ld-api-version"), state.user_settings)?;
    let removed = match state.user_settings {
        UserSettings::Served => false,
        UserSettings::RemovedFrom20240415 => version.is_newest(),
        UserSettings::Gone | UserSettings::Retired => true,
    };
    if removed && route.is_user_settings() {
        return Err(Refusal::NotFound);
    }
    let mut call = Call { request, state, token, version, now };
    call.follow(route)
}

impl Call<'_> {
    fn follow(&mut self, route: &Route) -> Result<Answer, Refusal> {
        match (self.request.method.as_str(), route) {
            ("GET" | "HEAD", route) => self.read(route),
            ("PUT", Route::Setting { project, environment, user, flag }) => {
                put::setting(self, &Place::of_user(project, environment, user, flag))
            }
            ("PUT", Route::ContextSetting { project, environment, kind, key, flag }) => {
                put::setting(self, &Place::of_context(project, environment, (kind, key), flag))
            }
            ("PATCH", Route::Expirations { project, user, environment }) => {
                expirations::user::patch(self, &Place::of_user(project, environment, user, ""))
            }
            ("PATCH", Route::ExpiringUserTargets { project, flag, environment }) => {
                let place = Place::of_user(project, environment, "", flag);
                expirations::flag::patch(self, Side::Users, &place)
            }
            ("PATCH", Route::ExpiringTargets { project, flag, environment }) => {
                let place = Place::of_user(project, environment, "", flag);
                expirations::flag::patch(self, Side::Contexts, &place)
            }
            ("POST", Route::Evaluate { project, environment }) => {
                evaluations::evaluate(self, project, environment)
            }
            _ => Err(Refusal::MethodNotAllowed),
        }
    }

    fn read(&self, route: &Route) -> Result<Answer, Refusal> {
        match route {
            Route::Versions => Ok(identity::versions(self)),
            Route::CallerIdentity => Ok(identity::caller(self)),
            Route::Flags { project } => flag::list::list(self, project),
            Route::Flag { project, flag } => flag::read::read(self, project, flag),
            Route::Settings { project, environment, user } => {
                settings::list(self, project, environment, user)
            }
            Route::Setting { project, environment, user, flag } => {
                settings::read(self, &Place::of_user(project, environment, user, flag))
            }
            Route::Expirations { project, user, environment } => {
                expirations::user::read(self, &Place::of_user(project, environment, user, ""))
            }
            Route::ExpiringUserTargets { project, flag, environment } => {
                let place = Place::of_user(project, environment, "", flag);
                expirations::flag::read(self, Side::Users, &place)
            }
            Route::ExpiringTargets { project, flag, environment } => {
                let place = Place::of_user(project, environment, "", flag);
                expirations::flag::read(self, Side::Contexts, &place)
            }
            Route::ContextRecords { project, environment, kind, key } => {
                contexts::read(self, (project, environment), (kind, key))
            }
            Route::Evaluate { .. } | Route::ContextSetting { .. } => Err(Refusal::MethodNotAllowed),
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

    /// The flag that a place names, with its environment; a flag that is not there is a 404.
    pub(super) fn find_flag(
        &self,
        place: &Place,
    ) -> Result<(&Project, &Environment, &Flag), Refusal> {
        let (project, environment) = self.find(&place.project, &place.environment)?;
        let flag = project.flags.get(&place.flag).ok_or(Refusal::NotFound)?;
        Ok((project, environment, flag))
    }

    /// Whether the token may change targets here. `flag` may be `*`.
    pub(super) fn may_change(
        &self,
        place: &Place,
        action: &'static str,
        flag: &str,
    ) -> Result<(), Refusal> {
        if self.token.role == Role::Reader {
            let (project, environment) = (&place.project, &place.environment);
            let resource = format!("proj/{project}:env/{environment}:flag/{flag}");
            return Err(Refusal::Forbidden { action, resource });
        }
        Ok(())
    }

    /// Takes the flag's optimistic lock, unless it is to be lost.
    pub(super) fn lock(&mut self, project: &str, flag: &str) -> Result<(), Refusal> {
        if self.state.loses_lock(project, flag) { Err(Refusal::LostLock) } else { Ok(()) }
    }

    /// Who the history names, with the words that came with the request.
    pub(super) fn by(&self, comment: Option<String>) -> By {
        By { name: self.token.name.clone(), comment }
    }
}

/// Refuses a change that would need an approval.
pub(super) fn needs_no_approval(needed: bool, action: &'static str) -> Result<(), Refusal> {
    if needed { Err(Refusal::ApprovalRequired { action }) } else { Ok(()) }
}
