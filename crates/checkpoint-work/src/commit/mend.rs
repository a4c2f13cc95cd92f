//! The index that a killed commit has left behind HEAD. A plain commit would undo what that one did.

use bstr::{BString, ByteSlice as _};
use checkpoint_cli::Session;
use gix::ObjectId;

use super::{
    index::{Base, OwnIndex},
    lock::IndexLock,
    plan::Wanted,
    trees::{Commit, difference, lookup},
    turn::{Begun, Turn},
};
use crate::WorkError;

/// How far back the commit is looked for.
const DEPTH: usize = 1000;

/// Looks after what a commit of ours has left that was killed in this working tree, and waits for one that runs.
pub fn mend_interrupted(session: &Session<'_>) -> Result<(), WorkError> {
    let mut turn = Turn::wait(session)?;
    mend(session, &mut turn)?;
    // Nobody works on the copy while the turn is ours.
    drop(OwnIndex::left(&session.repo));
    Ok(())
}

/// Gives the index what a commit of ours holds whose process was killed before it could: of the paths that HEAD still
/// has as that commit has them, those that nobody has staged since.
pub(super) fn mend(session: &Session<'_>, turn: &mut Turn) -> Result<(), WorkError> {
    let Some(begun) = turn.left_by_others() else {
        return Ok(());
    };
    // Only what was mended is forgotten.
    turn.leave();
    let repo = &session.repo;
    let (index, note) = (repo.index_path(), turn.note().path());
    let left = IndexLock::left(index, note);
    if let Some(id) = find(session, &begun)? {
        let entries = entries(session, &begun, id)?;
        let lock = left.map_or_else(|| IndexLock::take(index, note), Ok)?;
        let base = Base::left(turn.base())?;
        let own = OwnIndex::left(repo);
        if own.give_back(repo, &lock, &base, (false, &entries))? {
            let short = id.to_hex_with_len(7);
            let talk = session.console.talk();
            talk.warning(format_args!(
                "commit {short} was interrupted; the index has it now"
            ));
        }
        if let Some(entry) = begun.entry {
            entry.write_late(session, id);
        }
    }
    Ok(turn.forget()?)
}

/// The commit that was begun, if it was made.
fn find(session: &Session<'_>, begun: &Begun) -> Result<Option<ObjectId>, WorkError> {
    let repo = session.repo.gix();
    let mut next = session.repo.head()?.id.filter(|id| Some(*id) != begun.on);
    for _ in 0..DEPTH {
        let Some(id) = next else { break };
        // What was made since may be behind the end of a shallow history, or gone.
        let Ok(commit) = Commit::read(repo, id) else {
            break;
        };
        let parent = commit.parents.first().copied();
        if parent == begun.on {
            let (message, _) = super::made::words(repo, id)?;
            return Ok(message.contains(&begun.subject).then_some(id));
        }
        next = parent;
    }
    Ok(None)
}

fn entries(session: &Session<'_>, begun: &Begun, id: ObjectId) -> Result<Wanted, WorkError> {
    let repo = session.repo.gix();
    let tree = |id| Commit::read(repo, id).map(|commit| commit.tree);
    let before = match begun.on {
        Some(on) => tree(on)?,
        None => ObjectId::empty_tree(repo.object_hash()),
    };
    let head = session.repo.head()?.id.unwrap_or(id);
    let (after, head) = (tree(id)?, tree(head)?);
    let changes = difference(repo, before, after)?;
    let is_in_head = |path: &BString, leaf| lookup(repo, head, path.as_bytes()) == leaf;
    let entries = changes.into_iter().map(|(path, (_, after))| (path, after));
    Ok(entries
        .filter(|(path, after)| is_in_head(path, *after))
        .collect())
}
