//! A generated tree: about 27 files in a directory, a few levels deep, with ignored directories.

use std::{
    io::{self, BufWriter, Write},
    path::Path,
    process::Stdio,
};

use miette::{IntoDiagnostic as _, Result, bail};

use super::text::Numbers;
use crate::process::{World, output};

const FILES_PER_DIRECTORY: usize = 27;
const SUBDIRECTORIES: usize = 5;
/// Every so many directories one has a `.gitignore` and build results beside it.
const IGNORING: usize = 20;
const NAMES: [&str; 10] = [
    "parser", "model", "net", "store", "render", "config", "lexer", "queue", "cache", "shell",
];

/// Makes a repository of `files` tracked files in `top`, all in one commit and one pack; the
/// policy and the ignore rules are among them.
pub(crate) fn generate(world: &World, top: &Path, files: usize) -> Result<()> {
    fs_err::create_dir_all(top).into_diagnostic()?;
    output(&mut world.git(top, ["init", "--quiet", "--initial-branch=main", "."]))?;
    import(world, top, files)?;
    output(&mut world.git(top, ["reset", "--quiet", "--hard"]))?;
    ignored_files(top, files).into_diagnostic()
}

/// Writes the commit by `git fast-import`: a pack at once, instead of 100,000 loose objects.
fn import(world: &World, top: &Path, files: usize) -> Result<()> {
    let words = ["-c", "fastimport.unpackLimit=1", "fast-import", "--quiet"];
    let mut child = world
        .git(top, words)
        .stdin(Stdio::piped())
        .spawn()
        .into_diagnostic()?;
    if let Some(pipe) = child.stdin.take() {
        let mut stream = BufWriter::new(pipe);
        commit(&mut stream, files)
            .and_then(|()| stream.flush())
            .into_diagnostic()?;
    }
    if !child.wait().into_diagnostic()?.success() {
        bail!("git fast-import refused the generated tree");
    }
    Ok(())
}

fn commit(out: &mut impl Write, files: usize) -> io::Result<()> {
    let who = "A. Person <person@example.com> 1700000000 +0000";
    write!(
        out,
        "commit refs/heads/main\ncommitter {who}\ndata 5\nfirst\n"
    )?;
    file(
        out,
        ".git-checkpoint.toml",
        b"[capture]\nmax-file-size = \"4 GiB\"\n",
    )?;
    file(out, ".gitignore", b"/target/\n*.log\n.cache/\n")?;
    let mut plain = files - 2;
    for index in 0..directories(files) {
        if index % IGNORING == 1 {
            file(
                out,
                &format!("{}/.gitignore", directory(index)),
                b"build/\n*.o\n",
            )?;
            plain -= 1;
        }
    }
    for index in 0..plain {
        let mut numbers = Numbers::new(index as u64);
        let size = numbers.size();
        let path = format!(
            "{}/{}_{:02}.rs",
            directory(index / FILES_PER_DIRECTORY),
            NAMES[index % NAMES.len()],
            index % FILES_PER_DIRECTORY
        );
        file(out, &path, &numbers.text(size))?;
    }
    Ok(())
}

fn file(out: &mut impl Write, path: &str, content: &[u8]) -> io::Result<()> {
    write!(out, "M 100644 inline {path}\ndata {}\n", content.len())?;
    out.write_all(content)?;
    out.write_all(b"\n")
}

fn directories(files: usize) -> usize {
    files.div_ceil(FILES_PER_DIRECTORY)
}

/// Path of the directory with this number: 0 at the top, each with five below it.
fn directory(index: usize) -> String {
    let name = format!("{}{index}", NAMES[index % NAMES.len()]);
    match index {
        0 => name,
        _ => format!("{}/{name}", directory((index - 1) / SUBDIRECTORIES)),
    }
}

/// What a build leaves behind: a tenth of the tracked files again, all ignored.
fn ignored_files(top: &Path, files: usize) -> io::Result<()> {
    let write = |folder: &Path, count: usize| {
        fs_err::create_dir_all(folder)?;
        (0..count).try_for_each(|n| fs_err::write(folder.join(format!("unit{n}.o")), [b'o'; 512]))
    };
    for index in (1..directories(files)).step_by(IGNORING) {
        write(
            &top.join(directory(index)).join("build"),
            FILES_PER_DIRECTORY,
        )?;
    }
    (0..files.div_ceil(500)).try_for_each(|n| write(&top.join(format!("target/deps{n}")), 27))
}
