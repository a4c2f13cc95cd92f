//! Running git where it talks to another repository.

use std::{
    io::{Read, Write as _},
    os::unix::process::CommandExt as _,
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

use checkpoint_git::{ProgramError, Repository};
use checkpoint_model::url::without_password;
use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Remote, ShareError};

/// How often a child with a limit is asked whether it is done.
const PAUSE: Duration = Duration::from_millis(5);
/// The longest pause between two attempts.
const LONGEST: Duration = Duration::from_secs(2);
/// How long git may take to remove its locks when it is told to end.
const GRACE: Duration = Duration::from_millis(300);

/// What git says around what went wrong.
const AROUND: [&str; 6] = [
    "hint:",
    "To ",
    "warning: ",
    "error: failed to push some refs",
    "Please make sure you have the correct access rights",
    "and the repository exists.",
];

/// What git and the system say where nothing can be written here.
const DISK: [&str; 5] = [
    "No space left on device",
    "Disk quota exceeded",
    "Read-only file system",
    "couldn't write",
    "unable to write",
];

/// How git may behave while it talks to another repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// A person is at the terminal, and may be asked for a password.
    Asking,
    /// Nobody can be asked on a terminal.
    Silent,
    /// Nobody is asked for anything, and it ends at this time.
    Until(Instant),
}

/// What git said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) is_done: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Whether it was the disk of this machine that failed: what the other side says begins with `remote:`.
    fn is_of_here(&self) -> bool {
        let own = self.err.lines().filter(|line| !line.starts_with("remote:"));
        own.into_iter()
            .any(|line| DISK.iter().any(|words| line.contains(words)))
    }

    /// What went wrong, without what git prints around it and without passwords.
    pub(crate) fn why(&self) -> String {
        let is_talk = |line: &&str| !AROUND.iter().any(|words| line.starts_with(words));
        let lines = self.err.lines().map(str::trim_end);
        let lines = lines.filter(|line| !line.is_empty()).filter(is_talk);
        let lines = lines.map(|line| {
            let mut plain = ["fatal: ", "error: "]
                .iter()
                .filter_map(|word| line.strip_prefix(word));
            plain.next().unwrap_or(line)
        });
        without_password(&lines.collect::<Vec<_>>().join("; "))
    }
}

/// One run of git with another repository.
pub(crate) struct Call<'a> {
    pub(crate) repo: &'a Repository,
    pub(crate) remote: &'a Remote,
    pub(crate) manner: Manner,
    /// Whether something is to be written there.
    pub(crate) writing: bool,
}

impl Call<'_> {
    /// Runs git with these words, and with `input` on standard input. Fails only where it cannot be run, or is not
    /// done in time.
    pub(crate) fn git(&self, words: &[&str], input: &str) -> Result<Said, ShareError> {
        let mut command = self.command(words);
        let not_run = |source| ProgramError::NotRun {
            what: format!(
                "git {}",
                words
                    .iter()
                    .find(|word| !word.contains('=') && !word.starts_with('-'))
                    .unwrap_or(&"")
            ),
            source,
        };
        let mut child = command.spawn().map_err(not_run)?;
        let (mut stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (status, out, err) = std::thread::scope(|scope| {
            let out = scope.spawn(|| read(stdout));
            let err = scope.spawn(|| read(stderr));
            scope.spawn(move || {
                // A broken pipe is git's to explain, by its exit status.
                stdin
                    .take()
                    .map(|mut stdin| stdin.write_all(input.as_bytes()))
            });
            let status = self.wait(&mut child);
            (status, out.join(), err.join())
        });
        let status = status.map_err(not_run)?;
        let Some(status) = status else {
            let remote = self.remote.shown();
            return Err(ShareError::TimedOut { remote });
        };
        Ok(Said {
            is_done: status.success(),
            out: out.unwrap_or_default(),
            err: err.unwrap_or_default(),
        })
    }

    /// The same where every failure is one of the connection.
    pub(crate) fn ask(&self, words: &[&str]) -> Result<Said, ShareError> {
        let said = self.git(words, "")?;
        match said.is_done {
            true => Ok(said),
            false => Err(self.unreachable(&said)),
        }
    }

    /// Waits a random while, the longer the more often it was tried.
    pub(crate) fn pause(&self, tries: usize) {
        let doublings = u32::try_from(tries.min(8)).unwrap_or(8);
        let most = Duration::from_millis(20) * 2_u32.pow(doublings);
        let random = f64::from(checkpoint_store::fresh::random()[9]) / 256.0;
        let pause = most.min(LONGEST).mul_f64(0.3 + random);
        let left = match self.manner {
            Manner::Until(until) => until.saturating_duration_since(Instant::now()),
            _ => pause,
        };
        std::thread::sleep(pause.min(left));
    }

    pub(crate) fn unreachable(&self, said: &Said) -> ShareError {
        if !self.writing && said.is_of_here() {
            return ShareError::NotStored {
                remote: self.remote.shown(),
                said: said.why(),
            };
        }
        ShareError::Unreachable {
            remote: self.remote.shown(),
            writing: self.writing,
            said: said.why(),
        }
    }

    fn command(&self, words: &[&str]) -> Command {
        // The words of git are read.
        let mut program = self.repo.git(words).env("LC_ALL", "C").env("LANGUAGE", "C");
        if self.manner != Manner::Asking {
            program = program.env("GIT_TERMINAL_PROMPT", "0");
        }
        if let Manner::Until(_) = self.manner {
            let silent = [
                ("GIT_ASKPASS", ""),
                ("SSH_ASKPASS_REQUIRE", "never"),
                ("GCM_INTERACTIVE", "never"),
            ];
            for (name, value) in silent {
                program = program.env(name, value);
            }
        }
        let mut command = program.into_command();
        // So that our hook before a push knows that this is one of ours.
        command.env(crate::push::MARK, "1");
        if let Manner::Until(_) = self.manner {
            // A group of its own ends as a whole, and cannot ask on a terminal that it does not own.
            command.process_group(0);
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Waits for the end; none where it took too long, and was ended.
    fn wait(&self, child: &mut Child) -> std::io::Result<Option<ExitStatus>> {
        let Manner::Until(until) = self.manner else {
            return child.wait().map(Some);
        };
        if let Some(status) = wait_until(child, until)? {
            return Ok(Some(status));
        }
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        let end = |signal| group.map(|group| kill_process_group(group, signal));
        // git removes its locks on the way out.
        end(Signal::TERM);
        wait_until(child, Instant::now() + GRACE)?;
        end(Signal::KILL);
        child.wait()?;
        Ok(None)
    }
}

fn wait_until(child: &mut Child, until: Instant) -> std::io::Result<Option<ExitStatus>> {
    loop {
        match child.try_wait()? {
            None if Instant::now() < until => std::thread::sleep(PAUSE),
            ended => return Ok(ended),
        }
    }
}

fn read(stream: Option<impl Read>) -> String {
    let mut bytes = Vec::new();
    let _ended = stream.map(|mut stream| stream.read_to_end(&mut bytes));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_a_broken_connection() {
        let check = |err: &str, wanted: bool| {
            let said = Said {
                is_done: false,
                out: String::new(),
                err: err.to_owned(),
            };
            assert_eq!(said.is_of_here(), wanted, "{err}");
        };
        check(
            "error: couldn't write .git/refs/notes/checkpoints.lock",
            true,
        );
        check("fatal: write error: No space left on device\n", true);
        check(
            "remote: fatal: write error: No space left on device\nfatal: early EOF",
            false,
        );
        check("fatal: Could not read from remote repository.", false);
    }
}
