//! One answer of the patches of several flags.
//!
//! The User Settings API takes the instructions for all flags in one call. Here each flag is a call of its own, so that
//! some may be carried out and others not: the answer says of each instruction which.

use crate::domain::FlagKey;
use crate::policy::ExpirationStep;
use crate::upstream::answers::{ExpirationItem, PatchError, PatchReport};
use crate::upstream::failure::{Applied, Failure};

/// What is said where `LaunchDarkly` gave no words.
const REFUSED: &str = "LaunchDarkly refused the instructions for this flag";
/// What is said of instructions behind a failure that concerns all flags.
const NOT_SENT: &str = "not sent, because an earlier call failed";
/// What is said where no answer came.
const UNKNOWN: &str = "no answer came, so that it may have been carried out or not";

/// The steps for one flag, each with its place among all.
#[derive(Debug)]
pub(super) struct Group<'p> {
    pub(super) flag: &'p FlagKey,
    pub(super) steps: Vec<(usize, &'p ExpirationStep)>,
}

/// Groups the steps by flag, in the order in which flags are first named.
pub(super) fn by_flag(steps: &[(FlagKey, ExpirationStep)]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for (index, (flag, step)) in steps.iter().enumerate() {
        match groups.iter_mut().find(|group| group.flag == flag) {
            Some(group) => group.steps.push((index, step)),
            None => groups.push(Group { flag, steps: vec![(index, step)] }),
        }
    }
    groups
}

/// What came of the flags so far.
#[derive(Debug, Default)]
pub(super) struct Merged {
    items: Vec<ExpirationItem>,
    errors: Vec<(usize, String)>,
    total: usize,
    failed: usize,
    /// The first failure that leaves something in doubt, or else the first.
    failure: Option<Failure>,
    /// Whether it is not known of some instructions whether they were carried out.
    is_unknown: bool,
    /// Whether a failure concerns all flags alike.
    is_over: bool,
    /// Whether `LaunchDarkly` told of at least one flag how its instructions went.
    is_told: bool,
}

impl Merged {
    /// Takes what the call for `group` brought: the flag's items and errors, how many instructions failed.
    pub(super) fn answered(
        &mut self,
        group: &Group<'_>,
        items: Vec<ExpirationItem>,
        failed: usize,
        errors: Vec<PatchError>,
    ) {
        self.is_told = true;
        self.total += group.steps.len();
        self.failed += failed.max(errors.len()).min(group.steps.len());
        self.items.extend(items);
        for PatchError { index, message } in errors {
            let place = index.and_then(|index| usize::try_from(index).ok()).unwrap_or_default();
            let place = group.steps.get(place).or(group.steps.last());
            self.errors.extend(place.map(|(index, _)| (*index, message)));
        }
    }

    /// Takes that the call for `group` failed.
    pub(super) fn refused(&mut self, group: &Group<'_>, failure: Failure) {
        let of_this_flag = matches!(
            failure,
            Failure::NotFound(_)
                | Failure::BadRequest(_)
                | Failure::Conflict(_)
                | Failure::ApprovalRequired(_)
        );
        let words = match (&failure, failure.applied()) {
            (
                Failure::NotFound(says)
                | Failure::BadRequest(says)
                | Failure::Conflict(says)
                | Failure::ApprovalRequired(says),
                _,
            ) => says.message.clone().unwrap_or_else(|| REFUSED.to_owned()),
            (_, Applied::No) => NOT_SENT.to_owned(),
            (_, Applied::Unknown) => UNKNOWN.to_owned(),
        };
        self.fails(group, &words);
        self.is_over |= !of_this_flag;
        // That something may have been carried out must not be hidden behind a refusal that came before it.
        let is_news = failure.applied() == Applied::Unknown && !self.is_unknown;
        self.is_unknown |= is_news;
        if is_news || self.failure.is_none() {
            self.failure = Some(failure);
        }
    }

    /// Takes that no call was made for `group`.
    pub(super) fn left_out(&mut self, group: &Group<'_>) {
        self.fails(group, NOT_SENT);
    }

