//! What `--fix` does: only what loses nothing.

use std::path::PathBuf;

use checkpoint_cli::Session;
use checkpoint_store::Doing;
use miette::Diagnostic as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::finding::Finding;
use crate::{
    CheckpointError,
    init::{self, plan::Wanted},
};

/// A repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mend {
    /// What was installed once is put in place again.
    Install,
    /// The reference for records begins.
    Begin(&'static str),
    /// Lost records are written again, from tags and snapshots.
    Rebuild,
    /// The index is given what a commit holds that was killed before it could.
    Index,
    /// A file that a process of ours has left is removed.
    Remove(PathBuf),
}

/// A repair, and how it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Mended {
    /// What is done.
    pub(super) does: String,
    /// Why it could not be done; none where it was, or is only shown.
    pub(super) error: Option<String>,
    #[serde(skip)]
    mend: Mend,
}

impl Mend {
    fn does(&self) -> String {
        match self {
            Self::Install => {
                "put hooks and settings in place, as 'git checkpoint init' does".to_owned()
            }
            Self::Begin(reference) => format!("begin '{reference}', with no record"),
            Self::Rebuild => "write lost records again, from tags and snapshots".to_owned(),
            Self::Index => "give the index what the commit holds, if it was made".to_owned(),
            Self::Remove(path) => format!("remove '{}'", path.display()),
        }
    }

    fn make(&self, session: &Session<'_>) -> Result<(), CheckpointError> {
        match self {
            Self::Install => {
                let wanted = Wanted {
                    strict: false,
                    policy: false,
                };
                init::install(session, wanted)?;
            }
            Self::Begin(reference) => {
                checkpoint_store::notes::begin(&session.repo, reference, session.now())?;
            }
            Self::Rebuild => {
                let doing = Doing {
                    now: session.now(),
                    by: session.actor(None, None),
                    command: "git checkpoint doctor --fix".to_owned(),
                };
                checkpoint_store::rebuild(&session.repo, &doing)?;
            }
            Self::Index => checkpoint_work::mend_interrupted(session)?,
            Self::Remove(path) => fs_err::remove_file(path).map_err(|source| {
                let path = path.clone();
                crate::SetupError::Unwritten { path, source }
            })?,
        }
        Ok(())
    }
}

/// What there is to do; each of it once.
pub(super) fn plan(findings: &[Finding]) -> Vec<Mended> {
    let mut mends: Vec<Mend> = Vec::new();
    for mend in findings.iter().filter_map(|finding| finding.mend.clone()) {
        if !mends.contains(&mend) {
            mends.push(mend);
        }
    }
    let planned = |mend: Mend| Mended {
        does: mend.does(),
        error: None,
        mend,
    };
    mends.into_iter().map(planned).collect()
}

/// Does it; one that fails does not keep the others.
pub(super) fn run(session: &Session<'_>, planned: Vec<Mended>) -> Vec<Mended> {
    let make = |planned: Mended| {
        let done = planned.mend.make(session);
        let told = |error: CheckpointError| match error.help() {
            Some(help) => format!("{error}; {help}"),
            None => error.to_string(),
        };
        Mended {
            error: done.err().map(told),
            ..planned
        }
    };
    planned.into_iter().map(make).collect()
}
