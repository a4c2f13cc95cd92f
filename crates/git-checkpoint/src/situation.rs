//! Where the work stands: branch, operation in progress, and how many files differ.

use std::io;

use bstr::ByteSlice as _;
use checkpoint_cli::{Output, Session, Style};
use checkpoint_model::{policy::Policy, words::OperationKind};
use schemars::JsonSchema;
use serde::Serialize;

use crate::CheckpointError;

/// Where the work stands, as git would tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Situation {
    /// The branch, without refs/heads/; null when HEAD is detached.
    pub(crate) branch: Option<String>,
    /// The commit of HEAD; null on an unborn branch.
    pub(crate) head: Option<String>,
    /// Whether the policy protects the branch from direct commits.
    pub(crate) protected: bool,
    /// The operations in progress, outermost first.
    pub(crate) operations: Vec<OperationKind>,
    /// How many files differ; null in a bare repository.
    pub(crate) changes: Option<Tally>,
}

/// How many files differ from what is committed, by the way they differ; one may count twice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Tally {
    /// The index differs from HEAD.
    pub(crate) staged: u64,
    /// The file differs from the index.
    pub(crate) changed: u64,
    /// The file is not in the index, and not ignored.
    pub(crate) untracked: u64,
    /// A merge left the file for somebody to decide.
    pub(crate) conflicts: u64,
}

impl Situation {
    /// Asks git, which writes nothing for it.
    pub(crate) fn read(session: &Session<'_>, policy: &Policy) -> Result<Self, CheckpointError> {
        let repo = &session.repo;
        let head = repo.head()?;
        let branch = head
            .branch()
            .map(|branch| branch.to_str_lossy().into_owned());
        let is_protected = |branch: &String| policy.branches.is_protected(branch);
        Ok(Self {
            protected: branch.as_ref().is_some_and(is_protected),
            branch,
            head: head.id.map(|id| id.to_string()),
            operations: checkpoint_capture::operations(repo)?,
            changes: repo.work_tree().map(|_| Tally::read(session)).transpose()?,
        })
    }

    /// Writes it in git's words, a line for the branch, one for each operation, one for the files.
    pub(crate) fn write(&self, out: &mut Output) -> io::Result<()> {
        match (&self.branch, &self.head) {
            (Some(branch), head) => {
                let branch = out.paint(Style::Branch, branch);
                let protected = if self.protected { ", protected" } else { "" };
                let unborn = if head.is_none() {
                    ", no commits yet"
                } else {
                    ""
                };
                writeln!(out, "On branch {branch}{protected}{unborn}")?;
            }
            (None, Some(head)) => {
                let short: String = head.chars().take(7).collect();
                writeln!(out, "HEAD detached at {}", out.paint(Style::Id, short))?;
            }
            (None, None) => writeln!(out, "HEAD detached")?,
        }
        for operation in &self.operations {
            let operation = out.paint(Style::Warning, operation);
            writeln!(out, "In the middle of: {operation}")?;
        }
        match &self.changes {
            Some(tally) => writeln!(out, "Changes: {}", tally.words()),
            None => writeln!(out, "Bare repository: no files to keep"),
        }
    }
}

impl Tally {
    fn read(session: &Session<'_>) -> Result<Self, CheckpointError> {
        let words = ["status", "--porcelain=v2", "-z", "--untracked-files=all"];
        Ok(Self::of(&session.repo.git(words).output()?))
    }

    /// Counts what `git status --porcelain=v2 -z` printed.
    fn of(output: &[u8]) -> Self {
        let mut tally = Self::default();
        let mut fields = output.split_str(b"\0");
        while let Some(field) = fields.next() {
            match field.first() {
                Some(b'?') => tally.untracked += 1,
                Some(b'u') => tally.conflicts += 1,
                Some(kind @ (b'1' | b'2')) => {
                    let is_other = |at: usize| field.get(at).is_some_and(|it| *it != b'.');
                    tally.staged += u64::from(is_other(2));
                    tally.changed += u64::from(is_other(3));
                    if *kind == b'2' {
                        // The name before a rename stands in a field of its own, and may begin with anything.
                        fields.next();
                    }
                }
                _ => {}
            }
        }
        tally
    }

    fn words(&self) -> String {
        let parts = [
            (
                self.conflicts,
                if self.conflicts == 1 {
                    "conflict"
                } else {
                    "conflicts"
                },
            ),
            (self.staged, "staged"),
            (self.changed, "changed"),
            (self.untracked, "untracked"),
        ];
        let parts = parts.into_iter().filter(|(n, _)| *n > 0);
        let words: Vec<_> = parts.map(|(n, what)| format!("{n} {what}")).collect();
        if words.is_empty() {
            "none".to_owned()
        } else {
            words.join(", ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_differ_is_counted_once() {
        let check = |output: &str, want: [u64; 4], words: &str| {
            let tally = Tally::of(output.as_bytes());
            let Tally {
                staged,
                changed,
                untracked,
                conflicts,
            } = tally;
            assert_eq!([staged, changed, untracked, conflicts], want, "{output:?}");
            assert_eq!(tally.words(), words);
        };
        check("", [0; 4], "none");
        check("? a\0? b\0", [0, 0, 2, 0], "2 untracked");
        check(
            "1 M. N... 1 1 1 a b f\x001 .D N... 1 1 0 a a g\0",
            [1, 1, 0, 0],
            "1 staged, 1 changed",
        );
        check("1 .A N... 0 0 1 0 0 ita\0", [0, 1, 0, 0], "1 changed");
        check(
            "2 RM N... 1 1 1 a a R100 new\0? old\0? c\0",
            [1, 1, 1, 0],
            "1 staged, 1 changed, 1 untracked",
        );
        check("u UU N... 1 1 1 1 a b c f\0", [0, 0, 0, 1], "1 conflict");
    }
}
