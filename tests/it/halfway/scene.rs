//! A repository between two rich states, and a restore from one to the other that can be broken again and again.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use checkpoint_tests::{Output, Picture, Sandbox, Snapshot};
use fs_err as fs;
use serde_json::Value;

/// Where a restore can be broken: the `n`-th time that it comes to `name`.
#[derive(Clone)]
pub(super) struct Point {
    pub(super) name: String,
    pub(super) n: usize,
    /// Whether the system can say no there; else the process can only end.
    pub(super) can_fail: bool,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.name, self.n)
    }
}

pub(super) struct Scene {
    sandbox: Sandbox,
    start: PathBuf,
    words: Vec<&'static str>,
    way_back: &'static str,
    pub(super) before: Picture,
    pub(super) target: Picture,
}

impl Scene {
    /// From the middle of a merge into the middle of a rebase, with changes of every kind.
    pub(super) fn from_a_merge_into_a_rebase() -> Self {
        let sandbox = diverged();
        sandbox.git(["checkout", "--quiet", "topic"]);
        sandbox.try_git(["rebase", "main"]).exits(1);
        edit_once(&sandbox);
        Self::restore(sandbox, |sandbox| {
            sandbox.git(["checkout", "--quiet", "--force", "-B", "side", "main"]);
            sandbox.sh("rm -rf .git/rebase-merge; git rm -q --cached -r . ; git reset -q --hard; git clean -fdq");
            sandbox.try_git(["merge", "topic"]).exits(1);
            edit_twice(sandbox);
        })
    }

    /// From one branch to another that has moved on meanwhile.
    pub(super) fn from_a_branch_to_another() -> Self {
        let sandbox = diverged();
        edit_once(&sandbox);
        Self::restore(sandbox, |sandbox| {
            sandbox.commit("what was edited");
            sandbox.git(["checkout", "--quiet", "-b", "side", "topic"]);
            edit_twice(sandbox);
        })
    }

    /// The same taken back: the branch that moved has to move again.
    pub(super) fn undo_of_a_branch_moved() -> Self {
        let done = Self::from_a_branch_to_another();
        done.run(&["kept", "--exact", "--force"]);
        let (before, target) = (done.picture(), done.before);
        Self::at(
            done.sandbox,
            vec!["--undo", "--force"],
            "--redo",
            before,
            target,
        )
    }

    fn restore(sandbox: Sandbox, go_on: impl FnOnce(&Sandbox)) -> Self {
        sandbox.checkpoint(["create", "kept"]).exits(0);
        let target = Picture::of(&sandbox);
        go_on(&sandbox);
        let mut target = target;
        let before = Picture::of(&sandbox);
        // A branch that was made since stays.
        for (name, id) in &before.branches {
            target.branches.entry(name.clone()).or_insert(id.clone());
        }
        let words = vec!["kept", "--exact", "--force"];
        Self::at(sandbox, words, "--undo", before, target)
    }

    fn at(
        sandbox: Sandbox,
        words: Vec<&'static str>,
        way_back: &'static str,
        before: Picture,
        target: Picture,
    ) -> Self {
        let start = sandbox.scratch().join("start");
        copy(sandbox.top(), &start);
        let scene = Self {
            sandbox,
            start,
            words,
            way_back,
            before,
            target,
        };
        scene.run(&scene.words());
        scene.is_target("nobody broke it");
        scene.reset();
        scene.is_before("all is as at the start");
        scene
    }

