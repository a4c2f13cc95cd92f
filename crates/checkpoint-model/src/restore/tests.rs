use super::*;
use crate::samples::{SNAPSHOT, checkpoint_id};

fn restored(n: i64, action: Action, scope: Scope) -> EventBody {
    CheckpointRestored {
        checkpoint: checkpoint_id(100),
        backup: Some(checkpoint_id(n)),
        scope,
        paths: Vec::new(),
        action,
        worktree: "/here".to_owned(),
        branch: None,
        unseen: Vec::new(),
    }
    .into()
}

fn rolled_back(n: i64, worktree: &str) -> EventBody {
    RolledBack {
        backup: checkpoint_id(n),
        commits: 1,
        from: SNAPSHOT.to_owned(),
        to: SNAPSHOT.to_owned(),
        reference: None,
        scope: Scope::Hard,
        worktree: worktree.to_owned(),
    }
    .into()
}

fn backups(stack: &[Past]) -> Vec<CheckpointId> {
    stack.iter().map(|past| past.backup).collect()
}

#[test]
fn going_back_by_commits_is_undone_like_any_restore() {
    let check = |events: &[EventBody], undo: &[i64], redo: &[i64]| {
        let history = History::fold(events, "/here");
        let ids = |ids: &[i64]| ids.iter().map(|n| checkpoint_id(*n)).collect::<Vec<_>>();
        assert_eq!(backups(&history.undo), ids(undo), "undo of {events:?}");
        assert_eq!(backups(&history.redo), ids(redo), "redo of {events:?}");
    };
    let restore = |n| restored(n, Action::Restore, Scope::Exact);
    let undo = |n| restored(n, Action::Undo, Scope::Exact);
    check(&[restore(1), rolled_back(2, "/here")], &[1, 2], &[]);
    check(&[rolled_back(1, "/here"), undo(2)], &[], &[2]);
    check(&[restore(1), undo(2), rolled_back(3, "/here")], &[3], &[]);
    check(&[restore(1), rolled_back(2, "/there")], &[1], &[]);
}
