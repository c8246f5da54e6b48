//! What must not compile, each case with a twin that does: so that none fails for a reason of its own.
//!
//! The twins are part of this binary. The cases are compiled by trybuild, which builds the dependencies anew the
//! first time; what the compiler says is kept beside each case, and `TRYBUILD=overwrite` writes it again.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

#[expect(dead_code, reason = "that it compiles is what it is for")]
#[path = "../compiles/mod.rs"]
mod compiles;

fn names_in(folder: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let sources = files.filter(|path| path.extension().is_some_and(|ending| ending == "rs"));
    sources.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn what_must_not_compile_does_not() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/must_not_compile/*.rs");
}

#[test]
fn every_case_has_a_twin_that_compiles() {
    let mut twins = names_in("tests/compiles");
    twins.remove("mod");
    assert_eq!(names_in("tests/must_not_compile"), twins);
    let listed = include_str!("../compiles/mod.rs");
    for twin in twins {
        let line = format!("mod {twin};");
        assert!(listed.contains(&line), "{twin} is not compiled");
    }
}
