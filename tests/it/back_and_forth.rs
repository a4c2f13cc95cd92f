//! The promise itself: whatever was done since, a checkpoint comes back, and that can be taken back.

mod act;
mod world;

use act::{Act, acts};
use checkpoint_tests::count;
use world::World;

use crate::random::check;

#[test]
fn whatever_was_done_a_checkpoint_comes_back_and_that_can_be_taken_back() {
    check(acts(), |acts| {
        count("histories");
        let mut world = World::new();
        for (at, act) in acts.iter().enumerate() {
            world.go(act, &format!("at {at}, {act:?}"));
        }
        world.is_sound();
    });
}

#[test]
fn an_undo_that_changes_nothing_is_one_all_the_same() {
    let mut world = World::new();
    let write = |n| {
        let content = checkpoint_tests::Content::Line(n);
        Act::Edit(checkpoint_tests::Edit::Write("README".into(), content))
    };
    let acts = [
        write(1),
        Act::Keep,
        write(2),
        Act::Restore(0),
        write(3),
        Act::Restore(0),
        write(3),
        // There already.
        Act::Undo,
        Act::Undo,
        Act::Redo,
    ];
    for act in &acts {
        world.go(act, &format!("{act:?}"));
    }
}

#[test]
fn flags_go_from_a_split_index_as_well() {
    let mut world = World::new();
    let acts = [
        Act::Keep,
        Act::Git("sparse-checkout set --no-cone /src/ /README"),
        Act::Git("update-index --split-index"),
        Act::Restore(0),
        Act::Undo,
    ];
    for act in &acts {
        world.go(act, &format!("{act:?}"));
    }
}

#[test]
fn an_ignored_file_that_is_as_it_shall_be_is_no_difference() {
    let mut world = World::new();
    let acts = [
        Act::Git("revert --no-edit HEAD~1"),
        Act::Keep,
        Act::Restore(0),
        Act::Undo,
        Act::Git("checkout --quiet HEAD -- README"),
        Act::Git("checkout --quiet --force HEAD~1"),
        Act::Partly(0, "--soft"),
        Act::Partly(0, "-- *.o"),
        Act::Undo,
    ];
    for act in &acts {
        world.go(act, &format!("{act:?}"));
    }
}

#[test]
fn what_is_written_is_seen_though_it_is_ignored_now() {
    let mut world = World::new();
    let acts = [
        Act::Git("revert --no-edit HEAD~1"),
        Act::Keep,
        Act::Git("reset --quiet --hard"),
        Act::Edit(checkpoint_tests::Edit::Remove("build/out.o".into())),
        Act::Partly(0, "-- *.o"),
        Act::Undo,
    ];
    for act in &acts {
        world.go(act, &format!("{act:?}"));
    }
}
