//! The HTTP door: both APIs, one endpoint a file.
//!
//! A request passes the [`frame`] (request id, measuring, the answer to a failure), then the router, and
//! then `authorized`: a handler's first argument asks for its permit, so that nothing of a refused request is
//! read. What another door has under `/hooks` is mounted here by `startup`, and passes the frame like everything
//! else ([`Mounted`], [`OtherDoor`]). Path parts are read in `location` and nowhere else, bodies in `body`, query strings in `query`.

mod asked;
mod authorized;
mod body;
mod compression;
mod decode;
mod document;
mod drop_in_notice;
mod frame;
mod gate;
mod hooks;
mod key_vitals;
mod location;
mod management;
mod parts;
mod problem;
mod problem_views;
mod query;
mod reply;
mod request_id;
mod router;
mod routes;
mod state;
mod vitals;

pub(crate) use compression::CompressWhereAsked;
pub use document::openapi_document;
pub use drop_in_notice::DropInNotice;
pub use frame::Frame;
pub(crate) use frame::around;
pub use gate::Gate;
pub use hooks::{Mounted, OtherDoor, ProblemOf, configure_hooks};
pub use key_vitals::KeyTrouble;
pub use management::configure_management;
pub use routes::{ROUTES, Route, configure};
pub use state::{HttpState, Readiness};
pub use vitals::{Upstream, Vitals};
