//! Operations stopped half-way: git wrote files into its directory, and reads them again to go on.

use super::Odd;
use crate::Sandbox;

/// All of them.
pub const ALL: &[Odd] = &[
    ("merge with conflicts", merge),
    ("merge without commit", merge_without_commit),
    ("merge of three heads", octopus),
    ("squashed merge", squash),
    ("merge with an autostash", merge_with_autostash),
    ("rebase with conflicts", rebase),
    ("rebase stopped to edit", rebase_stopped_to_edit),
    ("rebase of merges", rebase_of_merges),
    ("rebase with an autostash", rebase_with_autostash),
    ("rebase by patches", rebase_by_patches),
    ("mailbox that does not apply", mailbox),
    ("mailbox with conflicts", mailbox_with_conflicts),
    ("cherry-pick with conflicts", cherry_pick),
    ("cherry-pick of a range", cherry_pick_of_a_range),
    ("revert with conflicts", revert),
    ("revert of a range", revert_of_a_range),
    ("bisect", bisect),
    ("merge in a bisect", merge_in_a_bisect),
    ("stash applied with conflicts", stash_with_conflicts),
];

/// `main` and `topic` changed the same lines of `both.txt`, each in the second of three commits.
///
/// ```text
///      m1 - m2 - m3   main
///     /
/// base
///     \
///      t1 - t2 - t3   topic
/// ```
fn diverged() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write("both.txt", "base\n");
    sandbox.commit("base");
    sandbox.git(["branch", "topic"]);
    for branch in ["topic", "main"] {
        sandbox.git(["switch", "--quiet", branch]);
        sandbox.write(format!("{branch}-1.txt"), "first\n");
        sandbox.commit(&format!("{branch} 1"));
        sandbox.write("both.txt", format!("from {branch}\n"));
        sandbox.commit(&format!("{branch} 2"));
        sandbox.write(format!("{branch}-3.txt"), "third\n");
        sandbox.commit(&format!("{branch} 3"));
    }
    sandbox
}

/// Runs git, which has to stop for conflicts, and checks that it left this file in its directory.
fn stop(sandbox: &Sandbox, words: &[&str], left: &str) {
    let output = sandbox.try_git(words);
    assert_ne!(output.code, 0, "it has to stop: {output}");
    left_behind(sandbox, left);
}

fn left_behind(sandbox: &Sandbox, left: &str) {
    assert!(
        sandbox.path(".git").join(left).exists(),
        "no {left} in the git directory"
    );
}

/// Other work beside the stopped operation: an edit, a staged file, an untracked one.
fn busy(sandbox: Sandbox) -> Sandbox {
    sandbox.append("doc/guide.txt", "six\n");
    sandbox.write("staged.txt", "staged\n");
    sandbox.git(["add", "staged.txt"]);
    sandbox.write("untracked.txt", "untracked\n");
    sandbox
}

/// `git merge` with a conflict in `both.txt`.
pub fn merge() -> Sandbox {
    let sandbox = diverged();
    stop(&sandbox, &["merge", "topic"], "MERGE_HEAD");
    busy(sandbox)
}

/// `git merge --no-commit` that went through.
pub fn merge_without_commit() -> Sandbox {
    let sandbox = diverged();
    sandbox.git(["merge", "--quiet", "--no-ff", "--no-commit", "topic~2"]);
    left_behind(&sandbox, "MERGE_HEAD");
    busy(sandbox)
}

/// `git merge --no-commit` of two branches: MERGE_HEAD has two lines.
pub fn octopus() -> Sandbox {
    let sandbox = diverged();
    sandbox.git(["switch", "--quiet", "--create", "other", "main~3"]);
    sandbox.write("other.txt", "other\n");
    sandbox.commit("other");
    sandbox.git(["switch", "--quiet", "main"]);
    sandbox.git(["merge", "--quiet", "--no-commit", "topic~2", "other"]);
    assert_eq!(
        sandbox
            .read(".git/MERGE_HEAD")
            .iter()
            .filter(|byte| **byte == b'\n')
            .count(),
        2,
        "two heads"
    );
    busy(sandbox)
}

/// `git merge --squash`: a message, and no operation.
pub fn squash() -> Sandbox {
    let sandbox = diverged();
    sandbox.git(["merge", "--quiet", "--squash", "topic~2"]);
    left_behind(&sandbox, "SQUASH_MSG");
    busy(sandbox)
}

/// `git merge --autostash` that stopped: what was edited lies in a stash that no ref of the list shows.
pub fn merge_with_autostash() -> Sandbox {
    let sandbox = diverged();
    sandbox.append("src/main.c", "// edited\n");
    stop(
        &sandbox,
        &["merge", "--autostash", "topic"],
        "MERGE_AUTOSTASH",
    );
    busy(sandbox)
}

/// `git rebase` of three commits that stopped at the second.
pub fn rebase() -> Sandbox {
    let sandbox = diverged();
    stop(&sandbox, &["rebase", "main", "topic"], "rebase-merge/done");
    busy(sandbox)
}

/// `git rebase --interactive` that stopped to edit a commit; nothing conflicts.
pub fn rebase_stopped_to_edit() -> Sandbox {
    let sandbox = diverged();
    let editor = "sequence.editor=sed -i -e s/^pick/edit/";
    sandbox.git(["-c", editor, "rebase", "--quiet", "--interactive", "HEAD~2"]);
    left_behind(&sandbox, "rebase-merge/amend");
    busy(sandbox)
}

