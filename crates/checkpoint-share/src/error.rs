//! Why nothing was shared.

use checkpoint_git::{ProgramError, refs::RefError};
use checkpoint_model::{
    failure::{Failure, Kind},
    id::CheckpointId,
    shell::word,
};
use checkpoint_scan::ScanError;
use checkpoint_store::StoreError;
use gix::ObjectId;
use miette::Diagnostic;
use thiserror::Error;

use crate::{Direction, Hidden};

/// Why nothing was given to another repository, or taken from it. What is here is as it was, but for records that
/// were merged already: they only grow.
#[derive(Debug, Error, Diagnostic)]
pub enum ShareError {
    /// There is nobody to share with.
    #[error("no remote to share with")]
    #[diagnostic(code(share::no_remote), help("git remote add origin <url>"))]
    NoRemote,
    /// A word means nobody and nothing.
    #[error("'{word}' is neither a remote nor a checkpoint")]
    #[diagnostic(
        code(share::unknown),
        help("see what there is: git remote; git checkpoint list")
    )]
    Unknown {
        /// What was typed.
        word: String,
    },
    /// The other repository cannot be reached, or the connection broke.
    #[error("cannot {} '{remote}': {said}", direction(*writing))]
    #[diagnostic(
        code(share::unreachable),
        help("see whether git reaches it: git ls-remote {}", word(remote))
    )]
    Unreachable {
        /// The remote.
        remote: String,
        /// Whether something was to be written there.
        writing: bool,
        /// What git said.
        said: String,
    },
    /// What came cannot be stored here.
    #[error("cannot store what comes from '{remote}': {said}")]
    #[diagnostic(code(share::not_stored), help("see the space that is left: df -h ."))]
    NotStored {
        /// The remote.
        remote: String,
        /// What git said.
        said: String,
    },
    /// It took longer than it may.
    #[error("'{remote}' did not answer in time")]
    #[diagnostic(code(share::timed_out), help("git checkpoint push {}", word(remote)))]
    TimedOut {
        /// The remote.
        remote: String,
    },
    /// The other side does not take it: a hook or a setting there says no. Nothing was changed there.
    #[error("'{remote}' refuses '{reference}': {why}")]
    #[diagnostic(
        code(share::refused),
        help(
            "ask who keeps that repository to let '{reference}' {}: git checkpoint push {}",
            if reference.starts_with("refs/notes/") { "grow" } else { "in" },
            word(remote)
        )
    )]
    Refused {
        /// The remote.
        remote: String,
        /// The first reference that was refused.
        reference: String,
        /// What it said.
        why: String,
    },
    /// Others were faster, again and again. Nothing was changed there.
    #[error("'{remote}' kept moving: {tries} attempts were not enough")]
    #[diagnostic(code(share::busy), help("git checkpoint push {}", word(remote)))]
    Busy {
        /// The remote.
        remote: String,
        /// How often it was tried.
        tries: usize,
    },
    /// A tag of this name is another one there. Tags are never moved. Nothing was changed there.
    #[error("'{tag}' is another tag at '{remote}': {there}, here it is {here}")]
    #[diagnostic(
        code(share::tag_taken),
        help(
            "give the checkpoint another name, and push that:\n  git checkpoint name --replace {id} {free}\n  git checkpoint push {} {free}",
            word(remote),
            free = word(free)
        )
    )]
    TagTaken {
        /// The remote.
        remote: String,
        /// The checkpoint whose name it is here.
        id: CheckpointId,
        /// The tag, without `refs/tags/`.
        tag: String,
        /// A name like it that nobody has here.
        free: Box<str>,
        /// What it is here, in hex.
        here: Box<str>,
        /// What it is there, in hex; 'unknown' where that cannot be told.
        there: Box<str>,
    },
    /// Nobody has given the state to that repository.
    #[error("the state of checkpoint {id} is not at '{remote}'")]
    #[diagnostic(
        code(share::state_absent),
        help(
            "where it was made: git checkpoint push {} {id} --with-state",
            word(remote)
        )
    )]
    StateAbsent {
        /// The remote.
        remote: String,
        /// The checkpoint.
        id: CheckpointId,
    },
    /// What is there under the id of a checkpoint is not what its record tells of. It stays what it is, there and here;
    /// a fetch may have brought records by then, so that only a push is refused with nothing changed.
    #[error(
        "the state of checkpoint {id} at '{remote}' is {there}, but its record tells of {told}"
    )]
    #[diagnostic(code(share::state_differs), help("git checkpoint show {id}"))]
    StateDiffers {
        /// The remote.
        remote: String,
        /// Whether it was to go there, or to come.
        direction: Direction,
        /// The checkpoint.
        id: CheckpointId,
        /// What its record tells of.
        told: ObjectId,
        /// What is there.
        there: ObjectId,
    },
    /// What would be published holds a secret. Nothing was given.
    #[error("'{path}:{line}' looks like a secret ({rule}){}: nothing goes to '{remote}'", more_of(*more))]
    #[diagnostic(
        code(share::secrets),
        help(
            "see all of it: git checkpoint scan {ids}\nif it is none, which is recorded: git checkpoint push {} {ids}{} --allow-secret {rule}",
            word(remote),
            if *with_state { " --with-state" } else { "" },
            ids = ids_of(checkpoints)
        )
    )]
    Secrets {
        /// The remote.
        remote: String,
        /// Where the first one is.
        path: String,
        /// The line, from 1 on.
        line: u64,
        /// The rule that finds it.
        rule: &'static str,
        /// How many more there are.
        more: usize,
        /// The checkpoints that were to go.
        checkpoints: Vec<CheckpointId>,
        /// Whether with their states; otherwise with their names only, and the commits these stand on.
        with_state: bool,
    },
    /// What records, tags or states say of themselves holds a secret. Nothing was given.
    #[error("{place} holds what looks like a secret ({rule}){}: nothing goes to '{remote}'", more_of(*more))]
    #[diagnostic(code(share::secret_in_words), help("{ways}"))]
    Spoken {
        /// The remote.
        remote: String,
        /// Where the first one is.
        place: String,
        /// The rule that finds it.
        rule: &'static str,
        /// How many more such places there are.
        more: usize,
        /// The command that shows it, and those that go on nevertheless.
        ways: String,
    },
    /// A state holds what git itself would not commit. Nothing was given.
    #[error("the state of checkpoint {id} holds '{path}' as git would not commit it: {}", hidden.why())]
    #[diagnostic(code(share::hidden), help("{}", hidden.way(path)))]
    Hidden {
        /// The checkpoint.
        id: CheckpointId,
        /// The file.
        path: String,
        /// Why git would not.
        hidden: Hidden,
    },
    /// A file that would be published is not here: lost, or never fetched, as in a partial clone. Nothing was given.
    #[error("'{path}' is not here, and cannot be searched for secrets: nothing goes to '{remote}'")]
    #[diagnostic(
        code(share::unscanned),
        help(
            "see what is missing: git fsck --connectivity-only\nin a partial clone: git fetch --refetch --no-filter"
        )
    )]
    Unscanned {
        /// The remote.
        remote: String,
        /// The file.
        path: String,
    },
    /// An agent wants to pass a rule. Nothing was given.
    #[error("'{agent}' may not pass the rule '{rule}': that is for people")]
    #[diagnostic(
        code(share::allowed_by_agent),
        help("ask a person, or allow it in the policy's [push] on the protected branch")
    )]
    AllowedByAgent {
        /// The agent.
        agent: String,
        /// The first rule.
        rule: String,
    },
    /// It was deleted, and is not given away by what it was called. Nothing was given.
    #[error("checkpoint {id} was deleted: nothing of it goes to '{remote}'")]
    #[diagnostic(code(share::deleted), help("git checkpoint show {id}"))]
    Deleted {
        /// The remote.
        remote: String,
        /// The checkpoint.
        id: CheckpointId,
    },
    /// No run of an agent is meant. Records may have come.
    #[error("'{typed}' is no run")]
    #[diagnostic(code(share::run_unknown), help("see the runs: git agent-run list"))]
    RunUnknown {
        /// What was typed.
        typed: String,
    },
    /// States of no checkpoint. Nothing was given.
    #[error("which states? --with-state needs checkpoints")]
    #[diagnostic(
        code(share::no_checkpoint),
        help("the newest: git checkpoint push {} latest --with-state", word(remote))
    )]
    NoCheckpoint {
        /// The remote.
        remote: String,
    },
    /// What would be published could not be searched. Nothing was given.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Scan(#[from] ScanError),
    /// The git program could not be run.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
    /// References could not be read or moved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refs(#[from] RefError),
    /// Records could not be read or merged.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

impl Failure for ShareError {
    fn kind(&self) -> Kind {
        match self {
            Self::Refused { .. }
            | Self::TagTaken { .. }
            | Self::Deleted { .. }
            | Self::StateDiffers {
                direction: Direction::Push,
                ..
            }
            | Self::Secrets { .. }
            | Self::Spoken { .. }
            | Self::Hidden { .. }
            | Self::Unscanned { .. }
            | Self::AllowedByAgent { .. } => Kind::Refused,
            Self::NoCheckpoint { .. } => Kind::Usage,
            Self::Scan(error) => error.kind(),
            Self::Store(error) => error.kind(),
            _ => Kind::Fatal,
        }
    }
}

fn direction(writing: bool) -> &'static str {
    match writing {
        true => "write to",
        false => "read from",
    }
}

fn more_of(more: usize) -> String {
    match more {
        0 => String::new(),
        more => format!(", and {more} more"),
    }
}

fn ids_of(checkpoints: &[CheckpointId]) -> String {
    let ids: Vec<_> = checkpoints.iter().map(ToString::to_string).collect();
    ids.join(" ")
}
