use super::*;
use crate::restore::{Action, Scope};
use crate::{
    checkpoint::Checkpoint,
    event::{CheckpointCreated, CheckpointDeleted, CheckpointRestored, DeletionReason, Event},
    samples::{SNAPSHOT, at, checkpoint_id, created, event, name},
};

const NOBODY: [Brief<'static>; 0] = [];

fn fold(events: impl IntoIterator<Item = Event>) -> Checkpoint {
    Checkpoint::fold(&events.into_iter().collect()).unwrap()
}

#[test]
fn checkpoints_are_counted_and_deleted_ones_only_as_such() {
    let restored = CheckpointRestored {
        checkpoint: checkpoint_id(1),
        backup: None,
        scope: Scope::Exact,
        paths: Vec::new(),
        action: Action::default(),
        worktree: String::new(),
        branch: None,
        unseen: Vec::new(),
    };
    let deleted = CheckpointDeleted {
        checkpoint: checkpoint_id(9),
        name: None,
        reason: DeletionReason::Deleted,
        snapshot: SNAPSHOT.to_owned(),
    };
    let checkpoints = [
        fold([event(
            2,
            CheckpointCreated {
                kind: CheckpointKind::Backup,
                verdict: Verdict::Partial,
                ..created(2)
            },
        )]),
        fold([
            event(
                1,
                CheckpointCreated {
                    name: Some(name("a")),
                    ..created(1)
                },
            ),
            event(5, restored),
        ]),
        fold([event(0, created(0))]),
        fold([event(9, created(9)), event(10, deleted)]),
    ];
    assert_eq!(
        Summary::of(&checkpoints, Some(4096)),
        Summary {
            total: 3,
            named: 1,
            automatic: 2,
            partial: 1,
            deleted: 1,
            by_type: [(CheckpointKind::Manual, 2), (CheckpointKind::Backup, 1)].into(),
            used_for_rollback: 1,
            latest: Some(Latest {
                id: checkpoint_id(2),
                name: None,
                at: at(2)
            }),
            bytes: Some(4096),
        }
    );
}

#[test]
fn nothing_is_summed_up_too() {
    assert_eq!(Summary::of(NOBODY, None), Summary::default());
    assert_eq!(
        serde_json::to_string(&Summary::of(NOBODY, None)).unwrap(),
        r#"{"total":0,"named":0,"automatic":0,"partial":0,"deleted":0,"by_type":{},"used_for_rollback":0,"latest":null,"bytes":null}"#
    );
}
