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

/// Why something may not be done from a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotHere {
    /// There are rules, and none is for this channel.
    UnknownChannel,
    /// Its rules do not let it.
    Limited,
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
    pub(super) fn check_channel(&self, channel: &str) -> Result<(), NotHere> {
        match self.limits(channel) {
            Limits::None | Limits::To(_) => Ok(()),
            Limits::All => Err(NotHere::UnknownChannel),
        }
    }

    /// Whether `action` may be done from `channel` in `place`.
    pub(super) fn check(
        &self,
        channel: &str,
        action: ActionKind,
        place: &Place,
    ) -> Result<(), NotHere> {
        match self.limits(channel) {
            Limits::None => Ok(()),
            Limits::All => Err(NotHere::UnknownChannel),
            Limits::To(tables) if tables.iter().any(|table| table.lets(action, place)) => Ok(()),
            Limits::To(_) => Err(NotHere::Limited),
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

    fn table(channel: &str, environments: &str, actions: &[&str], default: Option<&str>) -> Channel {
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
        assert_eq!(channels.check("C1", ActionKind::Set, &place("a/b")), Ok(()));
        assert_eq!(channels.check_channel("C1"), Ok(()));
        assert_eq!(channels.default_of("C1"), None);
    }

    #[test]
    fn with_rules_a_channel_that_none_names_is_for_nothing() {
        let channels = Channels::new(&[table("C1", "*", &["read"], None)]);
        let check = |channel| channels.check(channel, ActionKind::Read, &place("shop/test"));
        assert_eq!(check("C1"), Ok(()));
        assert_eq!(check("C2"), Err(NotHere::UnknownChannel));
        assert_eq!(check("*"), Err(NotHere::UnknownChannel));
        assert_eq!(channels.check_channel("C2"), Err(NotHere::UnknownChannel));
    }

    #[test]
    fn tables_of_one_channel_and_of_all_add_up_without_mixing() {
        let channels = Channels::new(&[
            table("C1", "test", &["set"], None),
            table("C1", "prod*", &["clear"], Some("shop/production")),
            table("*", "staging", &["read"], Some("shop/staging")),
        ]);
        let check = |action, to| channels.check("C1", action, &place(to)).is_ok();
        for (action, to) in [
            (ActionKind::Set, "shop/test"),
            (ActionKind::Read, "shop/test"),
            (ActionKind::Clear, "shop/production"),
            (ActionKind::Read, "shop/staging"),
        ] {
            assert!(check(action, to), "{action} {to}");
        }
        for (action, to) in [
            (ActionKind::Clear, "shop/test"),
            (ActionKind::Set, "shop/production"),
            (ActionKind::Set, "shop/staging"),
            (ActionKind::Read, "bank/test"),
            (ActionKind::Schedule, "shop/test"),
        ] {
            assert!(!check(action, to), "{action} {to}");
        }
        assert_eq!(channels.default_of("C1"), Some(&place("shop/production")));
        assert_eq!(channels.default_of("C9"), Some(&place("shop/staging")));
    }

    #[test]
    fn no_action_gives_no_reading_either() {
        let channels = Channels::new(&[table("C1", "*", &["sett"], None)]);
        let read = channels.check("C1", ActionKind::Read, &place("shop/test"));
        assert_eq!(read, Err(NotHere::Limited));
    }
}
