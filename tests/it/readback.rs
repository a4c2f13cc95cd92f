//! What was kept is read, moved and kept alive by git alone.

use checkpoint_tests::odd::operations;
use checkpoint_tests::{Kept, Sandbox, Snapshot, keep};

/// Two checkpoints, one named and one not, in the middle of a merge.
fn kept() -> (Kept, Vec<Snapshot>) {
    let kept = keep(operations::merge());
    kept.sandbox.append("README", "edited later\n");
    kept.sandbox
        .checkpoint(["create", "-m", "told in words"])
        .exits(0);
    let all = Snapshot::all(&kept.sandbox);
    assert_eq!(all.len(), 2, "two checkpoints");
    (kept, all)
}

/// Every object that the snapshots need, listed by git, which fails when one is missing.
fn objects(sandbox: &Sandbox) -> String {
    sandbox.git(["rev-list", "--objects", "--glob=refs/checkpoints/*"])
}

#[test]
fn git_notes_shows_the_record_of_each() {
    let (kept, all) = kept();
    for snapshot in all {
        let note = kept
            .sandbox
            .git(["notes", "--ref=checkpoints", "show", &snapshot.work]);
        assert!(
            note.starts_with("{\"id\":\""),
            "an event begins with its id: {note}"
        );
        assert!(
            note.contains("\"type\":\"checkpoint_created\""),
            "and tells of the creation: {note}"
        );
    }
}

#[test]
fn git_log_shows_the_record_beside_the_snapshot() {
    let (kept, all) = kept();
    let log = kept.sandbox.git([
        "log",
        "--notes=checkpoints",
        "--first-parent",
        "-1",
        &all[1].work,
    ]);
    assert!(log.contains("Notes (checkpoints):"), "{log}");
    assert!(
        log.contains("told in words"),
        "the words of the user are in it: {log}"
    );
}

#[test]
fn git_notes_can_add_to_a_record() {
    let (kept, all) = kept();
    // Git puts an empty line between the parts of a note.
    kept.sandbox.git([
        "notes",
        "--ref=checkpoints",
        "append",
        "-m",
        "{\"type\":\"of another time\"}",
        &all[0].work,
    ]);
    let listed = kept.sandbox.checkpoint(["list", "--json"]).exits(0).text();
    assert!(
        listed.contains(&all[0].work) && listed.contains(&all[1].work),
        "both are read: {listed}"
    );
    kept.sandbox.checkpoint(["create", "third"]).exits(0);
    let note = kept
        .sandbox
        .git(["notes", "--ref=checkpoints", "show", &all[0].work]);
    assert!(
        note.contains("of another time"),
        "what we do not know stays: {note}"
    );
}

#[test]
fn a_named_one_has_a_tag_on_a_commit_beside_the_branch_that_publishes_nothing() {
    let (kept, _) = kept();
    let git = |words: &[&str]| kept.sandbox.git(words);
    assert_eq!(
        git(&["cat-file", "-t", "refs/tags/checkpoint/kept"]),
        "tag",
        "an annotated tag"
    );
    let parents = git(&["rev-parse", "refs/tags/checkpoint/kept^@"]);
    assert_eq!(
        parents,
        git(&["rev-parse", "HEAD"]),
        "HEAD is the only parent of the mark"
    );
    let trees = git(&[
        "rev-parse",
        "refs/tags/checkpoint/kept^{tree}",
        "HEAD^{tree}",
    ]);
    let (mark, head) = trees.split_once('\n').expect("two trees");
    assert_eq!(mark, head, "the mark has nothing but HEAD's own files");
    let message = git(&[
        "for-each-ref",
        "--format=%(contents)",
        "refs/tags/checkpoint/kept",
    ]);
    let trailers = git(&[
        "for-each-ref",
        "--format=%(contents:trailers:only)",
        "refs/tags/checkpoint/kept",
    ]);
    assert!(
        trailers.contains(&format!("Checkpoint-Snapshot: {}", kept.snapshot.work)),
        "{message}"
    );
    assert!(trailers.contains("Checkpoint-Record: sha256:"), "{message}");
    assert_eq!(
        kept.sandbox.try_git(["describe", "--tags"]).code,
        128,
        "git describe does not see it"
    );
    assert!(
        !git(&["branch", "--all", "--contains", "refs/tags/checkpoint/kept"]).contains("main"),
        "no branch has it"
    );
}

