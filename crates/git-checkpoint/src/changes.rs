//! What differs between two trees, as git tells it to programs.

use std::{ffi::OsString, path::Path};

use bstr::{BStr, BString, ByteSlice};
use checkpoint_cli::Session;
use checkpoint_model::path::TreePath;
use gix::ObjectId;
use schemars::JsonSchema;
use serde::Serialize;

use crate::CheckpointError;

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Change {
    /// Where it is; for one that was deleted, where it was.
    pub(crate) path: TreePath,
    /// Where it was before; null unless it was renamed or copied.
    pub(crate) old_path: Option<TreePath>,
    /// What happened to it.
    pub(crate) status: Status,
    /// Lines added; null for what is no text.
    pub(crate) added: Option<u64>,
    /// Lines removed; null for what is no text.
    pub(crate) removed: Option<u64>,
}

/// What happened to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// It is new.
    Added,
    /// It is gone.
    Deleted,
    /// Its content or mode is another.
    Modified,
    /// It is a copy of another.
    Copied,
    /// It has another name.
    Renamed,
    /// It is a file of another type, such as a symbolic link.
    TypeChanged,
}

/// The files that differ from one tree to another, sorted by path, with renames as git finds them by default.
/// `objects` is where objects may be that the repository does not have.
pub(crate) fn between(
    session: &Session<'_>,
    trees: (ObjectId, ObjectId),
    paths: &[OsString],
    objects: Option<&Path>,
) -> Result<Vec<Change>, CheckpointError> {
    let options = ["diff-tree", "-r", "-z", "-M", "--raw", "--numstat"];
    let trees = [trees.0.to_string(), trees.1.to_string()];
    let words = options.into_iter().map(OsString::from);
    let words = words.chain(trees.map(OsString::from)).chain(["--".into()]);
    let mut program = session.git_here(words.chain(paths.iter().cloned()));
    if let Some(objects) = objects {
        program = program.env("GIT_OBJECT_DIRECTORY", objects);
    }
    Ok(parse(program.output()?.as_bstr()))
}

/// Reads `--raw --numstat -z`: all raw entries, then the numbers in the same order.
fn parse(output: &BStr) -> Vec<Change> {
    let mut fields = output.split_str(b"\0").peekable();
    let mut changes = Vec::new();
    while let Some(raw) = fields.next_if(|field| field.starts_with(b":")) {
        let letter = raw
            .rsplit_once_str(" ")
            .map_or(b"".as_slice(), |(_, it)| it);
        let status = status(letter.first().copied());
        let Some(first) = fields.next() else { break };
        let second = match status {
            Status::Renamed | Status::Copied => fields.next(),
            _ => None,
        };
        let old_path = second.map(|_| path(first));
        changes.push(Change {
            path: path(second.unwrap_or(first)),
            old_path,
            status,
            added: None,
            removed: None,
        });
    }
    for change in &mut changes {
        let Some(line) = fields.next() else { break };
        let mut numbers = line.splitn_str(3, b"\t").map(number);
        change.added = numbers.next().flatten();
        change.removed = numbers.next().flatten();
        if change.old_path.is_some() {
            // Both paths stand in fields of their own.
            fields.nth(1);
        }
    }
    changes
}

fn status(letter: Option<u8>) -> Status {
    match letter {
        Some(b'A') => Status::Added,
        Some(b'D') => Status::Deleted,
        Some(b'C') => Status::Copied,
        Some(b'R') => Status::Renamed,
        Some(b'T') => Status::TypeChanged,
        _ => Status::Modified,
    }
}

fn path(bytes: &[u8]) -> TreePath {
    TreePath::from(BString::from(bytes))
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_entries_and_numbers_belong_together() {
        let output = b":100644 100644 1 2 M\0a b\0:100644 100644 1 2 R087\0old\0new\0:000000 100644 0 2 A\0pic\0\
            1\t2\ta b\x003\t0\t\0old\0new\0-\t-\tpic\0";
        let told: Vec<_> = parse(output.as_bstr())
            .into_iter()
            .map(|it| {
                (
                    it.path.to_string(),
                    it.old_path.map(|it| it.to_string()),
                    it.status,
                    it.added,
                    it.removed,
                )
            })
            .collect();
        let want = [
            ("a b".to_owned(), None, Status::Modified, Some(1), Some(2)),
            (
                "new".to_owned(),
                Some("old".to_owned()),
                Status::Renamed,
                Some(3),
                Some(0),
            ),
            ("pic".to_owned(), None, Status::Added, None, None),
        ];
        assert_eq!(told, want);
        assert_eq!(parse(b"".as_bstr()), []);
    }
}
