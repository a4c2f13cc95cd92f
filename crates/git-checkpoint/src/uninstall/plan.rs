//! What `uninstall` is going to do.

use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_git::paths::as_path;
use checkpoint_model::policy::Policy;
use checkpoint_store::{AGENTS, notes};

use crate::{
    CheckpointError,
    hook::scripts::{CONFIG, HOOKS, Hook},
    init::called,
    setup::{
        call::Call,
        change::Change,
        ground::Ground,
        installed::Installed,
        out::{self, Out, Outs},
        settings,
    },
};

/// What to do about a line of ours.
pub(super) const LINE: &str = "a line in it calls us; take it out by hand";

/// All that is to be done, and what it comes to.
pub(super) struct Plan {
    pub(super) rows: Vec<(&'static Hook, Out)>,
    /// Whether the repository's config is given back.
    pub(super) config: bool,
    pub(super) policy: PolicyFile,
    /// What stays of what may be ours, and what is to be done about it.
    pub(super) left: Vec<Left>,
    /// The reference for records that goes, since there never was one.
    pub(super) notes: Option<&'static str>,
    pub(super) changes: Vec<Change>,
}

/// What stays.
pub(super) struct Left {
    pub(super) what: String,
    pub(super) why: String,
}

/// What becomes of the policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PolicyFile {
    /// There is none of ours.
    None,
    /// As we wrote it, and git does not track it: it goes.
    Removed,
    /// It is the repository's by now: it stays.
    Left,
}

impl Plan {
    /// Looks at everything and decides; writes nothing.
    pub(super) fn make(session: &Session<'_>) -> Result<Self, CheckpointError> {
        let installed = Installed::read(&session.repo)?;
        let common = session.repo.common_dir();
        let hooks = common.join("hooks");
        let Outs { rows, mut changes } = out::plan(&hooks, installed.as_ref())?;
        let config = config(session, installed.as_ref())?;
        let is_in_config = config.is_some();
        changes.extend(config);
        let mut left = by_lines(session, &hooks);
        left.extend(settings_left(session, installed.as_ref()));
        let mut policy = PolicyFile::None;
        for top in work_trees(session) {
            let (becomes, change) = policy_file(session, &top, installed.as_ref())?;
            let is_here = session.repo.work_tree() == Some(top.as_path());
            if is_here || becomes == PolicyFile::Removed {
                policy = policy.max(becomes);
                changes.extend(change);
            }
        }
        let is_only_begun = notes::is_only_begun(&session.repo, AGENTS)?;
        if let Some(installed) = installed {
            if installed.made_hooks {
                changes.push(Change::NoDirectory(hooks));
            }
            let note = Installed::path(&session.repo);
            changes.push(Change::Remove(note));
            changes.push(Change::NoDirectory(common.join("checkpoint")));
        }
        Ok(Self {
            rows,
            config: is_in_config,
            policy,
            left,
            notes: is_only_begun.then_some(AGENTS),
            changes,
        })
    }

    /// Whether there is nothing to take out.
    pub(super) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.notes.is_none()
    }
}

fn config(
    session: &Session<'_>,
    installed: Option<&Installed>,
) -> Result<Option<Change>, CheckpointError> {
    let at = session.repo.common_dir().join("config");
    let before = fs_err::read(&at).unwrap_or_default();
    let block = installed.map_or("", |installed| &installed.config);
    if block.is_empty() && !before.contains_str("hook \"checkpoint-") {
        return Ok(None);
    }
    let after = settings::without_ours(session, &before, block)?;
    Ok((after != before).then_some(Change::Config { at, before, after }))
}

/// Lines of ours in hooks of a directory that is not ours.
fn by_lines(session: &Session<'_>, hooks: &Path) -> Vec<Left> {
    let Ok(ground) = Ground::read(session) else {
        return Vec::new();
    };
    let Some(elsewhere) = ground.elsewhere.filter(|it| it.dir != hooks) else {
        return Vec::new();
    };
    let paths = HOOKS.iter().filter_map(|hook| {
        let path = elsewhere.file(hook.name());
        (called(&elsewhere, hook, &path) != Call::None).then_some(path)
    });
    let left = paths.map(|path| Left {
        what: path.display().to_string(),
        why: LINE.to_owned(),
    });
    left.collect()
}

/// Without a note of what was installed, settings of ours cannot be told from somebody's own.
fn settings_left(session: &Session<'_>, installed: Option<&Installed>) -> Option<Left> {
    let [(key, value), _] = CONFIG;
    let words = ["config", "--local", "--get-all", key];
    let said = session.repo.git(words).answer().ok().flatten()?;
    let is_set = said.lines().any(|line| line == value.as_bytes());
    let is_known = installed.is_some_and(|it| it.config.contains(value));
    (is_set && !is_known).then(|| Left {
        what: key.to_owned(),
        why: format!(
            "whose it is is not known; if it is ours: git config --unset-all {key} '^{value}$'"
        ),
    })
}

/// All working trees of the repository.
fn work_trees(session: &Session<'_>) -> Vec<PathBuf> {
    let here = session.repo.work_tree().map(Path::to_owned);
    let git = session.repo.git(["worktree", "list", "--porcelain", "-z"]);
    let said = git.output().unwrap_or_default();
    let others = said.split_str(b"\0").filter_map(|line| {
        let path = line.strip_prefix(b"worktree ")?;
        Some(as_path(path.as_bstr()).to_owned())
    });
    let is_there = |path: &PathBuf| path.join(".git").exists() && Some(path) != here.as_ref();
    here.clone()
        .into_iter()
        .chain(others.filter(is_there))
        .collect()
}

fn policy_file(
    session: &Session<'_>,
    top: &Path,
    installed: Option<&Installed>,
) -> Result<(PolicyFile, Option<Change>), CheckpointError> {
    let Some(written) = installed.and_then(|installed| installed.policy.as_ref()) else {
        return Ok((PolicyFile::None, None));
    };
    let path = top.join(Policy::FILE_NAME);
    let Ok(now) = fs_err::read(&path) else {
        return Ok((PolicyFile::None, None));
    };
    let words = ["ls-files", "-z", "--", Policy::FILE_NAME];
    let is_tracked = !session.repo.git(words).at(top).output()?.is_empty();
    Ok(match now == written.as_bytes() && !is_tracked {
        true => (PolicyFile::Removed, Some(Change::Remove(path))),
        false => (PolicyFile::Left, None),
    })
}
