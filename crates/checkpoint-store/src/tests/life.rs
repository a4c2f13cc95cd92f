use checkpoint_model::event::DeletionReason;
use checkpoint_model::failure::{Failure, Kind};
use checkpoint_model::policy::Policy;
use checkpoint_model::retention;
use chrono::TimeDelta;

use super::{doing, find, kept, refs_of};
use crate::fixture::{Fixture, now};
use crate::{Naming, Place, StoreError, candidates, delete, events, load, name, prune};

fn naming(name: &str, replace: bool) -> Naming {
    Naming {
        name: name.parse().unwrap(),
        replace,
        sign: false,
    }
}

#[test]
fn an_automatic_one_gets_a_name_later() {
    let fixture = Fixture::new();
    let id = kept(&fixture, "", 1).checkpoint.id;
    let stored = find(&fixture, "latest").unwrap();
    let named = name(&fixture.repo, &stored, &naming("good", false), &doing(2)).unwrap();
    assert_eq!((named.id, named.replaced), (id, None));
    let stored = find(&fixture, "good").unwrap();
    assert_eq!(stored.checkpoint.id, id, "found by its name");
    assert_eq!(
        stored.checkpoint.name.as_deref(),
        Some("good"),
        "its record knows"
    );
    assert!(stored.is_tagged, "and git does");

    let error = name(&fixture.repo, &stored, &naming("better", false), &doing(3)).unwrap_err();
    assert!(
        matches!(error, StoreError::NamedAlready { .. }),
        "{error:?}"
    );
    assert_eq!(error.kind(), Kind::Refused, "the answer is no");
    name(&fixture.repo, &stored, &naming("better", true), &doing(4)).unwrap();
    assert_eq!(
        find(&fixture, "better").unwrap().checkpoint.id,
        id,
        "the new name"
    );
    assert!(
        !refs_of(&fixture).contains("checkpoint/good"),
        "the old one is free"
    );

    let other = kept(&fixture, "other", 5).checkpoint.id;
    let stored = find(&fixture, "better").unwrap();
    let error = name(&fixture.repo, &stored, &naming("other", false), &doing(6)).unwrap_err();
    assert!(
        matches!(error, StoreError::NamedAlready { .. }),
        "it has one: {error:?}"
    );
    let named = name(&fixture.repo, &stored, &naming("other", true), &doing(7)).unwrap();
    assert_eq!(named.replaced, Some(other), "the name has moved");
    assert_eq!(fixture.fsck(), "", "git finds nothing wrong");
}

#[test]
fn a_deleted_one_stays_restorable_and_comes_back_by_a_name() {
    let fixture = Fixture::new();
    let id = kept(&fixture, "gone", 1).checkpoint.id;
    kept(&fixture, "", 0);
    let stored = find(&fixture, "gone").unwrap();
    assert_eq!(delete(&fixture.repo, &[&stored], &doing(2)).unwrap(), [id]);
    let stored = find(&fixture, &id.to_string()).unwrap();
    assert_eq!(
        stored.checkpoint.deleted.as_ref().map(|it| it.reason),
        Some(DeletionReason::Deleted)
    );
    assert_eq!(stored.place, Place::Here, "the state waits for prune");
    assert!(!refs_of(&fixture).contains("refs/tags"), "the name is free");
    assert_ne!(
        find(&fixture, "latest").unwrap().checkpoint.id,
        id,
        "latest passes it over"
    );
    assert_eq!(
        delete(&fixture.repo, &[&stored], &doing(3)).unwrap(),
        [],
        "once is enough"
    );

    name(&fixture.repo, &stored, &naming("back", false), &doing(4)).unwrap();
    let stored = find(&fixture, "back").unwrap();
    assert_eq!(stored.checkpoint.id, id);
    assert!(stored.checkpoint.is_kept(), "wanted again");
}

#[test]
fn prune_removes_what_retention_says_and_keeps_the_records() {
    let fixture = Fixture::new();
    let ids: Vec<_> = (1..=5)
        .map(|minute| kept(&fixture, "", minute).checkpoint.id)
        .collect();
    let named = kept(&fixture, "named", 6).checkpoint.id;
    let mut policy = Policy::default();
    policy.retention.automatic_count = 2;
    let loaded = load(&fixture.repo).unwrap().checkpoints;
    let plan = retention::plan(
        &candidates(&loaded, |_| false),
        &policy.retention,
        now() + TimeDelta::minutes(9),
    );
    let removed: Vec<_> = plan.remove.iter().map(|(id, _)| *id).collect();
    assert_eq!(removed, ids[..3], "the oldest automatic ones");
    let chosen: Vec<_> = loaded
        .iter()
        .filter(|stored| removed.contains(&stored.checkpoint.id))
        .collect();
    assert_eq!(prune(&fixture.repo, &chosen, &doing(9)).unwrap(), ids[..3]);

    let loaded = load(&fixture.repo).unwrap().checkpoints;
    assert_eq!(loaded.len(), 6, "every record is there");
    let here: Vec<_> = loaded
        .iter()
        .filter(|it| it.place == Place::Here)
        .map(|it| it.checkpoint.id)
        .collect();
    assert_eq!(here, [ids[3], ids[4], named], "these states are left");
    assert!(
        loaded[..3]
            .iter()
            .all(|stored| stored.place == Place::Pruned),
        "and the others say why not"
    );
    assert_eq!(
        prune(&fixture.repo, &chosen[..0], &doing(10)).unwrap(),
        [],
        "nothing to do is nothing done"
    );
}

#[test]
fn the_log_tells_everything_newest_first() {
    let fixture = Fixture::new();
    kept(&fixture, "one", 1);
    kept(&fixture, "two", 2);
    let stored = find(&fixture, "one").unwrap();
    delete(&fixture.repo, &[&stored], &doing(3)).unwrap();
    let events = events(&fixture.repo).unwrap();
    let types: Vec<_> = events
        .iter()
        .map(|(_, event)| event.body.type_name())
        .collect();
    assert_eq!(
        types,
        [
            "checkpoint_deleted",
            "checkpoint_created",
            "checkpoint_created"
        ]
    );
    assert!(
        events.is_sorted_by(|(_, one), (_, other)| one.at >= other.at),
        "newest first"
    );
    assert_eq!(
        events[0].0, stored.snapshot,
        "each with the snapshot it is about"
    );
}