/// `git rebase --rebase-merges` that stopped: labels are refs under `refs/rewritten/`.
pub fn rebase_of_merges() -> Sandbox {
    let sandbox = diverged();
    sandbox.git(["switch", "--quiet", "--create", "side", "topic~3"]);
    sandbox.write("side.txt", "side\n");
    sandbox.commit("side");
    sandbox.git(["switch", "--quiet", "topic"]);
    sandbox.git(["merge", "--quiet", "--no-ff", "--no-edit", "side"]);
    stop(
        &sandbox,
        &["rebase", "--rebase-merges", "main"],
        "rebase-merge/done",
    );
    assert!(
        !sandbox.git(["for-each-ref", "refs/rewritten/"]).is_empty(),
        "there are labels"
    );
    busy(sandbox)
}

/// `git rebase --autostash` that stopped.
pub fn rebase_with_autostash() -> Sandbox {
    let sandbox = diverged();
    sandbox.git(["switch", "--quiet", "topic"]);
    sandbox.append("src/main.c", "// edited\n");
    stop(
        &sandbox,
        &["rebase", "--autostash", "main"],
        "rebase-merge/autostash",
    );
    busy(sandbox)
}

/// `git rebase --apply` that stopped.
pub fn rebase_by_patches() -> Sandbox {
    let sandbox = diverged();
    stop(
        &sandbox,
        &["rebase", "--apply", "main", "topic"],
        "rebase-apply/rebasing",
    );
    busy(sandbox)
}

fn mail(sandbox: &Sandbox) -> String {
    let folder = sandbox.scratch();
    sandbox.git([
        "format-patch",
        "--quiet",
        "-o",
        &folder.to_string_lossy(),
        "topic~3..topic",
    ]);
    sandbox.sh(&format!("cat {}/*.patch >../mailbox", folder.display()));
    "../mailbox".to_owned()
}

/// `git am` whose second patch does not apply: there are no conflicts, only the patch.
pub fn mailbox() -> Sandbox {
    let sandbox = diverged();
    let mailbox = mail(&sandbox);
    stop(&sandbox, &["am", &mailbox], "rebase-apply/applying");
    busy(sandbox)
}

/// `git am -3` whose second patch conflicts.
pub fn mailbox_with_conflicts() -> Sandbox {
    let sandbox = diverged();
    let mailbox = mail(&sandbox);
    stop(&sandbox, &["am", "-3", &mailbox], "rebase-apply/applying");
    assert!(
        !sandbox.git(["ls-files", "--unmerged"]).is_empty(),
        "there is a conflict"
    );
    busy(sandbox)
}

/// `git cherry-pick` of one commit that conflicts.
pub fn cherry_pick() -> Sandbox {
    let sandbox = diverged();
    stop(&sandbox, &["cherry-pick", "topic~1"], "CHERRY_PICK_HEAD");
    busy(sandbox)
}

/// `git cherry-pick` of three commits that stopped at the second.
pub fn cherry_pick_of_a_range() -> Sandbox {
    let sandbox = diverged();
    stop(
        &sandbox,
        &["cherry-pick", "topic~3..topic"],
        "sequencer/todo",
    );
    left_behind(&sandbox, "CHERRY_PICK_HEAD");
    busy(sandbox)
}

/// `git revert` of one commit that conflicts.
pub fn revert() -> Sandbox {
    let sandbox = diverged();
    sandbox.write("both.txt", "changed once more\n");
    sandbox.commit("main 4");
    stop(&sandbox, &["revert", "--no-edit", "HEAD~2"], "REVERT_HEAD");
    busy(sandbox)
}

/// `git revert` of a range that stopped at its second commit.
pub fn revert_of_a_range() -> Sandbox {
    let sandbox = diverged();
    sandbox.write("both.txt", "changed once more\n");
    sandbox.commit("main 4");
    // The newest goes first: `main 3` is undone, then `main 2` conflicts with `main 4`.
    stop(
        &sandbox,
        &["revert", "--no-edit", "HEAD~3..HEAD~1"],
        "sequencer/todo",
    );
    left_behind(&sandbox, "REVERT_HEAD");
    busy(sandbox)
}

/// `git bisect` between two commits: HEAD is detached, refs lie under `refs/bisect/`.
pub fn bisect() -> Sandbox {
    let sandbox = diverged();
    sandbox.git(["bisect", "start", "HEAD", "HEAD~4"]);
    left_behind(&sandbox, "BISECT_LOG");
    busy(sandbox)
}

/// `git merge` that conflicts while bisecting: two operations at once.
pub fn merge_in_a_bisect() -> Sandbox {
    let sandbox = diverged();
    sandbox.git(["bisect", "start", "HEAD", "HEAD~4"]);
    sandbox.git(["switch", "--quiet", "--detach", "main~1"]);
    stop(&sandbox, &["merge", "topic"], "MERGE_HEAD");
    left_behind(&sandbox, "BISECT_LOG");
    busy(sandbox)
}

/// `git stash apply` that conflicts: stages in the index and no operation at all.
pub fn stash_with_conflicts() -> Sandbox {
    let sandbox = diverged();
    sandbox.write("both.txt", "stashed\n");
    sandbox.git(["stash", "push", "--quiet"]);
    sandbox.write("both.txt", "and changed\n");
    sandbox.commit("main 4");
    let output = sandbox.try_git(["stash", "apply"]);
    assert_eq!(output.code, 1, "it has to conflict: {output}");
    busy(sandbox)
}
