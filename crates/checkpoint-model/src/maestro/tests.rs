use crate::restore::{Action, Scope};
use serde_json::json;

use super::*;
use crate::{
    event::{CheckpointCreated, CheckpointRestored, Event},
    samples::{SNAPSHOT, at, checkpoint_id, created, event, name},
};

fn fold(events: impl IntoIterator<Item = Event>) -> Checkpoint {
    Checkpoint::fold(&events.into_iter().collect()).unwrap()
}

#[test]
fn the_document_has_the_shape_that_others_read() {
    let restored = CheckpointRestored {
        checkpoint: checkpoint_id(0),
        backup: None,
        scope: Scope::Exact,
        paths: Vec::new(),
        action: Action::default(),
        worktree: String::new(),
        branch: None,
        unseen: Vec::new(),
    };
    let checkpoints = [
        fold([event(
            1,
            CheckpointCreated {
                phase: Some(Phase::Plan),
                description: "b".to_owned(),
                ..created(1)
            },
        )]),
        fold([
            event(
                0,
                CheckpointCreated {
                    name: Some(name("a")),
                    ..created(0)
                },
            ),
            event(2, restored),
        ]),
    ];
    let document = Maestro::of(Some("s1".to_owned()), &checkpoints, at(60));
    assert_eq!(
        serde_json::to_value(&document).unwrap(),
        json!({
            "session_id": "s1",
            "generated_at": "2025-10-01T00:01:00Z",
            "checkpoints": [
                {
                    "checkpoint_id": checkpoint_id(0).to_string(),
                    "commit_sha": SNAPSHOT,
                    "timestamp": "2025-10-01T00:00:00Z",
                    "description": "a",
                    "phase": null,
                    "checkpoint_type": "manual",
                    "tags": ["a"],
                    "rollback_used": true,
                    "rollback_count": 1,
                },
                {
                    "checkpoint_id": checkpoint_id(1).to_string(),
                    "commit_sha": SNAPSHOT,
                    "timestamp": "2025-10-01T00:00:01Z",
                    "description": "b",
                    "phase": "plan",
                    "checkpoint_type": "manual",
                    "tags": [],
                    "rollback_used": false,
                    "rollback_count": 0,
                },
            ],
            "summary": {
                "total_checkpoints": 2,
                "checkpoints_by_type": { "manual": 2 },
                "checkpoints_used_for_rollback": 1,
                "latest_checkpoint": checkpoint_id(1).to_string(),
            },
        })
    );
}

#[test]
fn a_repository_without_checkpoints_has_a_document_too() {
    let document = serde_json::to_value(Maestro::of(None, &[], at(0))).unwrap();
    assert_eq!(document["session_id"], json!(null));
    assert_eq!(document["summary"]["latest_checkpoint"], json!(null));
    assert_eq!(document["checkpoints"], json!([]));
}

#[test]
fn the_views_have_schemas() {
    let required = |schema: schemars::Schema| schema.as_value()["required"].clone();
    assert_eq!(
        required(schemars::schema_for!(Maestro)),
        json!(["generated_at", "checkpoints", "summary"])
    );
    assert!(
        required(schemars::schema_for!(Summary))
            .as_array()
            .unwrap()
            .contains(&json!("total"))
    );
    assert!(
        required(schemars::schema_for!(Checkpoint))
            .as_array()
            .unwrap()
            .contains(&json!("created"))
    );
}
