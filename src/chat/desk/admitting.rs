//! Who someone is, which place they mean, and whether the channel is for it.

use super::{Desk, Refused, Trouble};
use crate::chat::command::Named;
use crate::chat::speaker::Speaker;
use crate::chat::wish::{Permitted, Wish};
use crate::domain::{Place, UserKey, UserTarget};
use crate::policy::{ActionKind, Identity};

impl Desk {
    /// Whoever speaks, under the policy in force.
    pub(super) fn identify(&self, speaker: &Speaker) -> Identity {
        self.0.policies.current().identify(speaker.caller.clone())
    }

    /// The user in the place that is meant, if `identity` is somebody and the channel is for this action there. What the policy says
    /// comes after.
    pub(super) fn admit(
        &self,
        speaker: &Speaker,
        identity: &Identity,
        user: &UserKey,
        named: &Named,
        action: ActionKind,
    ) -> Result<UserTarget, Trouble> {
        if !is_mapped(identity) {
            return Err(Refused::Unmapped.into());
        }
        if !self.0.channels.knows(&speaker.channel) {
            return Err(Refused::UnknownChannel.into());
        }
        let place = self.place(speaker, named).ok_or(Trouble::NoPlace)?;
        self.check_channel(speaker, action, &place)?;
        let target = UserTarget { place, user: user.clone() };
        // Every command tells ends too, so that both families of LaunchDarkly's routes are asked; whatever the backend.
        if target.is_ambiguous_in_flag_routes() || target.is_ambiguous_in_expiration_routes() {
            return Err(Trouble::Ambiguous);
        }
        Ok(target)
    }

    /// The wish as the channel and the policy let `identity` have it.
    pub(super) fn permit(
        &self,
        speaker: &Speaker,
        identity: &Identity,
        wish: &Wish,
    ) -> Result<Permitted, Refused> {
        if !is_mapped(identity) {
            return Err(Refused::Unmapped);
        }
        self.check_channel(speaker, wish.act.action(), &wish.target.user.place)?;
        wish.authorize(identity).map_err(Refused::Policy)
    }

    fn check_channel(
        &self,
        speaker: &Speaker,
        action: ActionKind,
        place: &Place,
    ) -> Result<(), Refused> {
        if !self.0.channels.knows(&speaker.channel) {
            return Err(Refused::UnknownChannel);
        }
        let lets = self.0.channels.lets(&speaker.channel, action, place);
        lets.then_some(()).ok_or_else(|| Refused::Channel(action, place.clone()))
    }

    /// The place that was named; what was not is that of the channel's default.
    fn place(&self, speaker: &Speaker, named: &Named) -> Option<Place> {
        let default = self.0.channels.default_of(&speaker.channel);
        let project = named.project.clone().or_else(|| Some(default?.project.clone()))?;
        let environment =
            named.environment.clone().or_else(|| Some(default?.environment.clone()))?;
        Some(Place { project, environment })
    }
}

fn is_mapped(identity: &Identity) -> bool {
    identity.teams().next().is_some()
}
