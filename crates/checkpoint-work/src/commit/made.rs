//! `git commit` itself, and which commit came of it.

use std::{
    ffi::{OsStr, OsString},
    io,
    ops::ControlFlow,
    path::Path,
    process::{Child, ExitStatus},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use bstr::ByteSlice as _;
use checkpoint_cli::Session;
use checkpoint_git::{
    Head, ProgramError,
    refs::{self, RefChange},
};
use checkpoint_store::StoreError;
use chrono::{DateTime, Utc};
use gix::ObjectId;
use rustix::process::{Pid, Signal, kill_process};

use super::{
    CommitError,
    index::OwnIndex,
    plan::Wanted,
    signals::Signals,
    trees::{Changes, Commit, difference, lookup},
    turn::Turn,
};
use crate::WorkError;

/// What `Program` sets for questions, and a commit is none: its hooks are to see what they always see.
const FOR_QUESTIONS: [&str; 2] = ["GIT_OPTIONAL_LOCKS", "GIT_NO_REPLACE_OBJECTS"];

/// After so long it is looked again whether the commit is there: before git starts its post-commit hooks.
const PAUSE: Duration = Duration::from_micros(500);

/// How many commits others make meanwhile at most.
const DEPTH: usize = 1000;

/// Runs `git commit` on the copy of the index: hooks, signing and the rules for messages are git's. It keeps the turn,
/// also when this process is killed. `look` is called
/// again and again until it has seen what it looks for, or git ends.
pub(super) fn run(
    session: &Session<'_>,
    message: &Path,
    (own, turn, signals): (&OwnIndex, &Turn, &Signals),
    look: impl FnMut() -> ControlFlow<()>,
) -> Result<(), WorkError> {
    let mut file = OsString::from("--file=");
    file.push(message);
    let mut words: Vec<&OsStr> = Vec::new();
    let config = session.repo.gix().config_snapshot();
    if config.string("i18n.commitEncoding").is_some() {
        // Git believes what the configuration says of the message.
        words.extend([OsStr::new("-c"), OsStr::new("i18n.commitEncoding=UTF-8")]);
    }
    words.extend([OsStr::new("commit"), OsStr::new("--quiet"), &file]);
    let mut command = own.used_by(session.repo.git(words)).into_command();
    for name in FOR_QUESTIONS {
        match session.surroundings.var(name) {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let not_run = |source| ProgramError::NotRun {
        what: "git commit".to_owned(),
        source,
    };
    let note = turn.note().file().try_clone().map_err(not_run)?;
    // What hooks have to say, they say to whoever asked.
    command.stdin(note).stdout(io::stderr());
    let child = command.spawn().map_err(not_run)?;
    let status = watch(child, signals, look).map_err(not_run)?;
    match status.success() {
        true => Ok(()),
        false => Err(CommitError::Refused {
            code: status.code(),
        }
        .into()),
    }
}

/// Waits for the program, and looks meanwhile; its end is noticed at once. A signal ends it.
fn watch(
    mut child: Child,
    signals: &Signals,
    mut look: impl FnMut() -> ControlFlow<()>,
) -> io::Result<ExitStatus> {
    let id = Pid::from_child(&child);
    let mut is_told = false;
    let (ended, end) = mpsc::channel();
    thread::scope(|scope| {
        scope.spawn(move || ended.send(child.wait()));
        let mut pause = PAUSE;
        let mut is_seen = false;
        loop {
            match end.recv_timeout(pause) {
                Ok(status) => return status,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(io::Error::other("nobody has waited for it"));
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
            if signals.came().is_some() && !is_told {
                is_told = true;
                // One that has ended already needs to be told nothing.
                let _gone = kill_process(id, Signal::TERM);
            }
            let start = Instant::now();
            is_seen = is_seen || look().is_break();
            // Hooks may run for minutes, and to look may be dear.
            pause = match is_seen {
                true => PAUSE * 10,
                false => PAUSE.max(start.elapsed() * 9),
            };
        }
    })
}

/// A commit that was made, and what it was made on.
pub(super) struct Made {
    pub(super) id: ObjectId,
    pub(super) tree: ObjectId,
    pub(super) parent: Option<ObjectId>,
}

/// The commit that HEAD is at, if it is the one of the index `own` on `base`: it changes what was planned, or all that
/// it changes, and all that was planned, is there as it has it. While git runs, it may be anybody's. Gives what it changes, too.
pub(super) fn at_head(
    session: &Session<'_>,
    base: &Head,
    own: &OwnIndex,
    planned: &Wanted,
) -> Result<Option<(Made, Changes)>, WorkError> {
    let head = session.repo.head()?;
    let Some(id) = head.id.filter(|_| head != *base) else {
        return Ok(None);
    };
    let repo = session.repo.gix();
    let commit = Commit::read(repo, id)?;
    let parent = commit.parents.first().copied();
    if parent != base.id || head.branch() != base.branch() {
        return Ok(None);
    }
    let before = match parent {
        Some(parent) => Commit::read(repo, parent)?.tree,
        None => ObjectId::empty_tree(repo.object_hash()),
    };
    let changes = difference(repo, before, commit.tree)?;
    let mut entries = Wanted::new();
    for path in planned.keys() {
        let leaf = lookup(repo, commit.tree, path).filter(|leaf| !leaf.mode.is_tree());
        entries.insert(path.clone(), leaf);
    }
    let is_as_planned =
        entries == *planned && changes.keys().all(|path| planned.contains_key(path));
    if !is_as_planned {
        // To read the index is dear, and only a hook makes of the plan something else.
        let after = changes
            .iter()
            .map(|(path, (_, after))| (path.clone(), *after));
        entries.extend(after);
        if !own.holds(&session.repo, &entries)? {
            return Ok(None);
        }
    }
    let made = Made {
        id,
        tree: commit.tree,
        parent,
    };
    Ok(Some((made, changes)))
}

/// Finds the commit that `git commit` made when HEAD was at `base`. HEAD mostly is that commit; others may have made one
/// before it, or after.
pub(super) fn find(
    session: &Session<'_>,
    base: Option<ObjectId>,
    own: &OwnIndex,
) -> Result<Made, WorkError> {
    let repo = session.repo.gix();
    let head = session.repo.head()?.id.ok_or(CommitError::Overtaken)?;
    let made = |id: ObjectId| -> Result<Made, StoreError> {
        let commit = Commit::read(repo, id)?;
        Ok(Made {
            id,
            tree: commit.tree,
            parent: commit.parents.first().copied(),
        })
    };
    let newest = made(head)?;
    if newest.parent == base {
        return Ok(newest);
    }
    let tree = own.used_by(session.repo.git(["write-tree"])).output()?;
    let tree = ObjectId::from_hex(tree.trim_ascii()).map_err(|_| CommitError::Overtaken)?;
    // The oldest, since others may have made one of the same tree on it.
    let mut found = None;
    let mut next = Some(newest);
    for _ in 0..DEPTH {
        let Some(commit) = next.take() else { break };
        let parent = commit.parent.filter(|parent| Some(*parent) != base);
        if commit.tree == tree {
            found = Some(commit);
        }
        next = parent.map(made).transpose()?;
    }
    Ok(found.ok_or(CommitError::Overtaken)?)
}

/// Takes a commit back that another one came before: its tree does not have what that one did.
pub(super) fn take_back(
    session: &Session<'_>,
    command: &str,
    branch: &str,
    made: &Made,
) -> Result<(), WorkError> {
    let mixed = || CommitError::Mixed {
        commit: made.id.to_hex_with_len(7).to_string(),
    };
    let parent = made.parent.ok_or_else(mixed)?;
    let back = RefChange::update(format!("refs/heads/{branch}"), Some(made.id), parent);
    let who = session.repo.signature(session.now());
    let why = format!("{command}: take back, another commit came first");
    refs::transaction(&session.repo, &[back], &why, &who).map_err(|_| mixed().into())
}

/// The message and the time of a commit.
pub(super) fn words(
    repo: &gix::Repository,
    id: ObjectId,
) -> Result<(String, DateTime<Utc>), StoreError> {
    let unreadable = |source| StoreError::Unreadable { id, source };
    let commit = repo
        .find_commit(id)
        .map_err(|error| unreadable(error.into()))?;
    let message = commit
        .message_raw()
        .map_err(|error| unreadable(error.into()))?;
    let time = commit.time().map_err(|error| unreadable(error.into()))?;
    let at = DateTime::from_timestamp(time.seconds, 0).unwrap_or_default();
    Ok((message.to_str_lossy().into_owned(), at))
}
