use std::{
    io::Write as _,
    process::{Command, Stdio},
};

use proptest::{option, prelude::*};

use super::*;
use crate::{
    failure::{Failure, Kind},
    record::Record,
    samples::{
        actor, any_actor, any_at, any_created, any_event, at, created, event, event_id,
        hostile_text, name,
    },
    verdict::{SkipReason, Skipped},
    words::{OperationKind, Phase},
};

/// A message in which everything is told.
fn full() -> Message {
    let mut created = created(0);
    created.name = Some(name("before-api-work"));
    created.description = "before the api work\n\nThe old client still passes.".to_owned();
    created.phase = Some(Phase::Implement);
    created.head = Some("6d1f1b7e5e7d8c4f2a3b4c5d6e7f8091a2b3c4d5".to_owned());
    created.session = Some("s1".to_owned());
    created.agent = Some("james".to_owned());
    created.task = Some("API-7".to_owned());
    created.state = "tests_passing=12 tests_failing=0".parse().ok();
    created.operation = Some(OperationKind::Merge);
    created.operations = vec![OperationKind::Merge, OperationKind::Bisect];
    created.skipped = vec![Skipped {
        path: "run.sock".into(),
        reason: SkipReason::Socket,
        bytes: None,
    }];
    created.verdict = crate::verdict::Verdict::Partial;
    Message::of_tag(&event(1, created)).unwrap()
}

