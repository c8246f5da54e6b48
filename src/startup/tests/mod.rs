//! The policy file while a gateway runs.
