//! What the simulator starts with, as a JSON file that a person can write.
//!
//! `shop.json` beside this file is the built-in seed and the example to start from. In short:
//!
//! ```json
//! {
//!   "tokens": [{ "token": "api-…", "name": "who the history names", "role": "writer" }],
//!   "projects": [{
//!     "key": "shop",
//!     "environments": [{ "key": "test", "approvalSettings": { "required": false }, "requireComments": false }],
//!     "users": [{ "key": "anna@example.com", "attributes": { "country": "NL" } }],
//!     "flags": [{
//!       "key": "banner.text",
//!       "variations": [{ "value": "Hello" }, { "value": "Goodbye" }],
//!       "targeting": {
//!         "on": true, "offVariation": 1, "fallthrough": { "variation": 0 },
//!         "targets": [{ "variation": 1, "values": ["anna@example.com"] }],
//!         "rules": [{ "clauses": [{ "attribute": "country", "op": "in", "values": ["NL"] }],
//!                     "serve": { "rollout": [{ "variation": 0, "weight": 25000 },
//!                                            { "variation": 1, "weight": 75000 }] } }],
//!         "prerequisites": [{ "key": "another-flag", "variation": 0 }]
//!       },
//!       "environments": { "production": { "on": false } }
//!     }]
//!   }]
//! }
//! ```
//!
//! `targeting` holds in every environment that `environments` does not name. Without `offVariation`, or without
//! `fallthrough`, users receive `null` there. Operators: `in`, `startsWith`, `endsWith`, `contains`, `lessThan`,
//! `greaterThan`. Weights are thousandths of a percent and add up to 100,000. Values are kept to the byte.
//! Unknown members are faults.

mod build;
mod check;
mod model;

pub use model::{BUILT_IN_READER_TOKEN, BUILT_IN_TOKEN, Seed, SeedFault};
pub(super) use model::{Role, TokenSeed};
