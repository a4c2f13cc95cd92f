//! What a command gets from the edge.

use std::{
    cell::OnceCell,
    ffi::OsString,
    fs::File,
    io::{self, IsTerminal},
    path::PathBuf,
    time::Duration,
};

use checkpoint_git::Surroundings;
use chrono::{DateTime, Utc};
use rustix::io::fcntl_dupfd_cloexec;

use crate::{
    Common, Environment, ErrorReport, Output, Progress, Talk, Taste,
    colour::is_coloured,
    pager::{self, Pager},
    prompt,
};

/// Where, when and in what environment the process started; read once and handed down, field by field, to the door to
/// the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The current directory.
    pub cwd: PathBuf,
    /// The present time; all times of one command are this one.
    pub now: DateTime<Utc>,
    /// All environment variables.
    pub env: Environment,
    /// The command line as it was typed, the program first.
    pub words: Vec<OsString>,
    /// The program itself, absolute and without links on the way; none where the system does not tell.
    pub program: Option<PathBuf>,
}

impl Start {
    /// Fails when the current directory is gone or may not be read.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks for directory and time"
    )]
    pub(crate) fn read(env: Environment, words: Vec<OsString>) -> io::Result<Self> {
        let now = env
            .now()
            .and_then(|seconds| DateTime::from_timestamp(seconds, 0));
        Ok(Self {
            cwd: std::env::current_dir()?,
            now: now.unwrap_or_else(Utc::now),
            env,
            words,
            program: std::env::current_exe().ok(),
        })
    }

    /// What the door to the repository gets of it.
    pub fn surroundings(&self) -> Surroundings {
        Surroundings {
            cwd: self.cwd.clone(),
            now: self.now,
            env: self.env.0.clone(),
        }
    }
}

/// Which of the standard streams are terminals.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Terminals {
    /// Standard input is one.
    pub stdin: bool,
    /// Standard output is one.
    pub stdout: bool,
    /// Standard error is one.
    pub stderr: bool,
}

impl Terminals {
    fn read() -> Self {
        Self {
            stdin: io::stdin().is_terminal(),
            stdout: io::stdout().is_terminal(),
            stderr: io::stderr().is_terminal(),
        }
    }
}

/// The edge, as a command sees it: the start, and the ways to speak with the person.
#[derive(Debug)]
pub struct Console {
    start: Start,
    common: Common,
    terminals: Terminals,
    taste: OnceCell<Taste>,
    form: OnceCell<FailureForm>,
}

/// What a program reads on standard output that was promised a format and gets a failure.
pub type FailureForm = fn(&ErrorReport) -> String;

impl Console {
    pub(crate) fn new(start: Start, common: Common) -> Self {
        Self::with_terminals(start, common, Terminals::read())
    }

    /// A console that believes what it is told of terminals; for tests.
    pub fn with_terminals(start: Start, common: Common, terminals: Terminals) -> Self {
        Self {
            start,
            common,
            terminals,
            taste: OnceCell::new(),
            form: OnceCell::new(),
        }
    }

    /// Directory, time and environment of the start.
    pub fn start(&self) -> &Start {
        &self.start
    }

    /// Whether a machine reads standard output.
    pub fn is_json(&self) -> bool {
        self.common.json
    }

    /// Says in which form a failure is written to standard output, for a command with formats of its own beside
    /// `--json`; what people read on standard error comes in any case. The first call counts.
    pub fn set_failure_form(&self, form: FailureForm) {
        self.form.get_or_init(|| form);
    }

    pub(crate) fn failure_form(&self) -> Option<FailureForm> {
        self.form.get().copied()
    }

    /// Hands in the person's taste, once the repository is open; the first call counts.
    pub fn set_taste(&self, taste: Taste) {
        self.taste.get_or_init(|| taste);
    }

    fn taste(&self) -> Taste {
        self.taste.get().cloned().unwrap_or_default()
    }

    /// Standard error.
    pub fn talk(&self) -> Talk {
        let taste = self.taste();
        Talk {
            is_quiet: self.common.quiet,
            has_hints: taste.advice.unwrap_or(true),
            has_colour: is_coloured(
                taste.color.as_deref(),
                &self.start.env,
                self.terminals.stderr,
            ),
        }
    }

