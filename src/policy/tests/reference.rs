//! Random small policies against a plain reading of the contract.

use proptest::prelude::*;

use super::plain::*;
use super::*;

/// The contract: default deny; the union of grants; any of the caller's denies binds; a deny of read denies all;
/// writing includes reading. Gives the team it is booked on, too.
fn reference(
    plain: &PlainPolicy,
    of: &[usize],
    action: ActionKind,
    spot: Spot,
) -> (bool, Option<usize>) {
    let grants = |clause: &PlainClause| {
        clause.scope.has(spot) && (clause.actions.contains(&action) || action == ActionKind::Read)
    };
    let denies = |clause: &PlainClause| {
        clause.scope.has(spot)
            && (clause.actions.contains(&action) || clause.actions.contains(&ActionKind::Read))
    };
    let booked = of.iter().copied().find(|n| plain.teams[*n].grants.iter().any(grants));
    let overruled = of.iter().any(|n| plain.teams[*n].denies.iter().any(denies));
    (booked.is_some() && !overruled, booked)
}

/// What a write wants, and what it brings along.
#[derive(Clone, Copy, Debug)]
enum Wish {
    Set(Option<i64>),
    Clear,
    Move(i64),
    Cancel { override_stands: bool },
}

impl Wish {
    const ALL: [Self; 9] = [
        Self::Set(None),
        Self::Set(Some(3)),
        Self::Set(Some(5)),
        Self::Set(Some(9)),
        Self::Clear,
        Self::Move(4),
        Self::Move(8),
        Self::Cancel { override_stands: true },
        Self::Cancel { override_stands: false },
    ];

    fn action(self) -> ActionKind {
        match self {
            Self::Set(_) => ActionKind::Set,
            Self::Clear => ActionKind::Clear,
            Self::Move(_) | Self::Cancel { .. } => ActionKind::Schedule,
        }
    }
}

/// The contract for writes, in the order in which it refuses: who may not; what is frozen, until the last of its freezes is
/// over; where one must say why; how long an override may last at most, by the strictest guard.
fn reference_write(
    plain: &PlainPolicy,
    of: &[usize],
    spot: Spot,
    (wish, comment, now): (Wish, bool, i64),
) -> &'static str {
    if !reference(plain, of, wish.action(), spot).0 {
        return "denied";
    }
    let holds = |one: &&PlainFreeze| one.has(spot) && one.until.is_none_or(|until| now < until);
    let freezes: Vec<_> = plain.freezes.iter().filter(holds).collect();
    if freezes.iter().any(|one| one.until.is_none()) {
        return "frozen for good";
    }
    if let Some(last) = freezes.iter().filter_map(|one| one.until).max() {
        return ["0", "1", "2", "3", "4", "5"][usize::try_from(last).unwrap()];
    }
    let guards: Vec<_> = plain.guards.iter().filter(|one| one.scope.has(spot)).collect();
    if guards.iter().any(|one| one.comment) && !comment {
        return "say why";
    }
    let Some(most) = guards.iter().filter_map(|one| one.most).min() else {
        return "begun";
    };
    match wish {
        Wish::Set(None) => "no end",
        Wish::Cancel { override_stands: true } => "endless",
        Wish::Set(Some(end)) | Wish::Move(end) if end > now + most => "too long",
        Wish::Set(_) | Wish::Clear | Wish::Move(_) | Wish::Cancel { .. } => "begun",
    }
}

/// What the room says to the same.
fn told(
    identity: &Identity,
    target: FlagTarget,
    (wish, comment, now): (Wish, bool, i64),
) -> &'static str {
    let declared = Declared {
        id: crate::domain::OperationId::new(hour(now)),
        door: crate::domain::Door::Http,
        comment: comment.then_some("why"),
        now: hour(now),
    };
    let begun = match wish {
        Wish::Set(end) => Policy::authorize::<Set, _>(identity, target)
            .map(|permit| permit.begin(&declared, end.map(hour)).map(drop)),
        Wish::Clear => Policy::authorize::<Clear, _>(identity, target)
            .map(|permit| permit.begin(&declared).map(drop)),
        Wish::Move(end) => Policy::authorize::<Schedule, _>(identity, target)
            .map(|permit| permit.begin(&declared, End::At(hour(end))).map(drop)),
        Wish::Cancel { override_stands } => Policy::authorize::<Schedule, _>(identity, target)
            .map(|permit| permit.begin(&declared, End::Never { override_stands }).map(drop)),
    };
    match begun {
        Err(_) => "denied",
        Ok(Ok(())) => "begun",
        Ok(Err(NotBegun::Frozen(frozen))) => match frozen.until() {
            None => "frozen for good",
            Some(until) => {
                let hours = usize::try_from(until.as_second() / 3_600).unwrap();
                ["0", "1", "2", "3", "4", "5"][hours]
            }
        },
        Ok(Err(NotBegun::Guard(unmet))) => match unmet {
            GuardUnmet::Comment => "say why",
            GuardUnmet::NoEnd(_) => "no end",
            GuardUnmet::TooLong(_) => "too long",
            GuardUnmet::Endless(_) => "endless",
        },
    }
}

proptest! {
    #[test]
    fn decisions_are_those_of_the_contract(plain in plain_policy(), of in some_teams()) {
        let (of, identity) = plain.member(&of);
        for (project, environment, user) in places() {
            let list = at(project, environment, user);
            let list = Policy::authorize::<Read, _>(&identity, list);
            let mut seen = 0;
            for flag in FLAGS {
                let spot = Spot { project, environment, flag, user };
                let target = spot.target();
                for action in ActionKind::ALL {
                    let decision = Policy::explain(&identity, action, &target);
                    let (allowed, booked) = reference(&plain, &of, action, spot);
                    prop_assert_eq!(decision.is_allowed(), allowed, "{:?} {}", target, action);
                    prop_assert_eq!(decision.team(), booked.map(|n| NAMES[n]));
                }
                let reads = reference(&plain, &of, ActionKind::Read, spot).0;
                seen += usize::from(reads);
                if let Ok(list) = &list {
                    prop_assert_eq!(list.sees(&target.flag), reads);
                    prop_assert_eq!(list.narrow_to::<Read>(target.flag).is_ok(), reads);
                }
            }
            match list {
                Ok(list) if list.sees_all() => prop_assert_eq!(seen, FLAGS.len()),
                Ok(_) => {}
                Err(_) => prop_assert_eq!(seen, 0, "a list is denied and a flag is not"),
            }
        }
    }

    #[test]
    fn writes_are_begun_as_the_contract_has_it(
        plain in plain_policy(), of in some_teams(), now in 0_i64..6, comment in any::<bool>(),
    ) {
        let (of, identity) = plain.member(&of);
        for (project, environment, user) in places() {
            for flag in ["a", "bb"] {
                let spot = Spot { project, environment, flag, user };
                for wish in Wish::ALL {
                    let write = (wish, comment, now);
                    let expected = reference_write(&plain, &of, spot, write);
                    prop_assert_eq!(told(&identity, spot.target(), write), expected, "{:?} {:?}", spot, write);
                }
            }
        }
    }
}

fn places() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PROJECTS.into_iter().flat_map(|project| {
        ENVIRONMENTS.into_iter().flat_map(move |environment| {
            USERS.into_iter().map(move |user| (project, environment, user))
        })
    })
}
