//! What becomes of a changed policy file.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

use super::house::{House, LOOK, policy};

#[tokio::test(start_paused = true)]
async fn a_version_renamed_into_place_is_in_force_and_the_same_one_again_changes_nothing() {
    let house = House::open();
    let next = house.folder.path().join("next.toml");
    fs::write(&next, policy(2)).unwrap();
    fs::rename(&next, house.file()).unwrap();
    house.see(1, 0).await;
    let current = house.current();
    assert_eq!(current.summary().teams, 2);
    fs::write(&next, policy(2)).unwrap();
    fs::rename(&next, house.file()).unwrap();
    house.let_it_look().await;
    assert_eq!(house.reloads(), [1, 0]);
    assert!(Arc::ptr_eq(&current, &house.current()));
}

#[tokio::test(start_paused = true)]
async fn a_mounted_config_map_is_followed_through_its_symbolic_links() {
    let version = |folder: &Path, name: &str, text: String| {
        fs::create_dir(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("policy.toml"), text).unwrap();
    };
    let house = House::with(|folder| {
        version(folder, "..1", policy(1));
        symlink("..1", folder.join("..data")).unwrap();
        symlink("..data/policy.toml", folder.join("policy.toml")).unwrap();
    });
    let folder = house.folder.path();
    // As the kubelet does it: the new folder, the link swapped at once, the old folder gone.
    let swap = |old: &str, new: &str, text: String| {
        version(folder, new, text);
        symlink(new, folder.join("..data_tmp")).unwrap();
        fs::rename(folder.join("..data_tmp"), folder.join("..data")).unwrap();
        fs::remove_dir_all(folder.join(old)).unwrap();
    };
    swap("..1", "..2", policy(3));
    house.see(1, 0).await;
    assert_eq!(house.current().summary().teams, 3);
    swap("..2", "..3", format!("{}[[teams]]\nname = 7\n", policy(2)));
    house.see(1, 1).await;
    assert_eq!(house.current().summary().teams, 3, "the one before stays, all of it");
    swap("..3", "..4", policy(2));
    house.see(2, 1).await;
    assert_eq!(house.current().summary().teams, 2);
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
async fn a_file_that_is_gone_for_a_moment_is_nothing_to_speak_of() {
    let house = House::open();
    let before = house.current();
    fs::remove_file(house.file()).unwrap();
    tokio::time::sleep(LOOK * 2).await;
    fs::write(house.file(), policy(1)).unwrap();
    house.let_it_look().await;
    assert_eq!(house.reloads(), [0, 0]);
    assert!(Arc::ptr_eq(&before, &house.current()));
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
async fn a_file_that_is_gone_and_put_back_as_it_was_leaves_no_complaint() {
    let house = House::open();
    fs::remove_file(house.file()).unwrap();
    house.see(0, 1).await;
    let shown = house.shown();
    assert!(shown["unreadable_since"].is_string() && shown["refused_at"].is_null(), "{shown}");
    fs::write(house.file(), policy(1)).unwrap();
    house.let_it_look().await;
    let shown = house.shown();
    assert!(shown["unreadable_since"].is_null() && shown["refused_at"].is_null(), "{shown}");
    assert_eq!(house.reloads(), [0, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_was_emptied_or_lost_all_its_teams_is_refused_and_the_old_one_stays() {
    let house = House::open();
    let before = house.current();
    for (n, left) in ["", "# nothing but words\n", "teams = []\n"].into_iter().enumerate() {
        fs::write(house.file(), left).unwrap();
        house.see(0, u64::try_from(n).unwrap() + 1).await;
        assert!(Arc::ptr_eq(&before, &house.current()));
        assert!(house.shown()["refused_at"].is_string());
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_operator_sees_tells_versions_apart_and_names_what_got_lost() {
    let guard = "[[guards]]\nprojects = [\"*\"]\nenvironments = [\"*\"]\nrequire_comment = true\n";
    let whole = format!("{}{guard}", policy(2));
    let house = House::open();
    fs::write(house.file(), &whole).unwrap();
    house.see(1, 0).await;
    let with = house.shown();
    assert_eq!((&with["teams"], &with["guards"]), (&2.into(), &1.into()));
    fs::write(house.file(), policy(2)).unwrap();
    house.see(2, 0).await;
    let without = house.shown();
    assert_eq!((&without["teams"], &without["guards"]), (&2.into(), &0.into()));
    assert_ne!(with["version"], without["version"]);
    assert_eq!(without["version"].as_str().map(str::len), Some(12));
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
    assert_eq!(house.current().summary().teams, 40);
}
