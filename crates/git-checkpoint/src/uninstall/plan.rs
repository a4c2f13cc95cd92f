//! What `uninstall` is going to do.

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_model::policy::Policy;
use checkpoint_store::{AGENTS, notes};

use crate::{
    CheckpointError,
    hook::scripts::Hook,
    setup::{
        change::Change,
        installed::Installed,
        out::{self, Out, Outs},
        settings,
    },
};

/// All that is to be done, and what it comes to.
pub(super) struct Plan {
    pub(super) rows: Vec<(&'static Hook, Out)>,
    /// Whether the repository's config is given back.
    pub(super) config: bool,
    pub(super) policy: PolicyFile,
    /// The reference for records that goes, since there never was one.
    pub(super) notes: Option<&'static str>,
    pub(super) changes: Vec<Change>,
}

/// What becomes of the policy file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
        let (policy, change) = policy_file(session, installed.as_ref())?;
        changes.extend(change);
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

fn policy_file(
    session: &Session<'_>,
    installed: Option<&Installed>,
) -> Result<(PolicyFile, Option<Change>), CheckpointError> {
    let (Some(top), Some(written)) = (
        session.repo.work_tree(),
        installed.and_then(|installed| installed.policy.as_ref()),
    ) else {
        return Ok((PolicyFile::None, None));
    };
    let path = top.join(Policy::FILE_NAME);
    let Ok(now) = fs_err::read(&path) else {
        return Ok((PolicyFile::None, None));
    };
    let words = ["ls-files", "-z", "--", Policy::FILE_NAME];
    let is_tracked = !session.repo.git(words).output()?.is_empty();
    Ok(match now == written.as_bytes() && !is_tracked {
        true => (PolicyFile::Removed, Some(Change::Remove(path))),
        false => (PolicyFile::Left, None),
    })
}
