//! One hook in the hooks directory: before whatever is there, which is kept.

use std::path::{Path, PathBuf};

use super::hooks::{Does, Row};
use crate::{
    hook::scripts::Hook,
    setup::{
        SetupError,
        change::Change,
        installed::{Installed, InstalledFile},
        programs::is_program,
        script::{self, Chain, kept},
        there::{
            Foreign, Replaced, There, free_beside, has_kept, is_alike, is_of_one_manager,
            is_one_file, legacy, look, set_aside,
        },
    },
};

/// The mode of what is to be run.
const PROGRAM: u32 = 0o755;

/// A hook in the hooks directory.
pub(super) struct Placed {
    pub(super) row: Row,
    pub(super) file: Option<InstalledFile>,
    pub(super) changes: Vec<Change>,
}

/// What is done about a file, and the changes around the one that puts ours in place.
struct Decision {
    does: Does,
    chain: Chain,
    before: Vec<Change>,
    after: Vec<Change>,
}

/// By a file, before whatever is there.
pub(super) fn place(
    hook: &'static Hook,
    dir: &Path,
    binary: &Path,
    installed: Option<&Installed>,
) -> Result<Placed, SetupError> {
    let path = dir.join(hook.name());
    let there = look(hook, &path, installed);
    let decision = match there {
        There::ByHand(_) => return Ok(left(hook, path, Does::ByHand, None)),
        There::Changed { ours, .. } => return Ok(left(hook, path, Does::Changed, Some(ours))),
        There::Foreign(foreign) => {
            refuse_unchainable(hook, &path, foreign)?;
            before_ours(hook, &path, installed)?
        }
        There::Nothing => decision(
            if has_kept(&path) {
                Does::Update
            } else {
                Does::Add
            },
            &path,
        ),
        There::Ours(text) => {
            let wanted = script::text(hook, binary, present_chain(&path));
            let is_as_wanted = text == wanted && is_program(&path);
            decision(
                if is_as_wanted {
                    Does::Keep
                } else {
                    Does::Update
                },
                &path,
            )
        }
    };
    Ok(decision.placed(hook, path, binary))
}

fn decision(does: Does, path: &Path) -> Decision {
    Decision {
        does,
        chain: present_chain(path),
        before: Vec::new(),
        after: Vec::new(),
    }
}

/// For what is kept for `path` already.
fn present_chain(path: &Path) -> Chain {
    match has_kept(path) {
        true => Chain::of(&kept(path)),
        false => Chain::Nothing,
    }
}

impl Decision {
    /// Before what is at `path` by now.
    fn chain(path: &Path, before: Vec<Change>, after: Vec<Change>) -> Self {
        Self {
            does: Does::Chain,
            chain: Chain::of(path),
            before,
            after,
        }
    }

    fn placed(self, hook: &'static Hook, path: PathBuf, binary: &Path) -> Placed {
        let text = script::text(hook, binary, self.chain);
        let chains = self.chain != Chain::Nothing;
        let (at, content, mode) = (path.clone(), text.clone().into(), PROGRAM);
        let ours = match self.does {
            Does::Keep => None,
            Does::Add => {
                let by = path.parent().unwrap_or(&path).to_owned();
                Some(Change::Create {
                    at,
                    content,
                    mode,
                    by,
                })
            }
            _ => Some(Change::Put { at, content, mode }),
        };
        let changes = self.before.into_iter().chain(ours).chain(self.after);
        Placed {
            changes: changes.collect(),
            row: Row {
                hook,
                does: self.does,
                chains: chains.then(|| kept(&path)),
                path: Some(path),
            },
            file: Some(InstalledFile {
                hook: hook.name().to_owned(),
                text,
                chains,
            }),
        }
    }
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
        Foreign { is_file: false, .. } => {
            let aside = free_beside(path, "before");
            let path = path.to_owned();
            return Err(SetupError::NoFile { path, aside });
        }
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
        line: script::line(hook, path),
    })
}

/// Keeps what is there, where it is not kept already; ours comes between these changes and those that tidy up.
fn before_ours(
    hook: &Hook,
    path: &Path,
    installed: Option<&Installed>,
) -> Result<Decision, SetupError> {
    let kept_at = kept(path);
    let aside = set_aside(hook, path, installed);
    let after = aside.as_deref().map(without_us).unwrap_or_default();
    if !has_kept(path) {
        let mut before = vec![keep(path)];
        let legacy = legacy(path);
        // The manager that is there now calls it, and would write us over it when it is installed again.
        if aside.is_none() && legacy.is_file() && !has_kept(&legacy) {
            before.push(keep(&legacy));
        }
        return Ok(Decision::chain(path, before, after));
    }
    if is_one_file(path, &kept_at) || is_alike(path, &kept_at) {
        return Ok(Decision::chain(path, Vec::new(), after));
    }
    if is_of_one_manager(path, &kept_at) {
        let before = vec![Change::Remove(kept_at), keep(path)];
        return Ok(Decision::chain(path, before, after));
    }
    match aside {
        // There would be what we keep, had we not been there.
        Some(at) => {
            let again = keep(&at);
            let may_be_lost = at == legacy(path) && !has_kept(&at);
            let back = Change::GiveBack { kept: kept_at, at };
            let mut before = vec![back, keep(path)];
            before.extend(may_be_lost.then_some(again));
            Ok(Decision::chain(path, before, Vec::new()))
        }
        None => Err(Replaced {
            path: path.to_owned(),
            kept: kept_at,
        }
        .into()),
    }
}

fn keep(at: &Path) -> Change {
    Change::Keep {
        at: at.to_owned(),
        kept: kept(at),
    }
}

/// Takes us out of where a manager has set us aside: what was there before comes back, and stays kept.
fn without_us(aside: &Path) -> Vec<Change> {
    if !has_kept(aside) {
        return vec![Change::Remove(aside.to_owned())];
    }
    let back = Change::GiveBack {
        kept: kept(aside),
        at: aside.to_owned(),
    };
    vec![back, keep(aside)]
}
