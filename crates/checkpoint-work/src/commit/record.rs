//! The record of an agent's commit. Until the commit is made it waits in the note of what is begun, so that whoever
//! looks after a killed one can write it.

use checkpoint_cli::Session;
use checkpoint_model::{event::GitCommitCreated, words::Actor};
use checkpoint_store::{AGENTS, Doing, StoreError, Stored, Subject, notes::Notes};
use gix::ObjectId;
use serde_json::{Value, json};

use super::{By, CommitWish};

/// What is to be recorded of a commit, once it has an id.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    by: Actor,
    command: String,
    body: GitCommitCreated,
}

impl Entry {
    /// None for a plain commit.
    pub(super) fn of(
        session: &Session<'_>,
        wish: &CommitWish,
        branch: &str,
        before: Option<&Stored>,
    ) -> Option<Self> {
        let By { who, run, .. } = wish.by.as_ref()?;
        Some(Self {
            by: session.actor(Some(&who.agent), who.session.as_deref()),
            command: wish.command.to_owned(),
            body: GitCommitCreated {
                commit: String::new(),
                branch: Some(branch.to_owned()),
                run: *run,
                task: who.task.as_ref().map(ToString::to_string),
                model: who.model.as_ref().map(ToString::to_string),
                checkpoint: before.map(|before| before.checkpoint.id),
            },
        })
    }

    /// One line of the note.
    pub(super) fn line(&self) -> String {
        json!({ "by": self.by, "command": self.command, "event": self.body }).to_string()
    }

    pub(super) fn read(line: &str) -> Option<Self> {
        let mut value: Value = serde_json::from_str(line).ok()?;
        Some(Self {
            by: serde_json::from_value(value["by"].take()).ok()?,
            command: value["command"].as_str()?.to_owned(),
            body: serde_json::from_value(value["event"].take()).ok()?,
        })
    }

    /// Records the commit, on `branch` if that is another one by now. It stands in any case, so what goes wrong here is
    /// only told.
    pub(super) fn write(self, session: &Session<'_>, id: ObjectId, branch: Option<&str>) {
        let mut body = self.body;
        body.commit = id.to_string();
        body.branch = branch.map(ToOwned::to_owned).or(body.branch);
        let doing = Doing {
            now: session.now(),
            by: self.by,
            command: self.command,
        };
        let written =
            checkpoint_store::append_to(&session.repo, &Subject::commit(id), body, &doing);
        if let Err(error) = written {
            let talk = session.console.talk();
            talk.warning(format_args!("the commit is not in the records: {error}"));
        }
    }

    /// The same of a commit that was killed, perhaps behind its record.
    pub(super) fn write_late(self, session: &Session<'_>, id: ObjectId) {
        let is_there = || -> Result<bool, StoreError> {
            let note = Notes::read(&session.repo, AGENTS)?.get(&id)?;
            let name = format!("\"{}\"", GitCommitCreated::TYPE);
            Ok(note.is_some_and(|note| bstr::ByteSlice::contains_str(note.as_slice(), name)))
        };
        if !matches!(is_there(), Ok(true)) {
            self.write(session, id, None);
        }
    }
}
