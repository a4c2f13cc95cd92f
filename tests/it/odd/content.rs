//! Files come back byte for byte, whatever git's filters make of them.

use checkpoint_tests::odd::content;
use checkpoint_tests::{Fingerprint, Kept, Sandbox, keep};

fn check(sandbox: Sandbox) -> Kept {
    let kept = keep(sandbox);
    kept.is_complete().skips(&[]).equals_recipe().equals_index();
    kept
}

/// Where git itself refuses, so may we; but what is kept is kept whole, and a refusal writes nothing.
fn check_or_refused(sandbox: Sandbox) {
    let before = Fingerprint::of(&sandbox);
    let output = sandbox.checkpoint(["create", "tried"]);
    before.assert_same(
        &Fingerprint::of(&sandbox),
        "kept or refused, nothing visible changes",
    );
    if output.code == 0 {
        let kept = keep(sandbox.forget_checkpoints());
        // Without its filter the file cannot be smudged: its raw bytes have to be there.
        let raw = kept.snapshot.beside(&kept.sandbox, "raw/new.dat");
        if raw.is_none() {
            kept.work_holds("new.dat", "some data\n");
        }
    } else {
        assert!([1, 128].contains(&output.code), "a refusal: {output}");
        assert_eq!(
            sandbox.git([
                "for-each-ref",
                "refs/checkpoints/",
                "refs/tags/",
                "refs/notes/"
            ]),
            "",
            "nothing was written"
        );
    }
}

#[test]
fn modes_that_are_not_to_be_trusted_stay_as_the_index_has_them() {
    let kept = check(content::modes_not_trusted());
    assert_eq!(
        kept.work[bstr::BStr::new("run.sh")].mode,
        "100755",
        "as in the index"
    );
    assert_eq!(
        kept.work[bstr::BStr::new("README")].mode,
        "100644",
        "as in the index"
    );
}

#[test]
fn links_that_the_disk_cannot_hold_stay_links() {
    let kept = keep(content::links_not_supported());
    kept.skips(&[]).equals_recipe().equals_index();
    kept.work_holds("link", "src/main.c")
        .work_holds("other", "run.sh");
    assert_eq!(
        kept.work[bstr::BStr::new("other")].mode,
        "120000",
        "as in the index"
    );
}

#[test]
fn nothing_is_lost_where_case_is_ignored() {
    let kept = keep(content::case_ignored());
    kept.skips(&[]).equals_index();
    // Git sees one file where the disk has two. Every content has to be somewhere in the snapshot.
    let contents: Vec<_> = kept
        .work
        .values()
        .map(|leaf| kept.sandbox.git(["cat-file", "blob", &leaf.id]))
        .collect();
    for expected in ["read me", "upper", "lower"] {
        assert!(
            contents.iter().any(|content| content == expected),
            "{expected:?} is in none of {contents:?}"
        );
    }
    assert!(
        contents
            .iter()
            .any(|content| content.ends_with("// edited")),
        "the edited file is in none of {contents:?}"
    );
}

#[test]
fn autocrlf() {
    check(content::autocrlf())
        .work_holds("dos.txt", "one\ntwo\n")
        .holds("raw/mixed.txt", "one\r\ntwo\nthree\r\n");
}

#[test]
fn autocrlf_for_input_only() {
    check(content::autocrlf_input()).holds("raw/dos.txt", "one\r\ntwo\r\n");
}

#[test]
fn line_ends_by_attribute() {
    check(content::eol());
}

#[test]
fn line_ends_that_no_filter_brings_back() {
    let kept = check(content::mixed_line_ends());
    kept.holds("raw/edited.txt", "one\r\ntwo\nthree\r\n")
        .holds("raw/staged.txt", "staged\nand\r\nmixed\n");
    kept.holds("raw/folder/new.txt", "new\nand\r\nmixed\n");
    // Untouched since its commit, and yet not what a checkout would write.
    kept.holds("raw/tracked.txt", "one\r\ntwo\n");
}

