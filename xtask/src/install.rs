//! `cargo xtask install`: puts the binaries, their manual and their completions where git, man and the
//! shells find them.

use std::{
    ffi::{OsStr, OsString},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use miette::{IntoDiagnostic as _, Result, miette};

use crate::{
    place::{PROGRAMS, Place, note},
    product::{self, Kind},
};

/// Build and install the binaries, their man pages and their completions
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Install below this directory [default: ~/.local]
    #[arg(long, value_name = "dir")]
    prefix: Option<PathBuf>,
    /// Install the binaries in this directory instead of building them
    #[arg(long, value_name = "dir")]
    bin: Option<PathBuf>,
}

/// Installs, then says what is left to do.
pub(crate) fn run(args: &Args) -> Result<()> {
    let place = Place::read()?;
    let local = place.home.as_deref().map(|home| home.join(".local"));
    let prefix = args
        .prefix
        .clone()
        .or(local)
        .ok_or_else(|| miette!(help = "--prefix <dir>", "no home directory to install to"))?;
    fs_err::create_dir_all(&prefix).into_diagnostic()?;
    let prefix = fs_err::canonicalize(prefix).into_diagnostic()?;
    for program in PROGRAMS {
        let binary = match &args.bin {
            Some(directory) => directory.join(program),
            None => place.build_program(program)?,
        };
        let content = fs_err::read(binary).into_diagnostic()?;
        put(&prefix.join("bin").join(program), &content, 0o755)?;
    }
    for file in product::generate(&place.root)? {
        if let Some(folder) = folder(file.kind) {
            put(&prefix.join(folder).join(&file.name), &file.content, 0o644)?;
        }
    }
    note(&format!("installed below '{}'", prefix.display()));
    hints(&place, &prefix).iter().for_each(|hint| note(hint));
    Ok(())
}

/// Where below the prefix files of this kind are looked for; schemas are not installed.
fn folder(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Man => Some("share/man/man1"),
        Kind::Bash => Some("share/bash-completion/completions"),
        Kind::Zsh => Some("share/zsh/site-functions"),
        Kind::Fish => Some("share/fish/vendor_completions.d"),
        Kind::Schema => None,
    }
}

/// Replaces by rename: a running program keeps its file, and no half-written one is ever found.
fn put(to: &Path, content: &[u8], mode: u32) -> Result<()> {
    let folder = to
        .parent()
        .ok_or_else(|| miette!("'{}' is no file", to.display()))?;
    fs_err::create_dir_all(folder).into_diagnostic()?;
    let mut file = tempfile::NamedTempFile::new_in(folder).into_diagnostic()?;
    std::io::Write::write_all(&mut file, content).into_diagnostic()?;
    let mode = std::fs::Permissions::from_mode(mode);
    fs_err::set_permissions(file.path(), mode).into_diagnostic()?;
    file.persist(to).into_diagnostic()?;
    Ok(())
}

/// Lines for the shell's start-up file, as far as they are needed.
fn hints(place: &Place, prefix: &Path) -> Vec<String> {
    let mut hints = Vec::new();
    let bin = prefix.join("bin");
    if !std::env::split_paths(&place.path).any(|dir| dir == bin) {
        hints.push(format!("  export PATH=\"{}:$PATH\"", bin.display()));
    }
    if !man_finds(&place.path, &bin) {
        // The colon at the end keeps the pages of the system.
        hints.push(format!(
            "  export MANPATH=\"{}:\"",
            prefix.join("share/man").display()
        ));
    }
    let local = place.home.as_deref().map(|home| home.join(".local"));
    if local.as_deref() != Some(prefix) {
        for program in PROGRAMS {
            let script = prefix
                .join("share/bash-completion/completions")
                .join(program);
            hints.push(format!("  source '{}'    # bash", script.display()));
        }
    }
    let functions = prefix.join("share/zsh/site-functions");
    hints.push(format!(
        "  fpath=('{}' $fpath)    # zsh, before compinit",
        functions.display()
    ));
    hints.insert(0, "add to the start-up file of your shell:".to_owned());
    hints
}

/// Whether man(1) finds the page once `bin` is on the path; most look beside `bin` by themselves.
fn man_finds(path: &OsStr, bin: &Path) -> bool {
    let mut with_bin = OsString::from(bin);
    with_bin.push(":");
    with_bin.push(path);
    let found = Command::new("man")
        .args(["-w", "git-checkpoint"])
        .env("PATH", with_bin)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output();
    found.is_ok_and(|man| man.status.success())
}
