//! One run of a command in one repository: what whatever it does is handed.

mod error;

use std::{
    ffi::{OsStr, OsString},
    path::{Component, Path, PathBuf},
};

use bstr::BString;
use checkpoint_git::{Program, Repository, Surroundings, paths::as_bytes};
use checkpoint_model::{
    policy::{BranchGlobs, Policy, Push, Source},
    words::Actor,
};
use checkpoint_policy::{PolicyReader, Problem};
use chrono::{DateTime, Utc};

pub use self::error::SessionError;
use crate::{Console, Taste};

/// The repository, opened once, and the edge.
pub struct Session<'a> {
    /// The ways to speak with the person.
    pub console: &'a Console,
    /// Directory, time and environment of the start.
    pub surroundings: Surroundings,
    /// The repository.
    pub repo: Repository,
}

impl<'a> Session<'a> {
    /// Opens the repository that git would use from here, and tells the edge what the person likes.
    pub fn open(console: &'a Console) -> Result<Self, SessionError> {
        Self::with(console, console.start().surroundings())
    }

    /// Opens the repository that git would use from `dir`, relative to where the command was started. What the
    /// environment says of another repository (`GIT_DIR` and its like) does not count there.
    pub fn open_at(console: &'a Console, dir: &Path) -> Result<Self, SessionError> {
        let mut there = console.start().surroundings();
        there.cwd.push(dir);
        let is_of_one = |name: &OsString| OF_ONE_REPOSITORY.iter().any(|other| *name == *other);
        there.env.retain(|name, _| !is_of_one(name));
        Self::with(console, there)
    }

    fn with(console: &'a Console, surroundings: Surroundings) -> Result<Self, SessionError> {
        let repo = Repository::open(&surroundings)?;
        console.set_taste(taste(&repo));
        Ok(Self {
            console,
            surroundings,
            repo,
        })
    }

    /// When the command began.
    pub fn now(&self) -> DateTime<Utc> {
        self.surroundings.now
    }

    /// The top of the working tree, as records tell it; the git directory where there is none.
    pub fn worktree(&self) -> String {
        let top = self.repo.work_tree().unwrap_or(self.repo.git_dir());
        top.to_string_lossy().into_owned()
    }

    /// Reads the policy: as the protected branch has it, and of the file at the top of the working tree what is
    /// stricter; the defaults where there is none. A version that cannot be read is told, but for the file, which fails.
    pub fn policy(&self) -> Result<Policy, SessionError> {
        self.policy_by(&PolicyReader::new(&self.repo))
    }

    /// What of it says what may leave the machine. Tells what the copy in the working tree would let out: it counts
    /// only once it is agreed on.
    pub fn policy_of_pushes(&self) -> Result<Push, SessionError> {
        let reader = PolicyReader::new(&self.repo);
        let policy = self.policy_by(&reader)?;
        let (mut keys, source) = reader.looser().unwrap_or((Vec::new(), Source::Defaults));
        keys.retain(|key| key.starts_with("push."));
        if !keys.is_empty() {
            let place = match source {
                Source::Branch(branch) => format!("'{branch}'"),
                _ => "the protected branch".to_owned(),
            };
            self.console.talk().warning(format_args!(
                "{} of the copy in the working tree lets nothing out before it is committed to {place}",
                keys.join(", ")
            ));
        }
        Ok(policy.push)
    }

    /// The same for a command that moves branches by itself: no branch is protected unless the repository has asked
    /// for it, by a policy or by hooks. The names that are protected by default bind nobody else.
    pub fn policy_of_moves(&self) -> Result<Policy, SessionError> {
        let reader = PolicyReader::new(&self.repo);
        let mut policy = self.policy_by(&reader)?;
        if !reader.is_given() && !checkpoint_policy::is_installed(&self.repo) {
            policy.branches.protected = BranchGlobs::default();
        }
        Ok(policy)
    }

    fn policy_by(&self, reader: &PolicyReader<'_>) -> Result<Policy, SessionError> {
        let head = self.repo.head().ok();
        let branch = head.as_ref().and_then(|head| head.branch());
        let branch = branch.map(|branch| String::from_utf8_lossy(branch).into_owned());
        let policy = reader.policy(branch.as_deref())?;
        self.tell_of(reader);
        Ok(policy)
    }

