//! The `flagward` command: parses the command line and calls the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A hit makes a handful of small allocations; this allocator makes them cheap.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    flagward::cli::run()
}
