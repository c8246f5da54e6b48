//! Which route leads where.

use std::sync::Arc;

use actix_web::http::Method;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use super::{
    check_permission, clear_flag, drop_in_expirations, drop_in_flag, drop_in_flags, drop_in_patch,
    drop_in_put, expirations, flag, flags, health, schedule, set_flag, unschedule, whoami,
};
use crate::http::document;
use crate::http::hooks::Mounted;
use crate::http::location::{DropIn, V1};
use crate::http::problem::Failed;
use crate::http::router::{Resource, Router};
use crate::http::state::HttpState;
use crate::problem::{Problem, Slug};
use crate::telemetry::Metrics;

/// What an answer may say besides.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "kebab-case")]
#[expect(dead_code, reason = "only the document names it: the query is read by its own room")]
pub(in crate::http) enum Include {
    /// When the override ends.
    Expiration,
}

/// A route: its pattern below the base path, and the methods it has.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The pattern, as in the document and in metrics.
    pub pattern: &'static str,
    /// The methods.
    pub methods: &'static [&'static str],
}
const FLAGS: Route = Route {
    pattern: "/v1/projects/{project}/environments/{environment}/users/{user}/flags",
    methods: &["GET", "HEAD"],
};
const FLAG: Route = Route {
    pattern: "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}",
    methods: &["GET", "HEAD", "PUT", "DELETE"],
};
const EXPIRATION: Route = Route {
    pattern: "/v1/projects/{project}/environments/{environment}/users/{user}/flags/{flag}/expiration",
    methods: &["PUT", "DELETE"],
};
const EXPIRATIONS: Route = Route {
    pattern: "/v1/projects/{project}/environments/{environment}/users/{user}/expirations",
    methods: &["GET", "HEAD"],
};
const WHOAMI: Route = Route { pattern: "/v1/whoami", methods: &["GET", "HEAD"] };
const CHECK: Route = Route { pattern: "/v1/permissions/check", methods: &["POST"] };
const DROP_IN_FLAGS: Route = Route {
    pattern: "/api/v2/users/{project}/{environment}/{user}/flags",
    methods: &["GET", "HEAD"],
};
const DROP_IN_FLAG: Route = Route {
    pattern: "/api/v2/users/{project}/{environment}/{user}/flags/{flag}",
    methods: &["GET", "HEAD", "PUT"],
};
const DROP_IN_EXPIRATIONS: Route = Route {
    pattern: "/api/v2/users/{project}/{user}/expiring-user-targets/{environment}",
    methods: &["GET", "HEAD", "PATCH"],
};
const HEALTHZ: Route = Route { pattern: "/healthz", methods: &["GET", "HEAD"] };
const READYZ: Route = Route { pattern: "/readyz", methods: &["GET", "HEAD"] };
const DOCUMENT: Route = Route { pattern: "/openapi.json", methods: &["GET", "HEAD"] };
const DOCS: Route = Route { pattern: "/docs", methods: &["GET", "HEAD"] };
const DOCS_PAGE: Route = Route { pattern: "/docs/{tail:.*}", methods: &["GET", "HEAD"] };

/// `HEAD` wherever `GET`.
const READ: &[Method] = &[Method::GET, Method::HEAD];
const PUT: &[Method] = &[Method::PUT];
const DELETE: &[Method] = &[Method::DELETE];
const PATCH: &[Method] = &[Method::PATCH];
const POST: &[Method] = &[Method::POST];

/// Every route, for whoever walks them: the document and its test.
pub const ROUTES: &[Route] = &[
    FLAGS,
    FLAG,
    EXPIRATION,
    EXPIRATIONS,
    WHOAMI,
    CHECK,
    DROP_IN_FLAGS,
    DROP_IN_FLAG,
    DROP_IN_EXPIRATIONS,
    HEALTHZ,
    READYZ,
    DOCUMENT,
    DOCS,
    DOCS_PAGE,
];

/// Registers every route below `base_path`, each with its metrics, `hooks` with them, and an answer for all else.
pub fn configure(
    config: &mut ServiceConfig,
    base_path: &str,
    metrics: &Metrics,
    hooks: Vec<Mounted>,
) {
    let mut resources = resources(metrics);
    resources.extend(hooks.into_iter().map(|hook| hook.into_resource(metrics)));
    config.default_service(Router {
        base_path: base_path.into(),
        resources,
        not_found: web::to(not_found),
        no_such_method: web::to(no_such_method),
    });
}

/// Those of the table. The router asks them in this order, so those that are asked most come first.
fn resources(metrics: &Metrics) -> Vec<Resource> {
    let resource = |route, handlers| Resource::new(route, metrics, handlers);
    vec![
        resource(
            &FLAG,
            vec![
                (READ, web::to(flag::handle)),
                (PUT, web::to(set_flag::handle)),
                (DELETE, web::to(clear_flag::handle)),
            ],
        ),
        resource(
            &DROP_IN_FLAG,
            vec![(READ, web::to(drop_in_flag::handle)), (PUT, web::to(drop_in_put::handle))],
        ),
        resource(&FLAGS, vec![(READ, web::to(flags::handle))]),
        resource(&DROP_IN_FLAGS, vec![(READ, web::to(drop_in_flags::handle))]),
        resource(
            &EXPIRATION,
            vec![(PUT, web::to(schedule::handle)), (DELETE, web::to(unschedule::handle))],
        ),
        resource(&EXPIRATIONS, vec![(READ, web::to(expirations::handle))]),
        resource(
            &DROP_IN_EXPIRATIONS,
            vec![
                (READ, web::to(drop_in_expirations::handle)),
                (PATCH, web::to(drop_in_patch::handle)),
            ],
        ),
        resource(&WHOAMI, vec![(READ, web::to(whoami::handle))]),
        resource(&CHECK, vec![(POST, web::to(check_permission::handle))]),
        resource(&HEALTHZ, vec![(READ, web::to(health::alive))]),
        resource(&READYZ, vec![(READ, web::to(health::ready))]),
        resource(&DOCUMENT, vec![(READ, web::to(document::serve))]),
        resource(&DOCS, vec![(READ, web::to(document::redirect))]),
        resource(&DOCS_PAGE, vec![(READ, web::to(document::page))]),
    ]
}

async fn not_found(request: HttpRequest) -> Result<HttpResponse, actix_web::Error> {
    let detail = "there is no such route: /docs shows those there are";
    Err(refusal(&request, Problem::new(Slug::NotFound, detail)))
}

pub(in crate::http) async fn no_such_method(
    request: HttpRequest,
) -> Result<HttpResponse, actix_web::Error> {
    let detail = "this route has other methods: see `Allow`";
    Err(refusal(&request, Problem::new(Slug::MethodNotAllowed, detail)))
}

/// The refusal in the shape of the API that the path belongs to.
pub(in crate::http) fn refusal(request: &HttpRequest, problem: Problem) -> actix_web::Error {
    if is_of_drop_in(request) {
        return Failed::<DropIn>::from(problem).into();
    }
    Failed::<V1>::from(problem).into()
}

/// Whether the path belongs to `LaunchDarkly`'s API, whatever is there.
pub(in crate::http) fn is_of_drop_in(request: &HttpRequest) -> bool {
    let base_path = request.app_data::<Data<HttpState>>().map(|state| Arc::clone(&state.base_path));
    let path = request.path().strip_prefix(base_path.as_deref().unwrap_or_default());
    path.unwrap_or_default().starts_with("/api/v2/")
}
