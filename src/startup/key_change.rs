//! What happens when an issuer's key set was seen, or could not be: the same wherever it comes from.

use std::fmt::Display;

use crate::auth::{KeySetFault, Keyring, Replaced};
use crate::http::{Gate, KeyTrouble, Vitals};

/// The keys of one issuer, and all who must know when they change.
#[derive(Clone, Debug)]
pub(super) struct KeyChange {
    pub(super) keyring: Keyring,
    pub(super) gate: Gate,
    pub(super) vitals: Vitals,
}

impl KeyChange {
    /// Takes a key set as it was published; one that is refused changes nothing. The tokens that were verified before are
    /// forgotten after the keys were replaced, so that none outlives its key.
    pub(super) fn seen(&self, json: &[u8]) -> Result<(), KeySetFault> {
        let Replaced { count, changed } = self.keyring.replace(json)?;
        let issuer = self.keyring.issuer();
        if changed {
            self.gate.forget();
            tracing::info!(issuer, keys = count, "the issuer has other keys now");
        }
        if self.vitals.keys_fetched(issuer, count) {
            tracing::info!(issuer, "the issuer's key set can be had again");
        }
        Ok(())
    }

    /// Takes note that it could not be had. The log has every trouble once, for as long as it lasts.
    pub(super) fn failed(&self, trouble: KeyTrouble, cause: &dyn Display) {
        let issuer = self.keyring.issuer();
        if !self.vitals.keys_failed(issuer, trouble) {
            return;
        }
        let keys = self.keyring.count();
        if keys == 0 {
            tracing::error!(issuer, %cause, "the issuer's key set can't be had; its tokens are refused until it can");
        } else {
            tracing::warn!(issuer, keys, %cause, "the issuer's key set can't be had; the keys of before stay in use");
        }
    }
}
