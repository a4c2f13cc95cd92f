//! Runs that may take only so long: what talks to another machine.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use gix::bstr::BString;
use rustix::process::{Pid, Signal, kill_process_group};

use super::{Program, ProgramError, line};

impl Program {
    /// Like [`output`](Self::output), for no longer than `limit`; then it is ended, with everything it has started.
    /// It can ask nobody for a password.
    pub fn output_within(mut self, limit: Duration) -> Result<BString, ProgramError> {
        let until = Instant::now() + limit;
        let child = self
            .command
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Of its own, so that what it has started can be ended with it.
            .process_group(0)
            .spawn();
        let mut child = child.map_err(|source| ProgramError::NotRun {
            what: line(&self.command),
            source,
        })?;
        let (stdout, stderr) = (read(child.stdout.take()), read(child.stderr.take()));
        let left = || until.saturating_duration_since(Instant::now());
        let mut output = || {
            Some(Output {
                stdout: stdout.recv_timeout(left()).ok()?,
                stderr: stderr.recv_timeout(left()).ok()?,
                status: ended(&mut child, until)?,
            })
        };
        match output() {
            Some(output) if output.status.success() => Ok(output.stdout.into()),
            Some(output) => Err(self.failure(&output)),
            None => {
                end(&mut child);
                Err(ProgramError::TimedOut {
                    what: line(&self.command),
                    limit,
                })
            }
        }
    }
}

/// Reads to the end in a thread of its own, which is not waited for: a child of the child may keep the pipe open.
fn read(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    let mut pipe = pipe.expect("it was asked for as a pipe");
    std::thread::spawn(move || {
        let mut said = Vec::new();
        // What was read before a failure still counts; nobody listens any more when the time is over.
        pipe.read_to_end(&mut said).ok();
        sender.send(said).ok();
    });
    receiver
}

fn ended(child: &mut Child, until: Instant) -> Option<std::process::ExitStatus> {
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= until {
            return None;
        }
        // Both its streams are closed: it is as good as over.
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn end(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // It may have ended by itself by now.
        kill_process_group(group, Signal::KILL).ok();
    }
    child.wait().ok();
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn shell(script: &str) -> Program {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Program { command }
    }

    #[test]
    fn who_does_not_answer_in_time_is_ended_with_its_children() {
        let answer = shell("sleep 60 & sleep 60").output_within(Duration::from_millis(50));
        assert!(
            matches!(answer, Err(ProgramError::TimedOut { .. })),
            "{answer:?}"
        );
    }

    #[test]
    fn in_time_it_is_as_without_a_limit() {
        let minute = Duration::from_secs(60);
        assert_eq!(shell("echo yes").output_within(minute).unwrap(), "yes\n");
        match shell("echo no >&2; exit 3").output_within(minute) {
            Err(ProgramError::Failed { code, stderr, .. }) => {
                assert_eq!((code, stderr.as_str()), (Some(3), "no"));
            }
            other => panic!("{other:?}"),
        }
    }
}
