//! What `init` is going to do.

use std::path::{Path, PathBuf};

use checkpoint_cli::Session;
use checkpoint_git::refs;
use checkpoint_model::policy::Policy;
use checkpoint_store::{AGENTS, StoreError};

use super::{
    file,
    hooks::{self, Does, Row},
    policy_file,
};
use crate::{
    CheckpointError,
    hook::scripts::{HOOKS, Hook, Mode},
    setup::{
        SetupError,
        change::Change,
        error::word,
        ground::{Elsewhere, Ground, Manner},
        installed::Installed,
        out, programs,
        settings::{self, Setting},
    },
};

/// The mode of what is not to be run.
pub(super) const PLAIN: u32 = 0o644;

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The hook around references, too. What has it keeps it.
    pub(crate) strict: bool,
    /// A policy file, if there is none.
    pub(crate) policy: bool,
}

/// All that is to be done, and what it comes to.
pub(crate) struct Plan {
    pub(crate) manner: Manner,
    pub(crate) ground: Ground,
    pub(crate) rows: Vec<Row>,
    /// What is added to the repository's config beside hooks.
    pub(crate) settings: Vec<Setting>,
    /// The policy file that is written.
    pub(crate) policy: Option<PathBuf>,
    /// The command that stages the policy file, from where this one runs.
    pub(crate) add: Option<String>,
    /// The reference for records that begins, so that git does not warn of one that is to follow commits and is not there.
    pub(crate) notes: Option<&'static str>,
    /// In the order in which they are made.
    pub(crate) changes: Vec<Change>,
}

/// What is decided step by step.
struct Draft<'s, 'a> {
    session: &'s Session<'a>,
    before: Option<Installed>,
    after: Installed,
    binary: PathBuf,
    changes: Vec<Change>,
}

impl Plan {
    /// Looks at everything and decides; writes nothing.
    pub(crate) fn make(session: &Session<'_>, wanted: Wanted) -> Result<Self, CheckpointError> {
        let ground = Ground::read(session)?;
        let before = Installed::read(&session.repo)?;
        let binary = programs::ours(session).ok_or(SetupError::NoProgram)?;
        let mut draft = Draft {
            session,
            after: Installed {
                version: 1,
                manner: ground.manner(),
                strict: wanted.strict || before.as_ref().is_some_and(|it| it.strict),
                files: Vec::new(),
                config: String::new(),
                policy: before.as_ref().and_then(|it| it.policy.clone()),
                made_hooks: before.as_ref().is_some_and(|it| it.made_hooks),
            },
            before,
            binary,
            changes: Vec::new(),
        };
        let mut rows = draft.hooks(&ground)?;
        let settings = draft.config(&mut rows)?;
        let policy = draft.policy(wanted);
        let changes = draft.with_note();
        Ok(Self {
            manner: ground.manner(),
            ground,
            rows,
            settings,
            add: policy.as_deref().map(|path| add(session, path)),
            policy,
            notes: missing_notes(session)?,
            changes,
        })
    }

    /// Whether everything is as it should be already.
    pub(crate) fn is_done(&self) -> bool {
        self.changes.is_empty() && self.notes.is_none()
    }
}

fn add(session: &Session<'_>, policy: &Path) -> String {
    let ignored = session.repo.git(["check-ignore", "-q", Policy::FILE_NAME]);
    let force = match ignored.answer() {
        Ok(Some(_)) => "-f ",
        _ => "",
    };
    let is_here = policy.parent() == Some(session.surroundings.cwd.as_path());
    let path = match is_here {
        true => Policy::FILE_NAME.to_owned(),
        false => word(policy),
    };
    format!("git add {force}{path}")
}

