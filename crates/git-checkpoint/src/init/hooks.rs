//! What becomes of one hook.

use std::path::{Path, PathBuf};

use crate::{
    hook::scripts::Hook,
    setup::{
        SetupError,
        change::Change,
        ground::Elsewhere,
        installed::{Installed, InstalledFile},
        programs::is_program,
        script::{self, has_our_line, kept},
        there::{
            Foreign, There, has_kept, is_alike, is_of_one_manager, is_one_file, legacy, look,
            set_aside,
        },
    },
};

/// The mode of what is to be run.
const PROGRAM: u32 = 0o755;

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

/// A hook in the hooks directory.
pub(super) struct Placed {
    pub(super) row: Row,
    pub(super) file: Option<InstalledFile>,
    pub(super) changes: Vec<Change>,
}

/// By the repository's config, unless a file calls it already.
pub(super) fn by_config(hook: &'static Hook, file: &Path) -> Row {
    let text = fs_err::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let is_by_hand =
        has_our_line(hook, &text) && !script::is_ours_as_written(hook, &text) && is_program(file);
    Row {
        hook,
        does: if is_by_hand {
            Does::ByHand
        } else {
            Does::Config
        },
        path: is_by_hand.then(|| file.to_owned()),
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
            false => lines += &format!("  {}: {}\n", path.display(), script::line(hook)),
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

/// Whether a file of somebody else's directory calls our hook, and would be run.
pub(crate) fn is_called(elsewhere: &Elsewhere, hook: &Hook, path: &Path) -> bool {
    let text = fs_err::read(path).unwrap_or_default();
    let is_run = elsewhere.file("") != elsewhere.dir.join("") || is_program(path);
    is_run && has_our_line(hook, &String::from_utf8_lossy(&text))
}

/// By a file, before whatever is there.
pub(super) fn by_file(
    hook: &'static Hook,
    dir: &Path,
    binary: &Path,
    installed: Option<&Installed>,
) -> Result<Placed, SetupError> {
    let path = dir.join(hook.name());
    let kept_at = kept(&path);
    let (mut changes, mut after) = (Vec::new(), Vec::new());
    let (does, chains) = match look(hook, &path, installed) {
        There::Nothing if has_kept(&path) => (Does::Update, true),
        There::Nothing => (Does::Add, false),
        There::ByHand => return Ok(left(hook, path, Does::ByHand, None)),
        There::Changed { ours, .. } => return Ok(left(hook, path, Does::Changed, Some(ours))),
        There::Ours(text) => {
            let chains = has_kept(&path);
            let is_as_wanted = text == script::text(hook, binary, chains) && is_program(&path);
            (
                if is_as_wanted {
                    Does::Keep
                } else {
                    Does::Update
                },
                chains,
            )
        }
        There::Foreign(foreign) => {
            refuse_unchainable(hook, &path, foreign)?;
            (changes, after) = before_ours(hook, &path, installed)?;
            (Does::Chain, true)
        }
    };
    let text = script::text(hook, binary, chains);
    if does != Does::Keep {
        changes.push(Change::Put {
            at: path.clone(),
            content: text.clone().into(),
            mode: PROGRAM,
        });
    }
    changes.append(&mut after);
    Ok(Placed {
        row: Row {
            hook,
            does,
            path: Some(path),
            chains: chains.then_some(kept_at),
        },
        file: Some(InstalledFile {
            hook: hook.name().to_owned(),
            text,
            chains,
        }),
        changes,
    })
}

fn left(hook: &'static Hook, path: PathBuf, does: Does, ours: Option<String>) -> Placed {
    let chains = has_kept(&path);
    Placed {
        file: ours.map(|text| InstalledFile {
            hook: hook.name().to_owned(),
            text,
            chains,
        }),
        row: Row {
            hook,
            does,
            chains: chains.then(|| kept(&path)),
            path: Some(path),
        },
        changes: Vec::new(),
    }
}

fn refuse_unchainable(hook: &Hook, path: &Path, foreign: Foreign) -> Result<(), SetupError> {
    let why = match foreign {
        Foreign { is_file: false, .. } => "it is no file",
        Foreign {
            asks_its_name: true,
            is_executable: true,
            ..
        } => "it asks for its own name, which would be another one",
        _ => return Ok(()),
    };
    Err(SetupError::Unchainable {
        path: path.to_owned(),
        why,
        line: script::line(hook),
    })
}

/// Keeps what is there, where it is not kept already; ours comes between these changes and those that tidy up.
fn before_ours(
    hook: &Hook,
    path: &Path,
    installed: Option<&Installed>,
) -> Result<(Vec<Change>, Vec<Change>), SetupError> {
    let kept_at = kept(path);
    let keep = |at: &Path| Change::Keep {
        at: at.to_owned(),
        kept: kept(at),
    };
    let aside = set_aside(hook, path, installed);
    if !has_kept(path) {
        let after = aside.map(|aside| without_us(&aside)).unwrap_or_default();
        let mut before = vec![keep(path)];
        let legacy = legacy(path);
        // The manager that is there now calls it, and would write us over it when it is installed again.
        if after.is_empty() && legacy.is_file() && !has_kept(&legacy) {
            before.push(keep(&legacy));
        }
        return Ok((before, after));
    }
    if is_one_file(path, &kept_at) || is_alike(path, &kept_at) {
        return Ok((
            Vec::new(),
            aside.map(|aside| without_us(&aside)).unwrap_or_default(),
        ));
    }
    if is_of_one_manager(path, &kept_at) {
        let after = aside.map(|aside| without_us(&aside)).unwrap_or_default();
        return Ok((vec![Change::Remove(kept_at), keep(path)], after));
    }
    match aside {
        // There would be what we keep, had we not been there.
        Some(at) => {
            let back = Change::GiveBack { kept: kept_at, at };
            Ok((vec![back, keep(path)], Vec::new()))
        }
        None => Err(SetupError::Replaced {
            path: path.to_owned(),
            kept: kept_at,
        }),
    }
}

/// Takes us out of where a manager has set us aside: what was there before comes back, and stays kept.
fn without_us(aside: &Path) -> Vec<Change> {
    if !has_kept(aside) {
        return vec![Change::Remove(aside.to_owned())];
    }
    let (at, kept) = (aside.to_owned(), kept(aside));
    let again = Change::Keep {
        at: at.clone(),
        kept: kept.clone(),
    };
    vec![Change::GiveBack { kept, at }, again]
}
