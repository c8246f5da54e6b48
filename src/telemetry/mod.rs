//! What Flagward says about itself: metrics and logs. May be used from anywhere, and knows no other room.

mod causes;
mod chat;
mod drop_in;
mod gauges;
mod handles;
mod keys;
mod logs;
mod metrics;
mod panics;
mod shadow;
mod write_outcome;

pub use causes::Causes;
pub use chat::ChatMetrics;
pub use drop_in::{DropInCounters, DropInOperation};
pub use gauges::Gauges;
pub use handles::{DecisionCounters, RouteMetrics};
pub use keys::KeyMetrics;
pub use logs::{LogFormat, start_logging};
pub use metrics::Metrics;
pub use panics::log_panics;
pub use shadow::ShadowMetrics;
pub use write_outcome::WriteOutcome;
