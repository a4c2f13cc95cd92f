//! Names are bytes, and what is no file is never opened.

use checkpoint_tests::odd::names;
use checkpoint_tests::{Kept, Sandbox, keep};

fn check(sandbox: Sandbox) -> Kept {
    let kept = keep(sandbox);
    kept.is_complete().equals_recipe().equals_index();
    kept
}

#[test]
fn bytes_of_any_kind() {
    check(names::odd_bytes()).skips(&[]);
}

#[test]
fn words_that_git_takes_for_others() {
    check(names::misread()).skips(&[]);
}

#[test]
fn names_that_sort_around_folders() {
    check(names::sorted()).skips(&[]);
}

#[test]
fn very_long_names_and_paths() {
    check(names::very_long()).skips(&[]);
}

#[test]
fn many_new_files_at_once() {
    check(names::many()).skips(&[]);
}

#[test]
fn fifos_and_sockets_are_named_and_not_opened() {
    check(names::fifos_and_sockets()).skips(&[
        ("fifo", "fifo"),
        ("new/fifo", "fifo"),
        ("socket", "socket"),
    ]);
}

#[test]
fn a_fifo_in_a_files_place_is_not_opened() {
    // Git itself adds nothing more once it has met a fifo in a tracked file's place.
    keep(names::fifo_in_a_files_place())
        .is_complete()
        .equals_index()
        .skips(&[("README", "fifo"), ("doc", "fifo")]);
}