    /// The restore.
    pub(super) fn words(&self) -> Vec<&'static str> {
        self.words.clone()
    }

    /// What takes it back.
    pub(super) fn way_back(&self) -> &'static str {
        self.way_back
    }

    /// Puts everything back as it was at the start.
    pub(super) fn reset(&self) {
        copy(&self.start, self.sandbox.top());
    }

    /// The present, to be put back later.
    pub(super) fn save(&self) -> Saved<'_> {
        let place = self.sandbox.scratch().join("saved");
        copy(self.sandbox.top(), &place);
        Saved { scene: self, place }
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        self.sandbox.write(path, text);
    }

    pub(super) fn read(&self, path: &str) -> Vec<u8> {
        self.sandbox.read(path)
    }

    /// Whether a checkpoint holds a file with these bytes.
    pub(super) fn has_kept(&self, path: &str, bytes: &[u8]) -> bool {
        let all = Snapshot::all(&self.sandbox);
        let mut kept = all.iter().map(|kept| {
            let object = format!("{}:{path}", kept.work);
            self.sandbox.try_git(["cat-file", "blob", &object]).stdout
        });
        kept.any(|kept| kept == bytes)
    }

    pub(super) fn picture(&self) -> Picture {
        Picture::of(&self.sandbox)
    }

    pub(super) fn has_journal(&self) -> bool {
        self.sandbox.path(".git/checkpoint/restore.json").exists()
    }

    /// Whether the journal is that of a restore that is being given up.
    pub(super) fn is_giving_up(&self) -> bool {
        let journal = self.sandbox.read(".git/checkpoint/restore.json");
        let journal: Value = serde_json::from_slice(&journal).expect("a journal is JSON");
        journal["action"] == "abort"
    }

    /// Whether all is there that shall be.
    pub(super) fn is_done(&self) -> bool {
        self.picture() == self.target
    }

    /// Every point that the program knows.
    pub(super) fn known_points(&self) -> Vec<String> {
        let listed = self.sandbox.breaking_restore(&["--fault-points"], "", None);
        listed.exits(0).text().lines().map(str::to_owned).collect()
    }

    /// The points that the restore comes to, in their order.
    pub(super) fn points(&self) -> Vec<Point> {
        self.reset();
        self.points_of(&self.words())
    }

    /// The points that a command comes to from here. It is done by that.
    pub(super) fn points_of(&self, words: &[&str]) -> Vec<Point> {
        let file = self.sandbox.scratch().join("trace");
        let _none = fs::remove_file(&file);
        let output = self.sandbox.breaking_restore(words, "", Some(&file));
        output.exits(0);
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        let trace = fs::read_to_string(&file).expect("it passes a point");
        let lines = trace.lines().filter_map(|line| line.split_once(' '));
        lines
            .map(|(name, kind)| {
                let n = seen.entry(name.to_owned()).or_default();
                *n += 1;
                Point {
                    name: name.to_owned(),
                    n: *n,
                    can_fail: kind == "fails",
                }
            })
            .collect()
    }

    pub(super) fn break_at(&self, words: &[&str], point: &Point, what: &str) -> Output {
        self.sandbox
            .breaking_restore(words, &format!("{point}:{what}"), None)
    }

    /// Runs it, unbroken.
    pub(super) fn run(&self, words: &[&str]) {
        self.sandbox.safe_restore(words).exits(0);
    }

    pub(super) fn is_target(&self, why: &str) {
        self.is(&self.target, why);
    }

    pub(super) fn is_before(&self, why: &str) {
        self.is(&self.before, why);
    }

    fn is(&self, expected: &Picture, why: &str) {
        let differences = expected.differences(&self.picture());
        assert!(
            differences.is_empty(),
            "{why}, and yet it differs:\n{differences}"
        );
    }

    /// Fails when a lock or a temporary file has stayed.
    pub(super) fn is_tidy(&self, why: &str) {
        let found = self.sandbox.sh(
            "find . -name '*.lock' -not -path './.git/checkpoint/restore.lock' -o -name '*.tmp' -o -name 'tmp_*' \
             -o -path './.git/checkpoint/*' -not -name restore.lock -not -name list-cache -not -name restore.json",
        );
        assert_eq!(found, "", "{why}, nothing is left behind");
    }
}

/// A state to come back to.
pub(super) struct Saved<'s> {
    scene: &'s Scene,
    place: PathBuf,
}

impl Saved<'_> {
    pub(super) fn put_back(&self) {
        copy(&self.place, self.scene.sandbox.top());
    }
}

/// Two branches with a conflict between them.
fn diverged() -> Sandbox {
    let sandbox = Sandbox::committed();
    sandbox.write("turns/into/file", "a directory\n");
    sandbox.write("turns-not", "a file beside\n");
    sandbox.write("over", "a file\n");
    sandbox.commit("second");
    sandbox.git(["checkout", "--quiet", "-b", "topic"]);
    sandbox.write("README", "as topic has it\n");
    sandbox.commit("topic");
    sandbox.write("doc/guide.txt", "one\ntwo\nthree of topic\nfour\nfive\n");
    sandbox.commit("more of topic");
    sandbox.git(["checkout", "--quiet", "main"]);
    sandbox.write("README", "as main has it\n");
    sandbox.write("src/lib/list.c", "struct list { int n; };\n");
    sandbox.commit("main");
    sandbox
}

/// Changes of every kind, some of them staged.
fn edit_once(sandbox: &Sandbox) {
    sandbox.write("src/main.c", "staged once\n");
    sandbox.git(["add", "src/main.c"]);
    sandbox.write("src/main.c", "and changed after that\n");
    sandbox.remove("turns-not");
    sandbox.write("new/deep/file", "untracked\n");
    sandbox.chmod("run.sh", 0o644);
    sandbox.remove("link");
    sandbox.symlink("link", "doc/guide.txt");
    sandbox.write("secret", "for us only\n");
    sandbox.chmod("secret", 0o600);
    sandbox.write("tool", "the same\n");
    sandbox.chmod("tool", 0o755);
    sandbox.mkdir("empty/one");
    sandbox.sh("ln -s nowhere dangling; git add -N dangling");
    sandbox.git(["update-index", "--assume-unchanged", "src/lib/list.c"]);
}

/// Others, so that nearly everything differs.
fn edit_twice(sandbox: &Sandbox) {
    sandbox.sh("rm -r turns; echo file >turns; rm over; mkdir -p over; echo in >over/there; git add -A over");
    sandbox.sh("git rm -q --cached src/main.c; chmod +x src/main.c");
    sandbox.sh(
        "rm -f run.sh link; ln -s README run.sh; echo no link >link; rm -rf new; echo file >new",
    );
    sandbox.write("tool", "the same\n");
    sandbox.chmod("tool", 0o644);
    sandbox.write("other/new", "untracked\n");
    sandbox.write("secret", "for everybody\n");
    sandbox.chmod("secret", 0o644);
    sandbox.write("binary", [0, 255, 13, 10]);
}

/// Makes `to` a copy of `from`, times included.
fn copy(from: &Path, to: &Path) {
    let mut command = Command::new("sh");
    let copied = command
        .args(["-c", "rm -rf \"$2\" && cp -a \"$1\" \"$2\"", "sh"])
        .args([from, to])
        .status();
    assert!(
        copied.is_ok_and(|status| status.success()),
        "it can be copied"
    );
}
