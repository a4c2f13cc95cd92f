//! Values for tests: fixed ones for tables, generated ones for properties.

use chrono::{DateTime, Utc};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{
    event::{
        CheckpointCreated, CheckpointDeleted, CheckpointNamed, CheckpointRestored,
        CheckpointShared, DeletionReason, Event, EventBody, FileCounts, GitBranchCreated,
        GitCommitCreated, GitOperationFailed, GitPushFailed, GitPushSuccess, PullRequestMerged,
        PullRequestOpened, PushFailure, RolledBack, RunAbandoned, RunCleanedUp, RunResumed,
        TaskCompleted, TaskFailed, TaskProgress, TaskStarted, TaskState, Upstream,
    },
    id::{CheckpointId, EventId, RunId},
    name::CheckpointName,
    path::TreePath,
    restore::{Action, Scope},
    verdict::{SkipReason, Skipped, Verdict},
    words::{Actor, CheckpointKind, OperationKind, Phase, StateCounts},
};

pub(crate) const SNAPSHOT: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/// So many seconds after the beginning of 2025-10-01.
pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_759_276_800 + seconds, 0).unwrap()
}

pub(crate) fn checkpoint_id(seconds: i64) -> CheckpointId {
    CheckpointId::new(at(seconds), [0; 10])
}

pub(crate) fn event_id(seconds: i64) -> EventId {
    EventId::new(at(seconds), [1; 10])
}

pub(crate) fn actor() -> Actor {
    Actor {
        user: "ada".to_owned(),
        host: "desk".to_owned(),
        agent: None,
        session: None,
    }
}

pub(crate) fn name(text: &str) -> CheckpointName {
    text.parse().unwrap()
}

/// A checkpoint made so many seconds into 2025-10-01, with nothing special about it.
pub(crate) fn created(seconds: i64) -> CheckpointCreated {
    CheckpointCreated {
        checkpoint: checkpoint_id(seconds),
        name: None,
        description: String::new(),
        kind: CheckpointKind::Manual,
        phase: None,
        snapshot: SNAPSHOT.to_owned(),
        head: None,
        branch: Some("main".to_owned()),
        upstream: None,
        worktree: "/home/ada/api".to_owned(),
        session: None,
        agent: None,
        task: None,
        state: None,
        operation: None,
        operations: Vec::new(),
        files: FileCounts {
            tracked: 3,
            changed: 1,
            untracked: 0,
            bytes: 120,
        },
        verdict: Verdict::Full,
        skipped: Vec::new(),
        manifest: "sha256:00".to_owned(),
        tool: "0.1.0".to_owned(),
    }
}

pub(crate) fn event(seconds: i64, body: impl Into<EventBody>) -> Event {
    Event::new(event_id(seconds), at(seconds), actor(), body.into())
}

// Boxed where the tree of a strategy is large: unoptimised tests keep it on the stack.

/// Text made to deceive: pieces of our own formats, of git's, and characters that cannot be seen.
pub(crate) fn hostile_text() -> BoxedStrategy<String> {
    let pieces = [
        "\n",
        "\n\n",
        "\r",
        "\r\n",
        "\t",
        "\0",
        "\u{1b}[31m",
        "\u{7f}",
        "\u{85}",
        "\u{2028}",
        "\u{202e}",
        " ",
        "\"",
        "\\",
        "#",
        "---",
        ": ",
        "a",
        "fix the api",
        "é",
        "日本",
        "-----BEGIN PGP SIGNATURE-----",
        "Checkpoint-Id: 0199a1b2-c3d4-7000-8000-000000000000",
        "Checkpoint-Verdict: full",
        "Signed-off-by: x <y@z>",
        "{\"id\":",
        "checkpoint of 2025-10-01T00:00:00Z",
    ];
    prop_oneof![
        vec(select(pieces.to_vec()), 0..8).prop_map(|pieces| pieces.concat()),
        any::<String>()
    ]
    .boxed()
}

pub(crate) fn any_at() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4_000_000_000_i64, 0..1_000_000_000_u32)
        .prop_map(|(seconds, nanoseconds)| DateTime::from_timestamp(seconds, nanoseconds).unwrap())
}

pub(crate) fn any_checkpoint_id() -> impl Strategy<Value = CheckpointId> {
    (any_at(), any::<[u8; 10]>()).prop_map(|(at, random)| CheckpointId::new(at, random))
}

pub(crate) fn any_name() -> impl Strategy<Value = CheckpointName> {
    "[a-z][a-z0-9é]{0,8}(/[a-z0-9_]{1,8}){0,2}"
        .prop_filter_map("some are reserved", |text| text.parse().ok())
}

