//! Ignored files, which no checkpoint holds: they would go with a working tree, and git says nothing of it.

use std::path::Path;

use bstr::{BString, ByteSlice as _};
use checkpoint_cli::Session;
use checkpoint_git::ProgramError;
use checkpoint_model::policy::Policy;

/// What is ignored in the working tree at `dir`, by path, whole directories in one, with a slash at their end.
pub(crate) fn ignored(session: &Session<'_>, dir: &Path) -> Result<Vec<BString>, ProgramError> {
    list(session, dir, &["--directory", "--no-empty-directory"])
}

/// What of it is lost when the working tree goes: neither does the policy include it in checkpoints, nor let it go.
pub(crate) fn unkept(
    session: &Session<'_>,
    policy: &Policy,
    dir: &Path,
) -> Result<Vec<BString>, ProgramError> {
    let mut all = ignored(session, dir)?;
    // What a build makes is many files, and mostly goes at a glance.
    all.retain(|path| !may_go(policy, path));
    let (include, discard) = (&policy.capture.include, &policy.runs.discard_ignored);
    if all.is_empty()
        || include
            .patterns()
            .chain(discard.patterns())
            .next()
            .is_none()
    {
        return Ok(all);
    }
    let mut files = list(session, dir, &[])?;
    files.retain(|path| !is_included(policy, path) && !may_go(policy, path));
    all.retain(|path| files.iter().any(|file| file.starts_with(path)));
    Ok(all)
}

fn list(
    session: &Session<'_>,
    dir: &Path,
    how: &[&'static str],
) -> Result<Vec<BString>, ProgramError> {
    let words = ["ls-files", "--others", "--ignored", "--exclude-standard"];
    let words = words.iter().chain(how).chain(&["-z"]);
    let output = session.repo.git(words).at(dir).output()?;
    let paths = output.split_str(b"\0").map(BString::from);
    Ok(paths.filter(|path| !path.is_empty()).collect())
}

fn is_included(policy: &Policy, path: &BString) -> bool {
    let capture = &policy.capture;
    capture.include.is_match(path.as_bstr()) && !capture.exclude.is_match(path.as_bstr())
}

/// Of a directory all that is in it, whatever that is called.
fn may_go(policy: &Policy, path: &BString) -> bool {
    let mut path = path.clone();
    if path.ends_with(b"/") {
        path.extend(b"a file by any name");
    }
    policy.runs.discard_ignored.is_match(path.as_bstr())
}

/// How many paths are named.
const N_NAMED: usize = 5;

/// The first of these paths, and how many more there are.
pub(crate) fn in_short(paths: &[BString]) -> String {
    let named = &paths[..paths.len().min(N_NAMED)];
    let named: Vec<_> = named.iter().map(|path| path.to_str_lossy()).collect();
    let named = named.join(", ");
    match paths.len().saturating_sub(N_NAMED) {
        0 => named,
        more => format!("{named}, and {more} more"),
    }
}
