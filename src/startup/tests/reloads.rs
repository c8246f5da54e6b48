//! What becomes of a changed policy file.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;

use super::house::{House, policy};

#[tokio::test(start_paused = true)]
async fn a_version_renamed_into_place_is_in_force_and_the_same_one_again_changes_nothing() {
    let house = House::open();
    let next = house.folder.path().join("next.toml");
    fs::write(&next, policy(2)).unwrap();
    fs::rename(&next, house.file()).unwrap();
    house.see(1, 0).await;
    let current = house.current();
    assert_eq!(current.team_count(), 2);
    fs::write(&next, policy(2)).unwrap();
    fs::rename(&next, house.file()).unwrap();
    house.let_it_look().await;
    assert_eq!(house.reloads(), [1, 0]);
    assert!(Arc::ptr_eq(&current, &house.current()));
}

#[tokio::test(start_paused = true)]
async fn a_mounted_config_map_is_followed_through_its_symbolic_links() {
    let version = |folder: &std::path::Path, name: &str, teams| {
        fs::create_dir(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("policy.toml"), policy(teams)).unwrap();
    };
    let house = House::with(|folder| {
        version(folder, "..1", 1);
        symlink("..1", folder.join("..data")).unwrap();
        symlink("..data/policy.toml", folder.join("policy.toml")).unwrap();
    });
    let folder = house.folder.path();
    version(folder, "..2", 3);
    symlink("..2", folder.join("..data_tmp")).unwrap();
    fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
    house.see(1, 0).await;
    assert_eq!(house.current().team_count(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_broken_version_is_refused_whole_and_counted_once_and_the_old_one_stays() {
    let house = House::open();
    let before = house.current();
    let broken = format!("{}[[teams]]\nname = 7\n", policy(2));
    fs::write(house.file(), broken).unwrap();
    house.see(0, 1).await;
    house.let_it_look().await;
    assert_eq!(house.reloads(), [0, 1]);
    assert!(Arc::ptr_eq(&before, &house.current()));
    fs::write(house.file(), b"\xff").unwrap();
    house.see(0, 2).await;
    fs::write(house.file(), policy(1)).unwrap();
    house.see(1, 2).await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_gone_for_good_is_worth_one_word_and_found_when_it_is_back() {
    let house = House::open();
    let before = house.current();
    fs::remove_file(house.file()).unwrap();
    house.see(0, 1).await;
    house.let_it_look().await;
    assert_eq!(house.reloads(), [0, 1]);
    assert!(Arc::ptr_eq(&before, &house.current()));
    fs::write(house.file(), policy(2)).unwrap();
    house.see(1, 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_file_that_is_written_slowly_is_never_taken_half_way() {
    let house = House::open();
    let whole = policy(40);
    for end in (0..whole.len()).step_by(200) {
        fs::write(house.file(), &whole.as_bytes()[..end]).unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(house.reloads(), [0, 0], "it never stood still");
    fs::write(house.file(), &whole).unwrap();
    house.see(1, 0).await;
    assert_eq!(house.current().team_count(), 40);
}