pub(crate) fn any_actor() -> BoxedStrategy<Actor> {
    (
        hostile_text(),
        hostile_text(),
        option::of(hostile_text()),
        option::of(hostile_text()),
    )
        .prop_map(|(user, host, agent, session)| Actor {
            user,
            host,
            agent,
            session,
        })
        .boxed()
}

pub(crate) fn any_path() -> impl Strategy<Value = TreePath> {
    vec(any::<u8>(), 0..20).prop_map(TreePath::new)
}

fn any_skipped() -> impl Strategy<Value = Skipped> {
    (
        any_path(),
        select(SkipReason::ALL),
        option::of(any::<u64>()),
    )
        .prop_map(|(path, reason, bytes)| Skipped {
            path,
            reason,
            bytes,
        })
}

fn any_state() -> impl Strategy<Value = StateCounts> {
    any::<[Option<u64>; 6]>().prop_map(|counts| {
        let mut state = StateCounts::default();
        for (key, count) in StateCounts::KEYS.into_iter().zip(counts) {
            count
                .into_iter()
                .for_each(|count| state.set(&format!("{key}={count}")).unwrap());
        }
        state
    })
}

/// The circumstances of a checkpoint, filled into an otherwise plain one.
pub(crate) fn any_created() -> BoxedStrategy<CheckpointCreated> {
    let words = (
        option::of(any_name()),
        hostile_text(),
        select(CheckpointKind::ALL),
        option::of(select(Phase::ALL)),
    );
    let places = (
        option::of(hostile_text()),
        option::of(hostile_text()),
        hostile_text(),
        hostile_text(),
    );
    let agents = (
        option::of(hostile_text()),
        option::of(hostile_text()),
        option::of(hostile_text()),
    );
    let counts = (
        option::of(any_state()),
        vec(select(OperationKind::ALL), 0..3),
        any::<[u64; 4]>(),
    );
    let rest = (vec(any_skipped(), 0..4), hostile_text(), hostile_text());
    (any_checkpoint_id(), words, places, agents, counts, rest)
        .prop_map(
            |(
                checkpoint,
                (name, description, kind, phase),
                (head, branch, worktree, snapshot),
                agents,
                counts,
                rest,
            )| {
                let (session, agent, task) = agents;
                // Whatever stands in other fields may stand there.
                let upstream = session.clone().zip(branch.clone());
                let upstream = upstream.map(|(remote, merge)| Upstream { remote, merge });
                let (state, operations, [tracked, changed, untracked, bytes]) = counts;
                let (skipped, manifest, tool) = rest;
                CheckpointCreated {
                    checkpoint,
                    name,
                    description,
                    kind,
                    phase,
                    snapshot,
                    head,
                    branch,
                    upstream,
                    worktree,
                    session,
                    agent,
                    task,
                    state,
                    operation: operations.first().copied(),
                    operations: if operations.len() > 1 {
                        operations
                    } else {
                        Vec::new()
                    },
                    files: FileCounts {
                        tracked,
                        changed,
                        untracked,
                        bytes,
                    },
                    verdict: Verdict::of(&skipped),
                    skipped,
                    manifest,
                    tool,
                }
            },
        )
        .boxed()
}

/// Events that mostly tell of one of three checkpoints, so that they meet in a fold.
fn any_body() -> BoxedStrategy<EventBody> {
    let id = || (0..3_i64).prop_map(checkpoint_id);
    let name = || option::of(select(vec!["one", "two"]).prop_map(name));
    prop_oneof![
        (id(), any_created()).prop_map(|(checkpoint, created)| CheckpointCreated {
            checkpoint,
            ..created
        }
        .into()),
        (
            id(),
            option::of(id()),
            select(Scope::ALL),
            select(Action::ALL),
            hostile_text()
        )
            .prop_map(|(checkpoint, backup, scope, action, worktree)| {
                CheckpointRestored {
                    checkpoint,
                    backup,
                    scope,
                    paths: Vec::new(),
                    action,
                    worktree,
                    branch: None,
                    unseen: Vec::new(),
                }
                .into()
            }),
        (id(), name(), select(DeletionReason::ALL)).prop_map(|(checkpoint, name, reason)| {
            CheckpointDeleted {
                checkpoint,
                name,
                reason,
                snapshot: SNAPSHOT.to_owned(),
            }
            .into()
        }),
        (id(), name()).prop_map(|(checkpoint, name)| CheckpointNamed { checkpoint, name }.into()),
        (id(), 1..9_u32, select(Scope::ALL), hostile_text()).prop_map(
            |(backup, commits, scope, worktree)| {
                RolledBack {
                    backup,
                    commits,
                    from: SNAPSHOT.to_owned(),
                    to: SNAPSHOT.to_owned(),
                    reference: Some(worktree.clone()),
                    scope,
                    worktree,
                }
                .into()
            }
        ),
        (id(), hostile_text(), any::<bool>()).prop_map(|(checkpoint, remote, state)| {
            CheckpointShared {
                checkpoint,
                tag: state.then(|| remote.clone()),
                state,
                allowed: vec![remote.clone()],
                remote,
            }
            .into()
        }),
        any_of_run(),
        any::<u8>().prop_map(|count| EventBody::Unknown {
            type_: "moon_landed".to_owned(),
            fields: [("count".to_owned(), count.into())].into_iter().collect(),
        }),
    ]
    .boxed()
}