    /// Whether no further call would fare better.
    pub(super) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The answer; the failure where nothing at all was carried out, and no flag told why.
    pub(super) fn report(self) -> Result<PatchReport, Failure> {
        let Self { items, mut errors, total, failed, failure, is_unknown, is_over, is_told } = self;
        let is_all = failed == total && (is_over || !is_told);
        if let Some(failure) = failure.filter(|_| is_all) {
            return Err(failure);
        }
        errors.sort();
        let count = |n: usize| u64::try_from(n).ok();
        Ok(PatchReport {
            items,
            links: None,
            total: count(total),
            successful: count(total - failed),
            failed: count(failed),
            errors: errors.into_iter().map(error).collect(),
            is_unknown,
        })
    }

    fn fails(&mut self, group: &Group<'_>, words: &str) {
        self.total += group.steps.len();
        self.failed += group.steps.len();
        self.errors.extend(group.steps.iter().map(|(index, _)| (*index, words.to_owned())));
    }
}

fn error((index, message): (usize, String)) -> PatchError {
    PatchError { index: i64::try_from(index).ok(), message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::upstream::failure::Says;

    fn steps(flags: &[&str]) -> Vec<(FlagKey, ExpirationStep)> {
        let step = ExpirationStep::Cancel { variation_id: "v".to_owned() };
        flags.iter().map(|flag| (flag.parse().unwrap(), step.clone())).collect()
    }

    fn refusal(message: &str) -> Failure {
        let message = Some(message.to_owned());
        Failure::NotFound(Says { status: 404, code: None, message })
    }

    fn fault(index: i64, message: &str) -> PatchError {
        PatchError { index: Some(index), message: message.to_owned() }
    }

    #[test]
    fn each_error_names_the_instruction_as_the_caller_counts() {
        let steps = steps(&["a", "b", "a"]);
        let groups = by_flag(&steps);
        let [a, b] = &groups[..] else { panic!("two flags") };
        let mut merged = Merged::default();
        merged.answered(a, Vec::new(), 1, vec![fault(1, "second of a")]);
        merged.refused(b, refusal("no b"));
        let report = merged.report().unwrap();
        assert_eq!(report.errors, [fault(1, "no b"), fault(2, "second of a")]);
        assert_eq!((report.total, report.successful, report.failed), (Some(3), Some(1), Some(2)));
    }

    #[test]
    fn nothing_done_is_the_failure_itself() {
        let steps = steps(&["a", "b"]);
        let groups = by_flag(&steps);
        let mut merged = Merged::default();
        merged.refused(&groups[0], Failure::Timeout);
        assert!(merged.is_over());
        merged.left_out(&groups[1]);
        assert!(matches!(merged.report(), Err(Failure::Timeout)));
    }

    #[test]
    fn instructions_that_fail_beside_an_unknown_flag_are_told_each() {
        let steps = steps(&["a", "b"]);
        let groups = by_flag(&steps);
        let mut merged = Merged::default();
        merged.refused(&groups[0], refusal("no a"));
        merged.answered(&groups[1], Vec::new(), 1, vec![fault(0, "not set")]);
        let report = merged.report().unwrap();
        assert_eq!(report.errors, [fault(0, "no a"), fault(1, "not set")]);
        assert_eq!((report.successful, report.failed), (Some(0), Some(2)));
    }

    #[test]
    fn a_refusal_does_not_hide_that_something_may_have_been_done_after_it() {
        let steps = steps(&["a", "b"]);
        let groups = by_flag(&steps);
        let mut merged = Merged::default();
        merged.refused(&groups[0], refusal("no a"));
        merged.refused(&groups[1], Failure::Timeout);
        let failure = merged.report().unwrap_err();
        assert_eq!(failure.applied(), Applied::Unknown, "{failure:?}");
    }

    #[test]
    fn what_was_done_before_a_failure_is_told() {
        let steps = steps(&["a", "b", "c"]);
        let groups = by_flag(&steps);
        let mut merged = Merged::default();
        merged.answered(&groups[0], Vec::new(), 0, Vec::new());
        merged.refused(&groups[1], Failure::Timeout);
        merged.left_out(&groups[2]);
        let report = merged.report().unwrap();
        assert_eq!(report.errors, [fault(1, UNKNOWN), fault(2, NOT_SENT)]);
        assert_eq!(report.successful, Some(1));
        assert!(!report.is_complete() && report.is_unknown);
    }
}
