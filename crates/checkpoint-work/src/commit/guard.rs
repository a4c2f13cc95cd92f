//! Whether there may be a commit here and now.

use bstr::{BString, ByteSlice as _};
use checkpoint_cli::Session;
use checkpoint_git::{Head, ProgramError, Repository, refs};
use checkpoint_model::policy::{Because, Reason, Source, Verdict};
use checkpoint_policy::{PolicyReader, upstream};

use super::{CommitError, plan::Plan, trees::Leaf};
use crate::{WorkError, forward};

/// A chain of symbolic references longer than this is a circle; git stops at the same number.
const MAX_DEPTH: usize = 5;

/// Whether there is a working tree around the current directory, or one that was named. Git does not commit from within
/// its own directory.
pub(super) fn is_in_work_tree(session: &Session<'_>) -> bool {
    let (repo, surroundings) = (&session.repo, &session.surroundings);
    let Some(top) = repo.work_tree() else {
        return false;
    };
    let is_named = surroundings.var("GIT_WORK_TREE").is_some();
    let git_dir = repo.git_dir();
    is_named || !(surroundings.cwd.starts_with(git_dir) && git_dir.starts_with(top))
}

/// Whether git runs a hook of a commit: it tells such by the variable which index they are for, also where that is the
/// usual one. What they commit would be, or replace, what was to be committed.
pub(super) fn is_in_a_commit(session: &Session<'_>) -> bool {
    let (repo, surroundings) = (&session.repo, &session.surroundings);
    let index = repo.index_path();
    let name = index.file_name().unwrap_or_default().as_encoded_bytes();
    let of_git = [&b"index"[..], b"index.lock"].contains(&name) || name.starts_with(b"next-index-");
    surroundings.filled("GIT_INDEX_FILE").is_some()
        && index.parent() == Some(repo.git_dir())
        && of_git
}

/// Refuses to commit what would not come back as it is here, where `core.safecrlf` asks for that: git looks at it when
/// it adds files.
pub(super) fn refuse_irreversible(session: &Session<'_>, plan: &Plan) -> Result<(), WorkError> {
    let repo = &session.repo;
    if repo.gix().config_snapshot().boolean("core.safecrlf") != Some(true) {
        return Ok(());
    }
    let is_file = |leaf: &Option<Leaf>| leaf.is_some_and(|leaf| leaf.mode.is_blob());
    let files = plan.stage.iter().filter(|(_, leaf)| is_file(leaf));
    let mut lines = bstr::join("\n", files.map(|(path, _)| quoted(path)));
    if lines.is_empty() {
        return Ok(());
    }
    lines.push(b'\n');
    let words = ["hash-object", "-w", "--stdin-paths"];
    match repo.git(words).output_of(&lines) {
        Err(ProgramError::Failed { stderr, .. }) => Err(CommitError::Irreversible {
            said: stderr.trim_start_matches("fatal: ").to_owned(),
        }
        .into()),
        done => Ok(done.map(drop)?),
    }
}

/// A path as git reads it from a list of lines.
fn quoted(path: &BString) -> Vec<u8> {
    let is_plain = |byte: &u8| !byte.is_ascii_control() && !b"\"\\".contains(byte);
    if path.iter().all(is_plain) {
        return path.to_vec();
    }
    let byte = |byte: &u8| format!("\\{byte:03o}").into_bytes();
    let bytes: Vec<u8> = path.iter().flat_map(byte).collect();
    [b"\"", bytes.as_slice(), b"\""].concat()
}

/// Refuses where a commit would decide what nobody asked it to decide. Gives the branch.
pub(super) fn refuse_unsafe(session: &Session<'_>, head: &Head) -> Result<String, WorkError> {
    if let Some(&operation) = checkpoint_capture::operations(&session.repo)?.first() {
        return Err(CommitError::InOperation { operation }.into());
    }
    if is_half_made(&session.repo) {
        return Err(CommitError::HalfMade.into());
    }
    Ok(moved_branch(&session.repo, head).ok_or(CommitError::Detached)?)
}