pub(crate) fn run_id(seconds: i64) -> RunId {
    RunId::new(at(seconds), [2; 10])
}

/// A run that was started so many seconds into 2025-10-01.
pub(crate) fn task_started(seconds: i64) -> TaskStarted {
    TaskStarted {
        run: run_id(seconds),
        task: "Fix the API".to_owned(),
        task_id: None,
        number: 1,
        branch: "agent/fix-the-api/run-1".to_owned(),
        base: Some("main".to_owned()),
        commit: Some(SNAPSHOT.to_owned()),
        repository: "/home/ada/api/.git".to_owned(),
        worktree: "/home/ada/api".to_owned(),
        linked: false,
        model: None,
        checkpoint: None,
        template: None,
    }
}

/// Events of one of two runs.
pub(crate) fn any_of_run() -> BoxedStrategy<EventBody> {
    let words = (hostile_text(), option::of(hostile_text()), any::<bool>());
    let states = option::of(select(TaskState::ALL));
    (0..2_i64, 0..14_u8, words, states, 0..=100_u8)
        .prop_map(|(seconds, which, (text, maybe, claim), state, percent)| {
            of_run(run_id(seconds), which, text, maybe, claim, state, percent)
        })
        .boxed()
}

fn of_run(
    run: RunId,
    which: u8,
    text: String,
    maybe: Option<String>,
    claim: bool,
    state: Option<TaskState>,
    percent: u8,
) -> EventBody {
    let percent = maybe.as_ref().map(|_| percent.to_string().parse().unwrap());
    let mut started = task_started(0);
    (started.run, started.task, started.base, started.linked) =
        (run, text.clone(), maybe.clone(), claim);
    let (branch, commit, message) = (text.clone(), text.clone(), text.clone());
    let run_or_none = Some(run).filter(|_| claim);
    match which {
        0 => started.into(),
        1 => GitBranchCreated {
            run,
            branch,
            commit: maybe,
        }
        .into(),
        2 => TaskProgress {
            run,
            step: maybe,
            percent,
            state,
        }
        .into(),
        3 => TaskCompleted { run }.into(),
        4 => TaskFailed { run, reason: text }.into(),
        5 => GitPushSuccess {
            run: run_or_none,
            remote: text,
            url: maybe,
            branch,
            commit,
        }
        .into(),
        6 => GitPushFailed {
            run: run_or_none,
            remote: text,
            url: maybe,
            branch,
            reason: PushFailure::Rejected,
            code: Some(1),
            message,
        }
        .into(),
        7 => PullRequestOpened {
            run: run_or_none,
            url: text,
            number: Some(7),
            forge: maybe,
            via: message,
            base: None,
            head: branch,
            draft: claim,
            existed: claim,
        }
        .into(),
        8 => PullRequestMerged {
            run: run_or_none,
            url: text,
        }
        .into(),
        9 => RunResumed {
            run,
            checkpoint: None,
            worktree: text,
            linked: claim,
            repository: maybe,
        }
        .into(),
        10 => RunAbandoned {
            run,
            reason: maybe,
            checkpoint: None,
            commit: Some(commit),
        }
        .into(),
        11 => RunCleanedUp {
            run,
            branch_removed: claim,
            worktree_removed: claim,
        }
        .into(),
        12 => GitOperationFailed {
            run: run_or_none,
            operation: text,
            code: None,
            message,
            checkpoint: None,
        }
        .into(),
        _ => GitCommitCreated {
            commit,
            branch: maybe,
            run: run_or_none,
            task: Some(text),
            model: Some(message),
            checkpoint: None,
        }
        .into(),
    }
}

pub(crate) fn any_event() -> BoxedStrategy<Event> {
    (
        any_at(),
        any::<[u8; 10]>(),
        any_at(),
        any_actor(),
        any_body(),
    )
        .prop_map(|(id_at, random, at, by, body)| {
            Event::new(EventId::new(id_at, random), at, by, body)
        })
        .boxed()
}
