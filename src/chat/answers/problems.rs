//! What is said where `LaunchDarkly`, or Flagward itself, did not do it. The sentences are those of HTTP, as far as they
//! don't speak of a body.

use super::refusals::sentence;
use super::words::{line, says};
use crate::chat::answer::Line;
use crate::chat::desk::{About, PlaceFrom};
use crate::chat::speaker::Speaker;
use crate::problem::{Problem, Slug};
use crate::settings::views::Applied;

pub(super) fn failed(speaker: &Speaker, about: Option<&About>, problem: &Problem) -> Vec<Line> {
    let mut lines = match (problem.slug, &problem.upstream) {
        (Slug::NotFound, _) if let Some(about) = about => not_found(about),
        (Slug::UpstreamFailed, _) if is_first_step(problem) && problem.cause.is_some() => {
            useless(problem)
        }
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
    if is_untouched(about, problem) {
        lines.push(says("Nothing was done."));
    }
    let left_out = matches!(problem.slug, Slug::InvalidRequest | Slug::NotFound);
    if let (true, Some(operation)) = (left_out, operation) {
        lines.push(says(format!("Operation {operation}.")));
    }
    if let Some(wait) = problem.retry_after {
        let seconds = wait.as_secs().max(1);
        let plural = if seconds == 1 { "" } else { "s" };
        lines.push(says(format!("Try again in {seconds} second{plural}.")));
    }
    lines
}

/// What LaunchDarkly does not know, and where it came from.
fn not_found(about: &About) -> Vec<Line> {
    let place = &about.user.place;
    let line = line().text("LaunchDarkly does not know the project ").code(place.project.as_str());
    let line = match &about.flag {
        Some(flag) => line
            .text(", its environment ")
            .code(place.environment.as_str())
            .text(", or the flag ")
            .code(flag.as_str()),
        None => line.text(", or its environment ").code(place.environment.as_str()),
    };
    let whence = match about.place_from {
        PlaceFrom::Typed => "Check how you typed them.",
        PlaceFrom::DefaultProject => {
            "Check them: the project is this channel's default; say another with -p."
        }
        PlaceFrom::DefaultEnvironment => {
            "Check them: the environment is this channel's default; say another with -e."
        }
        PlaceFrom::Default => {
            "Check them: project and environment are this channel's default; say others with -p and -e."
        }
        PlaceFrom::Asked => "Check them.",
    };
    vec![line.text("."), says(whence)]
}

/// An answer that is of no use, and how far a write came.
fn useless(problem: &Problem) -> Vec<Line> {
    let mut lines = vec![says(
        "LaunchDarkly refuses Flagward, or gives an answer that makes no sense. Tell the operators of Flagward.",
    )];
    let Some(progress) = &problem.progress else {
        return lines;
    };
    if progress.applied == Applied::Unknown {
        lines.push(says(
            "Nobody knows whether the change was made, or is made yet: look at the flag and at its end before you try again.",
        ));
    }
    lines.extend(progress.operation.map(|operation| says(format!("Operation {operation}."))));
    lines
}

/// Whether it is surely a write of which nothing is done, and the sentence does not say so.
fn is_untouched(about: Option<&About>, problem: &Problem) -> bool {
    let applied = problem.progress.as_ref().map_or(Applied::No, |progress| progress.applied);
    about.is_some_and(About::writes)
        && problem.slug != Slug::InternalError
        && applied == Applied::No
        && is_first_step(problem)
        && !problem.detail.contains("nothing was done")
}

/// Whether a write got no further than its first step.
fn is_first_step(problem: &Problem) -> bool {
    problem.progress.as_ref().is_none_or(|progress| progress.steps.len() < 2)
}
