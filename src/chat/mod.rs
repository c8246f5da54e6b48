//! The chat door: what people type in a chat becomes the same use cases that HTTP has.
//!
//! ```text
//! slack (verify, read)  →  command (parse)  →  desk (who, where, may they, do it)  →  answer  →  slack (render, deliver)
//! ```
//!
//! - [`command`] is the language, one for every platform, without any I/O.
//! - An [`Answer`] is what is said back, without any platform's markup.
//! - [`Speaker`] is whoever speaks and where.
//!
//! A platform adds a room of its own, which verifies, reads and renders; nothing else here knows it.

mod answer;
mod answers;
mod channels;
pub mod command;
mod confirmation;
mod desk;
mod hook;
mod once;
pub mod slack;
mod speaker;
mod wish;
mod work;

pub use answer::{Answer, Audience, Button, Line, Says, Span, Style};
pub use desk::{Desk, DeskParts, Reaction};
pub use hook::{Hook, Refusal, problem_of};
pub use speaker::Speaker;
