//! What is said where `LaunchDarkly`, or Flagward itself, did not do it. The sentences are those of HTTP, as far as they
//! don't speak of a body.

use super::refusals::sentence;
use super::words::{line, says};
use crate::chat::answer::Line;
use crate::chat::speaker::Speaker;
use crate::problem::{Problem, Slug};

pub(super) fn failed(speaker: &Speaker, problem: &Problem) -> Vec<Line> {
    let mut lines = match (problem.slug, &problem.upstream) {
        // HTTP refers to a member of its body here.
        (Slug::InvalidRequest, Some(_)) => vec![says("LaunchDarkly finds the request wrong.")],
        (Slug::InternalError, _) if problem.progress.is_none() => {
            vec![
                line()
                    .text("Something is wrong with Flagward. Tell its operators the request ")
                    .code(&speaker.request_id)
                    .text(": it is in the log."),
            ]
        }
        _ => vec![says(sentence(&problem.detail))],
    };
    if let Some(message) = problem.upstream.as_ref().and_then(|says| says.message.as_deref()) {
        lines.push(line().text("LaunchDarkly says: ").said(message));
    }
    let operation = problem.progress.as_ref().and_then(|progress| progress.operation);
    if let (Slug::InvalidRequest, Some(operation)) = (problem.slug, operation) {
        lines.push(says(format!("Operation {operation}.")));
    }
    if let Some(wait) = problem.retry_after {
        let seconds = wait.as_secs().max(1);
        let plural = if seconds == 1 { "" } else { "s" };
        lines.push(says(format!("Try again in {seconds} second{plural}.")));
    }
    lines
}
