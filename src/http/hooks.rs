//! What another door has under `/hooks`: its handlers are mounted here and pass the frame, and the frame answers their
//! failures. This room does not know that door; `startup` hands its parts over.

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{Error, HttpResponse};

use super::location::V1;
use super::problem::Failed;
use super::router::{Resource, Router};
use super::routes::{Route, no_such_method};
use crate::problem::{Problem, Slug};
use crate::telemetry::Metrics;

/// A route of another door and its handlers.
pub struct Mounted {
    /// The route, whose pattern is also its name in metrics.
    pub route: Route,
    /// The handlers, by method.
    pub handlers: Vec<(&'static [Method], actix_web::Route)>,
}

/// Finds the problem in a failure of another door; none in any other.
pub type ProblemOf = fn(&Error) -> Option<&Problem>;

/// How another door fails.
#[derive(Clone, Copy, Debug)]
pub struct OtherDoor {
    /// Finds the problem in its failures.
    pub problem_of: ProblemOf,
    /// What `WWW-Authenticate` says to whoever it does not know: how its callers show who they are, a bearer's token not
    /// being it.
    pub challenge: &'static str,
}

impl Mounted {
    pub(super) fn into_resource(self, metrics: &Metrics) -> Resource {
        Resource::new(&self.route, metrics, self.handlers)
    }
}

/// Registers `hooks` below `base_path`, each with its metrics, and an answer for all else: for a listener on which nothing
/// but hooks is.
pub fn configure_hooks(
    config: &mut ServiceConfig,
    base_path: &str,
    metrics: &Metrics,
    hooks: Vec<Mounted>,
) {
    config.default_service(Router {
        base_path: base_path.into(),
        resources: hooks.into_iter().map(|hook| hook.into_resource(metrics)).collect(),
        not_found: web::to(not_found),
        no_such_method: web::to(no_such_method),
    });
}

/// Whatever API the path would belong to elsewhere.
async fn not_found() -> Result<HttpResponse, Failed<V1>> {
    Err(Problem::new(Slug::NotFound, "there is no such route").into())
}

#[cfg(test)]
mod tests {
    use actix_web::body::MessageBody as _;
    use actix_web::dev::ServiceResponse;
    use actix_web::http::StatusCode;
    use actix_web::middleware::from_fn;
    use actix_web::test::TestRequest;
    use actix_web::{App, HttpRequest, ResponseError, test};

    use super::*;
    use crate::clock::Clock;
    use crate::http::{CompressWhereAsked, Frame, around, configure};

    /// The failure of a door that nobody here knows.
    #[derive(Debug)]
    struct Refusal(Problem);

    impl std::fmt::Display for Refusal {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("refused")
        }
    }

    impl ResponseError for Refusal {}

    fn problem_of(error: &Error) -> Option<&Problem> {
        error.as_error::<Refusal>().map(|refusal| &refusal.0)
    }

    /// Takes `good`, and says which request it was.
    async fn dummy(request: HttpRequest, body: String) -> Result<HttpResponse, Refusal> {
        let id = request.headers().get("x-request-id").unwrap().to_str().unwrap();
        match body.as_str() {
            "good" => Ok(HttpResponse::Ok().json(id)),
            "unknown" => Err(Refusal(Problem::new(Slug::Unauthenticated, "not theirs"))),
            _ => Err(Refusal(Problem::new(Slug::InvalidRequest, "no good"))),
        }
    }

    fn hooks() -> Vec<Mounted> {
        let route = Route { pattern: "/hooks/dummy", methods: &["POST"] };
        vec![Mounted { route, handlers: vec![(&[Method::POST], web::to(dummy))] }]
    }

    /// What is answered to the request, alone on a listener or not, and all metrics after it.
    async fn answer(alone: bool, request: TestRequest) -> (ServiceResponse, String) {
        let metrics = Metrics::new("test").unwrap();
        let frame = Frame::new(Clock::system(), &metrics, None);
        let door = OtherDoor { problem_of, challenge: "Dummy-Signature" };
        let register = if alone { configure_hooks } else { configure };
        let app = App::new()
            .app_data(frame.with_door(door))
            .configure(|config| register(config, "/gw", &metrics, hooks()));
        let app = app.wrap(CompressWhereAsked).wrap(from_fn(around));
        let answer = test::call_service(&test::init_service(app).await, request.to_request()).await;
        (answer, metrics.scrape().unwrap())
    }

    fn post(body: &'static str) -> TestRequest {
        TestRequest::post().uri("/gw/hooks/dummy").set_payload(body)
    }

    fn header<'a>(answer: &'a ServiceResponse, name: &str) -> &'a str {
        answer.headers().get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn text(answer: ServiceResponse) -> String {
        let bytes = answer.into_body().try_into_bytes().unwrap();
        String::from_utf8(bytes.into()).unwrap()
    }

    #[actix_web::test]
    async fn a_hook_is_asked_counted_by_its_pattern_and_told_the_request_s_id() {
        for alone in [true, false] {
            let (answer, metrics) = answer(alone, post("good")).await;
            assert_eq!(answer.status(), StatusCode::OK);
            let id = header(&answer, "x-request-id").to_owned();
            assert_eq!(text(answer), format!("\"{id}\""));
            let mut counts = metrics.lines().filter(|line| line.contains("requests_total"));
            let counted = counts.find(|line| line.contains("/hooks/dummy") && line.ends_with(" 1"));
            assert!(counted.is_some_and(|line| line.contains("POST")), "{metrics}");
        }
        let given = post("good").insert_header(("x-request-id", "mine"));
        assert_eq!(text(answer(true, given).await.0), "\"mine\"");
        let bad = post("good").insert_header(("x-request-id", "no id"));
        assert_ne!(text(answer(true, bad).await.0), "\"no id\"");
    }

    #[actix_web::test]
    async fn a_failure_of_another_door_is_a_problem_and_never_asks_for_a_bearer() {
        for (body, status, slug, challenge) in [
            ("unknown", 401, "unauthenticated", "Dummy-Signature"),
            ("", 400, "invalid-request", ""),
        ] {
            let (answer, metrics) = answer(true, post(body)).await;
            assert_eq!(answer.status().as_u16(), status);
            assert_eq!(header(&answer, "content-type"), "application/problem+json");
            assert_eq!(header(&answer, "www-authenticate"), challenge);
            let id = header(&answer, "x-request-id").to_owned();
            let text = text(answer);
            assert!(text.contains(&format!("/problems/{slug}")) && text.contains(&id), "{text}");
            let counted = format!("status=\"{status}\"");
            assert!(metrics.contains(&counted), "{metrics}");
        }
    }

    #[actix_web::test]
    async fn nothing_but_hooks_is_where_they_are_alone() {
        for path in [
            "/gw/v1/whoami",
            "/gw/api/v2/users/p/e/u/flags",
            "/gw/healthz",
            "/hooks/dummy",
            "/gw/hooks",
        ] {
            let (answer, _) = answer(true, TestRequest::post().uri(path)).await;
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "content-type")),
                (404, "application/problem+json"),
                "{path}"
            );
        }
        let (answer, _) = answer(true, TestRequest::get().uri("/gw/hooks/dummy")).await;
        assert_eq!((answer.status().as_u16(), header(&answer, "allow")), (405, "POST"));
    }

    #[actix_web::test]
    async fn what_a_hook_answers_is_compressed_for_whoever_takes_that() {
        let asked = post("good").insert_header(("accept-encoding", "gzip"));
        let (answer, _) = answer(true, asked).await;
        assert_eq!(header(&answer, "content-encoding"), "gzip");
    }
}
