//! What may be done from which channel, within what the policy lets the speaker do.

use crate::config::chat::Channel;
use crate::domain::Place;
use crate::policy::{ActionKind, ActionSet, Glob};

/// The id that stands for every channel.
const EVERY: &str = "*";

/// The rules of all channels.
#[derive(Debug, Default)]
pub(super) struct Channels(Vec<Table>);

/// One table of the configuration.
#[derive(Debug)]
pub(super) struct Table {
    /// None for every channel.
    channel: Option<String>,
    pub(super) projects: Vec<Glob>,
    pub(super) environments: Vec<Glob>,
    /// With what they include.
    pub(super) actions: ActionSet,
    default: Option<Place>,
}

/// What a channel may be used for.
#[derive(Debug)]
pub(super) enum Limits<'a> {
    /// For everything: there are no rules.
    None,
    /// For nothing: there are rules, and none is for it.
    All,
    /// For what one of these says.
    To(Vec<&'a Table>),
}

impl Channels {
    /// The rules that are configured. An action of an unknown name gives nothing; the configuration lets none through.
    pub(super) fn new(tables: &[Channel]) -> Self {
        Self(tables.iter().map(Table::new).collect())
    }

    /// What is meant in `channel` where a command names no place.
    pub(super) fn default_of(&self, channel: &str) -> Option<&Place> {
        self.of(channel).find_map(|table| table.default.as_ref())
    }

    /// Whether `channel` may be used for anything at all.
    pub(super) fn knows(&self, channel: &str) -> bool {
        !matches!(self.limits(channel), Limits::All)
    }

    /// Whether `action` may be done from `channel` in `place`.
    pub(super) fn lets(&self, channel: &str, action: ActionKind, place: &Place) -> bool {
        match self.limits(channel) {
            Limits::None => true,
            Limits::All => false,
            Limits::To(tables) => tables.iter().any(|table| table.lets(action, place)),
        }
    }

    /// What `channel` may be used for.
    pub(super) fn limits(&self, channel: &str) -> Limits<'_> {
        if self.0.is_empty() {
            return Limits::None;
        }
        let tables: Vec<_> = self.of(channel).collect();
        if tables.is_empty() { Limits::All } else { Limits::To(tables) }
    }

    fn of<'a>(&'a self, channel: &str) -> impl Iterator<Item = &'a Table> {
        self.0.iter().filter(move |table| table.channel.as_ref().is_none_or(|own| own == channel))
    }
}

impl Table {
    fn new(channel: &Channel) -> Self {
        let globs = |texts: &[String]| texts.iter().map(|text| Glob::parse(text)).collect();
        let actions: Vec<_> =
            channel.actions.iter().filter_map(|name| ActionKind::named(name)).collect();
        Self {
            channel: (channel.channel != EVERY).then(|| channel.channel.clone()),
            projects: globs(&channel.projects),
            environments: globs(&channel.environments),
            actions: ActionSet::of(&actions).with_included(),
            default: channel.default.clone(),
        }
    }

    fn lets(&self, action: ActionKind, place: &Place) -> bool {
        let has = |globs: &[Glob], key: &str| globs.iter().any(|glob| glob.matches(key));
        self.actions.has(action)
            && has(&self.projects, place.project.as_str())
            && has(&self.environments, place.environment.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> Place {
        let (project, environment) = text.split_once('/').unwrap();
        Place { project: project.parse().unwrap(), environment: environment.parse().unwrap() }
    }

    fn table(
        channel: &str,
        environments: &str,
        actions: &[&str],
        default: Option<&str>,
    ) -> Channel {
        Channel {
            channel: channel.to_owned(),
            projects: vec!["shop".to_owned()],
            environments: vec![environments.to_owned()],
            actions: actions.iter().map(|name| (*name).to_owned()).collect(),
            default: default.map(place),
        }
    }

    #[test]
    fn without_rules_every_channel_is_for_everything() {
        let channels = Channels::new(&[]);
        assert!(channels.lets("C1", ActionKind::Set, &place("a/b")));
        assert!(channels.knows("C1"));
        assert_eq!(channels.default_of("C1"), None);
    }

    #[test]
    fn with_rules_a_channel_that_none_names_is_for_nothing() {
        let channels = Channels::new(&[table("C1", "*", &["read"], None)]);
        for (channel, known) in [("C1", true), ("C2", false), ("c1", false), ("*", false)] {
            assert_eq!(channels.knows(channel), known, "{channel}");
            let lets = channels.lets(channel, ActionKind::Read, &place("shop/test"));
            assert_eq!(lets, known, "{channel}");
        }
    }

    #[test]
    fn tables_of_one_channel_and_of_all_add_up_without_mixing() {
        let channels = Channels::new(&[
            table("C1", "test", &["set"], None),
            table("C1", "prod*", &["clear"], Some("shop/production")),
            table("*", "staging", &["read"], Some("shop/staging")),
        ]);
        for (action, to, lets) in [
            (ActionKind::Set, "shop/test", true),
            (ActionKind::Read, "shop/test", true),
            (ActionKind::Clear, "shop/production", true),
            (ActionKind::Read, "shop/staging", true),
            (ActionKind::Clear, "shop/test", false),
            (ActionKind::Set, "shop/production", false),
            (ActionKind::Set, "shop/staging", false),
            (ActionKind::Read, "bank/test", false),
            (ActionKind::Schedule, "shop/test", false),
        ] {
            assert_eq!(channels.lets("C1", action, &place(to)), lets, "{action} {to}");
        }
        assert_eq!(channels.default_of("C1"), Some(&place("shop/production")));
        assert_eq!(channels.default_of("C9"), Some(&place("shop/staging")));
    }

    #[test]
    fn an_unknown_action_gives_nothing_not_even_reading() {
        let channels = Channels::new(&[table("C1", "*", &["sett"], None)]);
        assert!(!channels.lets("C1", ActionKind::Read, &place("shop/test")));
    }
}