/// Whether a git that made this working tree was stopped before all files of HEAD were there: it writes the index when
/// they are, and locks the tree until then; see git-worktree(1). What is missing would be taken for deleted.
#[must_use]
pub fn is_half_made(repo: &Repository) -> bool {
    let index = repo.git_dir().join("index");
    let has_files = || {
        let tree = repo.gix().head_tree_id();
        tree.is_ok_and(|tree| !tree.detach().is_empty_tree())
    };
    is_being_made(repo) || (repo.index_path() == index && !index.exists() && has_files())
}

/// Whether the working tree is locked as git locks one that it makes.
fn is_being_made(repo: &Repository) -> bool {
    let why = fs_err::read(repo.git_dir().join("locked"));
    why.is_ok_and(|why| why.trim_end() == b"initializing")
}

/// The branch that a commit at HEAD moves, without `refs/heads/`; none where HEAD is detached. A branch may be a
/// symbolic reference to another one: then that moves.
#[must_use]
pub fn moved_branch(repo: &Repository, head: &Head) -> Option<String> {
    let mut branch = head.branch()?.to_str_lossy().into_owned();
    // There git was asked, which has followed them.
    if repo.caps().reftable {
        return Some(branch);
    }
    for _ in 0..MAX_DEPTH {
        let name = format!("refs/heads/{branch}");
        let target = refs::symbolic_target(repo, &name).ok().flatten();
        let next = target.as_deref();
        match next.and_then(|it| it.strip_prefix("refs/heads/")) {
            Some(next) => branch = next.to_owned(),
            None => break,
        }
    }
    Some(branch)
}

/// Whether an agent may commit to `branch`, by the policy alone: hooks may not be installed. Whatever else can forbid an
/// agent to commit is to be asked here, once for each commit, before anything is written.
pub(super) fn may_commit(
    session: &Session<'_>,
    head: &Head,
    branch: &str,
) -> Result<(), CommitError> {
    let reader = PolicyReader::new(&session.repo);
    let rules = reader.rules(Some(branch));
    let reason = match rules.commit(branch, is_first(session, head, branch)) {
        Verdict::Allowed => return Ok(()),
        Verdict::Warned(reason) => {
            let why = why(&reason);
            let talk = session.console.talk();
            talk.warning(format_args!("a commit to '{branch}': {why}"));
            return Ok(());
        }
        Verdict::Refused(reason) => reason,
    };
    Err(CommitError::Protected {
        branch: branch.to_owned(),
        why: why(&reason),
        forward: forward::commit(&session.repo, &rules, branch),
    })
}

/// Whether the policy lets agents commit to the branch of HEAD.
pub fn is_open(session: &Session<'_>) -> Result<bool, WorkError> {
    let head = session.repo.head()?;
    let Some(branch) = moved_branch(&session.repo, &head) else {
        return Ok(false);
    };
    let rules = PolicyReader::new(&session.repo).rules(Some(&branch));
    let verdict = rules.commit(&branch, is_first(session, &head, &branch));
    Ok(!matches!(verdict, Verdict::Refused(_)))
}

/// Whether the branch of HEAD is about to begin, and no upstream has it already.
fn is_first(session: &Session<'_>, head: &Head, branch: &str) -> bool {
    let tracking = || upstream::tracking(&session.repo, branch);
    head.id.is_none() && !matches!(refs::find(&session.repo, &tracking()), Ok(Some(_)))
}

fn why(reason: &Reason) -> String {
    let by = match &reason.source {
        Source::Defaults => "default".to_owned(),
        source => source.to_string(),
    };
    match &reason.because {
        Because::Protected { pattern } => format!("'{pattern}' is protected by {by}"),
        _ => format!("no pattern of 'feature' in {by} has it"),
    }
}
