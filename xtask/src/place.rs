//! Where xtask stands, and the program it builds there.

use std::{
    ffi::OsString,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use miette::{IntoDiagnostic as _, Result, WrapErr as _, bail, miette};
use tempfile::TempDir;

/// The workspace and what the environment says, read once.
pub(crate) struct Place {
    /// Top of the workspace.
    pub(crate) root: PathBuf,
    /// `PATH` as xtask was started with.
    pub(crate) path: OsString,
    /// The home directory of the person, where there is one.
    pub(crate) home: Option<PathBuf>,
    cargo: OsString,
}

impl Place {
    /// Reads the environment; fails when not started by cargo.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the edge: the environment is read here and handed down"
    )]
    pub(crate) fn read() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = manifest
            .as_deref()
            .and_then(Path::parent)
            .ok_or_else(|| miette!(help = "cargo xtask …", "not started by cargo"))?;
        Ok(Self {
            root: root.to_owned(),
            path: std::env::var_os("PATH").unwrap_or_default(),
            home: std::env::var_os("HOME").map(PathBuf::from),
            cargo: std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()),
        })
    }

    /// Builds the release binary of `git checkpoint` and returns its path; see [`build_program`](Self::build_program).
    pub(crate) fn build(&self) -> Result<PathBuf> {
        self.build_program("git-checkpoint")
    }

    /// Builds the release binary of a command and returns its path; cargo tells its progress on stderr.
    pub(crate) fn build_program(&self, program: &str) -> Result<PathBuf> {
        note(&format!("building {program} (release)"));
        let built = Command::new(&self.cargo)
            .args(["build", "--release", "--locked", "--package", program])
            .args(["--bin", program])
            .args(["--message-format", "json-render-diagnostics"])
            .current_dir(&self.root)
            .stderr(Stdio::inherit())
            .output()
            .into_diagnostic()
            .wrap_err("cannot start cargo")?;
        if !built.status.success() {
            bail!("cannot build {program}");
        }
        // The target directory may be anywhere; cargo says where the binary went.
        String::from_utf8_lossy(&built.stdout)
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?)))
            .next_back()
            .ok_or_else(|| miette!("cargo built no binary '{program}'"))
    }

    /// The compiler beside the cargo that started us.
    pub(crate) fn rustc(&self) -> Command {
        Command::new(Path::new(&self.cargo).with_file_name("rustc"))
    }

    /// The cargo that started us, in the workspace.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(&self.cargo);
        command.current_dir(&self.root);
        command
    }

    /// Makes a scratch directory under `target/`: on the disk of the workspace (a temporary
    /// directory may be memory), and removed when the value is dropped.
    pub(crate) fn scratch(&self, what: &str) -> Result<TempDir> {
        let parent = self.root.join("target");
        fs_err::create_dir_all(&parent).into_diagnostic()?;
        tempfile::Builder::new()
            .prefix(&format!("{what}-"))
            .tempdir_in(&parent)
            .into_diagnostic()
            .wrap_err("cannot make a scratch directory")
    }
}

/// The commands that are installed, each by a crate of the same name.
pub(crate) const PROGRAMS: [&str; 4] = [
    "git-checkpoint",
    "git-safe-restore",
    "git-agent-commit",
    "git-agent-run",
];

/// Prints a part of the result.
pub(crate) fn say(text: &str) -> Result<()> {
    write!(std::io::stdout(), "{text}").into_diagnostic()
}

/// Tells the person something beside the result, on stderr.
pub(crate) fn note(line: &str) {
    // Nobody is left to tell when stderr is closed.
    drop(writeln!(std::io::stderr(), "{line}"));
}
