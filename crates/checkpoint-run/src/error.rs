//! Why something was not done to a run.

use std::path::PathBuf;

use checkpoint_capture::CaptureError;
use checkpoint_cli::{Failure, Kind, SessionError, shell_word};
use checkpoint_forge::ForgeError;
use checkpoint_git::{HeadMoveError, OpenError, ProgramError, refs::RefError};
use checkpoint_model::{id::CheckpointId, words::OperationKind};
use checkpoint_restore::RestoreError;
use checkpoint_store::StoreError;
use checkpoint_work::WorkError;
use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

/// Why something was not done to a run. Unless the variant says otherwise, nothing was changed.
#[derive(Debug, Error, Diagnostic)]
pub enum RunError {
    /// There is no working tree whose HEAD could move.
    #[error("this operation must be run in a work tree")]
    #[diagnostic(code(run::bare), help("git agent-run start --worktree --task <task>"))]
    Bare,
    /// A working tree needs a commit to begin with.
    #[error("cannot make a working tree for the run: there is no commit yet")]
    #[diagnostic(code(run::no_commit), help("git commit --allow-empty -m 'Begin'"))]
    NoCommit,
    /// HEAD cannot move in the middle of it.
    #[error("cannot start a run in the middle of a {operation}")]
    #[diagnostic(
        code(run::in_operation),
        help("git agent-run start --worktree --task <task>")
    )]
    InOperation {
        /// The operation.
        operation: OperationKind,
    },
    /// The work here belongs to another commit.
    #[error("cannot begin at '{base}': the working tree has changes")]
    #[diagnostic(
        code(run::dirty),
        help(
            "in a working tree of its own:  git agent-run start --worktree --base {base} --task <task>\nwith the changes, from here:   git agent-run start --task <task>"
        )
    )]
    Dirty {
        /// Where it was to begin.
        base: String,
    },
    /// The work here belongs to another branch.
    #[error("the working tree has changes")]
    #[diagnostic(code(run::dirty_here), help("git status"))]
    DirtyHere,
    /// That is no commit.
    #[error("no commit '{base}'")]
    #[diagnostic(code(run::base_unknown), help("git branch --all"))]
    UnknownBase {
        /// What was typed.
        base: String,
    },
    /// There is something where the working tree was to be made.
    #[error("cannot make a working tree at '{}': something is there", dir.display())]
    #[diagnostic(
        code(run::worktree_occupied),
        help("git agent-run start --worktree <dir> --task <task>")
    )]
    Occupied {
        /// The place.
        dir: PathBuf,
    },
    /// All numbers are taken.
    #[error("no number is left for another run of this task")]
    #[diagnostic(code(run::no_number))]
    NoNumber,
    /// The branch would be one that nobody may commit to.
    #[error("cannot start a run: '{branch}' would be a protected branch")]
    #[diagnostic(
        code(run::protected),
        help("git agent-run start --prefix <prefix> --task <task>")
    )]
    Protected {
        /// The branch.
        branch: String,
    },
    /// HEAD is on no branch of a run, and nothing else says which one is meant.
    #[error("no run here: HEAD is on no branch of one")]
    #[diagnostic(code(run::none), help("git agent-run list"))]
    None,
    /// No run is meant by it.
    #[error("no run '{typed}'")]
    #[diagnostic(code(run::unknown), help("git agent-run list"))]
    Unknown {
        /// What was typed, or stands in `GIT_AGENT_RUN`.
        typed: String,
    },
    /// Several runs are meant by it.
    #[error("'{typed}' may be any of {} runs", ids.len())]
    #[diagnostic(code(run::ambiguous), help("one of: {}", ids.join(", ")))]
    Ambiguous {
        /// What was typed.
        typed: String,
        /// Their ids.
        ids: Vec<String>,
    },
    /// Its branch and its working tree are in another clone.
    #[error("run '{run}' is of another clone: '{repository}' on {host}")]
    #[diagnostic(
        code(run::other_clone),
        help(
            "that clone is this one, moved or renamed, or given up?  git agent-run resume --take-over {run}"
        )
    )]
    OtherClone {
        /// The run.
        run: String,
        /// The machine.
        host: String,
        /// The git directory.
        repository: String,
    },
    /// It was given up in another clone, and its work has not come here.
    #[error("the work of run '{run}' is a checkpoint that is not here: {checkpoint}")]
    #[diagnostic(
        code(run::work_elsewhere),
        help(
            "in '{repository}':  git checkpoint push --with-state {checkpoint}\nhere:  git checkpoint fetch <remote> {checkpoint}"
        )
    )]
    WorkElsewhere {
        /// The run.
        run: String,
        /// What was kept of it.
        checkpoint: CheckpointId,
        /// The git directory of that clone.
        repository: String,
    },
    /// What is to be put back would take the working tree to another branch.
    #[error("checkpoint {checkpoint} is of branch '{branch}', not of run '{run}'")]
    #[diagnostic(
        code(run::other_branch),
        help(
            "its files only:  git agent-run resume {run}, and there  git safe-restore --files {checkpoint}"
        )
    )]
    OtherBranch {
        /// The run.
        run: String,
        /// What was to be put back.
        checkpoint: CheckpointId,
        /// The branch that it was made on.
        branch: String,
    },
    /// It was given up.
    #[error("run '{run}' is abandoned")]
    #[diagnostic(code(run::abandoned), help("git agent-run resume {run}"))]
    Abandoned {
        /// The run.
        run: String,
    },
    /// Its working tree is in the middle of something, or on another branch.
    #[error("the working tree of the run is not on its branch '{branch}': '{}'", dir.display())]
    #[diagnostic(code(run::off_branch), help("git -C '{}' status", dir.display()))]
    OffBranch {
        /// The working tree.
        dir: PathBuf,
        /// The branch.
        branch: String,
    },
    /// Its working tree was moved or removed without git, or something else is in its place.
    #[error("the working tree of run '{run}' is not where it was: '{}'", dir.display())]
    #[diagnostic(code(run::worktree_lost), help("{next}"))]
    Lost {
        /// The run.
        run: String,
        /// Where it was.
        dir: PathBuf,
        /// The lines by which git knows again where it is.
        next: String,
    },
    /// git was stopped while it made the working tree: what is missing there would be taken for deleted.
    #[error("the working tree of run '{run}' is half made: git was stopped while checking it out")]
    #[diagnostic(
        code(run::half_made),
        help(
            "to finish that:              git agent-run resume {run}\nto let go all that is in it:  git worktree remove -f -f {}",
            shell_word(&dir.to_string_lossy())
        )
    )]
    HalfMade {
        /// The run.
        run: String,
        /// The working tree.
        dir: PathBuf,
    },
    /// Its working tree has files that would be lost with it.
    #[error("ignored files in '{}' are in no checkpoint: {paths}", dir.display())]
    #[diagnostic(
        code(run::ignored),
        help(
            "to let them go:  git agent-run abandon --discard-ignored {run}\nin the policy:   [runs] discard-ignored = [\"<pattern>\"]"
        )
    )]
    Ignored {
        /// The run.
        run: String,
        /// The working tree.
        dir: PathBuf,
        /// The first of them.
        paths: String,
    },
    /// Its branch is gone, and was not removed by us.
    #[error("the branch '{branch}' is gone")]
    #[diagnostic(
        code(run::branch_gone),
        help("as it was here:         git reflog\nwhere others have it:   git fetch --all")
    )]
    BranchGone {
        /// The branch.
        branch: String,
    },
    /// There is nowhere to push to.
    #[error("there is no remote to push to")]
    #[diagnostic(code(run::no_remote), help("git remote add origin <url>"))]
    NoRemote,
    /// There are several remotes, and nothing says which one is meant.
    #[error("there are {} remotes, and none is chosen to push to: {}", names.len(), names.join(", "))]
    #[diagnostic(
        code(run::which_remote),
        help("git config remote.pushDefault {}", names.first().map_or("<remote>", String::as_str))
    )]
    WhichRemote {
        /// Their names.
        names: Vec<String>,
    },
    /// Another process finishes it, or gives it up.
    #[error("another process is at run '{run}'")]
    #[diagnostic(code(run::busy), help("git agent-run show {run}"))]
    Busy {
        /// The run.
        run: String,
    },
    /// A hook, or git, has refused the commit of what was left.
    #[error("git commit refused{}", code.map(|code| format!(" with exit status {code}")).unwrap_or_default())]
    #[diagnostic(
        code(commit::refused),
        help(
            "put right what the hook, or git, says above, and again:\n  git agent-run finish {run}"
        )
    )]
    CommitRefused {
        /// The run.
        run: String,
        /// The exit status; none when a signal ended it.
        code: Option<i32>,
    },
    /// A branch stands where those of runs would be below it.
    #[error("cannot make the branch '{branch}': there is a branch '{other}'")]
    #[diagnostic(
        code(run::prefix_taken),
        help(
            "begin the branches of runs otherwise:\n  git agent-run start --prefix <prefix> --task <task>"
        )
    )]
    PrefixTaken {
        /// The branch that was to be made.
        branch: String,
        /// The one in its way.
        other: String,
    },
    /// The template of a pull request has a field that nothing fills.
    #[error("the template of the pull request has a field '{field}' that there is not")]
    #[diagnostic(
        code(run::template_field),
        help(
            "one of: task, task-id, agent, model, number, run, branch, base, checkpoint, steps, commits, record"
        )
    )]
    Template {
        /// What stands between the braces.
        field: String,
        /// The template, by its path.
        #[source_code]
        template: NamedSource<String>,
        /// The place in it.
        #[label("here")]
        place: SourceSpan,
    },
    /// The template that the policy names is not in the branch.
    #[error("the branch has no file '{path}', which the policy's runs.body names")]
    #[diagnostic(code(run::template_missing))]
    NoTemplate {
        /// The path.
        path: String,
    },
    /// What was just written cannot be read back.
    #[error("the record of the run cannot be read")]
    #[diagnostic(code(run::unrecorded), help("git notes --ref=agents list"))]
    Unrecorded,
    /// HEAD could not be moved. The branch that was made for it is gone again.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Head(#[from] HeadMoveError),
    /// The command could not begin.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Session(#[from] SessionError),
    /// The repository cannot be read.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Open(#[from] OpenError),
    /// The git program failed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Program(#[from] ProgramError),
    /// References could not be read or moved.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Refs(#[from] RefError),
    /// Operations in progress could not be looked for.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Capture(#[from] CaptureError),
    /// The work at hand could not be kept or committed.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Work(#[from] WorkError),
    /// A checkpoint could not be put back. Branch and working tree are there; the run is still given up.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Restore(Box<RestoreError>),
    /// A pull request was not closed. The run is given up all the same.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Forge(#[from] ForgeError),
    /// A record could not be read or written.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Store(#[from] StoreError),
}

impl From<RestoreError> for RunError {
    fn from(error: RestoreError) -> Self {
        Self::Restore(Box::new(error))
    }
}

impl Failure for RunError {
    fn kind(&self) -> Kind {
        match self {
            Self::Bare | Self::Unrecorded | Self::Open(_) | Self::Program(_) | Self::Refs(_) => {
                Kind::Fatal
            }
            Self::Head(HeadMoveError::Moved { .. }) => Kind::Refused,
            Self::Head(_) => Kind::Fatal,
            Self::Session(error) => error.kind(),
            Self::Capture(error) => error.kind(),
            Self::Work(error) => error.kind(),
            Self::Restore(error) => error.kind(),
            Self::Forge(error) => error.kind(),
            Self::Store(error) => error.kind(),
            _ => Kind::Refused,
        }
    }
}
