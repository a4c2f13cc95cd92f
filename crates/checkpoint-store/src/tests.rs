//! Checkpoints from end to end, with the real git as judge.

mod concurrency;
mod keeping;
mod life;
mod loading;
mod merging;
mod overview;
mod runs;
mod sharing;

use checkpoint_capture::Captured;
use checkpoint_git::Repository;
use checkpoint_git::objects::ObjectSink;
use checkpoint_model::event::FileCounts;
use checkpoint_model::verdict::Verdict;
use checkpoint_model::words::{Actor, CheckpointKind};
use chrono::TimeDelta;
use gix::ObjectId;
use gix::objs::{Kind, Tree, Write};

use crate::fixture::{Fixture, now};
use crate::{Doing, KeepRequest, Kept, StoreError, Stored, keep, objects, resolve};

/// Something done by a test, `minutes` after the repository was made.
fn doing(minutes: i64) -> Doing {
    let by = Actor {
        user: "ada".into(),
        host: "desk".into(),
        agent: None,
        session: None,
    };
    Doing {
        now: now() + TimeDelta::minutes(minutes),
        by,
        command: "git checkpoint create".into(),
    }
}

fn request(name: &str) -> KeepRequest {
    KeepRequest {
        name: (!name.is_empty()).then(|| name.parse().unwrap()),
        description: String::new(),
        kind: if name.is_empty() {
            CheckpointKind::Automatic
        } else {
            CheckpointKind::Manual
        },
        phase: None,
        session: None,
        agent: None,
        task: None,
        state: None,
        worktree: "/home/ada/project".into(),
        replace: false,
        sign: false,
        tool: "0.1.0".into(),
    }
}

/// Keeps a state with one file that holds `content`.
fn keep_in(
    repo: &Repository,
    content: &str,
    request: &KeepRequest,
    minutes: i64,
) -> Result<Kept, StoreError> {
    let sink = ObjectSink::new(repo.gix()).unwrap();
    let oid = sink.write(Kind::Blob, content.into()).unwrap();
    let mode = gix::objs::tree::EntryKind::Blob.into();
    let entries = vec![gix::objs::tree::Entry {
        mode,
        filename: "file".into(),
        oid,
    }];
    let tree = objects::Into(&sink).write(&Tree { entries }).unwrap();
    let captured = Captured {
        tree,
        index_tree: tree,
        side: None,
        head: repo.head().unwrap(),
        upstream: None,
        operations: Vec::new(),
        files: FileCounts {
            tracked: 1,
            changed: 1,
            untracked: 0,
            bytes: content.len() as u64,
        },
        skipped: Vec::new(),
        verdict: Verdict::Full,
        manifest: "sha256:00".into(),
    };
    keep(repo, sink, &captured, request, &doing(minutes))
}

fn try_keep(fixture: &Fixture, request: KeepRequest, minutes: i64) -> Result<Kept, StoreError> {
    keep_in(
        &fixture.repo,
        &format!("state {minutes}\n"),
        &request,
        minutes,
    )
}

/// Keeps a state under `name` (none if it is empty).
fn kept(fixture: &Fixture, name: &str, minutes: i64) -> Kept {
    try_keep(fixture, request(name), minutes).unwrap()
}

fn find(fixture: &Fixture, word: &str) -> Result<Stored, StoreError> {
    resolve(&fixture.repo, &word.parse().unwrap())
}

fn note(fixture: &Fixture, snapshot: ObjectId) -> String {
    fixture.git(&["notes", "--ref=checkpoints", "show", &snapshot.to_string()])
}

/// Every reference with its value, but without the notes.
fn refs_of(fixture: &Fixture) -> String {
    fixture.git(&[
        "for-each-ref",
        "--exclude=refs/notes",
        "--format=%(refname) %(objectname)",
    ])
}
