//! The table of upstream calls in `benches/README.md` is what is counted.

#[path = "../../benches/upstream_calls/scenes.rs"]
mod scenes;
#[path = "../../benches/upstream_calls/stage.rs"]
mod stage;
#[path = "../../benches/upstream_calls/table.rs"]
mod table;

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_of_the_benches_has_the_table_that_is_counted() {
    let readme = include_str!("../../benches/README.md");
    let table = table::table().await.unwrap();
    assert!(readme.contains(&table), "benches/README.md should have:\n{table}");
}
