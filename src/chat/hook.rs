//! What a platform's room wants to be served, in words that the `http` room can take without knowing this one.

use std::fmt;

use actix_web::http::{Method, StatusCode};
use actix_web::{Error, HttpResponse, ResponseError, Route};

use crate::problem::Problem;

/// A route that a platform calls. Whoever serves it writes the request's id into the request's own header `X-Request-Id`
/// before the handler sees it, and answers a [`Refusal`] with its problem.
pub struct Hook {
    /// The pattern below the base path, as in metrics.
    pub pattern: &'static str,
    /// The methods, as in metrics and in `Allow`.
    pub methods: &'static [&'static str],
    /// What answers which of them.
    pub handlers: Vec<(&'static [Method], Route)>,
}

/// A request that is not taken. It becomes an answer where the request's id is known.
pub struct Refusal(pub Box<Problem>);

/// The problem of a [`Refusal`]; none of any other error.
#[must_use]
pub fn problem_of(error: &Error) -> Option<&Problem> {
    error.as_error::<Refusal>().map(|refusal| &*refusal.0)
}

impl<P: Into<Problem>> From<P> for Refusal {
    fn from(problem: P) -> Self {
        Self(Box::new(problem.into()))
    }
}

impl fmt::Debug for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hook").field("pattern", &self.pattern).finish_non_exhaustive()
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.slug.name())
    }
}

/// The frame around every request makes the answer; without one there would be an empty 500, which it would log.
impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}
