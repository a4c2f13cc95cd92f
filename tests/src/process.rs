//! A child process with a time limit, and what it said.

use std::fmt;
use std::io::Read;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Everything one command said, and how it ended.
pub struct Output {
    /// The command line, for messages.
    pub line: String,
    /// Exit code; 128 + the signal's number when a signal ended it, as a shell has it.
    pub code: i32,
    /// Standard output, untouched.
    pub stdout: Vec<u8>,
    /// Standard error, untouched.
    pub stderr: Vec<u8>,
}

impl Output {
    /// Standard output as text, without the final newline.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout)
            .trim_end_matches('\n')
            .to_owned()
    }

    /// Standard error as text.
    pub fn talk(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    /// Standard output as one JSON document.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON document ({error}): {self}"))
    }

    /// Itself, after a check of the exit code.
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "exit code of {self}");
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {} -> exit {}", self.line, self.code)?;
        writeln!(f, "--- stdout\n{}", String::from_utf8_lossy(&self.stdout))?;
        write!(f, "--- stderr\n{}", self.talk())
    }
}

/// Runs a command to its end; a command that needs longer than `limit` is killed with its children, and is a failure.
pub(crate) fn run(mut command: Command, limit: Duration) -> Output {
    let line = line_of(&command);
    let mut child = command
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("`{line}` does not start: {error}"));
    let stdout = drain(child.stdout.take().expect("stdout is a pipe"));
    let stderr = drain(child.stderr.take().expect("stderr is a pipe"));
    let status = wait(&mut child, limit);
    let stdout = stdout.join().expect("reading a pipe does not panic");
    let stderr = stderr.join().expect("reading a pipe does not panic");
    let Some(status) = status else {
        panic!(
            "`{line}` hangs\n--- stdout\n{}\n--- stderr\n{}",
            lossy(&stdout),
            lossy(&stderr)
        );
    };
    let code = status
        .code()
        .unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
    Output {
        line,
        code,
        stdout,
        stderr,
    }
}

/// Starts a command and kills it with its children, unless it has ended by then. What it says is not heard.
pub(crate) fn kill_after(mut command: Command, moment: Duration) {
    command
        .process_group(0)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.spawn().expect("it starts");
    thread::sleep(moment);
    // `git checkpoint` may have ended and its group with it.
    if child
        .try_wait()
        .expect("our own child can be waited for")
        .is_none()
    {
        kill_group(child.id());
        child.wait().expect("a killed child ends");
    }
}

fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe can be read");
        bytes
    })
}

fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait().expect("our own child can be waited for") {
            return Some(status);
        }
        if start.elapsed() > limit {
            kill_group(child.id());
            child.wait().expect("a killed child ends");
            return None;
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(5));
    }
}

/// `git checkpoint` is a child of git: the whole group has to go, or its pipes stay open.
fn kill_group(leader: u32) {
    let killed = Command::new("kill")
        .args(["-KILL", "--", &format!("-{leader}")])
        .status();
    assert!(
        killed.is_ok_and(|status| status.success()),
        "process group {leader} cannot be killed"
    );
}
