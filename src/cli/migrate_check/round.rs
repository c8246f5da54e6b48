//! Asks both backends about each user.

use tokio::time::sleep;

use super::progress::Progress;
use super::report::{OfUser, Report};
use crate::domain::{Place, UserKey, UserTarget};
use crate::policy::{Identity, Permit, Policy, Read};
use crate::settings::shadow::{Pace, Question, Sides};
use crate::telemetry::Causes;
use crate::upstream::Failure;

/// After so many users in a row for whom `LaunchDarkly` did not answer at all, nobody else is asked about.
const MOST_SILENCE: u32 = 3;

/// All that a round needs.
#[derive(Debug)]
pub(super) struct Round {
    pub(super) sides: Box<Sides>,
    pub(super) identity: Identity,
    pub(super) place: Place,
    pub(super) pace: Pace,
}

/// Why a user could not be compared.
enum Hindrance {
    /// The policy does not let this team read them.
    Denied(String),
    /// Only the replacement APIs answer.
    Removed(Failure),
    /// No answer, or none that can be compared.
    Upstream(Failure),
}

impl Round {
    /// Asks about all of them, and takes down what it finds. What was taken down is good even if this is ended before
    /// its end.
    pub(super) async fn go(&self, users: Vec<UserKey>, report: &mut Report, progress: &Progress) {
        let mut silence = 0;
        for user in users {
            progress.show(report.done(), report.differences());
            while let Err(early) = self.pace.take() {
                sleep(early).await;
            }
            match Box::pin(self.compare(&user)).await {
                Ok(found) => {
                    silence = 0;
                    report.compared(&user, found);
                }
                Err(hindrance) => {
                    silence = if hindrance.is_silence() { silence + 1 } else { 0 };
                    if matches!(hindrance, Hindrance::Removed(_)) {
                        report.removed();
                    }
                    report.not_comparable(&user, hindrance.words());
                }
            }
            if silence == MOST_SILENCE {
                return report.ends_early("LaunchDarkly does not answer");
            }
        }
    }

    async fn compare(&self, user: &UserKey) -> Result<OfUser, Hindrance> {
        let target = UserTarget { place: self.place.clone(), user: user.clone() };
        let permit: Permit<Read, UserTarget> = Policy::authorize(&self.identity, target)
            .map_err(|denied| Hindrance::Denied(denied.to_string()))?;
        let mut found = OfUser::default();
        let flags = Question::Flags(permit.clone());
        found.flags = self.ask(&permit, &flags, &mut found).await?;
        let expirations = Question::Expirations(permit.clone());
        found.expirations = self.ask(&permit, &expirations, &mut found).await?;
        Ok(found)
    }

    /// Adds in what the answers to a question differ; how many things were compared. What the team may not see is left
    /// out.
    async fn ask(
        &self,
        permit: &Permit<Read, UserTarget>,
        question: &Question,
        found: &mut OfUser,
    ) -> Result<usize, Hindrance> {
        let seen = match Box::pin(self.sides.ask_active(question)).await {
            Ok(seen) => seen,
            Err(failure) if failure.is_refusal() => {
                let other = Box::pin(self.sides.ask_other(question)).await;
                let only_here =
                    if other.is_ok() { Hindrance::Removed } else { Hindrance::Upstream };
                return Err(only_here(failure));
            }
            Err(failure) => return Err(Hindrance::Upstream(failure)),
        };
        let differences = Box::pin(self.sides.compare(question, &seen)).await;
        let differences = differences.map_err(Hindrance::Upstream)?;
        found.differences.extend(differences.into_iter().filter(|one| permit.sees(&one.flag)));
        Ok(seen.count(|flag| permit.sees(flag)))
    }
}

impl Hindrance {
    fn words(&self) -> String {
        match self {
            Self::Denied(words) => words.clone(),
            Self::Removed(failure) => {
                format!("only the replacement of the User Settings API answers: {failure}")
            }
            Self::Upstream(failure) => Causes(failure).to_string(),
        }
    }

    /// Whether there was no answer at all, so that there will be none about others.
    fn is_silence(&self) -> bool {
        match self {
            Self::Denied(_) | Self::Removed(_) => false,
            Self::Upstream(failure) => failure.is_silence(),
        }
    }
}