    /// Starts to show progress of work that may be long: only on a terminal, not with `-q`, and not before a second
    /// has gone by. `title` says what is done to what, such as `Capturing files`.
    pub fn progress(&self, title: &'static str) -> Progress {
        if self.common.quiet || !self.terminals.stderr {
            return Progress::hidden();
        }
        let delay = Duration::from_secs(self.start.env.progress_delay().unwrap_or(1));
        Progress::start(title, delay, io::stderr())
    }

    /// Asks a question that can be answered by yes or no; no is the default. `None` when nobody can be asked: standard
    /// input or error is no terminal, or `GIT_TERMINAL_PROMPT` forbids it.
    pub fn confirm(&self, question: &str) -> io::Result<Option<bool>> {
        let answer = self.choose(question, &['y', 'n'])?;
        Ok(answer.map(|letter| letter == 'y'))
    }

    /// Asks a question that one of `letters` answers; the last is the default. `None` when nobody can be asked.
    pub fn choose(&self, question: &str, letters: &[char]) -> io::Result<Option<char>> {
        if self.is_attended() {
            prompt::ask(question, letters)
        } else {
            Ok(None)
        }
    }

    /// Whether somebody can be asked.
    pub fn is_attended(&self) -> bool {
        self.terminals.stdin && self.terminals.stderr && self.start.env.may_prompt()
    }

    /// Writes on standard error what a question is about, in colours where there are any.
    pub fn show(&self, write: impl FnOnce(&mut Output) -> io::Result<()>) -> io::Result<()> {
        let has_colour = self.talk().has_colour;
        let mut out = Output::new(Box::new(io::stderr()), None, has_colour, self.start.now);
        write(&mut out)?;
        out.finish()
    }

    /// Whether drawing characters can be seen on standard error.
    pub(crate) fn has_boxes(&self) -> bool {
        self.terminals.stderr && self.start.env.is_utf8() && !self.start.env.is_dumb()
    }

    /// Standard output, by the person's pager if one is wanted and there is a terminal. Fails when no more files can
    /// be opened.
    pub(crate) fn output(&self, wants_pager: bool) -> io::Result<Output> {
        let Terminals { stdout, stderr, .. } = self.terminals;
        let (taste, env) = (self.taste(), &self.start.env);
        let command = pager::choose(env, &taste, stdout && wants_pager);
        let pager = command.and_then(|command| Pager::start(&command, env, stderr));
        // A stream of our own: what `io::stdout` still held when a pager was left early would be written to the
        // terminal afterwards.
        let stream = File::from(fcntl_dupfd_cloexec(rustix::stdio::stdout(), 3)?);
        let is_seen = stdout || env.is_pager_in_use();
        let has_colour = is_coloured(taste.color.as_deref(), env, is_seen);
        Ok(Output::new(
            Box::new(stream),
            pager,
            has_colour,
            self.start.now,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_depends_on_options_taste_and_who_listens() {
        let talk = |common: Common, advice: Option<bool>, stderr: bool| {
            let env = [("TERM", "xterm")].into_iter().collect();
            let start = Start {
                cwd: PathBuf::from("/"),
                now: DateTime::UNIX_EPOCH,
                env,
                words: Vec::new(),
                program: None,
            };
            let console = Console::with_terminals(
                start,
                common,
                Terminals {
                    stderr,
                    ..Terminals::default()
                },
            );
            console.set_taste(Taste {
                advice,
                ..Taste::default()
            });
            let Talk {
                is_quiet,
                has_hints,
                has_colour,
            } = console.talk();
            (is_quiet, has_hints, has_colour)
        };
        let quiet = Common {
            quiet: true,
            json: false,
        };
        assert_eq!(talk(Common::default(), None, false), (false, true, false));
        assert_eq!(talk(Common::default(), None, true), (false, true, true));
        assert_eq!(
            talk(Common::default(), Some(false), false),
            (false, false, false)
        );
        assert_eq!(talk(quiet, Some(true), false), (true, true, false));
    }
}