#[test]
fn a_warning_about_line_ends_is_no_reason_to_refuse() {
    check(content::safecrlf());
}

#[test]
fn keywords() {
    let kept = check(content::ident());
    kept.work_holds("stale.c", "/* $Id$ */\n")
        .holds("raw/stale.c", "/* $Id: of another time $ */\n");
}

#[test]
fn a_filter_by_command() {
    check(content::clean_and_smudge())
        .work_holds("tracked.rot", "cynva grkg\nrqvgrq\n")
        .work_holds("folder/new.rot", "arj grkg\n");
}

#[test]
fn a_filter_that_throws_away() {
    let kept = check(content::filter_that_loses());
    kept.work_holds("new.env", "name=d\n")
        .holds("raw/new.env", "secret=c\nname=d\n");
    kept.holds("raw/tracked.env", "name=a\nsecret=b\nname=e\nsecret=f\n");
}

#[test]
fn a_filter_by_process() {
    check(content::process_filter()).work_holds("folder/new.rot", "arj grkg\n");
}

#[test]
fn a_required_filter_that_fails() {
    check_or_refused(content::required_filter_that_fails());
}

#[test]
fn a_required_filter_that_is_not_configured() {
    check_or_refused(content::required_filter_missing());
}

#[test]
fn text_in_utf16() {
    let kept = check(content::utf16());
    kept.work_holds("tracked.u16", "one\ntwo\n")
        .work_holds("new.u16", "naïve ☃\n")
        .work_holds("other-end.u16", "big end\n");
}

#[test]
fn text_in_encodings_that_only_iconv_knows() {
    let kept = check(content::encodings());
    kept.work_holds("new.l1", "äöü\n")
        .work_holds("new.sjis", "日本\n")
        .work_holds("one.le", "one\ntwo\n");
}

#[test]
fn attributes_outside_the_working_tree() {
    check(content::attributes_outside_the_tree()).work_holds("new.txt", "one\ntwo\n");
}

#[test]
fn attributes_edited_after_the_commit() {
    check(content::attributes_edited());
}

#[test]
fn empty_folders_and_private_modes_lie_beside() {
    let kept = check(content::modes_and_folders());
    let meta = kept
        .snapshot
        .beside(&kept.sandbox, "meta.json")
        .expect("what a tree cannot keep");
    let meta: serde_json::Value = serde_json::from_slice(&meta).expect("it is JSON");
    let text = meta.to_string();
    for path in ["empty", "deep/empty/one", "secret.key", "README"] {
        assert!(
            text.contains(&format!("\"{path}\"")),
            "{path} is told of in {text}"
        );
    }
    // The only program has the mode that all programs have.
    assert!(
        text.contains("\"700\""),
        "the mode of run.sh is told in {text}"
    );
}

#[test]
fn links_of_every_kind_are_not_followed() {
    let kept = check(content::links());
    kept.work_holds("dangling", "nowhere")
        .work_holds("to-folder", "src")
        .work_holds("outside", "../home/.gitconfig");
}

#[test]
fn a_folder_replaced_by_a_link() {
    let kept = check(content::folder_replaced_by_a_link());
    assert_eq!(
        kept.work[bstr::BStr::new("src")].mode,
        "120000",
        "a link, and nothing behind it"
    );
}

#[test]
fn files_and_folders_swapped() {
    check(content::swapped());
}

#[test]
fn an_ignored_folder_with_tracked_files() {
    let kept = check(content::ignored_folder());
    kept.work_holds("build/tracked.txt", "tracked\nedited\n");
    assert!(
        !kept
            .work
            .keys()
            .any(|path| path.ends_with(b"untracked.txt")),
        "ignored files are not kept"
    );
}

#[test]
fn ignore_rules_from_every_source() {
    check(content::ignore_rules());
}

#[test]
fn hard_links() {
    check(content::hard_links());
}
