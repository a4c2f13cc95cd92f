use crate::restore::{Action, Scope};
use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    event::{CheckpointNamed, CheckpointRestored},
    samples::{any_event, checkpoint_id, created, event},
};

#[test]
fn blank_and_repeated_lines_are_nothing() {
    let line = event(0, created(0)).to_line();
    let record = Record::parse(format!("\n{line}\n\n  \r\n{line}\n").as_bytes());
    assert_eq!(record.len(), 1);
    assert_eq!(record.to_bytes(), format!("{line}\n").into_bytes());
    assert_eq!(record.unreadable().count(), 0);
}

#[test]
fn a_line_that_is_no_event_is_kept_and_reported() {
    let line = event(0, created(0)).to_line();
    let text = [
        b"\xff\xfe not text\n",
        line.as_bytes(),
        b"\nremember the milk",
    ]
    .concat();
    let record = Record::parse(&text);
    assert_eq!(record.events().len(), 1);
    let unreadable: Vec<_> = record
        .unreadable()
        .map(|unreadable| unreadable.line.to_vec())
        .collect();
    assert_eq!(
        unreadable,
        [b"remember the milk".to_vec(), b"\xff\xfe not text".to_vec()]
    );
    assert_eq!(Record::parse(&record.to_bytes()), record);
}

#[test]
fn an_event_that_stands_there_twice_happened_once() {
    let line = event(0, created(0)).to_line();
    let spaced = line.replacen(':', ": ", 1);
    let record = Record::parse(format!("{line}\n{spaced}\n").as_bytes());
    assert_eq!(
        record.len(),
        2,
        "both lines stay, since another program may rely on its own"
    );
    assert_eq!(record.events().len(), 1);
}

#[test]
fn the_digest_is_of_the_creation_alone() {
    let mut record = Record::default();
    assert_eq!(record.digest(), None);
    let creation = event(5, created(0));
    record.insert(creation.clone());
    let digest = record.digest().unwrap();
    assert_eq!(digest, creation.digest());
    assert_eq!(digest.len(), "sha256:".len() + 64);
    record.insert(event(
        1,
        CheckpointNamed {
            checkpoint: checkpoint_id(0),
            name: None,
        },
    ));
    record.merge(Record::parse(b"what is this\n"));
    assert_eq!(record.digest(), Some(digest));
}

#[test]
fn an_event_is_inserted_once() {
    let mut record = Record::default();
    assert!(record.insert(event(0, created(0))));
    assert!(!record.insert(event(0, created(0))));
}

#[test]
fn events_are_in_the_order_of_time() {
    let restored = |seconds| {
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
    };
    let record: Record = [restored(9), restored(3), event(0, created(0)), restored(6)]
        .into_iter()
        .collect();
    let times: Vec<_> = record
        .events()
        .iter()
        .map(|event| event.id.at().timestamp() % 60)
        .collect();
    assert_eq!(times, [0, 3, 6, 9]);
}

proptest! {
    #[test]
    fn every_line_of_any_bytes_is_kept(text in vec(prop_oneof![Just(b'\n'), any::<u8>()], 0..200)) {
        let mut lines: Vec<_> = text.split(|byte| *byte == b'\n').filter(|line| !line.trim_ascii().is_empty()).collect();
        lines.sort_unstable();
        lines.dedup();
        let expected: Vec<u8> = lines.iter().flat_map(|line| [*line, b"\n"].concat()).collect();
        let record = Record::parse(&text);
        prop_assert_eq!(record.to_bytes(), expected);
        prop_assert_eq!(record.unreadable().count() + record.events().len(), record.len());
    }

    #[test]
    fn reading_and_inserting_come_to_the_same(events in vec(any_event(), 0..6)) {
        let inserted: Record = events.iter().cloned().collect();
        prop_assert_eq!(inserted.to_bytes(), Record::parse(&inserted.to_bytes()).to_bytes());
        prop_assert_eq!(inserted.digest(), Record::parse(&inserted.to_bytes()).digest());
    }

    #[test]
    fn merging_knows_no_order(events in vec(any_event(), 0..8), split in any::<prop::sample::Index>()) {
        let (left, right) = events.split_at(if events.is_empty() { 0 } else { split.index(events.len()) });
        let record = |events: &[Event]| events.iter().cloned().collect::<Record>();
        let merged = |mut into: Record, from: Record| { into.merge(from); into };
        let one = merged(record(left), record(right));
        prop_assert_eq!(&one, &merged(record(right), record(left)));
        prop_assert_eq!(&one, &record(&events));
        prop_assert_eq!(&one, &merged(one.clone(), one.clone()));
    }
}
