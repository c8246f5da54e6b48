//! Tests of the language as a whole.

mod misreads;
mod properties;
mod reading;
mod seen;
