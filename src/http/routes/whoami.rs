//! `GET /v1/whoami`: who the caller is here, and what they may do.

use actix_web::HttpResponse;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::authorized::Authenticated;
use crate::http::location::V1;
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::policy::{ClauseSummary, Identity};

/// Who the caller is here.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Whoami<'a> {
    /// The subject, as the issuer says.
    #[schema(example = "alice")]
    subject: &'a str,
    /// The configured name of the issuer.
    #[schema(example = "demo")]
    issuer: &'a str,
    /// The teams of the policy that the caller is in.
    teams: Vec<&'a str>,
    /// What those teams grant.
    grants: Vec<Grant>,
    /// What those teams deny, whatever any of them grants; a deny of `read` denies everything.
    denies: Vec<Grant>,
    /// When the token expires, RFC 3339.
    #[schema(value_type = String, format = DateTime)]
    token_expires_at: Timestamp,
}

/// What a team grants or denies, as patterns: `*` is any text, `?` one character.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Grant {
    /// The team.
    #[schema(example = "payments")]
    team: String,
    /// What may, or may not, be done.
    actions: Vec<&'static str>,
    /// In which projects.
    projects: Vec<String>,
    /// In which environments.
    environments: Vec<String>,
    /// To which flags.
    flags: Vec<String>,
    /// For which users.
    users: Vec<String>,
}

impl From<ClauseSummary> for Grant {
    fn from(clause: ClauseSummary) -> Self {
        Self {
            team: clause.team,
            actions: clause.actions.iter().map(crate::policy::ActionKind::name).collect(),
            projects: clause.scope.projects,
            environments: clause.scope.environments,
            flags: clause.scope.flags,
            users: clause.scope.users,
        }
    }
}

/// Who you are here, and what you may do
///
/// What your token says about you, and what the policy makes of it.
#[utoipa::path(
    get,
    path = "/v1/whoami",
    operation_id = "whoami",
    tag = "you",
    responses((
        status = 200,
        description = "You.",
        body = Whoami<'static>,
        example = json!({
            "subject": "writer", "issuer": "demo", "teams": ["writers"],
            "grants": [{
                "team": "writers", "actions": ["read", "set", "clear", "schedule"],
                "projects": ["shop"], "environments": ["*"], "flags": ["*"], "users": ["*"]
            }],
            "denies": [],
            "token_expires_at": "2026-11-22T00:00:00Z"
        }),
    )),
)]
pub(in crate::http) async fn handle(
    Authenticated(identity, ..): Authenticated<V1>,
    query: Query,
) -> Handled<V1> {
    query.finish()?;
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(view(&identity)))
}

fn view(identity: &Identity) -> Whoami<'_> {
    let caller = identity.caller();
    Whoami {
        subject: caller.subject(),
        issuer: caller.issuer(),
        teams: identity.teams().collect(),
        grants: identity.grants().into_iter().map(Grant::from).collect(),
        denies: identity.denies().into_iter().map(Grant::from).collect(),
        token_expires_at: caller.expires_at(),
    }
}
