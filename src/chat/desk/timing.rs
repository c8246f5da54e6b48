//! The time within which people are answered.

use std::time::Duration;

use crate::chat::desk::Trouble;
use crate::problem::{Problem, Progress, Slug};
use crate::settings::{self, Asking};

/// How long a use case may take. Nobody looks at a chat for longer without wondering; a write has its five seconds of
/// waiting for others and several calls to make.
const PATIENCE: Duration = Duration::from_secs(25);

/// The outcome of a read in time.
pub(super) async fn read<T>(
    read: impl Future<Output = Result<T, settings::Error>>,
) -> Result<T, Trouble> {
    match tokio::time::timeout(PATIENCE, read).await {
        Ok(outcome) => Ok(outcome?),
        Err(_) => Err(slow("LaunchDarkly takes too long: try again later", None)),
    }
}

/// The outcome of a write in time. One that was begun goes on.
pub(super) async fn write<T>(
    asking: &Asking,
    write: impl Future<Output = Result<T, settings::Error>>,
) -> Result<T, Trouble> {
    if let Ok(outcome) = tokio::time::timeout(PATIENCE, write).await {
        return Ok(outcome?);
    }
    let Some(operation) = asking.operation() else {
        let detail = "it takes too long, so nothing was done: try again later";
        return Err(slow(detail, Some(Progress::none())));
    };
    let detail = format!(
        "the change takes long and goes on: look at the flag before you try again (operation {operation})"
    );
    Err(slow(&detail, Some(Progress::unknown(operation))))
}

fn slow(detail: &str, progress: Option<Progress>) -> Trouble {
    Problem { progress, ..Problem::new(Slug::UpstreamTimeout, detail) }.into()
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_comes_whatever_becomes_of_the_use_case() {
        let detail = |outcome: Result<(), Trouble>| match outcome {
            Err(Trouble::Failed(problem)) => problem.detail,
            other => panic!("{other:?}"),
        };
        let read = read(pending::<Result<(), settings::Error>>()).await;
        assert!(detail(read).contains("try again later"));
        let asking = Asking::of("request-7");
        let write = write(&asking, pending::<Result<(), settings::Error>>()).await;
        assert!(detail(write).contains("nothing was done"));
    }
}
