//! The turn to commit in a working tree, and what hooks are told of it.

use std::{
    io::{self, Read as _, Seek as _, Write as _},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use checkpoint_cli::Session;
use checkpoint_git::Repository;
use checkpoint_model::id::CheckpointId;
use fs_err::File;
use gix::ObjectId;
use rustix::{
    fs::{FlockOperation, flock},
    io::Errno,
};

use super::{CommitError, index::share, record::Entry};

/// The end of the name of the index that a commit of ours works on.
pub(super) const INDEX: &str = ".checkpoint-commit";
/// How long the hooks of others are waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// After so long it is told what is waited for.
const SILENCE: Duration = Duration::from_secs(1);
/// The end of the name of the index as a commit found it, behind that of the note.
const BASE: &str = "-base";
/// The end of the name of the message of a commit, behind that of the note.
const MESSAGE: &str = "-message";
const PAUSE: Duration = Duration::from_millis(5);

/// The turn to commit in one working tree: an flock(2), which ends with its holder, on a file that is gone after it.
/// Where the file system knows no such locks, everybody is let in, and who is faster is found out later.
#[derive(Debug)]
pub(super) struct Turn {
    file: File,
    /// The index as it was found, while a commit is on its way.
    base: PathBuf,
    /// Its message.
    message: PathBuf,
    is_left: bool,
}

/// What a commit that has begun leaves for the next one, should it not come to its end.
pub(super) struct Begun {
    /// The checkpoint before it, of an agent's commit.
    pub(super) checkpoint: Option<CheckpointId>,
    /// Where HEAD is; none on a branch without a commit.
    pub(super) on: Option<ObjectId>,
    /// The first line of its message.
    pub(super) subject: String,
    /// What is to be recorded of it, of an agent's commit.
    pub(super) entry: Option<Entry>,
}

/// A commit of an agent that runs, as one of its hooks sees it: it is kept already, and will be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnderWay {
    /// The checkpoint that has the state before it.
    pub checkpoint: CheckpointId,
}

