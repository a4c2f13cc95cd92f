//! Other programs, with a limit to how long they may take and how much they may say.

use std::{
    io::{self, Read, Write},
    os::unix::process::CommandExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use checkpoint_git::Surroundings;

/// The most that is read of what a program says, in bytes.
const MOST: u64 = 16 << 20;

/// What a program said, and how it ended.
pub(crate) struct Ran {
    pub(crate) succeeded: bool,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
}

/// Why a program said nothing that counts.
pub(crate) enum RunError {
    NotStarted(io::Error),
    TimedOut,
}

/// The program of this name, as the shell finds it. Relative directories of PATH are passed over: what lies in a
/// repository is not run.
pub(crate) fn find(name: &str, surroundings: &Surroundings) -> Option<PathBuf> {
    let path = surroundings.filled("PATH")?;
    std::env::split_paths(path)
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join(name))
        .find(|path| is_executable(path))
}

fn is_executable(path: &Path) -> bool {
    path.is_file() && rustix::fs::access(path, rustix::fs::Access::EXEC_OK).is_ok()
}

/// Runs it with `input` on standard input. When `limit` is over it is ended, with everything it has started.
pub(crate) fn run(mut command: Command, input: &[u8], limit: Duration) -> Result<Ran, RunError> {
    let until = Instant::now() + limit;
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        // Of its own, so that what it has started can be ended with it.
        .process_group(0);
    let mut child = command.spawn().map_err(RunError::NotStarted)?;
    let (stdout, stderr) = (read(child.stdout.take()), read(child.stderr.take()));
    write(&mut child, input.to_owned());
    let ended = ended(&mut child, until).and_then(|succeeded| {
        let left = || until.saturating_duration_since(Instant::now());
        Some(Ran {
            succeeded,
            stdout: stdout.recv_timeout(left()).ok()?,
            stderr: stderr.recv_timeout(left()).ok()?,
        })
    });
    ended.ok_or_else(|| {
        end(&mut child);
        RunError::TimedOut
    })
}

/// Reads to the end in a thread of its own. The thread is not waited for: a child of the child may keep the pipe open.
fn read(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    let pipe = pipe.expect("it was asked for as a pipe");
    std::thread::spawn(move || {
        let mut said = Vec::new();
        // What was read before a failure still counts; nobody listens any more when the time is over.
        pipe.take(MOST).read_to_end(&mut said).ok();
        sender.send(said).ok();
    });
    receiver
}

/// Writes in a thread of its own; a broken pipe is the program's to explain.
fn write(child: &mut Child, input: Vec<u8>) {
    let mut pipe = child.stdin.take().expect("it was asked for as a pipe");
    std::thread::spawn(move || pipe.write_all(&input));
}

/// Waits for its end; none when the time is over first.
fn ended(child: &mut Child, until: Instant) -> Option<bool> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status.success());
        }
        if Instant::now() >= until {
            return None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn end(child: &mut Child) {
    let group = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    if let Some(group) = group {
        // It may have ended by itself by now.
        rustix::process::kill_process_group(group, rustix::process::Signal::KILL).ok();
    }
    child.wait().ok();
}
