//! Everything that a restore has to bring back, as git and the file system tell it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use checkpoint_tests::Sandbox;
use fs_err as fs;

/// What git is asked. A file that cannot be had by a filter makes some of these fail: that is an answer too.
const QUESTIONS: &[&[&str]] = &[
    &["symbolic-ref", "--quiet", "HEAD"],
    &["rev-parse", "--quiet", "--verify", "HEAD"],
    &[
        "status",
        "--porcelain=v2",
        "--branch",
        "--untracked-files=all",
        "--ignored",
    ],
    &["ls-files", "--stage", "-t", "-v"],
    &["for-each-ref", "refs/heads", "refs/stash"],
    &["rev-parse", "--quiet", "--verify", "MERGE_AUTOSTASH"],
    &["config", "--local", "--list"],
    &["fsck", "--no-dangling", "--no-progress"],
];

/// Answers, and files, by what was asked.
#[derive(PartialEq, Eq)]
pub(super) struct State(BTreeMap<String, String>);

impl State {
    pub(super) fn of(sandbox: &Sandbox) -> Self {
        let mut told = BTreeMap::new();
        walk(sandbox.top(), sandbox.top(), &mut told);
        for words in QUESTIONS {
            let quiet = std::iter::once("--no-optional-locks").chain(words.iter().copied());
            let output = sandbox.try_git(quiet);
            let mut all = format!("exit {}\n{}", output.code, output.text());
            if words[0] == "fsck" {
                // What it warns of it says there; others warn of what they happen to look at.
                all += &output.talk();
            }
            let mut lines: Vec<&str> = all
                .lines()
                .filter(|line| !line.starts_with("notice:"))
                .collect();
            if words[0] == "fsck" {
                lines.sort_unstable();
            }
            told.insert(format!("git {}", words.join(" ")), lines.join("\n"));
        }
        Self(told)
    }

    /// Fails with what differs when `sandbox` is not as it was.
    #[track_caller]
    pub(super) fn assert_same(&self, sandbox: &Sandbox, why: &str) {
        let now = Self::of(sandbox);
        let keys = self
            .0
            .keys()
            .chain(now.0.keys().filter(|key| !self.0.contains_key(*key)));
        let mut differences = String::new();
        for key in keys {
            let (was, is) = (self.0.get(key), now.0.get(key));
            if was != is {
                writeln!(differences, "{key}\n  was {was:?}\n  is  {is:?}")
                    .expect("a string takes all");
            }
        }
        assert!(differences.is_empty(), "{why}, and yet:\n{differences}");
    }
}

/// Files of the working tree and those by which git remembers an operation; what else is in a git directory is asked for.
fn walk(top: &Path, folder: &Path, told: &mut BTreeMap<String, String>) {
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("a folder of ours")
        .map(|entry| entry.expect("a folder that can be listed").path())
        .collect();
    paths.sort();
    for path in paths {
        let name = path
            .strip_prefix(top)
            .expect("it lies below")
            .to_string_lossy()
            .into_owned();
        let stat = fs::symlink_metadata(&path).expect("it was just listed");
        let is_git = name == ".git" || name.starts_with(".git/");
        if is_git && !is_told(&name) {
            continue;
        }
        let text = if stat.is_dir() {
            walk(top, &path, told);
            "folder".to_owned()
        } else if stat.is_symlink() {
            format!(
                "link to {}",
                fs::read_link(&path).expect("a link").display()
            )
        } else if stat.is_file() {
            let bytes = fs::read(&path).unwrap_or_default();
            format!(
                "{:o} {:?}",
                stat.permissions().mode() & 0o777,
                String::from_utf8_lossy(&bytes)
            )
        } else {
            "special".to_owned()
        };
        told.insert(name, text);
    }
}

fn is_told(name: &str) -> bool {
    let inside = name.strip_prefix(".git/").unwrap_or_default();
    const TOLD: [&str; 10] = [
        "MERGE_AUTOSTASH",
        "MERGE_HEAD",
        "MERGE_MSG",
        "MERGE_MODE",
        "CHERRY_PICK_HEAD",
        "REVERT_HEAD",
        "rebase-merge",
        "rebase-apply",
        "sequencer",
        "BISECT_LOG",
    ];
    name == ".git"
        || TOLD
            .iter()
            .any(|told| inside == *told || inside.starts_with(&format!("{told}/")))
}
