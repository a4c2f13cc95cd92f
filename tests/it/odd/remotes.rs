//! What is not here is not needed; what is stored otherwise is read and written so.

use checkpoint_tests::odd::remotes;
use checkpoint_tests::{Kept, Sandbox, keep};

fn check(sandbox: Sandbox) -> Kept {
    let kept = keep(sandbox);
    kept.is_complete().skips(&[]).equals_recipe().equals_index();
    kept
}

#[test]
fn a_shallow_clone() {
    check(remotes::shallow());
}

#[test]
fn a_partial_clone_out_of_reach_of_its_origin() {
    check(remotes::partial());
}

#[test]
fn a_partial_clone_without_old_trees() {
    check(remotes::partial_without_trees());
}

#[test]
fn a_partial_and_sparse_clone_out_of_reach_of_its_origin() {
    let kept = keep(remotes::partial_and_sparse());
    kept.skips(&[])
        .work_holds("doc/new.txt", "new beside what is not here\n");
    assert!(
        kept.work.contains_key(bstr::BStr::new("doc/guide.txt")),
        "what is not here is named all the same"
    );
}

#[test]
fn objects_in_another_repository() {
    check(remotes::alternates());
}

#[test]
fn a_repository_of_sha256() {
    assert_eq!(
        check(remotes::sha256()).snapshot.work.len(),
        64,
        "ids are longer"
    );
}

#[test]
fn refs_in_a_reftable() {
    check(remotes::reftable());
}

#[test]
fn sha256_and_a_reftable() {
    check(remotes::sha256_and_reftable());
}

#[test]
fn everything_packed() {
    check(remotes::packed());
}
