//! `PUT …/flags/{flag}/expiration`: makes an override end, or end at another time.

use actix_web::web::Data;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::Door;
use crate::http::asked::Asked;
use crate::http::authorized::Authorized;
use crate::http::body::{Body, accept};
use crate::http::document::Duration;
use crate::http::location::{OneExpiration, V1};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::receipt;
use crate::http::state::HttpState;
use crate::policy::Schedule;
use crate::problem::Problem;
use crate::settings::Change;
use crate::settings::views::WriteAnswer;

/// When an override ends: one of the two.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Expiry<'a> {
    /// How long from now, like `90s`, `2h`, `1h30m` or `7d`.
    #[schema(required = false, value_type = Option<Duration>)]
    expires_in: Option<&'a str>,
    /// When, RFC 3339; instead of `expires_in`.
    #[schema(required = false, value_type = Option<String>, format = DateTime)]
    expires_at: Option<&'a str>,
    /// Why; kept in LaunchDarkly's audit log beside your name.
    #[schema(required = false, example = "the customer needs another hour")]
    comment: Option<&'a str>,
}

/// Make an override end, or end at another time
///
/// The user must have an override of this flag.
#[utoipa::path(
    put,
    path = "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}/expiration",
    operation_id = "setExpiration",
    tag = "expirations",
    params(("dry_run" = Option<bool>, Query, description = "Says what would be sent, and sends nothing.")),
    request_body(
        content = Expiry<'static>,
        examples(
            ("at-a-moment" = (summary = "At a moment", value = json!({"expires_at": "2036-01-01T00:00:00Z"}))),
            ("in-two-hours" = (
                summary = "In two hours",
                value = json!({"expires_in": "2h", "comment": "the customer needs another hour"}),
            )),
        ),
    ),
    responses((
        status = 200,
        description = "It will end then. With `dry_run=true`: what would be done.",
        body = WriteAnswer<'static>,
        examples(
            ("done" = (summary = "It was done", value = json!({
                "operation": "op_01a20041fac7749697266b20026724d4",
                "project": "shop", "environment": "test", "user": "anna@example.com", "flag": "checkout.new-flow",
                "before": {"setting": false, "expires_at": null},
                "after": {"setting": false, "expires_at": "2026-11-21T14:00:00Z"},
                "applied": "yes"
            }))),
            ("dry-run" = (summary = "With `dry_run=true`", value = json!({
                "dry_run": true,
                "project": "shop", "environment": "test", "user": "anna@example.com", "flag": "checkout.new-flow",
                "before": {"setting": false, "expires_at": null},
                "after": {"setting": false, "expires_at": "2026-11-21T14:00:00Z"},
                "applied": "no",
                "calls": [{
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
    Authorized(permit): Authorized<Schedule, OneExpiration>,
    state: Data<HttpState>,
    Asked(asking): Asked,
    mut query: Query,
    Body(mut body, ..): Body<V1>,
) -> Handled<V1> {
    let dry_run = query.take_switch("dry_run");
    query.finish()?;
    let end = body.take_end(state.settings.now());
    if end.is_none() && !body.has_faults() {
        body.fault(
            "expires_in",
            "or `expires_at` must be given; DELETE lets the override stand for good",
        );
    }
    let comment = body.take_text("comment");
    accept(body.finish())?;
    let target = permit.target().clone();
    let change =
        Change { door: Door::Http, comment, dry_run, asking: asking.clone(), expected: None };
    let written =
        state.in_time().write(&asking, state.settings.schedule(permit, end, change)).await?;
    Ok(receipt(written.body(&target).map_err(Problem::internal)?))
}
