//! One issuer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::keys::IssuerKeys;
use super::{Seen, unique};
use crate::config::section::Section;

/// Whoever signs tokens that we take.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// Our name for it, which the policy's `members` and every author's stamp start with. No default.
    pub name: IssuerName,
    /// The `iss` of its tokens, compared as text. No default.
    pub issuer: String,
    /// A token's `aud` must have one of these; not empty. No default.
    pub audiences: Vec<String>,
    /// What its tokens are verified with. No default.
    pub keys: IssuerKeys,
    /// Where its tokens name the caller's teams. Default `/teams`.
    pub team_claim: TeamClaim,
    /// How far its clock may be from ours, when `exp` and `nbf` are checked. Default `30s`, at most `5m`.
    pub leeway: Duration,
}

/// Our name for an issuer: `[a-z0-9][a-z0-9-]*`, at most 64 bytes, and none that a door of ours uses itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IssuerName(Arc<str>);

/// A JSON pointer (RFC 6901) into a token's claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamClaim(String);

/// The names that callers of other doors go under; an issuer with one of them could mint their members.
const RESERVED: [&str; 6] = ["slack", "mattermost", "teams", "discord", "github", "flagward"];
/// A name takes its place in the stamp of every comment.
const LONGEST_NAME: usize = 64;
/// See [`Issuer::team_claim`].
const TEAM_CLAIM: &str = "/teams";
/// See [`Issuer::leeway`].
const LEEWAY: Duration = Duration::from_secs(30);
/// A clock further off is broken, and an expired token must not live on because of it.
const MOST_LEEWAY: Duration = Duration::from_mins(5);
const NAME: &str = "must be a-z, 0-9 and -, not start with -, and have at most 64 bytes";

impl IssuerName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IssuerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TeamClaim {
    /// The pointer as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A pointer to something in the claims: not the empty one, which is the claims themselves.
    fn parse(text: &str) -> Option<Self> {
        let escaped = text.split('~').skip(1).all(|part| part.starts_with(['0', '1']));
        (text.starts_with('/') && escaped).then(|| Self(text.to_owned()))
    }
}

impl Issuer {
    pub(super) fn read(mut section: Section<'_, '_>, seen: &mut Seen) -> Option<Self> {
        let name = name(&mut section, seen);
        let issuer = issuer(&mut section, seen);
        let audiences = "must be a list of texts that aren't empty, like [\"flagward\"]";
        let audiences = section.texts("audiences", audiences);
        let keys = IssuerKeys::read(&mut section, issuer.as_deref());
        let pointer = "must be a JSON pointer like \"/teams\" or \"/realm_access/roles\"";
        let team_claim = section.parse("team_claim", pointer, TeamClaim::parse);
        let leeway = section.duration("leeway", LEEWAY, Duration::ZERO..=MOST_LEEWAY);
        section.finish();
        Some(Self {
            name: name?,
            issuer: issuer?,
            audiences: audiences.into_iter().map(|each| each.text).collect(),
            keys: keys?,
            team_claim: team_claim.unwrap_or_else(|| TeamClaim(TEAM_CLAIM.to_owned())),
            leeway,
        })
    }
}

fn name(section: &mut Section<'_, '_>, seen: &mut Seen) -> Option<IssuerName> {
    let given = section.required("name", NAME)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let text = given.text.as_str();
    let length = (1..=LONGEST_NAME).contains(&text.len());
    if !length || text.starts_with('-') || !text.bytes().all(plain) {
        section.fault(given.place, "name", NAME);
        return None;
    }
    if RESERVED.contains(&text) {
        let expected = format!("must not be one of {}: those are ours", RESERVED.join(", "));
        section.fault(given.place, "name", expected);
        return None;
    }
    unique(section, &mut seen.names, "name", text, given.place);
    Some(IssuerName(Arc::from(text)))
}

fn issuer(section: &mut Section<'_, '_>, seen: &mut Seen) -> Option<String> {
    let expected = "must be the `iss` of its tokens, like \"https://idp.example.com\"";
    let given = section.required("issuer", expected)?;
    if given.text.is_empty() {
        section.fault(given.place, "issuer", expected);
        return None;
    }
    unique(section, &mut seen.issuers, "issuer", &given.text, given.place);
    Some(given.text)
}
