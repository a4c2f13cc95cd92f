//! One run of a command in one repository: what whatever it does is handed.

mod error;

use std::{ffi::OsStr, path::Path};

use checkpoint_git::{Program, Repository, Surroundings};
use checkpoint_model::{policy::Policy, words::Actor};
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
        let start = console.start();
        let surroundings = Surroundings {
            cwd: start.cwd.clone(),
            now: start.now,
            env: start.env.0.clone(),
        };
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

    /// Reads the policy: the file at the top of the working tree, or the defaults where there is none.
    pub fn policy(&self) -> Result<Policy, SessionError> {
        let Some(top) = self.repo.work_tree() else {
            return Ok(Policy::default());
        };
        let path = top.join(Policy::FILE_NAME);
        // Anything but a file, such as a named pipe, might not end.
        let read = || match fs_err::metadata(&path)?.is_file() {
            true => fs_err::read_to_string(&path),
            false => Err(std::io::Error::other("not a file")),
        };
        match read() {
            Ok(text) => Ok(Policy::parse(&text, Policy::FILE_NAME)?),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Policy::default()),
            Err(source) => Err(SessionError::PolicyUnreadable { path, source }),
        }
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

    /// Who acts, for the records; `agent` and `session` as told on the command line.
    pub fn actor(&self, agent: Option<&str>, session: Option<&str>) -> Actor {
        let variable = |name| self.surroundings.filled(name);
        let user = variable("LOGNAME").or_else(|| variable("USER"));
        let host = rustix::system::uname();
        Actor {
            user: user.map_or_else(
                || format!("uid {}", rustix::process::getuid().as_raw()),
                |user| user.to_string_lossy().into_owned(),
            ),
            host: host.nodename().to_string_lossy().into_owned(),
            agent: agent.map(str::to_owned),
            session: session.map(str::to_owned),
        }
    }
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