fn missing_notes(session: &Session<'_>) -> Result<Option<&'static str>, StoreError> {
    let there = refs::find(&session.repo, AGENTS).map_err(StoreError::from)?;
    Ok(there.is_none().then_some(AGENTS))
}

impl Draft<'_, '_> {
    fn wanted(&self) -> impl Iterator<Item = &'static Hook> + use<> {
        let strict = self.after.strict;
        HOOKS
            .iter()
            .filter(move |hook| strict || hook.mode == Mode::Usual)
    }

    fn hooks(&mut self, ground: &Ground) -> Result<Vec<Row>, SetupError> {
        let before = self.before.as_ref();
        match (ground.manner(), &ground.elsewhere) {
            (Manner::Config, elsewhere) => {
                let outs = out::plan(&ground.hooks, before)?;
                self.changes.extend(outs.changes);
                let used = elsewhere.clone().unwrap_or_else(|| Elsewhere {
                    dir: ground.hooks.clone(),
                    why: String::new(),
                });
                let row = |hook| hooks::by_config(hook, &used);
                Ok(self.wanted().map(row).collect())
            }
            (Manner::Files, Some(elsewhere)) => {
                // What was installed before git was told to look elsewhere stays known.
                self.after.files = before.map(|it| it.files.clone()).unwrap_or_default();
                hooks::elsewhere(elsewhere, self.wanted())
            }
            (Manner::Files, None) => self.files(&ground.hooks),
        }
    }

    fn files(&mut self, dir: &Path) -> Result<Vec<Row>, SetupError> {
        if !dir.is_dir() {
            self.changes.push(Change::Directory(dir.to_owned()));
            self.after.made_hooks = true;
        }
        let mut rows = Vec::new();
        for hook in self.wanted() {
            let placed = file::place(hook, dir, &self.binary, self.before.as_ref())?;
            self.after.files.extend(placed.file);
            self.changes.extend(placed.changes);
            rows.push(placed.row);
        }
        Ok(rows)
    }

    /// Puts the hooks, where they go there, and the rest into the config; gives what is not about hooks.
    fn config(&mut self, rows: &mut [Row]) -> Result<Vec<Setting>, CheckpointError> {
        let at = self.session.repo.common_dir().join("config");
        let before = fs_err::read(&at).unwrap_or_default();
        let block = self.before.as_ref().map_or("", |it| it.config.as_str());
        let is_ours =
            !block.is_empty() || bstr::ByteSlice::contains_str(&*before, "hook \"checkpoint-");
        let base = match is_ours {
            true => settings::without_ours(self.session, &before, block)?,
            false => before.clone(),
        };
        let notes = settings::of_notes(self.session, &base)?;
        let by_config = rows.iter().filter(|row| row.does == Does::Config);
        let mut all: Vec<_> = by_config
            .flat_map(|row| settings::of_hook(row.hook, &self.binary))
            .collect();
        all.extend(notes.iter().cloned());
        let wanted = settings::block(&all);
        let is_there = bstr::ByteSlice::contains_str(&*before, block);
        if is_there && !block.is_empty() && block.trim_start_matches('\n') == wanted {
            self.after.config = block.to_owned();
            let by_config = rows.iter_mut().filter(|row| row.does == Does::Config);
            by_config.for_each(|row| row.does = Does::Keep);
            return Ok(Vec::new());
        }
        let (after, block) = settings::with_block(&base, &wanted);
        self.after.config = block;
        if after != before {
            self.changes.push(Change::Config { at, before, after });
        }
        Ok(notes)
    }

    fn policy(&mut self, wanted: Wanted) -> Option<PathBuf> {
        let (at, content) = policy_file::missing(self.session).filter(|_| wanted.policy)?;
        self.after.policy = Some(content.clone());
        self.changes.push(Change::Create {
            at: at.clone(),
            content: content.into(),
            mode: PLAIN,
            by: self.directory(),
        });
        Some(at)
    }

    /// Of the note, which is there before all else.
    fn directory(&self) -> PathBuf {
        self.session.repo.common_dir().join("checkpoint")
    }

    /// All changes; the note of them comes first, so that whatever is done is known to be ours.
    fn with_note(self) -> Vec<Change> {
        let at = Installed::path(&self.session.repo);
        if self.before.as_ref() == Some(&self.after) {
            return self.changes;
        }
        let directory = self.directory();
        let mut changes = Vec::new();
        if !directory.is_dir() {
            changes.push(Change::Directory(directory));
        }
        let content = self.after.to_bytes();
        changes.push(Change::Put {
            at,
            content,
            mode: PLAIN,
        });
        changes.extend(self.changes);
        changes
    }
}