#[test]
fn garbage_collection_loses_nothing() {
    let (kept, all) = kept();
    let before = objects(&kept.sandbox);
    kept.sandbox.git(["merge", "--abort"]);
    kept.sandbox.git(["reset", "--quiet", "--hard"]);
    kept.sandbox.git([
        "reflog",
        "expire",
        "--expire=now",
        "--expire-unreachable=now",
        "--all",
    ]);
    kept.sandbox.git(["branch", "-D", "topic"]);
    kept.sandbox
        .git(["gc", "--quiet", "--aggressive", "--prune=now"]);
    assert_eq!(objects(&kept.sandbox), before, "every object is there");
    assert_eq!(
        kept.sandbox
            .git(["fsck", "--strict", "--no-dangling", "--no-progress"]),
        "",
        "and sound"
    );
    assert_eq!(
        Snapshot::all(&kept.sandbox),
        all,
        "with refs that are packed now"
    );
    kept.holds("conflicts/3/both.txt", "from topic\n");
    let listed = kept.sandbox.checkpoint(["list", "--json"]).exits(0).text();
    assert!(
        listed.contains(&all[0].work) && listed.contains(&all[1].work),
        "we read them too: {listed}"
    );
    kept.sandbox.checkpoint(["create", "afterwards"]).exits(0);
}

#[test]
fn a_mirror_has_everything() {
    let (mut kept, all) = kept();
    let before = objects(&kept.sandbox);
    let notes = kept.sandbox.git(["notes", "--ref=checkpoints", "list"]);
    kept.sandbox.git_in(
        kept.sandbox.world(),
        ["clone", "--quiet", "--mirror", "repo", "mirror.git"],
    );
    kept.sandbox.move_to("mirror.git");
    assert_eq!(objects(&kept.sandbox), before, "every object");
    assert_eq!(
        kept.sandbox.git(["notes", "--ref=checkpoints", "list"]),
        notes,
        "every record"
    );
    assert_eq!(Snapshot::all(&kept.sandbox), all, "every ref");
}

#[test]
fn a_branch_pushed_with_its_tags_publishes_no_state() {
    let (kept, all) = kept();
    let origin = kept.sandbox.world().join("origin.git");
    kept.sandbox.git_in(
        kept.sandbox.world(),
        ["init", "--quiet", "--bare", "origin.git"],
    );
    kept.sandbox.git([
        "push",
        "--quiet",
        "--tags",
        &origin.to_string_lossy(),
        "main",
    ]);
    let published = kept
        .sandbox
        .git_in(&origin, ["rev-list", "--all", "--objects"]);
    for snapshot in all {
        assert!(
            !published.contains(&snapshot.work),
            "the snapshot stays here"
        );
    }
    let fresh = kept.sandbox.git([
        "rev-parse",
        &format!("{}:untracked.txt", kept.snapshot.work),
    ]);
    assert!(
        !published.contains(&fresh),
        "and so does an untracked file's content"
    );
}

#[test]
fn every_checkpoint_of_a_long_history_stays_readable() {
    let sandbox = Sandbox::committed();
    for n in 0..40 {
        sandbox.write("counter.txt", format!("{n}\n"));
        sandbox.checkpoint(["create", &format!("n{n}")]).exits(0);
    }
    let all = Snapshot::all(&sandbox);
    assert_eq!(all.len(), 40, "one each");
    for (n, snapshot) in all.iter().enumerate() {
        let counter = sandbox.git([
            "cat-file",
            "blob",
            &format!("{}:counter.txt", snapshot.work),
        ]);
        assert_eq!(counter, n.to_string(), "ids are in the order of time");
    }
    assert_eq!(
        sandbox
            .git(["notes", "--ref=checkpoints", "list"])
            .lines()
            .count(),
        40,
        "a record each"
    );
    assert_eq!(
        sandbox.git(["fsck", "--strict", "--no-dangling", "--no-progress"]),
        "",
        "git finds no fault"
    );
}

#[test]
fn an_object_that_was_about_to_be_pruned_is_kept_alive() {
    let sandbox = Sandbox::committed();
    sandbox.write("old.txt", "found again\n");
    let id = sandbox.git(["hash-object", "-w", "old.txt"]);
    let object = format!(".git/objects/{}/{}", &id[..2], &id[2..]);
    sandbox.sh(&format!("touch -d '30 days ago' {object}"));
    sandbox.checkpoint(["create", "kept"]).exits(0);
    let age = fs_err::metadata(sandbox.path(&object))
        .expect("it is there")
        .modified()
        .expect("it has a time");
    assert!(
        age.elapsed().is_ok_and(|age| age.as_secs() < 3600),
        "it is young again, as git makes it"
    );
}
