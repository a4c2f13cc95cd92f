//! Many at once: no checkpoint and no record is lost, and no one sees another's half-done work.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::thread;

use checkpoint_tests::{Fingerprint, Sandbox, Snapshot};

/// Four worktrees of one repository, each dirty in its own way.
fn worktrees() -> Vec<String> {
    ["repo", "second", "third", "fourth"]
        .map(str::to_owned)
        .to_vec()
}

fn four() -> Sandbox {
    let sandbox = Sandbox::committed();
    for name in &worktrees()[1..] {
        sandbox.git([
            "worktree",
            "add",
            "--quiet",
            "-b",
            name,
            &format!("../{name}"),
        ]);
    }
    for name in worktrees() {
        sandbox.write(format!("../{name}/{name}.txt"), format!("only in {name}\n"));
        sandbox.write(format!("../{name}/README"), format!("edited in {name}\n"));
    }
    sandbox
}

/// Makes checkpoints one after the other, as one process of many.
fn make(sandbox: &Sandbox, process: usize, count: usize) -> Vec<String> {
    let worktrees = worktrees();
    let worktree = &worktrees[process % worktrees.len()];
    let mut failures = Vec::new();
    for n in 0..count {
        // Every second one has a name, so that tags are made too.
        let name = format!("p{process}-{n}");
        let words: &[&str] = if n % 2 == 0 {
            &["create", &name]
        } else {
            &["create", "-m", &name]
        };
        let mut command = sandbox.checkpoint_command(words);
        command
            .current_dir(sandbox.world().join(worktree))
            .stdin(Stdio::null());
        let output = command.output().expect("it starts");
        if !output.status.success() {
            failures.push(format!(
                "{name}: {:?} {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ));
        }
    }
    failures
}

#[test]
fn sixteen_processes_in_four_worktrees_make_four_hundred_checkpoints() {
    let (processes, each) = (16, 25);
    let sandbox = four();
    let before = Fingerprint::of(&sandbox);
    let failures: Vec<_> = thread::scope(|scope| {
        let sandbox = &sandbox;
        let running: Vec<_> = (0..processes)
            .map(|process| scope.spawn(move || make(sandbox, process, each)))
            .collect();
        running
            .into_iter()
            .flat_map(|one| one.join().expect("it does not panic"))
            .collect()
    });
    assert!(
        failures.is_empty(),
        "{} failed: {failures:#?}",
        failures.len()
    );
    before.assert_same(
        &Fingerprint::of(&sandbox),
        "checkpoints are invisible, also many at once",
    );

    let all = Snapshot::all(&sandbox);
    assert_eq!(all.len(), processes * each, "no checkpoint is lost");
    let records = sandbox.git(["notes", "--ref=checkpoints", "list"]);
    let noted: BTreeSet<_> = records.lines().map(|line| &line[41..]).collect();
    let kept: BTreeSet<_> = all.iter().map(|snapshot| snapshot.work.as_str()).collect();
    assert_eq!(kept.len(), processes * each, "no two are one commit");
    assert_eq!(noted, kept, "no record is lost");
    let tags = sandbox.git(["tag", "--list", "checkpoint/*"]);
    assert_eq!(
        tags.lines().count(),
        processes * each.div_ceil(2),
        "no tag is lost"
    );
    assert_eq!(
        sandbox.git(["fsck", "--strict", "--no-dangling", "--no-progress"]),
        "",
        "git finds no fault"
    );
    each_has_its_own_files(&sandbox, &all);
}

fn each_has_its_own_files(sandbox: &Sandbox, all: &[Snapshot]) {
    let mut trees = BTreeSet::new();
    for snapshot in all {
        trees.insert(sandbox.git(["rev-parse", &format!("{}^{{tree}}", snapshot.work)]));
    }
    assert_eq!(
        trees.len(),
        worktrees().len(),
        "each worktree has one state, and they are not mixed"
    );
}

#[test]
fn one_name_asked_for_by_many_goes_to_one() {
    let sandbox = four();
    let codes: Vec<_> = thread::scope(|scope| {
        let create = || sandbox.checkpoint(["create", "wanted"]).code;
        let running: Vec<_> = (0..8).map(|_| scope.spawn(create)).collect();
        running
            .into_iter()
            .map(|one| one.join().expect("it does not panic"))
            .collect()
    });
    assert_eq!(
        codes.iter().filter(|code| **code == 0).count(),
        1,
        "one has it: {codes:?}"
    );
    assert!(
        codes.iter().all(|code| [0, 1].contains(code)),
        "the others are refused: {codes:?}"
    );
    assert_eq!(Snapshot::all(&sandbox).len(), 1, "and have kept nothing");
}

#[test]
fn a_file_that_is_written_all_the_time_is_whole_or_reported() {
    let sandbox = Sandbox::committed();
    let long = |byte: u8| vec![byte; 300_000];
    sandbox.write("busy.txt", long(b'a'));
    let stop = std::sync::atomic::AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            let mut bytes = [b'a', b'b'].into_iter().cycle();
            while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                let byte = bytes.next().expect("it never ends");
                sandbox.write("busy.new", long(byte));
                fs_err::rename(sandbox.path("busy.new"), sandbox.path("busy.txt"))
                    .expect("our own file");
            }
        });
        let made: Vec<_> = (0..10).map(|_| sandbox.checkpoint(["create"])).collect();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        for output in made {
            output.exits(0);
        }
    });
    for snapshot in Snapshot::all(&sandbox) {
        let Some(leaf) = snapshot
            .work_tree(&sandbox)
            .remove(bstr::BStr::new("busy.txt"))
        else {
            continue;
        };
        let bytes = sandbox.git_bytes(["cat-file", "blob", &leaf.id]);
        assert!(
            bytes == long(b'a') || bytes == long(b'b'),
            "one content, not a mixture, of {} bytes",
            bytes.len()
        );
    }
}
