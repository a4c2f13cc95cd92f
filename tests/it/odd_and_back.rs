//! Every strange state that a checkpoint can be made in comes back: after all was thrown away, and after work went on as
//! if nothing were strange. And that is undone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;

use bstr::{BString, ByteSlice};
use checkpoint_tests::odd::{self, Odd};
use checkpoint_tests::{Sandbox, os};
use fs_err as fs;

/// What git and the file system tell of what a checkpoint holds.
#[derive(PartialEq, Eq)]
struct Seen {
    /// Answers of git, by question; none where a checkpoint cannot hold all.
    answers: BTreeMap<&'static str, String>,
    /// Files that git sees: whether one may be executed, and what is in it.
    files: BTreeMap<BString, (bool, BString)>,
}

const QUESTIONS: &[&str] = &[
    "git symbolic-ref --quiet HEAD",
    "git rev-parse --quiet --verify HEAD",
    "git status --porcelain=v2 --branch --untracked-files=all",
    "git ls-files --stage -t -v",
    "git for-each-ref refs/heads refs/bisect",
    "cd \"$(git rev-parse --git-dir)\" && for name in MERGE_HEAD MERGE_MSG CHERRY_PICK_HEAD REVERT_HEAD BISECT_LOG \
     rebase-merge rebase-apply sequencer; do test ! -e $name || { find $name -type f | sort | xargs tail -n +1; }; done",
];

impl Seen {
    fn of(sandbox: &Sandbox, is_whole: bool) -> Self {
        let ask = |question: &&'static str| {
            let said = sandbox.terminal(&format!("export GIT_OPTIONAL_LOCKS=0; {question}"));
            (
                *question,
                String::from_utf8_lossy(&said.stdout).into_owned(),
            )
        };
        let words = "{ git ls-files -z; git ls-files -z --others --exclude-standard; } 2>/dev/null";
        let listed = sandbox.terminal(words).stdout;
        let paths = listed.split_str(b"\0").filter(|path| !path.is_empty());
        let files = paths.filter_map(|path| {
            let on_disk = sandbox.place().join(os(path));
            let stat = fs::symlink_metadata(&on_disk).ok()?;
            let bytes = match (stat.is_symlink(), stat.is_file()) {
                (true, _) => {
                    let target = fs::read_link(&on_disk).ok()?;
                    target.into_os_string().into_encoded_bytes()
                }
                // Whoever opens a pipe waits.
                (false, is_file) => is_file.then(|| fs::read(&on_disk).ok())??,
            };
            let is_executable = stat.is_file() && stat.permissions().mode() & 0o100 != 0;
            Some((path.into(), (is_executable, bytes.into())))
        });
        Self {
            answers: QUESTIONS.iter().filter(|_| is_whole).map(ask).collect(),
            files: files.collect(),
        }
    }

    /// What is not as in `self`; empty where all is.
    fn differences(&self, now: &Self) -> String {
        let mut lines = String::new();
        for (question, was) in &self.answers {
            let is = now.answers.get(question).map_or("", String::as_str);
            if is != was {
                writeln!(lines, "{question}\n  was {was:?}\n  is  {is:?}").expect("a string");
            }
        }
        for path in self.files.keys().chain(now.files.keys()) {
            let (was, is) = (self.files.get(path), now.files.get(path));
            if was != is {
                writeln!(lines, "{path}: was {was:.60?}, is {is:.60?}").expect("a string");
            }
        }
        lines
    }
}

/// Whatever git can be told to throw away goes, and all files that it knows of; what it ignores stays.
fn throw_away(sandbox: &Sandbox) {
    sandbox.terminal("git ls-files -z --others --exclude-standard | xargs -0 rm -f --");
    sandbox.terminal("git reset --quiet --hard; git ls-files -z | xargs -0 rm -f --");
    sandbox
        .terminal("mkdir -p src; echo junk >junk; echo junk >src/main.c; git add src/main.c junk");
}

/// Edits, staging, a commit.
fn go_on(sandbox: &Sandbox) {
    sandbox.terminal(
        "test -p README || echo more >>README; rm -f run.sh; mkdir -p new/folder && echo new >new/folder/file",
    );
    sandbox.terminal("git add --all; git commit --quiet --no-verify -m later");
    sandbox.terminal(
        "test -p README || { echo most >>README; git add README; echo even more >>README; }",
    );
}

/// Keeps, changes, restores, undoes; gives what went wrong.
fn there_and_back(sandbox: &Sandbox, change: fn(&Sandbox)) -> Result<(), String> {
    let made = sandbox.checkpoint(["--json", "create", "kept"]);
    if made.code != 0 {
        // Some states are refused, which other tests prove.
        return Ok(());
    }
    // Whoever held it is done by now.
    sandbox.terminal("rm -f .git/index.lock");
    let is_whole = made.json()["checkpoint"]["verdict"] == "full";
    let before = Seen::of(sandbox, is_whole);
    change(sandbox);
    let changed = Seen::of(sandbox, is_whole);
    let step = |words: &str, want: &Seen| {
        let said = sandbox.terminal(&format!("git safe-restore {words} --force"));
        let differences = want.differences(&Seen::of(sandbox, is_whole));
        match said.code == 0 && differences.is_empty() {
            true => Ok(()),
            false => Err(format!("{said}\n{differences}")),
        }
    };
    step("kept --exact", &before)?;
    step("--undo", &changed)?;
    step("--redo", &before)
}

/// What is not as one would wish, and why.
fn is_known(name: &str, change: fn(&Sandbox)) -> bool {
    let is_going_on = std::ptr::fn_addr_eq(change, go_on as fn(&Sandbox));
    match name {
        // What a driver would not give back is looked for in changed files: those that were just committed are not.
        "filter that loses" | "UTF-16" => is_going_on,
        // git looks again into a file that has come back, and finds that the new attributes mean it, too.
        "attributes just edited" => !is_going_on,
        // One does not stand in the working tree there, so what is changed here is not in it.
        "core.worktree" | "inside .git" | "GIT_DIR and GIT_WORK_TREE" => true,
        _ => false,
    }
}

#[track_caller]
fn check(states: &[Odd]) {
    let mut failures = Vec::new();
    for (name, build) in states {
        for change in [throw_away as fn(&Sandbox), go_on] {
            if is_known(name, change) {
                continue;
            }
            let came_back = there_and_back(&build(), change);
            failures.extend(came_back.err().map(|why| format!("## {name}\n{why}")));
        }
    }
    assert!(
        failures.is_empty(),
        "{} failed\n{}",
        failures.len(),
        failures.join("\n")
    );
}

#[test]
fn operations() {
    check(odd::operations::ALL);
}

#[test]
fn conflicts() {
    check(odd::conflicts::ALL);
}

#[test]
fn indexes() {
    check(odd::indexes::ALL);
}

#[test]
fn places() {
    check(odd::places::ALL);
}

#[test]
fn remotes() {
    check(odd::remotes::ALL);
}

#[test]
fn contents() {
    check(odd::content::ALL);
}

#[test]
fn names() {
    check(odd::names::ALL);
}
