//! What the document begins with, and which operations it has.

use utoipa::OpenApi;

use super::complete::Completion;
use super::keys::{Key, User};
use crate::http::problem_views::{DropInErrorView, ProblemView};
use crate::http::routes;

/// The document before its completion.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Flagward",
        description = "See, and override for a limited time, what one user gets from LaunchDarkly.

Send your token as `Authorization: Bearer …`. What you may see and do, a policy says: ask `GET /v1/whoami`.

- `HEAD` works wherever `GET` does.
- Reads come from a cache. `Age` says how old they are; `Cache-Control: no-cache` asks LaunchDarkly; `If-None-Match` spares the body.
- Failures are `application/problem+json` (RFC 9457). Act on the slug in `type`; show `detail` to people; quote `request_id` when you ask \
for help.
- A route with another method answers 405 and says in `Allow` which it has; what is no route answers 404.",
    ),
    servers((url = ".", description = "Where this document comes from.")),
    tags(
        (name = "expirations", description = "When overrides end by themselves."),
        (name = "flags", description = "What a user receives, and what they are explicitly set to."),
        (name = "health", description = "For load balancers and container health checks; without a token."),
        (
            name = "launchdarkly",
            description = "LaunchDarkly's own five operations, for its clients: another host and another token, and nothing else \
                changes. Bodies, statuses and errors are LaunchDarkly's."
        ),
        (name = "you", description = "Who you are here, and what you may do."),
    ),
    paths(
        routes::flags::handle,
        routes::flag::handle,
        routes::set_flag::handle,
        routes::clear_flag::handle,
        routes::schedule::handle,
        routes::unschedule::handle,
        routes::expirations::handle,
        routes::whoami::handle,
        routes::check_permission::handle,
        routes::drop_in_flags::handle,
        routes::drop_in_flag::handle,
        routes::drop_in_put::handle,
        routes::drop_in_expirations::handle,
        routes::drop_in_patch::handle,
        routes::health::alive,
        routes::health::ready,
    ),
    components(schemas(ProblemView<'static>, DropInErrorView<'static>, Key, User, routes::Include)),
    modifiers(&Completion),
)]
struct Frame;

/// The document as served, and as kept in `openapi/flagward.json`: pretty, with a line break at its end.
#[must_use]
pub fn openapi_document() -> String {
    let mut text = Frame::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}
