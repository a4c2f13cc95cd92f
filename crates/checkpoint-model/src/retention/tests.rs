use proptest::{collection::vec, option, prelude::*};

use super::*;
use crate::{policy::ByteSize, samples::at};

const DAY: i64 = 24 * 60 * 60;
const RULES: Retention = Retention {
    automatic_count: 3,
    automatic_days: 10,
    max_bytes: ByteSize::from_bytes(100),
    grace_days: 5,
};

/// An automatic checkpoint of so many days ago, with nothing special about it.
fn candidate(days_ago: i64) -> Candidate {
    let made = at(-days_ago * DAY);
    Candidate {
        id: CheckpointId::new(made, [0; 10]),
        at: made,
        automatic: true,
        named: false,
        deleted_at: None,
        pinned: false,
        bytes: Some(10),
    }
}

fn check(candidates: &[Candidate], expected: &[Option<Why>]) {
    let plan = plan(candidates, &RULES, at(0));
    let why = |candidate: &Candidate| {
        plan.remove
            .iter()
            .find(|(id, _)| *id == candidate.id)
            .map(|(_, why)| *why)
    };
    assert_eq!(
        candidates.iter().map(why).collect::<Vec<_>>(),
        expected,
        "{candidates:?}"
    );
    assert_eq!(plan.remove.len() + plan.keep.len(), candidates.len());
}

#[test]
fn automatic_ones_go_by_count_and_age() {
    check(&[], &[]);
    check(&[candidate(1), candidate(9)], &[None, None]);
    check(
        &[candidate(9), candidate(10), candidate(11)],
        &[None, Some(Why::Age), Some(Why::Age)],
    );
    check(
        &[candidate(4), candidate(1), candidate(2), candidate(3)],
        &[Some(Why::Count), None, None, None],
    );
}

#[test]
fn automatic_ones_go_by_bytes_and_the_newest_never_does() {
    let sized = |days_ago, bytes| Candidate {
        bytes: Some(bytes),
        ..candidate(days_ago)
    };
    check(&[sized(1, 60), sized(2, 40)], &[None, None]);
    check(&[sized(1, 60), sized(2, 41)], &[None, Some(Why::Bytes)]);
    check(
        &[sized(1, 60), sized(2, 41), sized(3, 1)],
        &[None, Some(Why::Bytes), Some(Why::Bytes)],
    );
    check(&[sized(1, 500), sized(2, 0)], &[None, Some(Why::Bytes)]);
    check(
        &[sized(1, u64::MAX), sized(2, u64::MAX)],
        &[None, Some(Why::Bytes)],
    );
    let unknown = Candidate {
        bytes: None,
        ..candidate(2)
    };
    check(&[sized(1, 100), unknown], &[None, None]);
}

#[test]
fn named_and_asked_for_ones_stay() {
    let named = Candidate {
        named: true,
        ..candidate(1000)
    };
    let asked_for = Candidate {
        automatic: false,
        ..candidate(1001)
    };
    check(&[named, asked_for], &[None, None]);
}

#[test]
fn deleted_ones_go_after_their_days_of_grace() {
    let deleted = |days_ago: i64| Candidate {
        deleted_at: Some(at(-days_ago * DAY)),
        named: true,
        ..candidate(100)
    };
    check(&[deleted(4)], &[None]);
    check(&[deleted(5)], &[Some(Why::Deleted)]);
}

#[test]
fn pinned_ones_stay_whatever_else_is_true_of_them() {
    let pinned = |candidate| Candidate {
        pinned: true,
        ..candidate
    };
    let deleted = Candidate {
        deleted_at: Some(at(-99 * DAY)),
        ..candidate(100)
    };
    check(&[pinned(deleted), pinned(candidate(50))], &[None, None]);
    let newer = [
        candidate(1),
        candidate(2),
        pinned(candidate(3)),
        candidate(4),
    ];
    check(&newer, &[None, None, None, Some(Why::Count)]);
}

#[test]
fn a_clock_that_ran_ahead_or_days_without_end_remove_nothing() {
    check(&[candidate(-400)], &[None]);
    let for_ever = Retention {
        automatic_days: u64::MAX,
        ..RULES
    };
    assert!(plan(&[candidate(9999)], &for_ever, at(0)).remove.is_empty());
}

#[test]
fn the_plan_is_oldest_first() {
    let ids = |days: &[i64]| {
        days.iter()
            .map(|days| candidate(*days).id)
            .collect::<Vec<_>>()
    };
    let plan = plan(
        &[candidate(2), candidate(30), candidate(1), candidate(20)],
        &RULES,
        at(0),
    );
    assert_eq!(plan.keep, ids(&[2, 1]));
    assert_eq!(
        plan.remove.iter().map(|(id, _)| *id).collect::<Vec<_>>(),
        ids(&[30, 20])
    );
}

fn any_candidate() -> impl Strategy<Value = Candidate> {
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    let times = (-2..30_i64, option::of(0..10_i64));
    (times, flags, any::<[u8; 10]>(), option::of(0..80_u64)).prop_map(
        |((days_ago, deleted), (automatic, named, pinned), random, bytes)| Candidate {
            id: CheckpointId::new(at(-days_ago * DAY), random),
            automatic,
            named,
            pinned,
            bytes,
            deleted_at: deleted.map(|days| at(-days * DAY)),
            ..candidate(days_ago)
        },
    )
}

proptest! {
    #[test]
    fn the_limits_hold_and_the_order_does_not_matter(
        (candidates, shuffled) in vec(any_candidate(), 0..12)
            .prop_flat_map(|candidates| (Just(candidates.clone()), Just(candidates).prop_shuffle())),
    ) {
        let made = plan(&candidates, &RULES, at(0));
        prop_assert_eq!(&plan(&shuffled, &RULES, at(0)), &made);

        let removed = |candidate: &&Candidate| made.remove.iter().any(|(id, _)| *id == candidate.id);
        let (gone, stay): (Vec<_>, Vec<_>) = candidates.iter().partition(removed);
        prop_assert_eq!(stay.len(), made.keep.len());
        prop_assert!(gone.iter().all(|it| !it.pinned && (it.deleted_at.is_some() || it.automatic && !it.named)));
        let free: Vec<_> = stay.iter().filter(|it| it.automatic && !it.named && !it.pinned && it.deleted_at.is_none()).collect();
        prop_assert!(free.len() <= 3);
        prop_assert!(free.len() < 2 || free.iter().filter_map(|it| it.bytes).sum::<u64>() <= 100);

        // What was pruned once is pruned: a second time finds nothing.
        let rest: Vec<_> = stay.into_iter().cloned().collect();
        prop_assert!(plan(&rest, &RULES, at(0)).remove.is_empty());
    }
}
