//! Bringing a state back: with plain git, as on a machine where this tool is not installed, and with
//! `git safe-restore`.
//!
//! A snapshot is a commit whose parents are HEAD and a commit of the index; the second parent of
//! the latter, where there is one, holds what no tree of files can: `conflicts/<stage>/<path>`
//! and `git-dir/<file>`.

use std::{io::Write as _, process::Stdio};

use miette::{IntoDiagnostic as _, Result, bail};

use super::{fingerprint::Fingerprint, mess, session::Session};
use crate::process::{line, output};

/// The snapshot is what `git stash` would have made, so `git stash apply` takes it.
pub(crate) fn plain(session: &mut Session<'_>, state: &str) -> Result<()> {
    session
        .show(&format!("git stash apply --quiet --index {state}"))
        .map(drop)
}

/// No stash can hold conflicts; the snapshot does, and four git commands put them back.
pub(crate) fn conflicted(session: &mut Session<'_>, state: &str) -> Result<()> {
    let side = format!("{state}^2^2");
    session.show(&format!(
        "git ls-tree -r --name-only {side} conflicts git-dir"
    ))?;
    session.show(&format!(
        "git restore --no-overlay --source={state} --worktree ."
    ))?;
    session.show(&format!("git read-tree {state}^2"))?;
    stages(session, &side)?;
    operation(session, &side)
}

/// Worse than before, since even what git ignores goes and junk comes; one command brings the state back, one takes that
/// back, and one does it again after all.
pub(crate) fn restored(session: &mut Session<'_>, name: &str) -> Result<()> {
    let take = |session: &Session<'_>| Fingerprint::take(session.world, session.top);
    let whole = take(session)?;
    mess::damage(session)?;
    let damaged = take(session)?;
    session.show("git status --short")?;

    session.say("First the plan, then the deed.")?;
    session.show(&format!("git safe-restore {name} --dry-run"))?;
    session.show(&format!("git safe-restore {name} --force"))?;
    session.show("git status --short")?;
    require(&whole, &take(session)?)?;

    session.say("Equal. And back to the damage, since nothing is ever lost; and forth again.")?;
    session.show("git safe-restore --undo --force")?;
    require(&damaged, &take(session)?)?;
    session.show("git safe-restore --redo --force")?;
    require(&whole, &take(session)?)
}

fn require(before: &Fingerprint, after: &Fingerprint) -> Result<()> {
    match before.first_difference(after) {
        Some(difference) => bail!("not equal: {difference}"),
        None => Ok(()),
    }
}

/// Index entries of the stages 1 to 3, through `git update-index --index-info`.
fn stages(session: &Session<'_>, side: &str) -> Result<()> {
    for stage in 1..=3 {
        let tree = format!("{side}:conflicts/{stage}");
        if output(
            &mut session
                .world
                .git(session.top, ["rev-parse", "--quiet", "--verify", &tree]),
        )
        .is_err()
        {
            continue;
        }
        let format = format!("--format=%(objectmode) %(objectname) {stage}%x09%(path)");
        let entries = output(
            &mut session
                .world
                .git(session.top, ["ls-tree", "-r", &format, &tree]),
        )?;
        let mut update = session
            .world
            .git(session.top, ["update-index", "--index-info"])
            .stdin(Stdio::piped())
            .spawn()
            .into_diagnostic()?;
        if let Some(mut pipe) = update.stdin.take() {
            pipe.write_all(&entries).into_diagnostic()?;
        }
        if !update.wait().into_diagnostic()?.success() {
            bail!("git refused the entries of stage {stage}");
        }
        session.told(&format!(
            "git ls-tree -r '{format}' {tree} | git update-index --index-info"
        ))?;
    }
    // As `git stash apply` does at its end: entries learn the times of the files just written.
    drop(output(
        &mut session
            .world
            .git(session.top, ["update-index", "-q", "--refresh"]),
    ));
    Ok(())
}

/// The files of `.git` that say which operation is in progress.
fn operation(session: &Session<'_>, side: &str) -> Result<()> {
    let words = ["ls-tree", "-r", "--name-only", &format!("{side}:git-dir")];
    for name in line(&mut session.world.git(session.top, words))?.lines() {
        let blob = format!("{side}:git-dir/{name}");
        let content = output(&mut session.world.git(session.top, ["cat-file", "blob", &blob]))?;
        let file = session.top.join(".git").join(name);
        if let Some(parent) = file.parent() {
            fs_err::create_dir_all(parent).into_diagnostic()?;
        }
        fs_err::write(file, content).into_diagnostic()?;
        session.told(&format!("git cat-file blob {blob} > .git/{name}"))?;
    }
    Ok(())
}
