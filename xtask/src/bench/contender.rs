//! Who is measured, and what each does in one run.

use std::{fmt, path::Path};

use miette::Result;

use super::{field::Field, hooks::Hook};
use crate::process::{Cost, line, timed, timed_output};

/// One line of the record, as long as ours: `git notes append` has to write as much.
pub(crate) const RECORD: &str = r#"{"id":"0199a1b2-c3d4-7000-8000-000000000000","at":"2026-01-01T00:00:00Z","by":{"user":"A. Person","host":"host"},"type":"checkpoint_created","checkpoint":"0199a1b2-c3d4-7000-8000-000000000001","description":"a state worth keeping","kind":"manual","snapshot":"0123456789012345678901234567890123456789","branch":"refs/heads/main","files":{"tracked":100000,"changed":10,"untracked":0,"bytes":1000},"verdict":"full","skipped":[]}"#;

/// A competitor.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    /// `git-checkpoint create <name>`, started directly.
    Ours,
    /// What one can do with git alone for the same result: seven processes.
    Recipe,
    /// `git stash create`: two commits, no ref, no record, no untracked files.
    Stash,
    /// `git status --porcelain -uall`, without writing the index.
    Status,
    /// Every directory listed, every tracked file lstat-ed; see [`crate::floor`].
    Floor,
    /// `git rev-parse HEAD`: what starting git costs.
    RevParse,
    /// `git-checkpoint list`.
    List,
    /// `git for-each-ref refs/checkpoints`.
    ForEachRef,
    /// `git-checkpoint verify`: every check of every checkpoint, with their states.
    Verify,
    /// `git fsck --connectivity-only`: whether all objects are there.
    Fsck,
    /// `git-safe-restore <name> --force`, started directly; the checkpoint was made before.
    Restore,
    /// `git stash push -u`, then `git stash pop`: away and back.
    StashAndPop,
    /// `git-agent-commit -- <path>…`, started directly: checkpoint, commit, record.
    AgentCommit,
    /// `git add -- <path>…`, then `git commit`.
    AddAndCommit,
    /// `git-checkpoint fetch`, where nothing has to come: it asks the other side, and merges.
    Fetch,
    /// `git notes merge -s cat_sort_uniq` of the same.
    NotesMerge,
    /// `git hook run pre-commit`; see [`super::hooks`], which runs it.
    Hook(Hook),
}

impl fmt::Display for Contender {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Hook(hook) => return hook.fmt(out),
            Self::Ours => "git checkpoint create",
            Self::Recipe => "git recipe",
            Self::Stash => "git stash create",
            Self::Status => "git status -uall",
            Self::Floor => "floor",
            Self::RevParse => "git rev-parse HEAD",
            Self::List => "git checkpoint list",
            Self::ForEachRef => "git for-each-ref",
            Self::Verify => "git checkpoint verify",
            Self::Fsck => "git fsck --connectivity-only",
            Self::Restore => "git safe-restore",
            Self::StashAndPop => "git stash push -u, pop",
            Self::AgentCommit => "git agent-commit",
            Self::AddAndCommit => "git add, commit",
            Self::Fetch => "git checkpoint fetch",
            Self::NotesMerge => "git notes merge",
        })
    }
}

/// The programs that are ours.
pub(crate) struct Programs {
    /// `git-checkpoint`.
    pub(crate) checkpoint: std::path::PathBuf,
    /// `git-safe-restore`.
    pub(crate) safe_restore: std::path::PathBuf,
    /// `git-agent-commit`.
    pub(crate) agent_commit: std::path::PathBuf,
    /// This program, for its hidden `floor`.
    pub(crate) xtask: std::path::PathBuf,
}

impl Contender {
    /// Runs once in `field`; `name` has not been used there before.
    pub(crate) fn run(self, field: &Field, programs: &Programs, name: &str) -> Result<Cost> {
        let git = |words: &[&str]| field.world.git(&field.top, words);
        let ours = |program: &Path| field.world.command(program, &field.top);
        match self {
            Self::Ours => timed(ours(&programs.checkpoint).args(["create", name])),
            Self::Recipe => recipe(field, name),
            Self::Stash => timed(&mut git(&["stash", "create"])),
            Self::Status => {
                timed(git(&["status", "--porcelain", "-uall"]).env("GIT_OPTIONAL_LOCKS", "0"))
            }
            Self::Floor => timed(ours(&programs.xtask).arg("floor").arg(&field.floor_list)),
            Self::RevParse => timed(&mut git(&["rev-parse", "HEAD"])),
            Self::List => timed(ours(&programs.checkpoint).arg("list")),
            Self::ForEachRef => timed(&mut git(&["for-each-ref", "refs/checkpoints"])),
            Self::Verify => timed(ours(&programs.checkpoint).arg("verify")),
            Self::Fsck => timed(&mut git(&["fsck", "--connectivity-only", "--no-dangling"])),
            Self::Restore => timed(ours(&programs.safe_restore).args([name, "--force"])),
            Self::Fetch => timed(ours(&programs.checkpoint).args(["fetch", "origin"])),
            Self::NotesMerge => timed(&mut git(&[
                "notes",
                "--ref=checkpoints",
                "merge",
                "--quiet",
                "--strategy=cat_sort_uniq",
                "refs/notes/remotes/origin/checkpoints",
            ])),
            Self::Hook(_) => unreachable!("a hook needs a stand"),
            Self::AgentCommit | Self::AddAndCommit => unreachable!("a commit moves a branch"),
            Self::StashAndPop => {
                let mut total = timed(&mut git(&["stash", "push", "-u", "--quiet"]))?;
                total += timed(&mut git(&["stash", "pop", "--quiet"]))?;
                Ok(total)
            }
        }
    }
}

/// The same result with git alone. `cp -p`, since a copy with a fresh time would hide edits made
/// in the second of the last `git add`. Nothing is staged in any case here, so the tree of the
/// index is HEAD's, and the recipe is spared a second `write-tree`.
fn recipe(field: &Field, name: &str) -> Result<Cost> {
    let index = field.git_dir.join("recipe-index");
    let mut total = Cost::default();
    let copy = field.world.command("cp", &field.top);
    total += timed(
        { copy }
            .arg("-p")
            .arg(field.git_dir.join("index"))
            .arg(&index),
    )?;
    let mut step = |words: &[&str]| -> Result<String> {
        let mut git = field.world.git(&field.top, words);
        let (cost, said) = timed_output(git.env("GIT_INDEX_FILE", &index))?;
        total += cost;
        Ok(String::from_utf8_lossy(&said).trim_end().to_owned())
    };
    step(&["add", "-A"])?;
    let tree = step(&["write-tree"])?;
    let staged = step(&["commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "index"])?;
    let kept = step(&[
        "commit-tree",
        &tree,
        "-p",
        "HEAD",
        "-p",
        &staged,
        "-m",
        name,
    ])?;
    step(&["tag", "-a", "-m", name, &format!("recipe/{name}"), &kept])?;
    step(&["notes", "--ref=recipe", "append", "-m", RECORD, &kept])?;
    drop(fs_err::remove_file(&index));
    Ok(total)
}

/// Number of checkpoints that git sees in `field`.
pub(crate) fn count(field: &Field) -> Result<usize> {
    let words = ["for-each-ref", "--format=%(refname)", "refs/checkpoints"];
    Ok(line(&mut field.world.git(&field.top, words))?
        .lines()
        .count())
}
