//! `DELETE …/users/{user}/flags/{flag}`: clears an override and its end.

use actix_web::web::Data;

use crate::domain::Door;
use crate::http::asked::Asked;
use crate::http::authorized::Authorized;
use crate::http::location::{OneFlag, V1};
use crate::http::problem::Handled;
use crate::http::query::Query;
use crate::http::reply::receipt;
use crate::http::state::HttpState;
use crate::policy::Clear;
use crate::problem::Problem;
use crate::settings::Change;
use crate::settings::views::WriteAnswer;

/// Clear a flag for one user
///
/// Takes the override away, and its scheduled end with it. Done again it does no harm.
#[utoipa::path(
    delete,
    path = "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}",
    operation_id = "clearFlag",
    tag = "flags",
    params(
        ("comment" = Option<String>, Query, description = "Why; kept in LaunchDarkly's audit log beside your name."),
        ("dry_run" = Option<bool>, Query, description = "Says what would be sent, and sends nothing."),
    ),
    responses((
        status = 200,
        description = "There is no override any more. With `dry_run=true`: what would be done.",
        body = WriteAnswer<'static>,
        examples(
            ("done" = (summary = "It was done", value = json!({
                "operation": "op_01a20041fac7749697266b20026724d4",
                "project": "shop", "environment": "test", "user": "anna@example.com", "flag": "checkout.new-flow",
                "before": {"setting": false, "expires_at": "2026-11-21T14:00:00Z"},
                "after": {"setting": null, "expires_at": null},
                "applied": "yes"
            }))),
            ("dry-run" = (summary = "With `dry_run=true`", value = json!({
                "dry_run": true,
                "project": "shop", "environment": "test", "user": "anna@example.com", "flag": "checkout.new-flow",
                "before": {"setting": false, "expires_at": "2026-11-21T14:00:00Z"},
                "after": {"setting": null, "expires_at": null},
                "applied": "no",
                "calls": [{
                    "method": "PUT",
                    "path": "/api/v2/users/shop/test/anna@example.com/flags/checkout.new-flow",
                    "body": {
                        "setting": null,
                        "comment": "[flagward demo/writer · writers · http · op_01a20041fb7e7dff8d5efa060bc83c59]"
                    }
                }, {
                    "method": "PATCH",
                    "path": "/api/v2/users/shop/anna@example.com/expiring-user-targets/test",
                    "body": {
                        "comment": "[flagward demo/writer · writers · http · op_01a20041fb7e7dff8d5efa060bc83c59]",
                        "instructions": [{
                            "kind": "removeExpireUserTargetDate", "flagKey": "checkout.new-flow",
                            "variationId": "5f775e88-336f-4917-98ac-3258e73c052f"
                        }]
                    }
                }]
            }))),
        ),
    )),
)]
pub(in crate::http) async fn handle(
    Authorized(permit): Authorized<Clear, OneFlag>,
    state: Data<HttpState>,
    Asked(asking): Asked,
    mut query: Query,
) -> Handled<V1> {
    let (comment, dry_run) = (query.take("comment"), query.take_switch("dry_run"));
    query.finish()?;
    let target = permit.target().clone();
    let change =
        Change { door: Door::Http, comment, dry_run, asking: asking.clone(), expected: None };
    let written = state.in_time().write(&asking, state.settings.clear(permit, change)).await?;
    Ok(receipt(written.body(&target).map_err(Problem::internal)?))
}