#[test]
fn a_message_reads_like_one_of_gits() {
    let record = full().record.unwrap();
    assert_eq!(
        full().format(),
        format!(
            "before the api work

The old client still passes.

Checkpoint-Id: 01999d11-9800-7000-8000-000000000000
Checkpoint-Snapshot: 4b825dc642cb6eb9a060e54bf8d69288fbee4904
Checkpoint-Name: before-api-work
Checkpoint-Type: manual
Checkpoint-Phase: implement
Checkpoint-Branch: main
Checkpoint-Head: 6d1f1b7e5e7d8c4f2a3b4c5d6e7f8091a2b3c4d5
Checkpoint-Session: s1
Checkpoint-Agent: james
Checkpoint-Task: API-7
Checkpoint-State: tests_passing=12 tests_failing=0
Checkpoint-Operation: merge bisect
Checkpoint-Worktree: /home/ada/api
Checkpoint-Files: tracked=3 changed=1 untracked=0 bytes=120
Checkpoint-Verdict: partial
Checkpoint-Manifest: sha256:00
Checkpoint-Tool: 0.1.0
Checkpoint-Created: 2025-10-01T00:00:01Z
Checkpoint-Skipped: {{\"path\":\"run.sock\",\"reason\":\"socket\"}}
Checkpoint-Event: 01999d11-9be8-7101-8101-010101010101
Checkpoint-By: {{\"user\":\"ada\",\"host\":\"desk\"}}
Checkpoint-Record: {record}
"
        )
    );
}

#[test]
fn the_subject_is_the_description_else_the_name_else_the_time() {
    let check = |description: &str, name_: Option<&str>, expected: &str| {
        let mut created = created(0);
        created.description = description.to_owned();
        created.name = name_.map(name);
        let message = Message::of_snapshot(created, at(0), None);
        let text = message.format();
        assert_eq!(text.lines().next(), Some(expected));
        assert_eq!(Message::parse(&text).unwrap(), message);
    };
    check("fix the api", Some("a"), "fix the api");
    check("", Some("a"), "a");
    check("", None, "checkpoint of 2025-10-01T00:00:00Z");
    check(" \n\t", Some("a"), "a");
    check("a", Some("a"), "a");
    check("\n\n  fix", None, "  fix");
}

#[test]
fn a_lost_record_is_had_back_byte_for_byte_from_a_tag() {
    let event = event(1, full().created);
    let record: Record = [event.clone()].into_iter().collect();
    let message = Message::parse(&Message::of_tag(&event).unwrap().format()).unwrap();
    let digest = message.record.clone();
    let rebuilt = message.rebuild("", (event_id(99), Actor::default()));
    assert_eq!(
        Record::from_iter([rebuilt.clone()]).to_bytes(),
        record.to_bytes()
    );
    assert_eq!(Some(rebuilt.digest()), digest);
}

#[test]
fn a_snapshot_tells_all_but_its_own_name_and_the_event() {
    let mut created = full().created;
    created.snapshot = String::new();
    let text = Message::of_snapshot(created, at(0), Some(actor())).format();
    assert!(!text.contains("Checkpoint-Snapshot"));
    let rebuilt = Message::parse(&text)
        .unwrap()
        .rebuild("abc", (event_id(99), Actor::default()));
    let EventBody::CheckpointCreated(created) = rebuilt.body else {
        panic!("a creation is rebuilt")
    };
    assert_eq!(created.snapshot, "abc");
    assert_eq!((rebuilt.id, rebuilt.by), (event_id(99), actor()));
}

#[test]
fn a_signature_is_no_part_of_the_message() {
    for signature in [
        "-----BEGIN PGP SIGNATURE-----\n\niQ=\n=abc\n-----END PGP SIGNATURE-----\n",
        "-----BEGIN SSH SIGNATURE-----\nU1\n-----END SSH SIGNATURE-----\n",
    ] {
        assert_eq!(
            Message::parse(&format!("{}{signature}", full().format())).unwrap(),
            full()
        );
    }
}

#[test]
fn only_the_last_paragraph_is_believed() {
    let mut message = full();
    message.created.description =
        format!("x\n\n{}", full().format().replace("manual", "milestone"));
    let text = message.format();
    assert_eq!(Message::parse(&text).unwrap(), message);
    assert_eq!(
        Message::parse(&format!("{text}\nthe end\n")),
        Err(MessageError::Absent)
    );
}

#[test]
fn a_message_without_what_it_needs_is_refused() {
    let check = |from: &str, to: &str, expected: MessageError| {
        let text = full().format();
        assert!(text.contains(from));
        assert_eq!(
            Message::parse(&text.replace(from, to)).unwrap_err(),
            expected,
            "{from} -> {to}"
        );
    };
    check(
        "Checkpoint-Type: manual\n",
        "",
        MessageError::Missing {
            trailer: "Checkpoint-Type",
        },
    );
    check(
        "Type: manual",
        "Type: moon",
        MessageError::Malformed {
            trailer: "Checkpoint-Type",
        },
    );
    check(
        "Id: 01999d11",
        "Id: zz",
        MessageError::Malformed {
            trailer: "Checkpoint-Id",
        },
    );
    check(
        "tracked=3",
        "tracked=-3",
        MessageError::Malformed {
            trailer: "Checkpoint-Files",
        },
    );
    check(
        "merge bisect",
        "merge dance",
        MessageError::Malformed {
            trailer: "Checkpoint-Operation",
        },
    );
    check(
        "Worktree: /",
        "Worktree: \"/",
        MessageError::Malformed {
            trailer: "Checkpoint-Worktree",
        },
    );
    check("Checkpoint-", "Other-", MessageError::Absent);
    assert_eq!(Message::parse("").unwrap_err().kind(), Kind::Fatal);
    assert!(Message::parse("fix the api\n").is_err());
}

#[test]
fn an_unknown_trailer_of_ours_is_left_alone() {
    let text = full()
        .format()
        .replace("Checkpoint-Type", "Checkpoint-Moon: full\nCheckpoint-Type");
    assert_eq!(Message::parse(&text).unwrap(), full());
}

#[test]
fn of_very_many_skipped_paths_the_number_is_told() {
    let mut message = full();
    let skipped = |n| Skipped {
        path: format!("{n}.iso").as_str().into(),
        reason: SkipReason::TooLarge,
        bytes: Some(n),
    };
    message.created.skipped = (0..250).map(skipped).collect();
    let text = message.format();
    assert!(text.contains("\nCheckpoint-Skipped-Total: 250\n"));
    let parsed = Message::parse(&text).unwrap();
    assert_eq!(
        parsed.created.skipped,
        message.created.skipped[..Message::MAX_SKIPPED]
    );
}

/// The trailers as git sees them.
fn git_trailers(message: &str) -> String {
    let mut git = Command::new("git")
        .args(["interpret-trailers", "--parse", "--no-divider"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    git.stdin
        .take()
        .unwrap()
        .write_all(message.as_bytes())
        .unwrap();
    String::from_utf8(git.wait_with_output().unwrap().stdout).unwrap()
}

fn any_message() -> impl Strategy<Value = Message> {
    let rest = (
        any_at(),
        option::of(any_at()),
        option::of(any_actor()),
        option::of(hostile_text()),
    );
    (any_created(), rest).prop_map(|(created, (at, event, by, record))| Message {
        created,
        at,
        event: event.map(|at| EventId::new(at, [7; 10])),
        by,
        record,
    })
}

proptest! {
    #[test]
    fn every_message_reads_back(message in any_message()) {
        let text = message.format();
        prop_assert_eq!(Message::parse(&text).unwrap(), message);
    }

    #[test]
    fn every_creation_is_rebuilt_exactly(event in any_event()) {
        if let Some(message) = Message::of_tag(&event) {
            let text = message.format();
            let rebuilt = Message::parse(&text).unwrap().rebuild("", (event_id(0), Actor::default()));
            prop_assert_eq!(rebuilt.to_line(), event.to_line());
        }
    }

    #[test]
    fn no_value_breaks_out_of_its_line(message in any_message()) {
        let text = message.format();
        prop_assert!(!text.contains(|c: char| c != '\n' && crate::shown::is_hidden(c)));
        let (body, block) = text.trim_end().rsplit_once("\n\n").unwrap();
        prop_assert!(!body.lines().any(|line| line.starts_with("-----BEGIN ")));
        prop_assert!(block.lines().all(|line| line.starts_with("Checkpoint-")));
        for key in ["Checkpoint-Id", "Checkpoint-Verdict", "Checkpoint-Type"] {
            prop_assert_eq!(block.lines().filter(|line| line.starts_with(&format!("{key}:"))).count(), 1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn git_sees_the_same_trailers(message in any_message()) {
        let text = message.format();
        let (_, block) = text.trim_end().rsplit_once("\n\n").unwrap();
        let trimmed = |text: &str| text.lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
        prop_assert_eq!(trimmed(&git_trailers(&text)), trimmed(block));
    }
}
