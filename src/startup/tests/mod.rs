//! The policy file while a gateway runs, with the reloader alone: it looks every few milliseconds here.

mod house;
mod reloads;
