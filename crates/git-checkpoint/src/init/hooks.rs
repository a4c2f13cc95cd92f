//! What becomes of one hook.

use std::path::{Path, PathBuf};

use crate::{
    hook::scripts::Hook,
    setup::{
        SetupError,
        call::{Call, call},
        error::word,
        ground::Elsewhere,
        script,
    },
};

/// One hook, and what is done about it.
pub(crate) struct Row {
    pub(crate) hook: &'static Hook,
    pub(crate) does: Does,
    /// The file; none in git config.
    pub(crate) path: Option<PathBuf>,
    /// What was there before, and is called after ours.
    pub(crate) chains: Option<PathBuf>,
}

/// What is done about a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Does {
    /// It is in the repository's config, beside files.
    Config,
    /// It is put where nothing was.
    Add,
    /// It is put before what was there.
    Chain,
    /// It is written anew.
    Update,
    /// It is as it should be.
    Keep,
    /// Somebody calls it by a line of their own.
    ByHand,
    /// Somebody has changed our file, which stays as it is.
    Changed,
}

/// By the repository's config, unless a file in the hooks directory that git uses calls it already.
pub(super) fn by_config(hook: &'static Hook, used: &Elsewhere) -> Row {
    let path = used.file(hook.name());
    let is_by_hand = is_called(used, hook, &path);
    Row {
        hook,
        does: if is_by_hand {
            Does::ByHand
        } else {
            Does::Config
        },
        path: is_by_hand.then_some(path),
        chains: None,
    }
}

/// By lines in the files of somebody else; fails with those that are missing.
pub(super) fn elsewhere(
    elsewhere: &Elsewhere,
    hooks: impl Iterator<Item = &'static Hook>,
) -> Result<Vec<Row>, SetupError> {
    let dir = || elsewhere.dir.display().to_string();
    let why = || elsewhere.why.clone();
    if !elsewhere.dir.is_dir() {
        let (dir, why) = (dir(), why());
        return Err(SetupError::Nowhere { dir, why });
    }
    let (mut rows, mut lines) = (Vec::new(), String::new());
    for hook in hooks {
        let path = elsewhere.file(hook.name());
        match is_called(elsewhere, hook, &path) {
            true => rows.push(Row {
                hook,
                does: Does::ByHand,
                path: Some(path),
                chains: None,
            }),
            false => lines += &missing(elsewhere, hook, &path),
        }
    }
    match lines.is_empty() {
        true => Ok(rows),
        false => Err(SetupError::Elsewhere {
            dir: dir(),
            why: why(),
            lines: lines.trim_end().to_owned(),
        }),
    }
}

/// What is to be done that it is called from this file: with a line in it, or by a file of one's own.
fn missing(elsewhere: &Elsewhere, hook: &Hook, path: &Path) -> String {
    let line = script::line(hook, path);
    let word = word(path);
    match (path.exists(), elsewhere.runs_by_itself(path)) {
        (true, true) => format!("  {}: {line}\n", path.display()),
        (true, false) => format!("  {}: {line}\n  chmod +x {word}\n", path.display()),
        (false, true) => format!("  printf '%s\\n' '{line}' >{word}\n"),
        (false, false) => {
            format!("  printf '%s\\n' '#!/bin/sh' '{line}' >{word} && chmod +x {word}\n")
        }
    }
}

/// Whether a file of somebody else's directory calls our hook, and would be run. What is doubtful was somebody's wish.
fn is_called(elsewhere: &Elsewhere, hook: &Hook, path: &Path) -> bool {
    called(elsewhere, hook, path) != Call::None
}

/// How it does.
pub(crate) fn called(elsewhere: &Elsewhere, hook: &Hook, path: &Path) -> Call {
    let text = fs_err::read(path).unwrap_or_default();
    match elsewhere.runs_by_itself(path) {
        true => call(hook, &String::from_utf8_lossy(&text)),
        false => Call::None,
    }
}
