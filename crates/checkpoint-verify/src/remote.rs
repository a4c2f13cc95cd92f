//! What a remote has.

use std::collections::BTreeMap;

use bstr::ByteSlice as _;
use checkpoint_git::Repository;
use checkpoint_store::notes::CHECKPOINTS;
use gix::ObjectId;

use crate::VerifyError;

/// The tags of a remote, in one question.
#[derive(Debug)]
pub(crate) struct Remote {
    pub(crate) name: String,
    /// By full name: the tag objects themselves.
    pub(crate) tags: BTreeMap<String, ObjectId>,
    pub(crate) has_records: bool,
}

impl Remote {
    /// Asks `name`, a remote or a URL, for what it has below `prefix`.
    pub(crate) fn ask(repo: &Repository, name: &str, prefix: &str) -> Result<Self, VerifyError> {
        let pattern = format!("{prefix}*");
        let words = [
            "ls-remote",
            "--refs",
            "--quiet",
            "--",
            name,
            &pattern,
            CHECKPOINTS,
        ];
        let program = repo.git(words).env("GIT_TERMINAL_PROMPT", "0");
        let listed = program.output().map_err(|source| VerifyError::Remote {
            remote: name.to_owned(),
            source,
        })?;
        let mut remote = Self {
            name: name.to_owned(),
            tags: BTreeMap::new(),
            has_records: false,
        };
        for line in listed.lines() {
            let Some((hex, reference)) = line.split_once_str("\t") else {
                continue;
            };
            let reference = reference.to_str_lossy();
            remote.has_records |= reference == CHECKPOINTS;
            if let (true, Ok(id)) = (reference.starts_with(prefix), ObjectId::from_hex(hex)) {
                remote.tags.insert(reference.into_owned(), id);
            }
        }
        Ok(remote)
    }
}
