//! Both backends, asked the same.

use super::difference::{Difference, Flags, of_expirations, of_flags};
use super::memory::{Look, Memory, Recollection};
use crate::clock::Clock;
use crate::domain::{Expiration, FlagKey, UserTarget};
use crate::policy::{Permit, Read};
use crate::upstream::{Backend, Client, Expirations, Failure, FlagSetting, UserSettings};

/// Both backends.
#[derive(Debug)]
pub struct Sides {
    active: Client,
    other: Client,
    memory: Memory,
}

/// What can be asked of both.
#[derive(Clone, Debug)]
pub enum Question {
    /// All flags of a user.
    Flags(Permit<Read, UserTarget>),
    /// One of them.
    Flag(Permit<Read>),
    /// What is scheduled for a user.
    Expirations(Permit<Read, UserTarget>),
}

/// What one of them says.
#[derive(Clone, Debug)]
pub enum Seen {
    /// Flag settings: all, or the one asked for, or none where there is no such flag.
    Flags(Flags),
    /// Scheduled removals.
    Expirations(Vec<Expiration>),
}

impl Question {
    /// The user asked about.
    #[must_use]
    pub fn user(&self) -> &UserTarget {
        match self {
            Self::Flags(permit) | Self::Expirations(permit) => permit.target(),
            Self::Flag(permit) => &permit.target().user,
        }
    }

    /// The name of what is asked.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Flags(_) => "flags",
            Self::Flag(_) => "flag",
            Self::Expirations(_) => "expirations",
        }
    }
}

impl Seen {
    /// All of a user's flags.
    #[must_use]
    pub fn list(settings: &UserSettings) -> Self {
        Self::Flags(settings.flags.iter().cloned().collect())
    }

    /// What is scheduled for a user.
    #[must_use]
    pub fn ends(expirations: &Expirations) -> Self {
        Self::Expirations(expirations.items.iter().map(|item| item.expiration.clone()).collect())
    }

    /// One flag, or that there is none; none where the answer tells neither.
    #[must_use]
    pub fn one(permit: &Permit<Read>, answer: &Result<FlagSetting, Failure>) -> Option<Self> {
        let flag = permit.target().flag.clone();
        match answer {
            Ok(setting) => Some(Self::Flags(Flags::from([(flag, setting.clone())]))),
            Err(Failure::NotFound(_)) => Some(Self::Flags(Flags::new())),
            Err(_) => None,
        }
    }

    /// How many flags, or scheduled removals, it tells of to someone who sees these flags.
    pub fn count(&self, sees: impl Fn(&FlagKey) -> bool) -> usize {
        match self {
            Self::Flags(flags) => flags.keys().filter(|flag| sees(flag)).count(),
            Self::Expirations(all) => all.iter().filter(|one| sees(&one.flag)).count(),
        }
    }

    fn differences(&self, other: &Self) -> Vec<Difference> {
        match (self, other) {
            (Self::Flags(active), Self::Flags(other)) => of_flags(active, other),
            (Self::Expirations(active), Self::Expirations(other)) => of_expirations(active, other),
            // Both sides answer the same question, so this does not happen.
            (Self::Flags(_), Self::Expirations(_)) | (Self::Expirations(_), Self::Flags(_)) => {
                Vec::new()
            }
        }
    }
}

impl Sides {
    /// The backend `active` and the other one, by a client that is [`sparing`](Client::sparing) or
    /// [`patient`](Client::patient): nobody waits for the answers.
    #[must_use]
    pub fn new(client: &Client, active: Backend, clock: Clock) -> Self {
        let side = |backend| client.with_backend(backend);
        Self { active: side(active), other: side(active.other()), memory: Memory::new(clock) }
    }

    /// The backend that the differences are told from.
    #[must_use]
    pub fn active(&self) -> Backend {
        self.active.backend()
    }

    /// What that backend says, for [`Sides::compare`].
    pub async fn ask_active(&self, question: &Question) -> Result<Seen, Failure> {
        self.ask(&self.active, question, Look::First).await
    }

    /// What the other one says.
    pub async fn ask_other(&self, question: &Question) -> Result<Seen, Failure> {
        self.ask(&self.other, question, Look::First).await
    }

    /// In what the other backend's answer differs from what was seen. Where it does, both are asked again at once, and
    /// what differs both times counts.
    pub async fn compare(
        &self,
        question: &Question,
        seen: &Seen,
    ) -> Result<Vec<Difference>, Failure> {
        let other = self.ask_other(question).await?;
        let first = seen.differences(&other);
        if first.is_empty() {
            return Ok(first);
        }
        let (active, other) = tokio::join!(
            self.ask(&self.active, question, Look::Second),
            self.ask(&self.other, question, Look::Second)
        );
        let mut second = active?.differences(&other?);
        second.retain(|one| first.iter().any(|two| (&two.flag, two.kind) == (&one.flag, one.kind)));
        Ok(second)
    }

    async fn ask(&self, client: &Client, question: &Question, look: Look) -> Result<Seen, Failure> {
        let known = Recollection { memory: &self.memory, client, look };
        match question {
            Question::Flags(permit) => Ok(Seen::list(&client.list_settings(permit, &known).await?)),
            Question::Flag(permit) => {
                let answer = client.get_setting(permit, &known).await;
                match Seen::one(permit, &answer) {
                    Some(seen) => Ok(seen),
                    None => answer.map(|_| Seen::Flags(Flags::new())),
                }
            }
            Question::Expirations(permit) => {
                Ok(Seen::ends(&client.list_expirations(permit, &known).await?))
            }
        }
    }
}
