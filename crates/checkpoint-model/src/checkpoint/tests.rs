use crate::restore::{Action, Scope};
use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    event::{CheckpointDeleted, CheckpointNamed, CheckpointRestored},
    samples::{SNAPSHOT, any_event, at, checkpoint_id, created, event, name},
};

fn fold(events: impl IntoIterator<Item = Event>) -> Option<Checkpoint> {
    Checkpoint::fold(&events.into_iter().collect())
}

fn named(seconds: i64, text: Option<&str>) -> Event {
    event(
        seconds,
        CheckpointNamed {
            checkpoint: checkpoint_id(0),
            name: text.map(name),
        },
    )
}

fn restored(seconds: i64) -> Event {
    event(
        seconds,
        CheckpointRestored {
            checkpoint: checkpoint_id(0),
            backup: None,
            scope: Scope::Exact,
            paths: Vec::new(),
            action: Action::default(),
            worktree: String::new(),
            branch: None,
            unseen: Vec::new(),
        },
    )
}

fn deleted(seconds: i64, text: Option<&str>, reason: DeletionReason) -> Event {
    let name = text.map(name);
    event(
        seconds,
        CheckpointDeleted {
            checkpoint: checkpoint_id(0),
            name,
            reason,
            snapshot: SNAPSHOT.to_owned(),
        },
    )
}

#[test]
fn without_a_creation_there_is_no_checkpoint() {
    assert_eq!(fold([]), None);
    assert_eq!(fold([named(1, Some("a")), restored(2)]), None);
}

#[test]
fn the_latest_naming_counts() {
    let check = |events: Vec<Event>, expected: Option<&str>| {
        let checkpoint = fold(events.into_iter().chain([event(
            0,
            CheckpointCreated {
                name: Some(name("first")),
                ..created(0)
            },
        )]));
        assert_eq!(checkpoint.unwrap().name.as_deref(), expected);
    };
    check(vec![], Some("first"));
    check(vec![named(1, Some("second"))], Some("second"));
    check(
        vec![named(2, Some("third")), named(1, Some("second"))],
        Some("third"),
    );
    check(vec![named(1, None)], None);
    check(
        vec![deleted(1, Some("first"), DeletionReason::Replaced)],
        None,
    );
    check(
        vec![
            deleted(2, Some("first"), DeletionReason::Replaced),
            named(1, Some("second")),
        ],
        Some("second"),
    );
    check(
        vec![deleted(1, Some("first"), DeletionReason::Deleted)],
        Some("first"),
    );
}

#[test]
fn restores_are_counted() {
    let checkpoint = fold([event(0, created(0)), restored(7), restored(3)]).unwrap();
    assert_eq!(
        (checkpoint.restored_count, checkpoint.last_restored_at),
        (2, Some(at(7)))
    );
}

#[test]
fn a_deletion_is_for_good_and_a_replacement_is_none() {
    let check = |events: Vec<Event>, expected: Option<DeletionReason>| {
        let checkpoint = fold(events.into_iter().chain([event(0, created(0))])).unwrap();
        assert_eq!(
            checkpoint.deleted.as_ref().map(|deletion| deletion.reason),
            expected
        );
        assert_eq!(checkpoint.is_kept(), expected.is_none());
    };
    check(vec![], None);
    check(vec![deleted(1, None, DeletionReason::Replaced)], None);
    check(
        vec![
            deleted(1, None, DeletionReason::Deleted),
            named(2, Some("a")),
        ],
        Some(DeletionReason::Deleted),
    );
    check(
        vec![
            deleted(2, None, DeletionReason::Pruned),
            deleted(1, None, DeletionReason::Deleted),
        ],
        Some(DeletionReason::Pruned),
    );
}

#[test]
fn events_of_another_checkpoint_change_nothing() {
    let other = CheckpointNamed {
        checkpoint: checkpoint_id(99),
        name: Some(name("other")),
    };
    assert_eq!(
        fold([event(0, created(0)), event(1, other)]),
        fold([event(0, created(0))])
    );
}

#[test]
fn the_view_reads_back_from_json() {
    let checkpoint = fold([event(0, created(0)), restored(1)]).unwrap();
    let json = serde_json::to_string(&checkpoint).unwrap();
    assert_eq!(
        serde_json::from_str::<Checkpoint>(&json).unwrap(),
        checkpoint
    );
}

proptest! {
    #[test]
    fn the_order_of_arrival_does_not_matter(
        (events, shuffled) in vec(any_event(), 0..8)
            .prop_flat_map(|events| (Just(events.clone()), Just(events).prop_shuffle())),
        split in any::<prop::sample::Index>(),
    ) {
        let in_order = fold(events.clone());
        prop_assert_eq!(&fold(shuffled.clone()), &in_order);

        // The same by lines, on two machines that hold parts which overlap, each having read the other's.
        let lines: Vec<_> = shuffled.iter().map(Event::to_line).collect();
        let (left, right) = lines.split_at(if lines.is_empty() { 0 } else { split.index(lines.len()) });
        let mut here = Record::parse(left.join("\n").as_bytes());
        let there = Record::parse(lines.join("\n\n").as_bytes());
        here.merge(Record::parse(right.join("\n").as_bytes()));
        here.merge(there);
        prop_assert_eq!(&Checkpoint::fold(&here), &in_order);
    }

    #[test]
    fn two_events_of_one_id_fold_the_same_either_way(one in any_event(), other in any_event(), first in any_event()) {
        let other = Event { id: one.id, ..other };
        let there = fold([first.clone(), one.clone(), other.clone()]);
        prop_assert_eq!(fold([other, one, first]), there);
    }
}
