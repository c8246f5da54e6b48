//! The map of the house, held to the code: who may import whom, where the few dangerous functions may be named,
//! and how large a file may grow.

mod imports;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use self::imports::{Import, imports_of};
use self::table::{is_room, may_import, may_use};

/// The most lines of a file.
const MOST_LINES: usize = 300;

/// The most lines of a `mod.rs`.
const MOST_CONTENTS: usize = 120;

/// Tables of contents with functions in them. A line leaves this list when they have moved; none is added.
const STILL_RUNNING: [&str; 5] =
    ["cli/mod", "config/auth/mod", "config/mod", "simulator/world/mod", "upstream/wire/mod"];

/// Files that are longer still. A line leaves this list when its file is split; none is added.
const STILL_LONGER: [&str; 0] = [];

/// Calls that skip a check or make a proof, and the rooms that may name them.
const GUARDED: [(&str, &[&str]); 4] = [
    ("of_startup", &["policy/errand", "startup"]),
    ("insecure_for_test", &["auth/caller"]),
    ("insecure_operator", &["auth/caller", "policy/file"]),
    ("insecure_operator_in", &["policy/file", "cli/migrate_check"]),
];

/// A file, and its path below `src` without the ending.
struct Source {
    path: PathBuf,
    module: String,
    text: String,
}

impl Source {
    fn room(&self) -> &str {
        self.module.split('/').next().unwrap()
    }

    fn is_test(&self) -> bool {
        self.module.split('/').any(|part| part == "tests")
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn sources() -> Vec<Source> {
    below("src")
}

/// The files of a top folder.
fn below(top: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(top), &root().join(top), &mut found);
    assert!(!found.is_empty(), "{top} was not found");
    found
}

fn collect(top: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(top, &path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let below = path.strip_prefix(top).unwrap();
            let module = below.with_extension("").to_str().unwrap().to_owned();
            let text = fs::read_to_string(&path).unwrap();
            found.push(Source { path, module, text });
        }
    }
}

/// What is wrong with the imports of a file in this module.
fn wrong_imports(module: &str, text: &str) -> Vec<String> {
    let file = syn::parse_file(text).unwrap_or_else(|fault| panic!("{module}: {fault}"));
    let room = module.split('/').next().unwrap();
    let wrong = |import: &Import| match import {
        Import::Ours { path } => match path.first().map(String::as_str) {
            Some(other) if other == room || other == "{self}" => false,
            Some(other) if is_room(other) => !may_import(room, path),
            // An item of the crate's root, or everything in it.
            _ => true,
        },
        Import::Foreign { name } => !may_use(room, name),
    };
    let found = imports_of(module, &file);
    let wrong = found.iter().filter(|import| wrong(import));
    wrong.map(|one| format!("{module}: {one}")).collect()
}

#[test]
fn every_room_imports_only_what_the_map_allows() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !source.is_test()) {
        if !["lib", "main"].contains(&source.room()) {
            wrong.extend(wrong_imports(&source.module, &source.text));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_library_is_a_room_of_the_map() {
    for source in sources() {
        assert!(is_room(source.room()), "{} is in no room", source.module);
    }
}

/// Each line of the fixture that must fail ends in `// wrong`; every other must pass.
#[test]
fn the_map_is_held_against_every_way_of_importing() {
    let text = fs::read_to_string(root().join("tests/fixtures/architecture/domain.rs")).unwrap();
    let mut missed = Vec::new();
    let mut wrong = 0;
    for case in text.split("// case: ").skip(1) {
        let (name, code) = case.split_once('\n').unwrap();
        let expected = name.ends_with("wrong");
        let found = wrong_imports("domain/size", code);
        wrong += usize::from(expected);
        if found.is_empty() == expected {
            missed.push(format!("{name}: {found:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
    assert!(wrong >= 10, "the fixture has lost its cases");
}

#[test]
fn an_unknown_room_is_wrong_wherever_it_is_imported() {
    assert!(!is_room("helpers"));
    let found = wrong_imports("startup/run", "use crate::helpers::run;");
    assert_eq!(found.len(), 1);
}

#[test]
fn no_file_is_too_long() {
    for source in ["src", "tests", "benches"].into_iter().flat_map(below) {
        let lines = source.text.lines().count();
        let path = source.path.strip_prefix(root()).unwrap().to_str().unwrap();
        let excused = STILL_LONGER.contains(&path);
        assert_eq!(lines > MOST_LINES, excused, "{path} has {lines} lines");
    }
}

#[test]
fn calls_that_skip_a_check_are_named_only_where_they_belong() {
    for source in sources().iter().filter(|source| !source.is_test()) {
        let file = syn::parse_file(&source.text).unwrap();
        let named = imports::names_of(&file);
        for (name, places) in GUARDED {
            let here = places.iter().any(|place| {
                source.module == *place || source.module.starts_with(&format!("{place}/"))
            });
            assert!(here || !named.contains(name), "{} names {name}", source.module);
        }
        let others = named.iter().filter(|name| name.starts_with("insecure_"));
        let unknown: Vec<_> =
            others.filter(|name| !GUARDED.iter().any(|(known, _)| known == name)).collect();
        assert!(unknown.is_empty(), "{}: {unknown:?} is on no list", source.module);
    }
}

/// A table of contents says what the room is for, lists it, and may define the type that the room is named
/// after. What runs beside that stands in a file of its own.
#[test]
fn every_mod_file_is_a_table_of_contents() {
    for source in sources().iter().filter(|source| !source.is_test()) {
        if !source.module.ends_with("/mod") {
            continue;
        }
        let module = &source.module;
        let file = syn::parse_file(&source.text).unwrap();
        let documented = file.attrs.iter().any(|one| one.path().is_ident("doc"));
        assert!(documented, "{module} does not say what it is for");
        let runs = |item: &syn::Item| matches!(item, syn::Item::Fn(_) | syn::Item::Trait(_));
        let excused = STILL_RUNNING.contains(&module.as_str());
        assert_eq!(file.items.iter().any(runs), excused, "{module} runs");
        let lines = source.text.lines().count();
        assert!(lines <= MOST_CONTENTS || excused, "{module} has {lines} lines");
    }
}
