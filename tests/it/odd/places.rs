//! It does not matter where the parts of a repository are, and where the user stands.

use bstr::ByteSlice;
use checkpoint_tests::odd::places;
use checkpoint_tests::{Fingerprint, Kept, Sandbox, keep};

fn check(sandbox: Sandbox) -> Kept {
    let kept = keep(sandbox);
    kept.is_complete().skips(&[]).equals_recipe().equals_index();
    kept
}

#[test]
fn an_unborn_branch_with_nothing() {
    let kept = check(places::unborn());
    assert_eq!(kept.snapshot.head, None, "there is no HEAD to be a parent");
    assert!(kept.work.is_empty(), "there is nothing to keep");
}

#[test]
fn an_unborn_branch_with_files() {
    let kept = check(places::unborn_with_files());
    assert_eq!(kept.snapshot.head, None, "there is no HEAD to be a parent");
    assert_eq!(
        kept.created["head"],
        serde_json::Value::Null,
        "and none in the record"
    );
    assert_eq!(
        kept.created["branch"], "main",
        "the branch has a name already"
    );
}

#[test]
fn an_unborn_branch_beside_others() {
    assert_eq!(
        check(places::orphan()).snapshot.head,
        None,
        "the other branch's commit is no parent"
    );
}

#[test]
fn a_detached_head() {
    let kept = check(places::detached());
    assert_eq!(
        kept.created["branch"],
        serde_json::Value::Null,
        "there is no branch"
    );
    assert_eq!(
        kept.snapshot.head,
        Some(kept.sandbox.git(["rev-parse", "HEAD"])),
        "HEAD is the first parent"
    );
}

#[test]
fn submodules_are_kept_by_their_commits() {
    let kept = keep(places::submodules());
    kept.is_complete().equals_index();
    for name in ["advanced", "staged", "edited"] {
        let head = kept.sandbox.git(["-C", name, "rev-parse", "HEAD"]);
        assert_eq!(
            kept.work[bstr::BStr::new(name)].id,
            head,
            "the commit that {name} is at"
        );
    }
}

#[test]
fn a_submodule_with_a_reftable_is_kept_by_its_commit() {
    let kept = keep(places::submodule_with_a_reftable());
    kept.is_complete().equals_index();
    kept.skips(&[("sub", "nested_repository")]);
}

#[test]
fn a_submodule_is_a_repository_too() {
    check(places::inside_a_submodule());
}

#[test]
fn nested_repositories_are_named_in_the_verdict() {
    let kept = keep(places::nested_repositories());
    kept.is_complete().equals_index();
    kept.skips(&[
        ("deep/empty", "nested_repository"),
        ("nested", "nested_repository"),
    ]);
    kept.work_holds("deep/beside.txt", "ours\n");
    let inside =
        |path: &bstr::BString| path.starts_with(b"nested/") || path.starts_with(b"deep/empty/");
    assert!(
        !kept.work.keys().any(inside),
        "another repository's files are its own"
    );
}

#[test]
fn tracked_files_stay_ours_in_a_nested_repository() {
    let kept = keep(places::tracked_in_a_nested_repository());
    kept.work_holds(
        "src/main.c",
        "int main(void)\n{\n\treturn 0;\n}\n// edited\n",
    );
}

#[test]
fn a_linked_worktree() {
    let kept = check(places::linked_worktree());
    assert_eq!(kept.created["branch"], "linked", "its own branch");
    kept.work_holds("only-here.txt", "in the linked worktree\n");
}

#[test]
fn a_linked_worktree_of_a_bare_repository() {
    check(places::linked_worktree_of_a_bare_repository());
}

#[test]
fn a_git_directory_elsewhere() {
    check(places::separate_git_dir());
}

#[test]
fn a_working_tree_that_the_configuration_names() {
    // Git looks at its working tree only from there: the questions are asked by variables.
    let mut kept = keep(places::core_worktree());
    kept.sandbox
        .set_env("GIT_DIR", kept.sandbox.world().join("repo/.git"));
    kept.sandbox.stand_in("");
    kept.is_complete().skips(&[]).equals_recipe();
    kept.work_holds("untracked.txt", "in the other folder\n");
}

#[test]
fn a_working_tree_above_the_folder_of_its_git_directory() {
    let kept = check(places::core_worktree_above());
    kept.work_holds("inner/tracked.txt", "tracked\nedited\n")
        .work_holds("inner/new.txt", "new\n");
}

#[test]
fn a_head_that_is_a_link_to_a_packed_branch_is_refused() {
    let sandbox = places::head_is_a_link();
    let before = Fingerprint::of(&sandbox);
    let refused = sandbox.checkpoint(["create", "kept", "--json"]).exits(128);
    assert!(
        refused.stdout.contains_str("repository::passed_over"),
        "git works here and we cannot, so the answer is not that there is no repository"
    );
    before.assert_same(&Fingerprint::of(&sandbox), "a refusal changes nothing");
}

#[test]
fn settings_of_one_worktree() {
    check(places::settings_per_worktree()).work_holds("dos.txt", "one\ntwo\n");
}

#[test]
fn from_a_subfolder() {
    check(places::subfolder());
}

#[test]
fn from_an_untracked_subfolder() {
    check(places::untracked_subfolder());
}

#[test]
fn through_a_link() {
    check(places::through_a_link());
}

#[test]
fn from_inside_the_git_directory() {
    let mut kept = keep(places::inside_git_dir());
    kept.sandbox.stand_in("");
    kept.is_complete().skips(&[]).equals_recipe().equals_index();
}

#[test]
fn a_git_dir_variable_makes_the_place_a_working_tree() {
    check(places::git_dir()).work_holds("untracked.txt", "in the other folder\n");
}

#[test]
fn git_dir_and_work_tree_variables() {
    let mut kept = keep(places::git_dir_and_work_tree());
    kept.sandbox.stand_in("");
    kept.is_complete().skips(&[]).equals_recipe().equals_index();
}

#[test]
fn an_index_that_a_variable_names() {
    check(places::git_index_file());
}

#[test]
fn a_namespace_is_not_heeded() {
    check(places::git_namespace());
}

#[test]
fn a_shared_repository_stays_readable_by_its_group() {
    let kept = check(places::shared());
    let closed = kept.sandbox.sh("find .git/objects .git/refs ! -perm -g=r");
    assert_eq!(closed, "", "what was written keeps the group's permissions");
}

#[test]
fn branches_named_like_our_refs() {
    check(places::branch_named_like_ours());
}

#[test]
fn no_identity() {
    let kept = check(places::without_identity());
    let author = kept
        .sandbox
        .git(["log", "-1", "--format=%an <%ae>", &kept.snapshot.work]);
    assert!(
        !author.starts_with(" <") && !author.contains("<>"),
        "a fixed identity: {author}"
    );
}
