//! What the simulator starts with, as a JSON file that a person can write.
//!
//! `shop.json` beside this file is the built-in seed and the example to start from. In short:
//!
//! ```json
//! {
//!   "tokens": [{ "token": "api-…", "name": "who the history names", "role": "writer" }],
//!   "projects": [{
//!     "key": "shop",
//!     "environments": [{ "key": "test", "approvalSettings": { "required": false, "requiredApprovalTags": ["critical"] },
//!                        "requireComments": false }],
//!     "users": [{ "key": "anna@example.com", "attributes": { "country": "NL" }, "applicationId": "web/2.0",
//!                 "otherVersions": [{ "applicationId": "web/1.0", "lastSeen": "2020-01-01T00:00:00Z",
//!                                     "attributes": { "country": "DE" } }] }],
//!     "flags": [{
//!       "key": "banner.text",
//!       "variations": [{ "value": "Hello" }, { "value": "Goodbye" }],
//!       "targeting": {
//!         "on": true, "offVariation": 1, "fallthrough": { "variation": 0 },
//!         "targets": [{ "variation": 1, "values": ["anna@example.com"] },
//!                     { "contextKind": "device", "variation": 1, "values": ["till-7"] }],
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
//! `contextKind` is `user` where a target or a clause does not say otherwise. A user was last seen at the start,
//! unless `lastSeen` says otherwise; of several versions of one user, the one seen last is what counts. A flag
//! may be `archived`, `deprecated`, `temporary`, and have `tags`. Unknown members are faults.

mod build;
mod check;
mod model;

pub use model::{BUILT_IN_READER_TOKEN, BUILT_IN_TOKEN, Seed, SeedFault};
pub(super) use model::{Role, TokenSeed};
