//! A conflict is kept with all its stages, beside what lies on disk.

use checkpoint_tests::odd::conflicts;
use checkpoint_tests::{Sandbox, keep, os};

/// Checks the kinds as git names them; then every stage of the index must lie beside, mode included.
fn check(sandbox: Sandbox, kinds: &[&str]) -> checkpoint_tests::Kept {
    assert_eq!(
        conflicts::kinds(&sandbox),
        kinds,
        "the conflict is the one it claims to be"
    );
    let kept = keep(sandbox);
    kept.is_complete()
        .skips(&[])
        .tells(&["merge"])
        .holds_index()
        .holds_git_files(&["MERGE_HEAD", "MERGE_MSG"]);
    let stages = kept.sandbox.git_bytes(["ls-files", "--unmerged", "-z"]);
    for stage in stages
        .split(|byte| *byte == 0)
        .filter(|stage| !stage.is_empty())
    {
        let tab = stage
            .iter()
            .position(|byte| *byte == b'\t')
            .expect("a tab before the path");
        let words = String::from_utf8_lossy(&stage[..tab]).into_owned();
        let [mode, id, number] = words.split(' ').collect::<Vec<_>>()[..] else {
            panic!("three words in {words}")
        };
        let path = [b"conflicts/", number.as_bytes(), b"/", &stage[tab + 1..]].concat();
        // A submodule's commit is not here: its stages are in the raw index alone, or as they are.
        if mode != "160000" {
            let leaf = kept
                .side
                .get(bstr::BStr::new(&path))
                .unwrap_or_else(|| panic!("no stage {path:?}"));
            assert_eq!(
                (leaf.mode.as_str(), leaf.id.as_str()),
                (mode, id),
                "stage {path:?}"
            );
        }
    }
    kept
}

#[test]
fn both_modified() {
    check(conflicts::both_modified(), &["UU"]).equals_recipe();
}

#[test]
fn both_added() {
    check(conflicts::both_added(), &["AA"]).equals_recipe();
}

#[test]
fn deleted_by_us() {
    check(conflicts::deleted_by_us(), &["DU"]).equals_recipe();
}

#[test]
fn deleted_by_them() {
    check(conflicts::deleted_by_them(), &["UD"]).equals_recipe();
}

#[test]
fn renamed_to_two_names() {
    check(conflicts::renamed_twice(), &["AU", "DD", "UA"]).equals_recipe();
}

#[test]
fn a_file_against_a_folder() {
    check(conflicts::file_against_folder(), &["AU"]).equals_recipe();
}

#[test]
fn a_link_against_a_file() {
    check(conflicts::link_against_file(), &["UA", "UD"]).equals_recipe();
}

#[test]
fn bytes_that_cannot_be_merged() {
    check(conflicts::binary(), &["UU"])
        .work_holds("file", b"\0ours")
        .equals_recipe();
}

#[test]
fn an_executable_on_one_side() {
    check(conflicts::executable(), &["UU"]).equals_recipe();
}

#[test]
fn modes_and_links_that_only_the_index_knows() {
    let sandbox = conflicts::modes_not_trusted();
    assert_eq!(conflicts::kinds(&sandbox), ["UD", "UD"], "both conflict");
    let kept = keep(sandbox);
    kept.equals_recipe().holds_index();
    let mode = |path: &str| kept.work[bstr::BStr::new(path)].mode.clone();
    assert_eq!(mode("program"), "100755", "as in stage 2");
    assert_eq!(mode("pointer"), "120000", "as in stage 2");
}

#[test]
fn a_submodule_on_both_sides() {
    check(conflicts::submodule(), &["UU"]);
}

#[test]
fn some_of_them_resolved() {
    check(conflicts::partly_resolved(), &["UU"]).equals_recipe();
}

#[test]
fn the_file_of_a_conflict_gone() {
    check(conflicts::without_file(), &["UU"]).equals_recipe();
}

#[test]
fn a_folder_where_the_conflict_was() {
    check(conflicts::folder_in_the_way(), &["UU"]).equals_recipe();
}

#[test]
fn names_that_have_to_be_quoted() {
    let kept = check(conflicts::odd_names(), &["UU", "UU", "UU"]);
    assert!(
        kept.work.contains_key(bstr::BStr::new(b"not \xff UTF-8")),
        "{:?}",
        os(b"not \xff UTF-8")
    );
    kept.equals_recipe();
}
