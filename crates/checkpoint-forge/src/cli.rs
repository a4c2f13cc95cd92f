//! The forge's own program, `gh` or `glab`, as the carrier of questions: it knows the login, we ask the same as over a
//! connection of our own.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
    time::Duration,
};

use checkpoint_git::Surroundings;
use checkpoint_model::policy::ForgeKind;

use crate::{
    ForgeError,
    caller::{About, Ask, Caller, Reply},
    http,
    process::{self, RunError},
    site::Site,
    token,
};

/// A program that carries questions to one host.
pub(crate) struct Cli<'a> {
    program: Program,
    path: PathBuf,
    may_use_tokens: bool,
    surroundings: &'a Surroundings,
    about: About,
    limit: Duration,
}

/// The programs we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Program {
    Gh,
    Glab,
}

/// What the programs get so that they ask nobody, look for no newer version, and say things plainly.
const QUIET: [(&str, &str); 9] = [
    ("CHECK_UPDATE", "false"),
    ("GH_NO_UPDATE_NOTIFIER", "1"),
    ("GH_PROMPT_DISABLED", "1"),
    ("GLAB_CHECK_UPDATE", "false"),
    ("GLAB_NO_PROMPT", "1"),
    ("GLAB_SEND_TELEMETRY", "false"),
    ("NO_COLOR", "1"),
    ("NO_PROMPT", "1"),
    ("PAGER", "cat"),
];

/// What would make them say more, tokens among it.
const LOUD: [&str; 6] = [
    "CLICOLOR_FORCE",
    "DEBUG",
    "GH_DEBUG",
    "GH_FORCE_TTY",
    "GH_PAGER",
    "GLAB_DEBUG_HTTP",
];

impl Program {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gh => "gh",
            Self::Glab => "glab",
        }
    }

    /// The forge it is for.
    pub(crate) fn forge(self) -> ForgeKind {
        match self {
            Self::Gh => ForgeKind::Github,
            Self::Glab => ForgeKind::Gitlab,
        }
    }
}

impl<'a> Cli<'a> {
    /// The program on PATH, for the host of `site`; none where it is not there. Nothing is run.
    pub(crate) fn find(
        program: Program,
        site: &Site,
        about: About,
        surroundings: &'a Surroundings,
        limit: Duration,
    ) -> Option<Self> {
        Some(Self {
            program,
            path: process::find(program.name(), surroundings)?,
            may_use_tokens: token::is_named(site, surroundings),
            surroundings,
            about: About {
                token: format!("the login of '{}'", program.name()),
                help: format!("{} auth login --hostname {}", program.name(), site.host),
                ..about
            },
            limit,
        })
    }

    /// Whether it has a login for the host. `gh` looks that up here; `glab` asks the host.
    pub(crate) fn is_logged_in(&self) -> Result<bool, ForgeError> {
        let host = format!("--hostname={}", self.about.host);
        let words = match self.program {
            Program::Gh => ["auth", "token", &host],
            Program::Glab => ["auth", "status", &host],
        };
        // `gh` prints the token: nobody listens.
        Ok(self.run(&words, &[])?.succeeded)
    }

    fn run(&self, words: &[&str], input: &[u8]) -> Result<process::Ran, ForgeError> {
        process::run(self.command(words), input, self.limit).map_err(|error| match error {
            RunError::TimedOut => ForgeError::TimedOut {
                what: self.program.name().to_owned(),
                seconds: self.limit.as_secs(),
            },
            RunError::NotStarted(error) => self.failed(&error.to_string()),
        })
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command
            .args(words)
            .current_dir(&self.surroundings.cwd)
            .env_clear()
            .envs(&self.surroundings.env)
            .envs(QUIET)
            .stdin(Stdio::null());
        LOUD.iter().for_each(|name| {
            command.env_remove(name);
        });
        if !self.may_use_tokens {
            // They would go to whatever host the repository names.
            token::OF_PROGRAMS.iter().for_each(|name| {
                command.env_remove(name);
            });
        }
        command
    }

    fn failed(&self, said: &str) -> ForgeError {
        ForgeError::ProgramFailed {
            program: self.program.name().to_owned(),
            said: self.about.secrets.shown(said),
        }
    }
}

impl Caller for Cli<'_> {
    fn call(&self, ask: &Ask) -> Result<Reply, ForgeError> {
        let host = format!("--hostname={}", self.about.host);
        let verb = format!("--method={}", ask.verb);
        let mut words = vec!["api", "--include", &host, &verb];
        if ask.body.is_some() {
            words.extend(["--header=Content-Type: application/json", "--input=-"]);
        }
        words.push(&ask.path);
        let ran = self.run(&words, &http::input(ask.body.as_ref()))?;
        // It also fails when the forge says no; what the forge said is on standard output all the same.
        http::parse(&ran.stdout).ok_or_else(|| self.failed(&String::from_utf8_lossy(&ran.stderr)))
    }

    fn about(&self) -> &About {
        &self.about
    }
}
