//! `PUT …/users/{user}/flags/{flag}`: states the whole override of a flag, its value and its end.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Door;
use crate::http::asked::Asked;
use crate::http::authorized::Authorized;
use crate::http::body::{Body, accept};
use crate::http::document::Duration;
use crate::http::location::{OneFlag, V1};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::receipt;
use crate::http::state::HttpState;
use crate::policy::SetOrClear;
use crate::problem::Problem;
use crate::settings::Change;
use crate::settings::views::WriteAnswer;

/// The whole override of a flag: its value and its end.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Override<'a> {
    /// The value: one of the flag's variations. `null` clears, and needs that permission.
    #[schema(value_type = serde_json::Value, required = true, example = true)]
    setting: (),
    /// Why; kept in LaunchDarkly's audit log beside your name.
    #[schema(required = false, example = "reproducing ticket 4711")]
    comment: Option<&'a str>,
    /// How long the override lasts, like `90s`, `2h`, `1h30m` or `7d`; without an end it lasts until it is cleared.
    #[schema(required = false, value_type = Option<Duration>)]
    expires_in: Option<&'a str>,
    /// When it ends, RFC 3339; instead of `expires_in`.
    #[schema(required = false, value_type = Option<String>, format = DateTime)]
    expires_at: Option<&'a str>,
}

/// Set a flag for one user
///
/// States the whole override: its value and its end. Without an end, a pending one is cancelled. If the value was set
/// but its end could not be, the value is taken back.
#[utoipa::path(
    put,
    path = "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}",
    operation_id = "setFlag",
    tag = "flags",
    params(("dry_run" = Option<bool>, Query, description = "Says what would be sent, and sends nothing.")),
    request_body(
        content = Override<'static>,
        examples(
            ("for-two-hours" = (
                summary = "For two hours",
                value = json!({"setting": false, "expires_in": "2h", "comment": "reproducing ticket 4711"}),
            )),
            ("until-a-moment" = (
                summary = "Until a moment",
                value = json!({"setting": true, "expires_at": "2036-01-01T00:00:00Z"}),
            )),
            ("until-cleared" = (summary = "Until it is cleared", value = json!({"setting": false}))),
        ),
    ),
    responses((
        status = 200,
        description = "It is in force. With `dry_run=true`: what would be done.",
        body = WriteAnswer<'static>,
        examples(
            ("done" = (summary = "It was done", value = json!({
                "operation": "op_01a20041fac7749697266b20026724d4",
                "project": "shop", "environment": "test", "user": "anna@example.com", "flag": "checkout.new-flow",
                "before": {"setting": true, "expires_at": null},
                "after": {"setting": false, "expires_at": "2026-11-21T14:00:00Z"},
                "applied": "yes"
            }))),
            ("dry-run" = (summary = "With `dry_run=true`", value = json!({
                "dry_run": true,
                "project": "shop", "environment": "test", "user": "anna@example.com", "flag": "checkout.new-flow",
                "before": {"setting": true, "expires_at": null},
                "after": {"setting": false, "expires_at": "2026-11-21T14:00:00Z"},
                "applied": "no",
                "calls": [{
                    "method": "PUT",
                    "path": "/api/v2/users/shop/test/anna@example.com/flags/checkout.new-flow",
                    "body": {
                        "setting": false,
                        "comment": "[flagward demo/writer · writers · http · op_01a20041fb7e7dff8d5efa060bc83c59]"
                    }
                }, {
                    "method": "PATCH",
                    "path": "/api/v2/users/shop/anna@example.com/expiring-user-targets/test",
                    "body": {
                        "comment": "[flagward demo/writer · writers · http · op_01a20041fb7e7dff8d5efa060bc83c59]",
                        "instructions": [{
                            "kind": "addExpireUserTargetDate", "flagKey": "checkout.new-flow",
                            "variationId": "5f775e88-336f-4917-98ac-3258e73c052f", "value": 1_795_269_600_000_u64
                        }]
                    }
                }]
            }))),
        ),
    )),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<SetOrClear, OneFlag>,
    state: Data<HttpState>,
    Asked(asking): Asked,
    mut query: Query,
    Body(mut body, ..): Body<V1>,
) -> Handled<V1> {
    let dry_run = query.take_switch("dry_run");
    query.finish()?;
    let setting = body.take_json("setting");
    if setting.is_none() {
        body.require("setting", "must be given; `null` clears");
    }
    let comment = body.take_text("comment");
    let end = body.take_end(state.settings.now());
    let clears = setting.as_ref().is_some_and(crate::domain::Json::is_null);
    if clears && end.is_some() {
        body.fault(
            "setting",
            "must not be `null` together with an end: what is cleared does not end",
        );
    }
    accept(body.finish())?;
    let change =
        Change { door: Door::Http, comment, dry_run, asking: asking.clone(), expected: None };
    let target = permit.target().clone();
    let within = state.in_time();
    let written = match setting {
        Some(value) if !clears => {
            let permit = permit.narrow()?;
            within.write(&asking, state.settings.set(permit, value, end, change)).await?
        }
        _ => within.write(&asking, state.settings.clear(permit.narrow()?, change)).await?,
    };
    Ok(receipt(written.body(&target).map_err(Problem::internal)?))
}
