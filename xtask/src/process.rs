//! Starting programs in a world of their own, and what a run cost.

use std::{
    ffi::{OsStr, OsString},
    io::Read as _,
    ops::AddAssign,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, bail};
use wait4::Wait4 as _;

/// An environment without a person's configuration: what runs in it does the same everywhere.
pub(crate) struct World {
    path: OsString,
    home: PathBuf,
}

/// What one run cost.
#[derive(Clone, Copy, Default)]
pub(crate) struct Cost {
    /// From the start of the first process to the end of the last.
    pub(crate) wall: Duration,
    /// User and system time of the processes and what they waited for.
    pub(crate) cpu: Duration,
    /// Largest resident set of any one process, in bytes. The kernel counts our own size at the
    /// moment of the start into it, so this is an upper bound; xtask keeps itself small.
    pub(crate) peak: u64,
}

impl AddAssign for Cost {
    fn add_assign(&mut self, more: Self) {
        self.wall += more.wall;
        self.cpu += more.cpu;
        self.peak = self.peak.max(more.peak);
    }
}

impl World {
    /// A world whose `PATH` begins with `bin` and whose home is the (empty) directory `home`.
    pub(crate) fn new(path: &OsStr, bin: Option<&Path>, home: &Path) -> Result<Self> {
        let dirs = bin
            .map(Path::to_owned)
            .into_iter()
            .chain(std::env::split_paths(path));
        let path = std::env::join_paths(dirs).into_diagnostic()?;
        Ok(Self {
            path,
            home: home.to_owned(),
        })
    }

    /// `program` in `dir`, with a fixed identity, no system or user configuration, no stdin.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(dir)
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", &self.home)
            .env("USER", "person")
            .env("LC_ALL", "C")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", "A. Person")
            .env("GIT_AUTHOR_EMAIL", "person@example.com")
            .env("GIT_COMMITTER_NAME", "A. Person")
            .env("GIT_COMMITTER_EMAIL", "person@example.com")
            .env("GIT_PAGER", "cat")
            .env("GIT_EDITOR", "true")
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null());
        command
    }

    /// `PATH` with these folders before it.
    pub(crate) fn path_with(&self, folders: &[PathBuf]) -> OsString {
        let folders = folders.iter().cloned();
        std::env::join_paths(folders.chain(std::env::split_paths(&self.path)))
            .expect("neither came with a colon")
    }

    /// `git <words>` in `dir`.
    pub(crate) fn git<W: AsRef<OsStr>>(
        &self,
        dir: &Path,
        words: impl IntoIterator<Item = W>,
    ) -> Command {
        let mut command = self.command("git", dir);
        command.args(words);
        command
    }
}

/// Runs to the end and returns standard output; fails with what was said on stderr.
pub(crate) fn output(command: &mut Command) -> Result<Vec<u8>> {
    Ok(timed_output(command)?.1)
}

/// The same as one line of text.
pub(crate) fn line(command: &mut Command) -> Result<String> {
    Ok(String::from_utf8_lossy(&output(command)?)
        .trim_end()
        .to_owned())
}

/// Runs to the end; the cost is counted from before the start until after the end.
pub(crate) fn timed(command: &mut Command) -> Result<Cost> {
    Ok(timed_output(command)?.0)
}

/// Both at once.
pub(crate) fn timed_output(command: &mut Command) -> Result<(Cost, Vec<u8>)> {
    let words = words(command);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let started = Instant::now();
    let mut child = command
        .spawn()
        .into_diagnostic()
        .wrap_err_with(|| format!("cannot start '{words}'"))?;
    let mut stdout = Vec::new();
    if let Some(pipe) = &mut child.stdout {
        pipe.read_to_end(&mut stdout).into_diagnostic()?;
    }
    let used = child.wait4().into_diagnostic()?;
    let wall = started.elapsed();
    if !used.status.success() {
        let mut said = String::new();
        if let Some(pipe) = &mut child.stderr {
            pipe.read_to_string(&mut said).into_diagnostic()?;
        }
        bail!("'{words}' failed ({}): {}", used.status, said.trim_end());
    }
    let usage = used.rusage;
    Ok((
        Cost {
            wall,
            cpu: usage.utime + usage.stime,
            peak: usage.maxrss,
        },
        stdout,
    ))
}

/// Runs to the end; what it says, it says itself.
pub(crate) fn done(command: &mut Command) -> Result<()> {
    let said = words(command);
    let status = command.status().into_diagnostic();
    match status.wrap_err_with(|| format!("cannot start '{said}'"))? {
        status if status.success() => Ok(()),
        status => bail!("'{said}' failed ({status})"),
    }
}

/// The command as one would type it.
pub(crate) fn words(command: &Command) -> String {
    let program = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default();
    std::iter::once(program)
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}
