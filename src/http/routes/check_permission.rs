//! `POST /v1/permissions/check`: may the caller do this, and what would guards ask?

use actix_web::HttpResponse;
use actix_web::web::Data;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{FlagKey, FlagTarget, Place, UserKey, UserTarget};
use crate::http::authorized::Authenticated;
use crate::http::body::{Body, Object};
use crate::http::document::{Key, User};
use crate::http::location::V1;
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::state::HttpState;
use crate::policy::{ActionKind, Frozen, Guards, Policy};
use crate::problem::Problem;

/// The user that is meant where none is named: one whom only a pattern for everybody matches.
const ANYBODY: &str = "*";

/// A question to the policy.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Question<'a> {
    /// What would be done.
    #[schema(value_type = ActionName)]
    action: &'a str,
    /// The project.
    #[schema(value_type = Key)]
    project: &'a str,
    /// The environment.
    #[schema(value_type = Key)]
    environment: &'a str,
    /// The flag; left out, any flag will do.
    #[schema(required = false, value_type = Option<Key>)]
    flag: Option<&'a str>,
    /// The user; left out, it must be allowed for everybody.
    #[schema(required = false, value_type = Option<User>)]
    user: Option<&'a str>,
}

/// What can be done.
#[derive(ToSchema)]
#[schema(as = Action, rename_all = "lowercase")]
#[expect(dead_code, reason = "only the document names it: `policy` reads the names of actions")]
pub(in crate::http) enum ActionName {
    /// See.
    Read,
    /// Override.
    Set,
    /// Take an override away.
    Clear,
    /// Change when an override ends.
    Schedule,
}

/// The policy's answer.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Verdict {
    /// Whether it may be done.
    allowed: bool,
    /// The rule that decided.
    #[schema(example = "teams[0].grants[0] of team `payments` allows it")]
    rule: String,
    /// What a write must bring along.
    guards: GuardsView,
    /// Why nobody writes there now, whoever may; null where it is not so, and for reading.
    #[schema(required = true)]
    freeze: Option<FreezeView>,
}

/// Why nobody writes there now.
#[derive(Serialize, ToSchema)]
#[schema(as = Freeze)]
pub(in crate::http) struct FreezeView {
    /// In the operators' words.
    #[schema(example = "the books of the year are closed")]
    reason: String,
    /// When it is over, RFC 3339; null where it stands until it is lifted.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

impl From<Frozen> for FreezeView {
    fn from(frozen: Frozen) -> Self {
        Self { reason: frozen.reason().to_owned(), until: frozen.until() }
    }
}

/// What a write must bring along.
#[derive(Serialize, ToSchema)]
#[schema(as = Guards)]
pub(in crate::http) struct GuardsView {
    /// A comment in your own words.
    require_comment: bool,
    /// The longest an override may last, in seconds; an override must then have an end.
    #[schema(required = true)]
    max_override_seconds: Option<u64>,
    /// In chat, a second look before the write.
    confirm_in_chat: bool,
    /// In chat, the second look must be another person's.
    second_person: bool,
}

impl From<Guards> for GuardsView {
    fn from(guards: Guards) -> Self {
        Self {
            require_comment: guards.require_comment,
            max_override_seconds: guards.max_override.map(|most| most.as_secs()),
            confirm_in_chat: guards.confirm_in_chat,
            second_person: guards.second_person,
        }
    }
}

/// May you do this?
///
/// The answer of the very code that decides, what guards would ask of a write, and the freeze that holds it up.
#[utoipa::path(
    post,
    path = "/v1/permissions/check",
    operation_id = "checkPermission",
    tag = "you",
    request_body(
        content = Question<'static>,
        example = json!({
            "action": "set", "project": "shop", "environment": "test",
            "flag": "checkout.new-flow", "user": "anna@example.com"
        }),
    ),
    responses((
        status = 200,
        description = "The policy's answer.",
        body = Verdict,
        example = json!({
            "allowed": true,
            "rule": "teams[1].grants[0] of team `writers` allows it",
            "guards": {
                "require_comment": false, "max_override_seconds": null,
                "confirm_in_chat": false, "second_person": false
            },
            "freeze": null
        }),
    )),
)]
pub(in crate::http) async fn handle(
    Authenticated(identity, ..): Authenticated<V1>,
    state: Data<HttpState>,
    query: Query,
    Body(body, ..): Body<V1>,
) -> Handled<V1> {
    query.finish()?;
    let (action, user, flag) = read(body)?;
    let is_held_up = |place| identity.policy().freeze_at(place, state.settings.now());
    let frozen = (action != ActionKind::Read).then(|| is_held_up(&user.place)).flatten();
    let (decision, guards) = match flag {
        Some(flag) => {
            let target = FlagTarget { user, flag };
            let guards = identity.policy().guards_on(&target);
            (Policy::explain(&identity, action, &target), guards)
        }
        None => (Policy::explain(&identity, action, &user), identity.policy().guards_on(&user)),
    };
    // Who may not act somewhere learns nothing about the guards and freezes there.
    let (guards, frozen) =
        if decision.is_allowed() { (guards, frozen) } else { (Guards::default(), None) };
    Ok(HttpResponse::Ok().insert_header(("Cache-Control", "no-store")).json(Verdict {
        allowed: decision.is_allowed(),
        rule: decision.rule().to_string(),
        guards: guards.into(),
        freeze: frozen.map(FreezeView::from),
    }))
}

fn read(mut body: Object) -> Result<(ActionKind, UserTarget, Option<FlagKey>), Problem> {
    let action = body.take_text("action");
    let named = action.as_deref().and_then(ActionKind::named);
    if named.is_none() {
        body.require("action", "must be `read`, `set`, `clear` or `schedule`");
    }
    let project = body.take_required("project");
    let environment = body.take_required("environment");
    let flag = body.take_parsed::<FlagKey>("flag");
    let user = body.take_parsed::<UserKey>("user");
    let faults = body.finish();
    let user = user.or_else(|| ANYBODY.parse().ok());
    match (named, project, environment, user) {
        (Some(action), Some(project), Some(environment), Some(user)) if faults.is_empty() => {
            let place = Place { project, environment };
            Ok((action, UserTarget { place, user }, flag))
        }
        _ => Err(Problem::invalid(faults)),
    }
}
