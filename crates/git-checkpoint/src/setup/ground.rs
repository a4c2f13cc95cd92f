//! Where hooks go in this repository: the repository's config, or files in the hooks directory.

use std::path::{Path, PathBuf};

use checkpoint_cli::Session;
use checkpoint_git::paths::as_path;
use gix::bstr::ByteSlice as _;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::programs::{self, Found, Version};
use crate::CheckpointError;

/// What git, or the gits, can be told.
#[derive(Debug)]
pub(crate) struct Ground {
    /// All gits on PATH.
    pub(crate) gits: Vec<Found>,
    /// The hooks directory that all worktrees share.
    pub(crate) hooks: PathBuf,
    /// The directory git looks into from here, where that is another one, and why.
    pub(crate) elsewhere: Option<Elsewhere>,
}

/// A hooks directory of somebody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Elsewhere {
    pub(crate) dir: PathBuf,
    /// Such as `local core.hooksPath`.
    pub(crate) why: String,
}

/// How hooks are installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Manner {
    /// By `hook.<name>.command` and `.event` in the repository's config.
    Config,
    /// By files in the hooks directory.
    Files,
}

impl Ground {
    /// Asks git, and looks at PATH.
    pub(crate) fn read(session: &Session<'_>) -> Result<Self, CheckpointError> {
        let common = session.repo.common_dir();
        let common = fs_err::canonicalize(common).unwrap_or_else(|_| common.to_owned());
        let hooks = common.join("hooks");
        let looked = looked_into(session, session.repo.work_tree())?;
        let elsewhere = match (is_same(&looked, &hooks), is_own(session, &hooks)) {
            (true, true) => None,
            (true, false) => Some(Elsewhere {
                why: format!("'{}' is a link", hooks.display()),
                dir: looked,
            }),
            (false, _) => Some(Elsewhere {
                why: format!("{} core.hooksPath", scope(session)),
                dir: looked,
            }),
        };
        Ok(Self {
            gits: programs::on_path(session, "git"),
            hooks,
            elsewhere,
        })
    }

    /// By the config only if every git on PATH reads it: the others would run no hook at all.
    pub(crate) fn manner(&self) -> Manner {
        let versions = self.gits.iter().map(|git| git.version.as_ref());
        let reads = |version: Option<&Version>| {
            version.is_some_and(|version| version.is_at_least(Version::CONFIG_HOOKS))
        };
        match !self.gits.is_empty() && versions.into_iter().all(reads) {
            true => Manner::Config,
            false => Manner::Files,
        }
    }
}

impl Elsewhere {
    /// The file in which a line of ours would be run.
    pub(crate) fn file(&self, hook: &str) -> PathBuf {
        // husky makes `.husky/_` anew each time; what it runs are the files beside it.
        let dir = self.dir.parent().filter(|_| self.is_husky());
        dir.unwrap_or(&self.dir).join(hook)
    }

    /// Whether the file is run as it is: by git if it is a program, by husky if it is there.
    pub(crate) fn runs_by_itself(&self, file: &Path) -> bool {
        self.is_husky() || programs::is_program(file)
    }

    fn is_husky(&self) -> bool {
        self.dir.ends_with(".husky/_")
    }
}

/// The hooks directory that git uses in this worktree.
pub(crate) fn looked_into(
    session: &Session<'_>,
    worktree: Option<&Path>,
) -> Result<PathBuf, CheckpointError> {
    let from = worktree.unwrap_or(session.repo.git_dir());
    let git = session.repo.git(["rev-parse", "--git-path", "hooks"]);
    let said = git.at(from).output()?;
    Ok(from.join(as_path(said.trim_end().as_bstr())))
}

/// Which config sets `core.hooksPath`: `local`, `global`, …
fn scope(session: &Session<'_>) -> String {
    let words = ["config", "--show-scope", "--get", "core.hooksPath"];
    let said = session.repo.git(words).answer().ok().flatten();
    let said = said.unwrap_or_default();
    let scope = said.fields().next().unwrap_or_default();
    scope.to_str_lossy().into_owned()
}

/// Whether both lead to the same directory, be it there or not.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    resolved(one) == resolved(other)
}

fn resolved(path: &Path) -> PathBuf {
    if let Ok(path) = fs_err::canonicalize(path) {
        return path;
    }
    match (path.parent().map(fs_err::canonicalize), path.file_name()) {
        (Some(Ok(parent)), Some(name)) => parent.join(name),
        _ => path.to_owned(),
    }
}

/// Whether the hooks directory is the repository's own, and no link to one that others share or track.
fn is_own(session: &Session<'_>, hooks: &Path) -> bool {
    let common = fs_err::canonicalize(session.repo.common_dir());
    common.is_ok_and(|common| resolved(hooks) == common.join("hooks"))
}
