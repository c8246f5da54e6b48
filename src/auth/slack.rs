//! Slack's signatures: an HMAC over the time and the raw body (`v0`), so that nothing of a request is believed, nor even
//! parsed, before it is known to come from Slack.

use aws_lc_rs::hmac::{self, Context, HMAC_SHA256, Key};
use bytes::Bytes;
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};

use super::caller::{Caller, Known};

/// How far Slack's clock and ours may be apart, either way, in seconds: Slack's own advice, and its Python SDK's.
const MOST_APART: i64 = 300;
/// What every signature of this version starts with.
const VERSION: &[u8] = b"v0";
/// A SHA-256 in hex.
const HEX: usize = 64;
/// The longest id that we take, in bytes: Slack's have 9 to 12.
const LONGEST_ID: usize = 32;
/// The issuer of callers whom Slack vouches for; no configured issuer may have this name.
const ISSUER: &str = "slack";

/// The secrets that Slack may sign with: one, or two while it is rotated.
#[derive(Clone)]
pub struct SlackSecrets(Vec<Key>);

/// A body that Slack has signed, lately. To hold one is the proof. It has addresses that anybody can answer at, so its
/// `Debug` shows none of it.
#[derive(Clone)]
pub struct SlackSigned(Bytes);

/// Why a request is not taken for Slack's. For counting only: whoever sent it is told the same in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadSignature {
    /// A header is missing.
    Missing,
    /// The time is no number of seconds.
    Malformed,
    /// The time is more than five minutes away.
    OutOfTime,
    /// No secret of ours makes this signature.
    Wrong,
}

impl std::fmt::Debug for SlackSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SlackSecrets({})", self.0.len())
    }
}

impl std::fmt::Debug for SlackSigned {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SlackSigned({})", self.0.len())
    }
}

impl SlackSecrets {
    /// The signing secret and, while it is rotated, the one before.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the key of a signature is made from its secret")]
    pub fn new(current: &SecretString, previous: Option<&SecretString>) -> Self {
        let key = |secret: &SecretString| Key::new(HMAC_SHA256, secret.expose_secret().as_bytes());
        Self(std::iter::once(current).chain(previous).map(key).collect())
    }

    /// Takes `body` for Slack's if one of the secrets has made `signature` of it and of `timestamp`, which is near
    /// `now`. The comparison takes as long for a wrong signature as for a good one.
    pub fn verify(
        &self,
        timestamp: Option<&[u8]>,
        signature: Option<&[u8]>,
        body: Bytes,
        now: Timestamp,
    ) -> Result<SlackSigned, BadSignature> {
        let (Some(timestamp), Some(signature)) = (timestamp, signature) else {
            return Err(BadSignature::Missing);
        };
        let seconds = seconds(timestamp).ok_or(BadSignature::Malformed)?;
        if now.as_second().abs_diff(seconds) > MOST_APART.unsigned_abs() {
            return Err(BadSignature::OutOfTime);
        }
        let tag = tag(signature).ok_or(BadSignature::Wrong)?;
        let is_of = |key: &Key| {
            let mut base = Vec::with_capacity(body.len() + 32);
            for part in [VERSION, b":", timestamp, b":", &body] {
                base.extend_from_slice(part);
            }
            hmac::verify(key, &base, &tag).is_ok()
        };
        // Each is tried, whichever fits.
        let fits = self.0.iter().fold(false, |fits, key| is_of(key) | fits);
        if fits { Ok(SlackSigned(body)) } else { Err(BadSignature::Wrong) }
    }

    /// The signature of `body` at `timestamp`, for those who try the gateway without Slack.
    #[must_use]
    pub fn sign(&self, timestamp: i64, body: &[u8]) -> Option<String> {
        let mut context = Context::with_key(self.0.first()?);
        for part in [VERSION, b":", timestamp.to_string().as_bytes(), b":", body] {
            context.update(part);
        }
        let tag = context.sign();
        Some(format!("v0={}", hex(tag.as_ref())))
    }
}

impl SlackSigned {
    /// What Slack has signed.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.0
    }

    /// The member `user` of `workspace`, whom the signed body names. None if one of them is no id of Slack's, so that no
    /// two pairs ever make one subject.
    #[must_use]
    pub fn caller(&self, workspace: &str, user: &str) -> Option<Caller> {
        let both = is_id(workspace) && is_id(user);
        both.then(|| Caller::new(Known::of_platform(ISSUER, format!("{workspace}/{user}"))))
    }
}

impl BadSignature {
    /// Every kind, for a counter that has them all from its first scrape.
    pub const ALL: [Self; 4] = [Self::Missing, Self::Malformed, Self::OutOfTime, Self::Wrong];

    /// The kind, for counting.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Missing => "slack-unsigned",
            Self::Malformed => "slack-malformed",
            Self::OutOfTime => "slack-out-of-time",
            Self::Wrong => "slack-signature",
        }
    }
}

/// Digits and nothing else, so that one time has one spelling.
fn seconds(timestamp: &[u8]) -> Option<i64> {
    let digits = timestamp.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(timestamp).ok().filter(|_| digits)?.parse().ok()
}

/// The bytes of `v0=` and 64 hex digits.
fn tag(signature: &[u8]) -> Option<Vec<u8>> {
    let hex = signature.strip_prefix(VERSION)?.strip_prefix(b"=")?;
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, _) = hex.as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    if hex.len() == HEX { bytes.collect() } else { None }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}"); // writing to a String can't fail
        text
    })
}

/// An id as Slack makes them: capital letters and digits.
fn is_id(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(plain)
}
