//! Where a checkpoint cannot be whole it says so; where it cannot be made, nothing is left behind.

use std::time::Duration;

use checkpoint_tests::odd::limits;
use checkpoint_tests::{Fingerprint, Output, Sandbox, Snapshot, can_mount, keep};

/// A failure with this exit code, after which nothing is there that was not there before.
fn refused(sandbox: &Sandbox, exit: i32) -> Output {
    let refs = sandbox.try_git(["for-each-ref"]).text();
    let before = Fingerprint::of(sandbox);
    let output = sandbox.checkpoint(["create", "refused"]).exits(exit);
    assert!(
        !output.stderr.is_empty() && !output.talk().contains("panicked"),
        "a person is told why: {output}"
    );
    before.assert_same(&Fingerprint::of(sandbox), "a refusal changes nothing");
    assert_eq!(
        sandbox.try_git(["for-each-ref"]).text(),
        refs,
        "and keeps nothing"
    );
    output
}

#[test]
fn unreadable_files_are_named_in_the_verdict() {
    let Some(sandbox) = limits::unreadable() else {
        return;
    };
    let kept = keep(sandbox);
    let unreadable = ["README", "closed", "new-secret.txt", "src/main.c"];
    kept.skips(&unreadable.map(|path| (path, "unreadable")))
        .work_holds("new.txt", "may be read\n");
}

#[test]
fn a_git_directory_that_may_only_be_read() {
    let Some(sandbox) = limits::read_only() else {
        return;
    };
    refused(&sandbox, 128);
}

#[test]
fn refs_that_may_only_be_read() {
    let Some(sandbox) = limits::read_only_refs() else {
        return;
    };
    refused(&sandbox, 128);
}

#[test]
fn a_repository_of_another_user() {
    let Some(mut sandbox) = limits::foreign() else {
        return;
    };
    let output = refused(&sandbox, 128);
    assert!(
        output.talk().contains("safe.directory"),
        "the way out is told: {output}"
    );
    // As git does, once the user trusts it.
    let top = sandbox.top().to_owned();
    sandbox.set_env("GIT_CONFIG_COUNT", "1");
    sandbox.set_env("GIT_CONFIG_KEY_0", "user.name");
    sandbox.set_env("GIT_CONFIG_VALUE_0", "Ada");
    sandbox.git([
        "config",
        "--global",
        "safe.directory",
        &top.to_string_lossy(),
    ]);
    keep(sandbox).is_complete();
}

#[test]
fn a_hook_that_refuses_every_ref() {
    refused(&limits::refusing_hook(), 128);
}

#[test]
fn a_ref_that_another_process_has_locked() {
    for lock in [
        "refs/notes/checkpoints.lock",
        "refs/tags/checkpoint/refused.lock",
    ] {
        let sandbox = Sandbox::committed();
        sandbox.write(format!(".git/{lock}"), "");
        let output = refused(&sandbox, 128);
        assert!(output.talk().contains(lock), "the lock is named: {output}");
    }
}

#[test]
fn a_ref_where_our_folder_should_be() {
    let sandbox = Sandbox::committed();
    sandbox.git(["update-ref", "refs/checkpoints", "HEAD"]);
    let refs = sandbox.git(["for-each-ref"]);
    let output = sandbox.checkpoint(["create"]);
    assert!(
        [1, 128].contains(&output.code),
        "there is no place for it: {output}"
    );
    assert_eq!(
        sandbox.git(["for-each-ref"]),
        refs,
        "nothing is kept by halves"
    );
}

#[test]
fn a_tag_where_our_tags_should_be() {
    let sandbox = Sandbox::committed();
    sandbox.git(["tag", "checkpoint"]);
    assert!(
        [1, 128].contains(&refused_or(&sandbox).code),
        "a name has no place"
    );
    sandbox.checkpoint(["create"]).exits(0);
}

fn refused_or(sandbox: &Sandbox) -> Output {
    let refs = sandbox.git(["for-each-ref"]);
    let output = sandbox.checkpoint(["create", "named"]);
    assert_eq!(
        sandbox.git(["for-each-ref"]),
        refs,
        "nothing is kept by halves: {output}"
    );
    output
}

