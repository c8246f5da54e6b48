//! The client against a server whose every answer is chosen.

mod bodies;
mod examples;
mod failures;
mod fixture;
mod limits;
mod reads;
mod retries;
mod urls;
mod writes;
