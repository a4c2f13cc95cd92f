//! What a commit is refused with.

use std::path::{Path, PathBuf};

use checkpoint_cli::{Failure, Kind, shell_word};
use checkpoint_model::{path::TreePath, words::OperationKind};
use miette::Diagnostic;
use thiserror::Error;

/// Why nothing was committed. Unless the variant says otherwise, HEAD, the index, all files and the branches are as
/// they were.
#[derive(Debug, Error, Diagnostic)]
pub enum CommitError {
    /// An operation is in progress: a commit would end it as it stands.
    #[error("cannot commit in the middle of {operation}", operation = operation.with_article())]
    #[diagnostic(
        code(commit::in_operation),
        help(
            "keep the state as it is:\n  git checkpoint create\nthen finish it, or give it up:\n  git status"
        )
    )]
    InOperation {
        /// The operation.
        operation: OperationKind,
    },
    /// Files have conflicts: to commit them would take them for decided.
    #[error("cannot commit: files have conflicts")]
    #[diagnostic(code(commit::conflicts), help("see which:\n  git status"))]
    Conflicts,
    /// HEAD is detached: the commit would be on no branch.
    #[error("cannot commit: HEAD is detached")]
    #[diagnostic(
        code(commit::detached),
        help("begin a branch here:\n  git switch -c \"work-$(git rev-parse --short HEAD)\"")
    )]
    Detached,
    /// git was stopped while it made the working tree: what is missing would be taken for deleted.
    #[error(
        "cannot commit: the working tree is half made, as git was stopped while checking it out"
    )]
    #[diagnostic(
        code(commit::half_made),
        help(
            "that of a run:\n  git agent-run resume\nany other, once no git is at it:\n  git reset && git worktree unlock ."
        )
    )]
    HalfMade,
    /// There are no files to commit.
    #[error("this operation must be run in a work tree")]
    #[diagnostic(code(commit::bare))]
    Bare,
    /// The branch is protected, or not for work.
    #[error("cannot commit to '{branch}': {why}")]
    #[diagnostic(code(commit::protected), help("{forward}"))]
    Protected {
        /// The branch.
        branch: String,
        /// Which rule says so, and where it stands.
        why: String,
        /// The lines that take the work on.
        forward: String,
    },
    /// Nothing of what was chosen differs from HEAD.
    #[error("nothing to commit{}", if *.chosen { " in these paths" } else { "" })]
    #[diagnostic(
        code(commit::nothing),
        help(
            "what lies in the working tree counts, staged or not; what shall leave git and stay here has to be ignored first:\n  git status"
        )
    )]
    Nothing {
        /// Whether paths were chosen.
        chosen: bool,
    },
    /// A path leads out of the working tree, or into the git directory.
    #[error("'{path}' is outside the working tree '{}'", top.display())]
    #[diagnostic(
        code(commit::path_outside),
        help("see what can be committed here:\n  git status")
    )]
    PathOutside {
        /// As it was typed.
        path: String,
        /// The top of the working tree.
        top: PathBuf,
    },
    /// A path is an empty word: that would mean everything.
    #[error("the empty path is no path")]
    #[diagnostic(code(commit::path_empty), help("for everything, give no path at all"))]
    PathEmpty,
    /// A path lies behind a symbolic link.
    #[error("{path} is beyond the symbolic link {link}", path = path.quoted(), link = link.quoted())]
    #[diagnostic(
        code(commit::path_beyond_link),
        help(
            "name the link itself, or the path that it leads to; see where that is:\n  ls -ld -- {}",
            here(link)
        )
    )]
    PathBeyondLink {
        /// The path.
        path: TreePath,
        /// The link.
        link: TreePath,
    },
    /// A path lies in another repository.
    #[error("{path} is in {repository}, a repository of its own", path = path.quoted(), repository = repository.quoted())]
    #[diagnostic(
        code(commit::path_in_repository),
        help(
            "commit there; see what there is to commit:\n  git -C {} status",
            here(repository)
        )
    )]
    PathInRepository {
        /// The path.
        path: TreePath,
        /// The submodule, or the repository that git does not track.
        repository: TreePath,
    },
    /// Git ignores the path.
    #[error("{path} is ignored", path = path.quoted())]
    #[diagnostic(
        code(commit::path_ignored),
        help("see by which rule:\n  git check-ignore -v -- {}", here(path))
    )]
    PathIgnored {
        /// The path.
        path: TreePath,
    },
    /// There is no such path, neither here nor in HEAD; or a directory with nothing to track.
    #[error("{path} did not match any file", path = path.quoted())]
    #[diagnostic(code(commit::path_unknown), help("git status"))]
    PathUnknown {
        /// The path.
        path: TreePath,
    },
    /// The path has no content that git could keep.
    #[error("cannot commit {path}: {why}", path = path.quoted())]
    #[diagnostic(
        code(commit::path_unkept),
        help("leave it out; see what can be committed:\n  git status")
    )]
    PathUnkept {
        /// The path.
        path: TreePath,
        /// What it is.
        why: &'static str,
    },
    /// The list of paths cannot be read.
    #[error("cannot read the paths from '{}'", file.display())]
    #[diagnostic(
        code(commit::paths_unreadable),
        help("name another list, or the paths themselves behind --")
    )]
    PathsUnreadable {
        /// The file, or `-`.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// There are no words to put into the subject.
    #[error("a commit needs a description")]
    #[diagnostic(code(commit::no_description), help("say what was done, by -m"))]
    NoDescription,
    /// An agent cannot sign off what it commits.
    #[error("an agent cannot sign off: 'Signed-off-by' is a person's word")]
    #[diagnostic(
        code(commit::signed_off),
        help("leave that line out; a person can add it later:\n  git commit --amend --signoff")
    )]
    SignedOff,
    /// A commit runs in this working tree, and one of its hooks wants another.
    #[error("cannot commit from within a hook of a commit")]
    #[diagnostic(
        code(commit::within),
        help(
            "commit when that one is made; behind it, in a post-commit hook:\n  unset GIT_INDEX_FILE"
        )
    )]
    Within,
    /// Another commit of ours is not done yet.
    #[error("another commit is under way in this working tree")]
    #[diagnostic(code(commit::busy), help("wait for its hooks to end"))]
    Busy,
    /// Somebody else is at the index.
    #[error("cannot lock the index '{}'", path.display())]
    #[diagnostic(
        code(commit::index_locked),
        help("if no git command is running here, remove the lock:\n  rm '{}.lock'", path.display())
    )]
    Locked {
        /// The index.
        path: PathBuf,
    },
    /// HEAD or the index have changed each time while we looked.
    #[error("cannot commit: others keep changing HEAD or the index")]
    #[diagnostic(code(commit::overtaken), help("try again"))]
    Overtaken,
    /// Another commit came between, and could not be told from ours in time. The commit stands.
    #[error("committed {commit}, but another commit came between: it may undo what that one did")]
    #[diagnostic(code(commit::mixed), help("compare them:\n  git log -p -2 {commit}"))]
    Mixed {
        /// What was committed.
        commit: String,
    },
    /// Another commit wrote its message where git keeps that of ours. Where it stands, others have built on it already.
    #[error("committed {commit}, but with the message of another commit of that moment")]
    #[diagnostic(
        code(commit::other_words),
        help("give it its own message:\n  git rebase -i {commit}~")
    )]
    OtherWords {
        /// What was committed.
        commit: String,
        /// Whether it stands.
        stands: bool,
    },
    /// A hook said no, or `git commit` could not do it; it has said why.
    #[error("git commit refused{}", code.map(|code| format!(" with exit status {code}")).unwrap_or_default())]
    #[diagnostic(
        code(commit::refused),
        help("put right what the hook, or git, says above, and commit again")
    )]
    Refused {
        /// Its exit status; none when a signal ended it.
        code: Option<i32>,
    },
    /// `core.safecrlf` forbids to commit what would come back with other line ends.
    #[error("core.safecrlf: {said}")]
    #[diagnostic(
        code(commit::irreversible),
        help("give the file one kind of line end, or let it be:\n  git config core.safecrlf warn")
    )]
    Irreversible {
        /// What git said.
        said: String,
    },
    /// A copy of the index could not be made, or the new one not be put in place.
    #[error("cannot write the index '{}'", path.display())]
    #[diagnostic(
        code(commit::index_unwritten),
        help(
            "see who may write there, and what room there is:\n  {}",
            look_at(path)
        )
    )]
    Index {
        /// The index, or the copy.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

fn look_at(path: &Path) -> String {
    let dir = path.parent().unwrap_or(path).to_string_lossy();
    let dir = shell_word(&dir);
    format!("ls -ld -- {dir}; df -- {dir}")
}

/// A path from the top of the working tree as a word that is right wherever in it the line is pasted.
fn here(path: &TreePath) -> String {
    format!("\"$(git rev-parse --show-cdup)\"{}", path.shell_word())
}

impl Failure for CommitError {
    fn kind(&self) -> Kind {
        match self {
            Self::Bare | Self::Index { .. } | Self::Mixed { .. } => Kind::Fatal,
            Self::PathsUnreadable { .. } | Self::OtherWords { .. } => Kind::Fatal,
            Self::PathEmpty | Self::NoDescription => Kind::Usage,
            _ => Kind::Refused,
        }
    }
}
