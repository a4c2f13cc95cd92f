//! Taking our files out of the hooks directory, and giving back what was there.

use std::path::{Path, PathBuf};

use super::{
    SetupError,
    change::Change,
    installed::Installed,
    script::{difference, kept},
    there::{
        Replaced, There, has_kept, is_alike, is_of_one_manager, is_one_file, legacy, look,
        set_aside,
    },
};
use crate::hook::scripts::{HOOKS, Hook};

/// What becomes of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Out {
    /// Ours goes; nothing was there.
    Removed,
    /// What was there comes back.
    GivenBack,
    /// A line of ours that somebody has put there stays.
    ByHand,
}

/// The changes that take all of our files out, and what they come to.
#[derive(Debug, Default)]
pub(crate) struct Outs {
    pub(crate) rows: Vec<(&'static Hook, Out)>,
    pub(crate) changes: Vec<Change>,
}

/// Looks and decides; writes nothing. Fails where something of somebody's would be lost.
pub(crate) fn plan(hooks: &Path, installed: Option<&Installed>) -> Result<Outs, SetupError> {
    let Outs {
        mut rows,
        mut changes,
    } = Outs::default();
    for hook in HOOKS {
        let path = hooks.join(hook.name());
        let kept = kept(&path);
        let aside = set_aside(hook, &path, installed);
        let out = match look(hook, &path, installed) {
            There::Changed { now, ours } => return Err(changed(path, &ours, &now)),
            There::ByHand(_) => Some(Out::ByHand),
            There::Ours(_) | There::Nothing if has_kept(&path) => {
                let at = path.clone();
                changes.push(Change::GiveBack { kept, at });
                changes.extend(aside.as_deref().and_then(out_of));
                Some(Out::GivenBack)
            }
            There::Ours(_) => {
                changes.push(Change::Remove(path.clone()));
                changes.extend(aside.as_deref().and_then(out_of));
                Some(Out::Removed)
            }
            There::Nothing => {
                changes.extend(aside.as_deref().and_then(out_of));
                aside.map(|_| Out::Removed)
            }
            There::Foreign(_) => beside(hook, path.clone(), kept, installed, &mut changes)?,
        };
        changes.extend(second_legacy(&path));
        rows.extend(out.map(|out| (hook, out)));
    }
    Ok(Outs { rows, changes })
}

/// Something else stands in our place; what was there before us may still be kept.
fn beside(
    hook: &Hook,
    path: PathBuf,
    kept: PathBuf,
    installed: Option<&Installed>,
    changes: &mut Vec<Change>,
) -> Result<Option<Out>, SetupError> {
    let aside = set_aside(hook, &path, installed);
    let out = match has_kept(&path) {
        false => aside.as_ref().map(|_| Out::Removed),
        true => Some(Out::GivenBack),
    };
    match (has_kept(&path), aside) {
        (false, None) => {}
        (true, aside)
            if is_one_file(&path, &kept)
                || is_alike(&path, &kept)
                || is_of_one_manager(&path, &kept) =>
        {
            changes.push(Change::Remove(kept));
            changes.extend(aside.and_then(|aside| out_of(&aside)));
        }
        (false, Some(aside)) => changes.extend(out_of(&aside)),
        // There would be what we keep, had we not been there.
        (true, Some(at)) => changes.push(Change::GiveBack { kept, at }),
        (true, None) => return Err(Replaced { path, kept }.into()),
    }
    Ok(out)
}

/// Takes us out of where a manager has set us aside. What was there before comes back with what [`second_legacy`] does.
fn out_of(aside: &Path) -> Option<Change> {
    (!has_kept(aside)).then(|| Change::Remove(aside.to_owned()))
}

/// What another manager calls has a second name of ours, which goes; or comes back, where it lost its first one to us.
fn second_legacy(path: &Path) -> Option<Change> {
    let at = legacy(path);
    let kept = kept(&at);
    if !has_kept(&at) {
        return None;
    }
    match is_one_file(&at, &kept) || is_one_file(path, &kept) {
        true => Some(Change::Remove(kept)),
        false => Some(Change::GiveBack { kept, at }),
    }
}

/// The refusal to take out what somebody has changed.
fn changed(path: PathBuf, ours: &str, now: &str) -> SetupError {
    let (line, text) = difference(ours, now).unwrap_or_default();
    SetupError::Changed { path, line, text }
}
