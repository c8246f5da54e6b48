//! The `flagward` command: parses the command line and calls the library.

fn main() {}
