//! What can go wrong with keeping checkpoints.

use checkpoint_capture::CaptureError;
use checkpoint_git::objects::ObjectError;
use checkpoint_git::program::ProgramError;
use checkpoint_git::refs::RefError;
use checkpoint_model::failure::{Failure, Kind};
use checkpoint_model::id::CheckpointId;
use checkpoint_model::name::CheckpointName;
use checkpoint_model::selector::ResolveError;
use checkpoint_model::shell::word;
use gix::ObjectId;
use miette::Diagnostic;
use thiserror::Error;

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why a checkpoint was not kept, found or changed.
#[derive(Debug, Error, Diagnostic)]
pub enum StoreError {
    /// Another checkpoint has the name. Nothing was changed.
    #[error("the name '{name}' is taken{}", id.map(|id| format!(" by checkpoint {id}")).unwrap_or_default())]
    #[diagnostic(
        code(checkpoint::name_taken),
        help("--replace moves the name; the old state stays{}", id.map(|id| format!(" as {id}")).unwrap_or_default())
    )]
    NameTaken {
        /// The name.
        name: CheckpointName,
        /// Who has it; none where the tag was not made by us.
        id: Option<CheckpointId>,
    },
    /// The checkpoint has a name already. Nothing was changed.
    #[error("checkpoint {id} has a name: '{name}'")]
    #[diagnostic(
        code(checkpoint::named_already),
        help("--replace gives it another one")
    )]
    NamedAlready {
        /// The checkpoint.
        id: CheckpointId,
        /// What it is called.
        name: CheckpointName,
    },
    /// Its state is not here: pruned, or only its record was fetched. Nothing was changed.
    #[error("the state of checkpoint {id} is not in this repository")]
    #[diagnostic(
        code(checkpoint::state_missing),
        help("where others may have it: git checkpoint fetch {id}")
    )]
    StateMissing {
        /// The checkpoint.
        id: CheckpointId,
    },
    /// Its state holds what never leaves the machine. Nothing was given away.
    #[error(
        "the state of checkpoint {id} holds '{path}', which never leaves this machine: it is ignored, or outside of \
         the working tree"
    )]
    #[diagnostic(
        code(checkpoint::private),
        help(
            "keep the present state without such files, and give that away:\n  git checkpoint create --shareable\n  git checkpoint push latest --with-state"
        )
    )]
    Private {
        /// The checkpoint.
        id: CheckpointId,
        /// The file.
        path: String,
    },
    /// What a restore that was stopped halfway stands on cannot be told. Nothing was changed.
    #[error("cannot read the journal of a restore, '{}': {why}", path.display())]
    #[diagnostic(code(checkpoint::journal_broken), help("if no restore is under way: rm {}", word(&path.to_string_lossy())))]
    JournalBroken {
        /// The journal.
        path: std::path::PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// No checkpoint is meant by it.
    #[error("no checkpoint '{selector}'{}", similar_to(similar))]
    #[diagnostic(code(checkpoint::unknown), help("git checkpoint list"))]
    Unknown {
        /// What was typed.
        selector: String,
        /// Names that look like it, the most alike first.
        similar: Vec<String>,
    },
    /// Several are meant by it.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Ambiguous(ResolveError),
    /// The signing program failed, or the configuration does not name a key. No reference was moved.
    #[error("cannot sign the tag of '{name}'")]
    #[diagnostic(code(checkpoint::unsigned), help("git config user.signingKey"))]
    Unsigned {
        /// The name of the checkpoint.
        name: CheckpointName,
        /// What gix or the signing program said.
        source: Source,
    },
    /// An object that must be there is not, or is broken.
    #[error("cannot read object {id}")]
    #[diagnostic(code(store::unreadable), help("git fsck"))]
    Unreadable {
        /// The object.
        id: ObjectId,
        /// What gix said.
        source: Source,
    },
    /// Objects could not be written. No reference was moved.
    #[error("cannot write to the object database")]
    #[diagnostic(code(store::unwritten))]
    Unwritten {
        /// What gix or the system said.
        source: Source,
    },
    /// What should be records, here or in another repository, is something else. Nothing was changed.
    #[error("'{reference}' holds no records: it is {id}")]
    #[diagnostic(code(store::not_notes), help("look at it: git show --stat {id}"))]
    NotNotes {
        /// The reference.
        reference: String,
        /// What it points at.
        id: ObjectId,
    },
    /// A file to import is not what `git checkpoint export` writes. Nothing was changed.
    #[error("line {line} is not part of an export: {why}")]
    #[diagnostic(code(import::malformed))]
    Malformed {
        /// Its number, from 1 on.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// A file could not be read or written.
    #[error("cannot read or write the export")]
    #[diagnostic(code(export::io))]
    Io {
        /// What the system said.
        source: std::io::Error,
    },
    /// The captured state could not be committed. No reference was moved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Capture(#[from] CaptureError),
    /// Objects could not be written. No reference was moved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Objects(#[from] ObjectError),
    /// References could not be read or moved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refs(#[from] RefError),
    /// The git program failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
}

impl StoreError {
    /// An object is not there, or not what it should be; `source` tells which.
    pub fn unreadable(id: ObjectId, source: impl Into<Source>) -> Self {
        Self::Unreadable {
            id,
            source: source.into(),
        }
    }

    pub(crate) fn unwritten(source: impl Into<Source>) -> Self {
        Self::Unwritten {
            source: source.into(),
        }
    }

    pub(crate) fn io(source: std::io::Error) -> Self {
        Self::Io { source }
    }
}

impl Failure for StoreError {
    fn kind(&self) -> Kind {
        match self {
            Self::NameTaken { .. }
            | Self::NamedAlready { .. }
            | Self::StateMissing { .. }
            | Self::Private { .. }
            | Self::NotNotes { .. }
            | Self::Refs(RefError::Occupied { .. }) => Kind::Refused,
            _ => Kind::Fatal,
        }
    }
}

fn similar_to(names: &[String]) -> String {
    match names {
        [] => String::new(),
        _ => format!("; did you mean '{}'?", names.join("', '")),
    }
}
