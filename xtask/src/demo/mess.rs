//! The work that must not be lost.

use std::{
    os::unix::fs::{PermissionsExt as _, symlink},
    path::PathBuf,
};

use miette::{IntoDiagnostic as _, Result, miette};

use super::session::Session;
use crate::process::output;

/// Bytes that are no text, with a NUL and no line end.
const BYTES: [u8; 6] = [0, 159, 146, 150, 13, 10];

/// Staged, staged and edited again, unstaged, deleted both ways, a mode, a link, untracked files.
pub(crate) fn edits(session: &mut Session<'_>) -> Result<()> {
    let [staged, twice, edited, gone, removed] = tracked(session)?;
    append(session, &staged, "a line that is staged\n")?;
    append(session, &twice, "a line that is staged\n")?;
    write(session, "src/parser.rs", b"pub fn parse() {}\n")?;
    git(session, &["add", "--", &staged, &twice, "src/parser.rs"])?;
    append(session, &twice, "a line on top of it that is not\n")?;
    append(session, &edited, "a line that is not staged\n")?;
    fs_err::remove_file(session.top.join(&gone)).into_diagnostic()?;
    git(session, &["rm", "--quiet", "--", &removed])?;
    let mode = std::fs::Permissions::from_mode(0o755);
    fs_err::set_permissions(session.top.join(&edited), mode).into_diagnostic()?;
    symlink("parser.rs", session.top.join("src/link.rs")).into_diagnostic()?;
    write(
        session,
        "notes/an idea.txt",
        "never added: caf\u{e9}\n".as_bytes(),
    )?;
    write(session, "notes/deep/er/blob.bin", &BYTES)
}

/// A merge that conflicts in a content and in a deletion, one path resolved, the next edit begun.
pub(crate) fn merge(session: &mut Session<'_>) -> Result<()> {
    git(session, &["add", "--all"])?;
    git(session, &["commit", "--quiet", "-m", "the day's work"])?;
    let [both, resolved, deleted, beside, _] = tracked(session)?;

    git(session, &["switch", "--quiet", "-c", "theirs"])?;
    for path in [&both, &resolved, &deleted] {
        append(session, path, "their last line\n")?;
    }
    git(session, &["commit", "--quiet", "-am", "their change"])?;
    git(session, &["switch", "--quiet", "demo"])?;
    append(session, &both, "our last line\n")?;
    append(session, &resolved, "our last line\n")?;
    git(session, &["rm", "--quiet", "--", &deleted])?;
    git(session, &["commit", "--quiet", "-am", "our change"])?;

    session.show_refusal("git merge theirs")?;
    write(session, &resolved, b"the resolution, staged\n")?;
    git(session, &["add", "--", &resolved])?;
    append(session, &beside, "an edit beside the merge\n")?;
    append(session, &both, "the resolution, half typed\n")?;
    write(session, "notes/merge.txt", b"what I found out so far\n")
}

/// What an agent does that wants a clean start: everything reset and cleaned, a file emptied, junk left.
pub(crate) fn damage(session: &mut Session<'_>) -> Result<()> {
    session.show("git reset --hard --quiet")?;
    session.show("git clean -fdxq")?;
    let [emptied, ..] = tracked(session)?;
    write(session, &emptied, b"")?;
    fs_err::remove_dir_all(session.top.join("notes")).into_diagnostic()?;
    write(session, "notes", b"a file where a directory was\n")
}

/// Five tracked text files that say nothing to git itself, whatever repository this is.
fn tracked(session: &Session<'_>) -> Result<[String; 5]> {
    let listed = output(&mut session.world.git(session.top, ["ls-files", "-z"]))?;
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let plain = listed
        .split('\0')
        .filter(|path| !path.is_empty() && !path.starts_with('.'));
    let found: Vec<String> = plain
        .filter(|path| fs_err::symlink_metadata(session.top.join(path)).is_ok_and(|m| m.is_file()))
        .filter(|path| fs_err::read_to_string(session.top.join(path)).is_ok())
        .map(str::to_owned)
        .take(5)
        .collect();
    found
        .try_into()
        .map_err(|_| miette!("the repository has fewer than five text files"))
}

fn git(session: &Session<'_>, words: &[&str]) -> Result<()> {
    output(&mut session.world.git(session.top, words)).map(drop)
}

fn append(session: &Session<'_>, path: &str, line: &str) -> Result<()> {
    let mut content = fs_err::read(session.top.join(path)).into_diagnostic()?;
    content.extend_from_slice(line.as_bytes());
    write(session, path, &content)
}

fn write(session: &Session<'_>, path: &str, content: &[u8]) -> Result<()> {
    let path: PathBuf = session.top.join(path);
    if let Some(parent) = path.parent() {
        fs_err::create_dir_all(parent).into_diagnostic()?;
    }
    fs_err::write(path, content).into_diagnostic()
}
