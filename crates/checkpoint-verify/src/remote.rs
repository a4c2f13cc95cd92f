//! What a remote has.

use std::collections::BTreeMap;

use bstr::ByteSlice as _;
use checkpoint_git::{ProgramError, Repository};
use checkpoint_model::{shell::word, url::without_password};
use checkpoint_store::notes::CHECKPOINTS;
use gix::ObjectId;

use crate::VerifyError;

/// The tags of a remote, in one question.
#[derive(Debug)]
pub(crate) struct Remote {
    /// As it may be told: without a password.
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
        let shown = without_password(name);
        let listed = program.output().map_err(|error| VerifyError::Remote {
            remote: shown.clone(),
            said: said(&error),
        })?;
        let mut remote = Self {
            name: shown,
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

/// What git said, without the command line, in which the address stands as it was typed.
fn said(error: &ProgramError) -> String {
    let text = match error {
        ProgramError::Failed { stderr, .. } => stderr.trim().to_owned(),
        ProgramError::NotRun { source, .. } => source.to_string(),
        ProgramError::TimedOut { .. } => "it gave no answer".to_owned(),
    };
    let lines: Vec<_> = text.lines().map(str::trim_end).collect();
    without_password(&lines.join("; "))
}

/// Where something that is not here may be had: the remote that was asked, else `origin`, else the first there is. None
/// where there is no remote.
pub(crate) fn source(repo: &Repository, asked: Option<&Remote>) -> Option<String> {
    let asked = asked.map(|remote| remote.name.clone());
    let names = repo.gix().remote_names();
    let usual = names.iter().find(|name| name.as_bstr() == "origin");
    let known = || usual.or(names.iter().next()).map(|name| name.to_string());
    asked.or_else(known)
}

/// The command that takes tags and records from `remote` and loses nothing that is here.
pub(crate) fn fetch(remote: &str) -> String {
    format!("git checkpoint fetch {}", word(remote))
}
