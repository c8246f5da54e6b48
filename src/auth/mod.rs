//! Who is it: a token becomes a [`Caller`], or it is [`Refused`].
//!
//! For example: the header `Bearer eyJ…` holds a token of the *issuer* `idp`, whose `iss`, key and algorithms are
//! configured. If the signature is good and the claims are, the *caller* is `idp`, subject `alice`, with the *team
//! claims* `payments` and `oncall`. What those may do is for the policy.
//!
//! What was decided, and why:
//!
//! - **The configuration decides, never the token.** A token's `iss`, not yet believed, only chooses among the
//!   configured issuers; then that issuer's keys alone verify it, each with the algorithms that are listed for it. A `kid`
//!   chooses among those keys, by comparing text, where both sides have one. `jku`, `jwk`, `x5u` and `x5c` are not looked at
//!   (some identity providers always send them); `crit`, `zip`, `b64`, `cty` and `enc` change what a token means and are refused, and so is a `typ` of
//!   another kind of token (a logout token must not log anybody in).
//! - **Keys come from outside.** Whoever refreshes an issuer's keys puts them into its [`Keyring`]; nothing here fetches. A key of a
//!   set is bound to the algorithm that it names, or to those of its issuer's that fit its kind; a set with a secret or a
//!   private key in it is refused whole. A token without `kid` is tried with at most eight keys.
//! - **Signatures are jsonwebtoken's to verify (with aws-lc-rs), what they are over is checked here.** Its own checks of
//!   claims ignore `crit`, take the last of two equal claims, round dates and read the system's clock (11.1), so
//!   each of them would have to be made again.
//! - **Strict where strictness costs no honest caller**: no member twice at any depth, canonical base64url without
//!   padding, dates as whole seconds that exist, at most 8 KiB.
//! - **A subject is demanded** (at most 512 bytes, no control characters): a write without an author is none.
//! - **Teams** are the text, or the list of texts, under the issuer's JSON pointer. Anything else there is no team
//!   and no fault; more than 256, or one of more than 256 bytes, is refused, because leaving some out would
//!   silently change what the caller may do.
//! - **Time** is handed in, and nothing here waits: verifying is plain computation.

mod authenticator;
mod caller;
mod claims;
mod discovery;
mod header;
mod jwk_set;
mod jws;
mod keyring;
mod keys;
mod mint;
mod refused;
mod seal;
mod slack;
mod strict_json;
#[cfg(test)]
mod tests;
mod token_cache;
mod verifier;

pub use authenticator::{Authenticator, UnusableKey};
pub use caller::Caller;
pub use discovery::{DiscoveryFault, LONGEST_DISCOVERY, jwks_uri};
pub use header::{bare_or_bearer, bearer};
pub use jwk_set::{KeySetFault, LONGEST_KEY_SET};
pub use keyring::{Keyring, Replaced};
pub use mint::{MintFault, mint};
pub use refused::{Claim, Refused};
pub use seal::{Seal, Unsealed};
pub use slack::{BadSignature, SlackSecrets, SlackSigned};
pub use token_cache::{Ticket, TokenCache};
