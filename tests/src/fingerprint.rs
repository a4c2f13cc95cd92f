//! Everything a user can see of a world, so that two looks can be compared.

mod entry;
mod walk;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Sandbox;
use entry::Entry;

/// Everything visible in a sandbox at one moment: every file, folder and link with bytes, permissions and times, index
/// files and operation files, configuration, reflogs, refs and `git status`.
///
/// Left out is what a checkpoint may add: objects, `refs/checkpoints/`, `refs/tags/checkpoint/`, `refs/notes/` and the
/// reflogs of these. Lock files and temporary files are files like all others, so one left behind is a difference.
#[derive(Clone, PartialEq, Eq)]
pub struct Fingerprint {
    files: BTreeMap<String, Entry>,
    /// What git says about the repository under test, by command.
    answers: BTreeMap<&'static str, String>,
}

impl Fingerprint {
    /// Looks at everything in the sandbox's world.
    pub fn of(sandbox: &Sandbox) -> Self {
        let files = walk::all(sandbox.world());
        // Asked last, and without optional locks: `git status` would refresh the index.
        Self {
            files,
            answers: answers(sandbox),
        }
    }

    /// The same without what a copy of a world cannot keep: inode numbers and change times.
    pub fn portable(mut self) -> Self {
        self.files.values_mut().for_each(Entry::forget_identity);
        self
    }

    /// Fails with a list of differences when the world is not as it was.
    pub fn assert_same(&self, later: &Self, why: &str) {
        let differences = self.differences(later);
        assert!(
            differences.is_empty(),
            "{why}, and yet it differs:\n{differences}"
        );
    }

    /// One line per difference; empty when there is none.
    pub fn differences(&self, later: &Self) -> String {
        let mut lines = String::new();
        for (path, entry) in &self.files {
            match later.files.get(path) {
                None => writeln!(lines, "  gone     {path} ({entry})"),
                Some(now) if now != entry => {
                    writeln!(lines, "  changed  {path}: {}", entry.changes(now))
                }
                Some(_) => Ok(()),
            }
            .expect("a string takes all");
        }
        for (path, entry) in later
            .files
            .iter()
            .filter(|(path, _)| !self.files.contains_key(*path))
        {
            writeln!(lines, "  new      {path} ({entry})").expect("a string takes all");
        }
        for (command, answer) in &self.answers {
            let now = &later.answers[command];
            if now != answer {
                writeln!(lines, "  {command} said\n{answer}\n  and now\n{now}")
                    .expect("a string takes all");
            }
        }
        lines
    }
}

fn answers(sandbox: &Sandbox) -> BTreeMap<&'static str, String> {
    let ask = |command: &'static str| {
        let words = std::iter::once("--no-optional-locks").chain(command.split(' '));
        let output = sandbox.try_git(words);
        let said = String::from_utf8_lossy(&output.stdout).replace('\0', "\n");
        (
            command,
            format!("exit {}\n{said}{}", output.code, output.talk()),
        )
    };
    let mut answers = BTreeMap::from([
        ask("status --porcelain=v2 --branch -z --ignored --untracked-files=all"),
        ask("for-each-ref --format=%(refname)%20%(objectname)%20%(symref)"),
        ask("reflog list"),
    ]);
    for (command, answer) in &mut answers {
        if !command.starts_with("status") {
            *answer = without_ours(answer);
        }
    }
    answers.insert(
        "reflog of each ref",
        reflogs(sandbox, &answers["reflog list"]),
    );
    answers
}

/// The files are not enough where refs and reflogs lie in a reftable.
fn reflogs(sandbox: &Sandbox, list: &str) -> String {
    let names = list
        .lines()
        .filter(|line| *line == "HEAD" || line.starts_with("refs/"));
    names
        .map(|name| {
            sandbox
                .try_git(["reflog", "show", "--format=%H %gd %gs", name, "--"])
                .text()
                + "\n"
        })
        .collect()
}

fn without_ours(answer: &str) -> String {
    answer
        .lines()
        .filter(|line| !is_ours(line))
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Whether a ref name belongs to what a checkpoint may write.
pub(crate) fn is_ours(name: &str) -> bool {
    ["refs/checkpoints/", "refs/tags/checkpoint/", "refs/notes/"]
        .iter()
        .any(|prefix| name.starts_with(prefix))
}