/// Fills a small disk up to the last pages and makes a checkpoint, with ever more room: at some point it is made.
/// Until then each try fails and leaves nothing behind but objects that nothing needs.
const FULL_DISK: &str = r#"
mkdir -p disk
mount -t tmpfs -o size=3m none disk
cp -a repo disk/repo
cd disk/repo
dd if=/dev/urandom of=new.bin bs=1k count=64 2>/dev/null
for free in 0 4 8 12 16 20 22 23 24 25 26 27 28 29 30 31 32 33 34 36 40 48; do
    rm -f ../filler
    dd if=/dev/zero of=../filler bs=4k 2>/dev/null || true
    size=$(stat -c %s ../filler)
    truncate -s $((size - size % 4096 - free * 4096)) ../filler
    code=0
    git checkpoint create "n$free" >/dev/null 2>../../error || code=$?
    rm -f ../filler
    git for-each-ref --format='%(refname)' >../refs
    refs=$(grep -c refs/checkpoints/ ../refs || true)
    tags=$(grep -c refs/tags/checkpoint/ ../refs || true)
    notes=$(git notes --ref=checkpoints list 2>/dev/null | wc -l)
    locks=$(find .git -name '*.lock' | wc -l)
    temporary=$(find .git -name '*tmp*' | wc -l)
    fsck=0
    git fsck --strict --no-dangling >/dev/null 2>&1 || fsck=$?
    echo "$free $code $refs $tags $notes $locks $temporary $fsck $(tr '\n' ' ' <../../error)"
done
"#;

#[test]
fn a_full_disk() {
    if !can_mount() {
        return;
    }
    let sandbox = Sandbox::committed();
    sandbox.append("README", "edited\n");
    fs_err::write(sandbox.scratch().join("script"), FULL_DISK).expect("a new file");
    let script = sandbox.scratch().join("script");
    let tried = sandbox.sh(&format!(
        "cd .. && unshare --user --map-root-user --mount sh -e {}",
        script.display()
    ));
    let (mut made, mut failed) = (0, 0);
    for line in tried.lines() {
        let words: Vec<_> = line.splitn(9, ' ').collect();
        let [_, code, refs, tags, notes, locks, temporary, fsck] =
            [0, 1, 2, 3, 4, 5, 6, 7].map(|at| words[at].parse::<i32>().expect("a number"));
        match code {
            0 => made += 1,
            128 => {
                failed += 1;
                assert!(
                    words[8].contains("No space left") || words[8].contains("disk"),
                    "the reason is told: {line}"
                );
            }
            _ => panic!("neither made nor failed: {line}"),
        }
        assert_eq!(
            [refs, tags, notes],
            [made; 3],
            "all of a checkpoint or nothing of it:\n{tried}"
        );
        assert_eq!(
            [locks, temporary, fsck],
            [0; 3],
            "locks, temporary files, faults:\n{tried}"
        );
    }
    assert!(
        made > 0 && failed > 0,
        "there was too little room, and then enough:\n{tried}"
    );
}

#[test]
fn a_process_killed_at_any_moment_leaves_all_or_nothing() {
    let sandbox = Sandbox::committed();
    for n in 0..300 {
        sandbox.write(format!("many/{n}.txt"), format!("{n}\n"));
    }
    let before = Fingerprint::of(&sandbox);
    for n in 0..40_u64 {
        sandbox
            .checkpoint_killed_after(Duration::from_micros(n * 700), ["create", &format!("n{n}")]);
    }
    sandbox.sh("find .git -name '*.lock' -delete");
    before.assert_same(
        &Fingerprint::of(&sandbox),
        "a killed checkpoint is invisible too",
    );
    for snapshot in Snapshot::all(&sandbox) {
        sandbox.git(["rev-list", "--objects", "--quiet", &snapshot.work]);
    }
    sandbox.checkpoint(["create", "afterwards"]).exits(0);
}
