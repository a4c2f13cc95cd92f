//! Whatever an index says beyond names and contents is kept with it.

use checkpoint_tests::odd::indexes;
use checkpoint_tests::{Sandbox, keep};

/// Plain as far as trees can tell: what git's own recipe would keep.
fn plain(sandbox: Sandbox) {
    keep(sandbox)
        .is_complete()
        .skips(&[])
        .equals_recipe()
        .equals_index();
}

#[test]
fn an_intent_to_add_is_not_in_the_index_tree_and_not_forgotten() {
    let kept = keep(indexes::intent_to_add());
    kept.is_complete().skips(&[]).equals_recipe().holds_index();
    let index = kept.snapshot.index_tree(&kept.sandbox);
    assert!(
        !index.keys().any(|path| path.starts_with(b"intended")),
        "git writes no intent into a tree: {index:?}"
    );
}

#[test]
fn a_file_assumed_unchanged_is_read_all_the_same() {
    let kept = keep(indexes::assume_unchanged());
    kept.is_complete().skips(&[]).holds_index().equals_index();
    kept.work_holds("README", "changed behind git's back\n");
}

#[test]
fn a_skipped_file_that_is_there_is_read() {
    let kept = keep(indexes::skip_worktree());
    kept.is_complete()
        .skips(&[])
        .holds_index()
        .equals_index()
        .work_holds("README", "my local settings\n");
}

#[test]
fn a_skipped_file_that_is_away_is_not_deleted() {
    let kept = keep(indexes::skip_worktree_absent());
    kept.is_complete()
        .skips(&[])
        .holds_index()
        .equals_index()
        .work_holds("README", "read me\n");
}

#[test]
fn a_file_where_the_folder_of_a_skipped_one_was() {
    let kept = keep(indexes::skip_worktree_below_a_file());
    kept.skips(&[])
        .holds_index()
        .equals_index()
        .work_holds("doc", "a file now\n");
}

#[test]
fn a_sparse_checkout_keeps_what_it_does_not_show() {
    let kept = keep(indexes::sparse_cone());
    kept.is_complete()
        .skips(&[])
        .holds_index()
        .equals_recipe()
        .equals_index();
    kept.work_holds("doc/guide.txt", "one\ntwo\nthree\nfour\nfive\n");
}

#[test]
fn a_sparse_checkout_by_patterns() {
    keep(indexes::sparse_patterns())
        .is_complete()
        .skips(&[])
        .holds_index()
        .equals_recipe()
        .equals_index();
}

#[test]
fn a_file_outside_the_sparse_cone() {
    let kept = keep(indexes::file_outside_the_cone());
    kept.is_complete().skips(&[]).equals_recipe().equals_index();
    kept.work_holds("doc/guide.txt", "put there by hand\n")
        .work_holds("doc/new.txt", "new outside\n");
}

#[test]
fn a_sparse_index() {
    let kept = keep(indexes::sparse_index());
    kept.is_complete()
        .skips(&[])
        .holds_index()
        .equals_recipe()
        .equals_index();
    kept.work_holds("doc/more/deep.txt", "deep\n");
}

#[test]
fn a_file_in_a_folder_that_a_sparse_index_has_as_one() {
    let kept = keep(indexes::file_in_a_collapsed_folder());
    kept.is_complete().skips(&[]).equals_index();
    kept.work_holds("doc/guide.txt", "put there by hand\n")
        .work_holds("doc/more/new.txt", "new in a collapsed folder\n");
    kept.work_holds("doc/more/deep.txt", "deep\n");
}

#[test]
fn a_split_index() {
    plain(indexes::split_index());
}

#[test]
fn an_index_of_version_4() {
    plain(indexes::version_4());
}

#[test]
fn an_untracked_cache_is_not_believed() {
    plain(indexes::untracked_cache());
}

#[test]
fn an_index_without_checksum() {
    plain(indexes::without_checksum());
}

#[test]
fn an_index_made_for_many_files() {
    plain(indexes::many_files());
}

#[test]
fn no_index_file_at_all() {
    plain(indexes::without_file());
}

#[test]
fn an_empty_index() {
    plain(indexes::empty());
}

#[test]
fn a_change_in_the_index_files_own_second() {
    let kept = keep(indexes::racy());
    kept.is_complete()
        .equals_recipe()
        .equals_index()
        .work_holds("racy.txt", "other\n");
}

#[test]
fn an_index_that_another_git_has_locked() {
    plain(indexes::locked());
}
