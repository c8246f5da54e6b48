//! The twins of what must not compile: nearly the same, and right.

mod asked_without_a_permit;
mod fields_from_outside;
mod key_without_parsing;
mod operation_is_used_twice;
mod permit_from_outside;
mod proof_from_outside;
mod read_permit_begins_a_write;
mod set_or_clear_begins_unnarrowed;
mod set_permit_clears;
mod step_outlives_its_operation;
