//! The figures.

use std::fmt::Write as _;
use std::time::Duration;

use crate::load::{Acknowledged, How};
use crate::stage::SLOW;
use crate::{LASTS, RATE};

/// The table, and how many answers came later.
pub(crate) fn table(acknowledged: &[Acknowledged], taken: usize) -> String {
    let mut text = format!(
        "{RATE} commands a second for {} s, LaunchDarkly takes {SLOW} ms; milliseconds to the acknowledgement\n\n\
         | acknowledged with | commands | p50 | p99 | max |\n| --- | ---: | ---: | ---: | ---: |\n",
        LASTS.as_secs()
    );
    for (name, how) in [
        ("anything", None),
        ("\"the answer follows\"", Some(How::Follows)),
        ("\"busy, nothing was done\"", Some(How::Busy)),
        ("the answer", Some(How::Answered)),
    ] {
        let of_it = acknowledged.iter().filter(|one| how.is_none_or(|how| one.how == how));
        let mut times: Vec<_> = of_it.map(|one| one.took).collect();
        times.sort_unstable();
        let [p50, p99, max] = [50, 99, 100].map(|percent| at(&times, percent));
        let _ = writeln!(text, "| {name} | {} | {p50} | {p99} | {max} |", times.len());
    }
    let _ = write!(text, "\n{taken} answers were delivered later.");
    text
}

/// The time within which so many percent of them came.
fn at(sorted: &[Duration], percent: usize) -> String {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).map_or("-".to_owned(), |took| format!("{:.1}", took.as_secs_f64() * 1e3))
}
