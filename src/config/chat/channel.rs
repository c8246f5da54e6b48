//! `[[chat.slack.channels]]`: what may be done from a channel.

use crate::config::section::{Section, Text};
use crate::domain::Place;

/// What may be done from a channel, within what the policy lets the speaker do. Patterns are the policy's: `*` and `?`.
#[derive(Clone, Debug)]
pub struct Channel {
    /// The channel's id, or `*` for every channel. Several tables with one id add up.
    pub channel: String,
    /// Patterns of projects. Default `["*"]`.
    pub projects: Vec<String>,
    /// Patterns of environments. Default `["*"]`.
    pub environments: Vec<String>,
    /// Names of actions: `read`, `set`, `clear`, `schedule`. Default all.
    pub actions: Vec<String>,
    /// The project and environment that are meant where a command names none: `PROJECT/ENVIRONMENT`.
    pub default: Option<Place>,
}

/// The actions, as the policy names them (a test compares).
pub(in crate::config) const ACTIONS: [&str; 4] = ["read", "set", "clear", "schedule"];
/// All of them.
const EVERY: [&str; 1] = ["*"];
/// The longest id that we take for one of a channel, in bytes; Slack's have 9 to 12.
const LONGEST_ID: usize = 32;

impl Channel {
    /// Those of the list `channels`.
    pub(super) fn read_all(section: &mut Section<'_, '_>) -> Vec<Self> {
        let nodes = section.optional_tables("channels").into_iter().enumerate();
        let read = |(index, node)| Self::read(section.item("channels", index, node));
        nodes.filter_map(read).collect()
    }

    fn read(mut section: Section<'_, '_>) -> Option<Self> {
        let expected = "must be the channel's id, like \"C024BE91L\", or \"*\" for every channel";
        let channel = section.required("channel", expected);
        if let Some(Text { text, place }) = &channel
            && !is_id(text)
        {
            section.fault(place.clone(), "channel", expected);
        }
        let projects = patterns(&mut section, "projects", "[\"shop\", \"pay*\"]");
        let environments = patterns(&mut section, "environments", "[\"test\", \"staging-*\"]");
        let actions = actions(&mut section);
        let expected = "must be PROJECT/ENVIRONMENT, like \"shop/test\"";
        let default = section.parse("default", expected, place);
        section.finish();
        Some(Self { channel: channel?.text, projects, environments, actions, default })
    }
}

fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    let is_id = (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(plain);
    is_id || text == "*"
}

fn patterns(section: &mut Section<'_, '_>, key: &'static str, like: &str) -> Vec<String> {
    let expected = format!("must be a list of patterns that aren't empty, like {like}");
    let given = section.optional_texts(key, &expected);
    given.map_or_else(|| EVERY.map(str::to_owned).into(), texts)
}

fn actions(section: &mut Section<'_, '_>) -> Vec<String> {
    let expected = format!("must be a list of some of {}", ACTIONS.join(", "));
    let Some(given) = section.optional_texts("actions", &expected) else {
        return ACTIONS.map(str::to_owned).into();
    };
    let unknown = given.iter().find(|action| !ACTIONS.contains(&action.text.as_str()));
    if let Some(unknown) = unknown {
        section.fault(unknown.place.clone(), "actions", expected);
    }
    texts(given)
}

fn texts(given: Vec<Text>) -> Vec<String> {
    given.into_iter().map(|each| each.text).collect()
}

fn place(text: &str) -> Option<Place> {
    let (project, environment) = text.split_once('/')?;
    Some(Place { project: project.parse().ok()?, environment: environment.parse().ok()? })
}
