//! One run of the command in one repository: what every subcommand is handed.

use checkpoint_cli::{Console, Taste};
use checkpoint_git::{Repository, Surroundings};
use checkpoint_model::{policy::Policy, words::Actor};
use chrono::{DateTime, Utc};

use crate::CheckpointError;

/// The repository, opened once, and the edge.
pub(crate) struct Session<'a> {
    /// The ways to speak with the person.
    pub(crate) console: &'a Console,
    /// Directory, time and environment of the start.
    pub(crate) surroundings: Surroundings,
    /// The repository.
    pub(crate) repo: Repository,
}

impl<'a> Session<'a> {
    /// Opens the repository that git would use from here, and tells the edge what the person likes.
    pub(crate) fn open(console: &'a Console) -> Result<Self, CheckpointError> {
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
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.surroundings.now
    }

    /// The top of the working tree, as records tell it; the git directory where there is none.
    pub(crate) fn worktree(&self) -> String {
        let top = self.repo.work_tree().unwrap_or(self.repo.git_dir());
        top.to_string_lossy().into_owned()
    }

    /// Reads the policy: the file at the top of the working tree, or the defaults where there is none.
    pub(crate) fn policy(&self) -> Result<Policy, CheckpointError> {
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
            Err(source) => Err(CheckpointError::PolicyUnreadable { path, source }),
        }
    }

    /// Who acts, for the records; `agent` and `session` as told on the command line.
    pub(crate) fn actor(&self, agent: Option<&str>, session: Option<&str>) -> Actor {
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
