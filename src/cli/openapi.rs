//! `flagward openapi`: the document.

use std::io::Write as _;

use super::output::{Failure, failed};
use crate::http::openapi_document;

pub(super) fn run() -> Result<(), Failure> {
    std::io::stdout()
        .write_all(openapi_document().as_bytes())
        .map_err(failed)
}
