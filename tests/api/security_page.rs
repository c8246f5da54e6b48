//! SECURITY.md names what shows each of its claims; here all of that is looked for.

use std::path::Path;

/// What stands in backquotes on the page.
fn quoted(page: &str) -> impl Iterator<Item = &str> {
    page.split('`').skip(1).step_by(2)
}

/// Whether a quoted text names a file or a folder of ours.
fn is_place(text: &str) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-./".contains(&b));
    let is_file = Path::new(text).extension().is_some_and(|end| end == "rs" || end == "md");
    plain && (is_file || text.starts_with("src/") || text.starts_with("tests/"))
}

#[test]
fn every_file_that_the_security_page_names_is_there() {
    let page = include_str!("../../SECURITY.md");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places: Vec<&str> = quoted(page).filter(|text| is_place(text)).collect();
    assert!(places.len() > 30, "{places:?}");
    for place in places {
        // Where nothing else is said it is a test of the API.
        let there = [root.join(place), root.join("tests/api").join(place)];
        assert!(there.iter().any(|path| path.exists()), "SECURITY.md names {place}");
    }
}

#[test]
fn every_fuzz_target_that_the_security_page_names_is_run() {
    let page = include_str!("../../SECURITY.md");
    let run = include_str!("../run");
    let mut targets = page.split("fuzz target `").skip(1).filter_map(|rest| rest.split('`').next());
    assert!(targets.all(|target| run.contains(&format!("  {target}) echo"))));
    assert!(page.contains("fuzz target `bearer`"));
}
