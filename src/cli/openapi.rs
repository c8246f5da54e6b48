//! `flagward openapi`: the document.

use clap::Args;

use super::output::{Failure, print};
use crate::http::openapi_document;

/// Print the OpenAPI document
///
/// Byte for byte what a gateway serves at /openapi.json.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  flagward openapi > flagward.json")]
pub(super) struct Openapi {}

impl Openapi {
    #[expect(clippy::unused_self, reason = "every command is run the same way")]
    pub(super) fn run(self) -> Result<(), Failure> {
        print(&openapi_document())
    }
}
