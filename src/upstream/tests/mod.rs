//! The client against a server whose every answer is chosen.

mod beside;
mod bodies;
mod change_over;
mod contexts;
mod examples;
mod failures;
mod fixture;
mod limits;
mod reads;
mod retries;
mod urls;
mod windows;
mod writes;
