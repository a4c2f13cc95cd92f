//! The git program, for what gix cannot do: reftable, hooks, signing, the network, odd filters.

mod limit;

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use checkpoint_model::failure::{Failure, Kind};
use gix::bstr::{BString, ByteSlice};
use miette::Diagnostic;
use thiserror::Error;

use crate::{Repository, Surroundings};

/// One run of the git program in a repository, with optional locks off so that even a reading git writes nothing.
#[derive(Debug)]
pub struct Program {
    command: Command,
}

/// What went wrong with a run of the git program.
#[derive(Debug, Error, Diagnostic)]
pub enum ProgramError {
    /// It could not be started.
    #[error("cannot run the git program ('{what}')")]
    #[diagnostic(code(git::not_run), help("install git, or put it on PATH"))]
    NotRun {
        /// The command line.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// It ended with a failure.
    #[error("'{what}' failed{}: {stderr}", code.map(|code| format!(" with exit status {code}")).unwrap_or_default())]
    #[diagnostic(code(git::failed))]
    Failed {
        /// The command line.
        what: String,
        /// Its exit status; none when a signal ended it.
        code: Option<i32>,
        /// What it said on standard error, without the last line end.
        stderr: String,
    },
    /// It did not end in the time it was given, and was ended.
    #[error("'{what}' gave no answer in {} s", limit.as_secs())]
    #[diagnostic(code(git::timed_out))]
    TimedOut {
        /// The command line.
        what: String,
        /// How long it was waited for.
        limit: std::time::Duration,
    },
}

impl Failure for ProgramError {
    fn kind(&self) -> Kind {
        Kind::Fatal
    }
}

/// What `git rev-parse --local-env-vars` lists, and where git was called, but for the configuration of one command.
const LOCAL: [&str; 13] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_DIR",
    "GIT_GRAFT_FILE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
];

impl Repository {
    /// The git program with `args`, in this repository, at the top of its working tree (in the git directory where it
    /// has none).
    pub fn git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Program {
        let mut command = Command::new("git");
        command.current_dir(self.work_tree().unwrap_or(self.git_dir()));
        if self.is_in_hook() {
            LOCAL.iter().for_each(|name| {
                command.env_remove(name);
            });
        }
        if self.is_elsewhere() {
            // Relative values would be read from the new directory.
            command.env("GIT_DIR", self.git_dir());
            if let Some(work_tree) = self.work_tree() {
                command.env("GIT_WORK_TREE", work_tree);
            }
        }
        command
            .env("GIT_OPTIONAL_LOCKS", "0")
            // Objects as they are, not what `git replace` shows in their place.
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .args(args)
            .stdin(Stdio::null());
        Program { command }
    }
}

impl Program {
    /// The git program with `args`, in the directory and with the environment that a command was started with: for
    /// what needs no repository, such as credentials.
    pub fn here<S: AsRef<OsStr>>(
        surroundings: &Surroundings,
        args: impl IntoIterator<Item = S>,
    ) -> Self {
        let mut command = Command::new("git");
        command
            .current_dir(&surroundings.cwd)
            .env_clear()
            .envs(&surroundings.env)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .args(args)
            .stdin(Stdio::null());
        Self { command }
    }

    /// Sets the environment variable `name` for this run.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in `dir`, so that relative paths among the arguments are read from there.
    #[must_use]
    pub fn at(mut self, dir: &Path) -> Self {
        self.command.current_dir(dir);
        self
    }

    /// Runs as a git that was told of no repository: it finds the one of the directory it runs in, or makes one there.
    #[must_use]
    pub fn without_repository(mut self) -> Self {
        LOCAL.iter().for_each(|name| {
            self.command.env_remove(name);
        });
        self
    }

    /// The command itself, for a caller that streams.
    pub fn into_command(self) -> Command {
        self.command
    }

    /// Runs it and gives standard output; any exit status but 0 is an error.
    pub fn output(self) -> Result<BString, ProgramError> {
        self.output_of(&[])
    }

    /// Like [`output`](Self::output), with `input` on standard input.
    pub fn output_of(mut self, input: &[u8]) -> Result<BString, ProgramError> {
        let output = self.run(input)?;
        match output.status.success() {
            true => Ok(output.stdout.into()),
            false => Err(self.failure(&output)),
        }
    }

    /// Runs it as a question: none when it answers no (exit status 1), standard output when it answers yes.
    pub fn answer(self) -> Result<Option<BString>, ProgramError> {
        self.answer_of(&[])
    }

    /// Like [`answer`](Self::answer), with `input` on standard input.
    pub fn answer_of(mut self, input: &[u8]) -> Result<Option<BString>, ProgramError> {
        let output = self.run(input)?;
        match output.status.code() {
            Some(0) => Ok(Some(output.stdout.into())),
            Some(1) => Ok(None),
            _ => Err(self.failure(&output)),
        }
    }

    fn run(&mut self, input: &[u8]) -> Result<Output, ProgramError> {
        let not_run = |command: &Command, source| ProgramError::NotRun {
            what: line(command),
            source,
        };
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        if input.is_empty() {
            return self
                .command
                .output()
                .map_err(|source| not_run(&self.command, source));
        }
        self.command.stdin(Stdio::piped());
        let mut child = self
            .command
            .spawn()
            .map_err(|source| not_run(&self.command, source))?;
        let mut stdin = child
            .stdin
            .take()
            .expect("standard input was asked for as a pipe");
        // A second thread writes, so that a git that answers before it has read everything cannot block us both. A
        // broken pipe is git's to explain, by its exit status.
        std::thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(input));
            child.wait_with_output()
        })
        .map_err(|source| not_run(&self.command, source))
    }

    fn failure(&self, output: &Output) -> ProgramError {
        ProgramError::Failed {
            what: line(&self.command),
            code: output.status.code(),
            stderr: output.stderr.trim_end().to_str_lossy().into_owned(),
        }
    }
}

/// The command line as one would type it, without the environment.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}