    /// Says which versions of the policy cannot be read, and what counts instead. Gives whether there was anything to
    /// say.
    pub fn tell_of(&self, reader: &PolicyReader<'_>) -> bool {
        let problems = reader.problems();
        for Problem { error, instead, .. } in &problems {
            let talk = self.console.talk();
            talk.warning(format_args!("{error}: {}; {instead}", error.why()));
        }
        !problems.is_empty()
    }

    /// The git program in the current directory, so that paths mean what they mean there.
    pub fn git_here<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Program {
        let cwd = &self.surroundings.cwd;
        let is_inside = |top: &Path| cwd.starts_with(top) && !cwd.starts_with(self.repo.git_dir());
        let program = self.repo.git(args);
        match self.repo.work_tree().is_some_and(is_inside) {
            true => program.at(cwd),
            // From inside the git directory git could not compare files; paths are then from the top.
            false => program,
        }
    }

    /// `typed`, relative to the current directory, as a path from the top of the working tree; empty for the top itself,
    /// none outside of it. Nothing is looked up, so a path may hold wildcards, and need not exist.
    pub fn path_from_top(&self, typed: &Path) -> Option<BString> {
        let top = self.repo.work_tree().unwrap_or(self.repo.git_dir());
        let cwd = &self.surroundings.cwd;
        // From outside the working tree (GIT_WORK_TREE), paths are from its top.
        let start = if cwd.starts_with(top) { cwd } else { top };
        let path = cleaned(&start.join(typed));
        let below = path.strip_prefix(top).ok();
        let below = below.or_else(|| below_real(&path, top));
        Some(as_bytes(below?).to_owned())
    }

    /// Who acts, for the records; `agent` and `session` as told on the command line.
    pub fn actor(&self, agent: Option<&str>, session: Option<&str>) -> Actor {
        let variable = |name| self.surroundings.filled(name);
        let user = variable("LOGNAME").or_else(|| variable("USER"));
        let config = self.repo.gix().config_snapshot();
        // A service or a container may know nobody by name.
        let unnamed = || match config.string("user.name") {
            Some(name) => name.to_string(),
            None => format!("uid {}", rustix::process::getuid().as_raw()),
        };
        let host = rustix::system::uname();
        Actor {
            user: user.map_or_else(unnamed, |user| user.to_string_lossy().into_owned()),
            host: host.nodename().to_string_lossy().into_owned(),
            agent: agent.map(str::to_owned),
            session: session.map(str::to_owned),
        }
    }
}

/// Variables that say which repository is meant, and where its parts are.
const OF_ONE_REPOSITORY: [&str; 5] = [
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_WORK_TREE",
];

/// The path without `.` and `..`, which are taken as words: git does the same with a pathspec.
fn cleaned(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                cleaned.pop();
            }
            other => cleaned.push(other),
        }
    }
    cleaned
}

/// What is left of the path below the directory on its way that is the top by another name, through symbolic links.
/// Git looks for that in the same order, from the root.
fn below_real<'a>(path: &'a Path, top: &Path) -> Option<&'a Path> {
    let top = fs_err::canonicalize(top).ok()?;
    let above: Vec<_> = path.ancestors().collect();
    let is_top = |it: &&&Path| fs_err::canonicalize(it).is_ok_and(|it| it == top);
    let found = above.iter().rev().find(is_top)?;
    path.strip_prefix(found).ok()
}

/// What git config says about how things look.
fn taste(repo: &Repository) -> Taste {
    let config = repo.gix().config_snapshot();
    let text = |key: &str| config.string(key).map(|value| value.to_string());
    Taste {
        color: text("color.checkpoint").or_else(|| text("color.ui")),
        core_pager: text("core.pager"),
        pager: text("pager.checkpoint"),
        advice: config.boolean("advice.checkpoint"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_words() {
        let check = |path: &str, want: &str| assert_eq!(cleaned(Path::new(path)), Path::new(want));
        check("/top/a/../b", "/top/b");
        check("/top/./a/", "/top/a");
        check("/top/..", "/");
        check("/top/a/*.rs", "/top/a/*.rs");
    }
}