impl Turn {
    pub(super) fn wait(session: &Session<'_>) -> Result<Self, CommitError> {
        let path = note(&with(session.repo.index_path(), INDEX));
        let start = Instant::now();
        let mut is_told = false;
        loop {
            if let Some(turn) = Self::take(&path)? {
                return Ok(turn);
            }
            if start.elapsed() > PATIENCE {
                return Err(CommitError::Busy);
            }
            if start.elapsed() > SILENCE && !is_told {
                is_told = true;
                let talk = session.console.talk();
                talk.status("waiting for another commit in this working tree");
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// None while somebody else has it.
    fn take(path: &Path) -> Result<Option<Self>, CommitError> {
        let attempt = || {
            let mut options = fs_err::OpenOptions::new();
            let options = options.read(true).write(true).create(true).truncate(false);
            let file = options.open(path)?;
            if is_held(&file, FlockOperation::NonBlockingLockExclusive) {
                return Ok(None);
            }
            // Whoever had it has removed it; others may have the next one already.
            let is_there = match fs_err::metadata(path) {
                Ok(there) => there.ino() == file.metadata()?.ino(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => false,
                Err(error) => return Err(error),
            };
            Ok(is_there.then(|| Self {
                file,
                base: with(path, BASE),
                message: with(path, MESSAGE),
                is_left: false,
            }))
        };
        attempt().map_err(|source| unwritten(path, source))
    }

    /// Tells hooks what they run for, and whoever has the turn next what to look after.
    pub(super) fn begin(&mut self, repo: &Repository, begun: &Begun) -> Result<(), CommitError> {
        let Begun {
            checkpoint,
            on,
            subject,
            entry,
        } = begun;
        let checkpoint = checkpoint.map(|id| id.to_string()).unwrap_or_default();
        let on = on.map(|id| id.to_string()).unwrap_or_default();
        let entry = entry.as_ref().map(Entry::line).unwrap_or_default();
        let lines = format!("{checkpoint}\n{on}\n{subject}\n{entry}\n");
        let _gone = fs_err::remove_file(&self.base);
        let mut write = || {
            if repo.index_path().exists() {
                share(repo.index_path(), &self.base)?;
            }
            self.file.set_len(0)?;
            self.file.rewind()?;
            self.file.write_all(lines.as_bytes())
        };
        write().map_err(|source| unwritten(self.file.path(), source))
    }

    /// What a commit that was killed has left.
    pub(super) fn left_by_others(&mut self) -> Option<Begun> {
        Begun::read(&mut self.file)
    }

    /// The file that says what is on its way. To be open in git, too: while git lives, whoever began with it, nobody
    /// else has the turn.
    pub(super) fn note(&self) -> &File {
        &self.file
    }

    /// Puts the message of the commit into a file.
    pub(super) fn write_message(&self, message: &str) -> Result<&Path, CommitError> {
        let written = fs_err::write(&self.message, message);
        written.map_err(|source| unwritten(&self.message, source))?;
        Ok(&self.message)
    }

    /// The index as a commit found it.
    pub(super) fn base(&self) -> &Path {
        &self.base
    }

    /// Leaves the commit for the next one to look after: the index does not have it yet.
    pub(super) fn leave(&mut self) {
        self.is_left = true;
    }

    /// Forgets what was left.
    pub(super) fn forget(&mut self) -> Result<(), CommitError> {
        self.is_left = false;
        let _gone = fs_err::remove_file(&self.base);
        let emptied = self.file.set_len(0);
        emptied.map_err(|source| unwritten(self.file.path(), source))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let _gone = fs_err::remove_file(&self.message);
        if self.is_left {
            return;
        }
        let _gone = fs_err::remove_file(&self.base);
        let _gone = fs_err::remove_file(self.file.path());
    }
}

impl Begun {
    fn read(file: &mut File) -> Option<Self> {
        let mut text = String::new();
        file.read_to_string(&mut text).ok()?;
        let mut lines = text.lines();
        let checkpoint = lines.next()?.parse().ok();
        let on = match lines.next()? {
            "" => None,
            id => Some(ObjectId::from_hex(id.as_bytes()).ok()?),
        };
        let subject = lines.next()?.to_owned();
        Some(Self {
            checkpoint,
            on,
            subject,
            entry: lines.next().and_then(Entry::read),
        })
    }
}

/// The first line of the message of a commit of ours that was killed in the working tree with this index: if it was
/// made, the index may lack it.
#[must_use]
pub fn interrupted(index: &Path) -> Option<String> {
    let mut file = File::open(note(&with(index, INDEX))).ok()?;
    if is_held(&file, FlockOperation::NonBlockingLockShared) {
        return None;
    }
    Begun::read(&mut file).map(|begun| begun.subject)
}

/// The commit of ours for which git runs a hook in `repo`; none for any other commit.
///
/// It is one only if the index is that of such a commit, and its turn is held by somebody alive: neither shows in the
/// environment alone, so nobody can say of a commit that it was kept.
#[must_use]
pub fn under_way(repo: &Repository) -> Option<UnderWay> {
    let index = repo.index_path();
    if !index.file_name()?.to_str()?.ends_with(INDEX) {
        return None;
    }
    let mut file = File::open(note(index)).ok()?;
    if !is_held(&file, FlockOperation::NonBlockingLockShared) {
        return None;
    }
    let mut line = String::new();
    file.read_to_string(&mut line).ok()?;
    Some(UnderWay {
        checkpoint: line.lines().next()?.parse().ok()?,
    })
}

fn is_held(file: &File, how: FlockOperation) -> bool {
    loop {
        match flock(file, how) {
            Err(Errno::INTR) => {}
            held => return held == Err(Errno::WOULDBLOCK),
        }
    }
}

fn unwritten(path: &Path, source: io::Error) -> CommitError {
    CommitError::Index {
        path: path.to_owned(),
        source,
    }
}

/// Where a commit that works on this index says what it is.
fn note(index: &Path) -> PathBuf {
    with(index, "-note")
}

/// The path with more behind it.
pub(super) fn with(path: &Path, more: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(more);
    path.into()
}
