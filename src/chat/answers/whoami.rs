//! Who someone is here, and what they may do.

use super::only_asker;
use super::words::{line, says};
use crate::chat::answer::{Answer, Line};
use crate::chat::channels::Limits;
use crate::chat::speaker::Speaker;
use crate::domain::Place;
use crate::policy::{ActionSet, ClauseSummary, Identity};

/// The most grants, denies, or tables of a channel, that are listed.
const MOST_LISTED: usize = 15;
/// The pattern that every key matches.
const ANY: &str = "*";

/// The answer to `whoami`.
pub(in crate::chat) fn whoami(
    speaker: &Speaker,
    identity: &Identity,
    limits: &Limits<'_>,
    default: Option<&Place>,
) -> Answer {
    let member = format!("{}/{}", speaker.caller.issuer(), speaker.caller.subject());
    let mut lines = vec![line().text("You are ").code(&member).text(".")];
    let teams: Vec<_> = identity.teams().collect();
    if teams.is_empty() {
        lines.push(super::refusals::ask_for_membership(&member));
    } else {
        lines.push(several(line().text("Your teams: "), &teams).text("."));
        let grants = identity.grants();
        lines.extend(grants.iter().take(MOST_LISTED).map(clause));
        lines.extend(more(grants.len()));
        let denies = identity.denies();
        if !denies.is_empty() {
            lines.push(says("But not, whatever the above says:"));
        }
        lines.extend(denies.iter().take(MOST_LISTED).map(clause));
        lines.extend(more(denies.len()));
    }
    lines.extend(channel(speaker, limits));
    lines.push(match default {
        Some(place) => line()
            .text("Where you name no project or environment, ")
            .place(place)
            .text(" is meant."),
        None => line()
            .text("Name the project and environment: ")
            .code("-p PROJECT -e ENVIRONMENT")
            .text("."),
    });
    only_asker("Who you are, and what you may do", lines)
}

fn clause(clause: &ClauseSummary) -> Line {
    let scope = &clause.scope;
    let line = line().text("• ").code(&clause.team).text(": ").strong(actions(clause.actions));
    let line = patterns(line, "project", &scope.projects);
    let line = patterns(line, "environment", &scope.environments);
    patterns(patterns(line, "flag", &scope.flags), "user", &scope.users)
}

/// What the channel may be used for.
fn channel(speaker: &Speaker, limits: &Limits<'_>) -> Vec<Line> {
    let tables = match limits {
        Limits::None => return vec![says("This channel sets no limits of its own.")],
        Limits::All => return vec![super::refusals::unknown_channel(speaker)],
        Limits::To(tables) => tables,
    };
    let mut lines = vec![line().text("This channel, ").code(&speaker.channel).text(", is for:")];
    lines.extend(tables.iter().take(MOST_LISTED).map(|table| {
        let texts = |globs: &[crate::policy::Glob]| -> Vec<String> {
            globs.iter().map(ToString::to_string).collect()
        };
        let line = line().text("• ").strong(actions(table.actions));
        let line = patterns(line, "project", &texts(&table.projects));
        patterns(line, "environment", &texts(&table.environments))
    }));
    lines.extend(more(tables.len()));
    lines
}

fn actions(set: ActionSet) -> String {
    let names: Vec<_> = set.iter().map(crate::policy::ActionKind::name).collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// `, projects X, Y`; every one needs no words.
fn patterns(line: Line, what: &str, patterns: &[String]) -> Line {
    if patterns.iter().any(|one| one == ANY) {
        return line.text(format!(", every {what}"));
    }
    let plural = if patterns.len() == 1 { "" } else { "s" };
    several(line.text(format!(", {what}{plural} ")), patterns)
}

fn several(mut line: Line, texts: &[impl AsRef<str>]) -> Line {
    for (n, text) in texts.iter().take(MOST_LISTED).enumerate() {
        line = if n == 0 { line } else { line.text(", ") };
        line = line.code(text.as_ref());
    }
    if texts.len() > MOST_LISTED { line.text(" and more") } else { line }
}

fn more(count: usize) -> Option<Line> {
    let left = count.checked_sub(MOST_LISTED).filter(|left| *left > 0)?;
    Some(says(format!("… and {left} more.")))
}
