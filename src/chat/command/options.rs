//! The options, one table: their names and what they take.

/// An option of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opt {
    Project,
    Environment,
    For,
    In,
    At,
    Never,
    Note,
    Overridden,
    Page,
}

/// How an option is written.
struct Form {
    /// Its names, the one that is shown first.
    names: &'static [&'static str],
    /// What stands behind it, if something does, as usage lines show it.
    takes: Option<&'static str>,
    /// Such a value, for examples.
    example: &'static str,
    /// What it says, in few words.
    does: &'static str,
}

impl Opt {
    /// All of them.
    pub(super) const ALL: [Self; 9] = [
        Self::Project,
        Self::Environment,
        Self::For,
        Self::In,
        Self::At,
        Self::Never,
        Self::Note,
        Self::Overridden,
        Self::Page,
    ];

    fn form(self) -> Form {
        let (names, takes, example, does): (&'static [&'static str], _, _, _) = match self {
            Self::Project => (&["-p", "--project"], Some("PROJECT"), "shop", "names the project"),
            Self::Environment => {
                (&["-e", "--environment", "--env"], Some("ENV"), "test", "names the environment")
            }
            Self::For => (
                &["--for"],
                Some("2h"),
                "2h",
                "ends the override after this long; without it, it stays until it is cleared",
            ),
            Self::In => (&["--in"], Some("2h"), "2h", "ends it after this long from now"),
            Self::At => (
                &["--at"],
                Some("TIME"),
                "2026-12-01T10:00:00Z",
                "ends it at this time, with its zone",
            ),
            Self::Never => (&["--never"], None, "", "lets it stay until it is cleared"),
            Self::Note => (
                &["--note"],
                Some("\"why\""),
                "\"why\"",
                "says why, for everybody who looks at it later",
            ),
            Self::Overridden => (&["--overridden"], None, "", "leaves out what is not overridden"),
            Self::Page => (&["--page"], Some("N"), "2", "shows another page"),
        };
        Form { names, takes, example, does }
    }

    /// All its names, the one that is shown first.
    pub(super) fn names(self) -> &'static [&'static str] {
        self.form().names
    }

    /// The name that is shown.
    pub(super) fn name(self) -> &'static str {
        self.names().first().copied().unwrap_or_default()
    }

    /// Whether a value stands behind it.
    pub(super) fn takes_value(self) -> bool {
        self.form().takes.is_some()
    }

    /// A value for an example; empty where it takes none.
    pub(super) fn example(self) -> &'static str {
        self.form().example
    }

    /// What it says, in few words.
    pub(super) fn does(self) -> &'static str {
        self.form().does
    }

    /// As usage lines show it: `--for 2h`.
    pub(super) fn shown(self) -> String {
        self.form()
            .takes
            .map_or_else(|| self.name().to_owned(), |what| format!("{} {what}", self.name()))
    }

    /// What people call it too; it is only suggested for these.
    pub(super) fn also(self) -> &'static [&'static str] {
        match self {
            Self::Project | Self::In => &[],
            Self::Environment => &["--stage"],
            Self::For => &["--duration", "--ttl", "--during", "--lasts", "--expires"],
            Self::At => &["--until", "--on", "--time"],
            Self::Never => &["--forever", "--cancel"],
            Self::Note => &["--comment", "--reason", "--message", "--because", "--why", "-m"],
            Self::Overridden => &["--overrides", "--changed"],
            Self::Page => &["--number"],
        }
    }

    /// The option of this name, dashes included.
    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.names().contains(&name))
    }
}
