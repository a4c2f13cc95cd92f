use proptest::{collection::vec, prelude::*};

use super::*;
use crate::{
    event::{
        GitBranchCreated, GitCommitCreated, GitOperationFailed, GitPushFailed, PullRequestMerged,
        PushFailure, RunResumed, TaskCompleted, TaskFailed, TaskProgress,
    },
    id::EventId,
    record::Record,
    samples::{SNAPSHOT, actor, any_of_run, at, event, run_id, task_started},
};

const BRANCH: &str = "agent/fix-the-api/run-1";

fn branch_created() -> EventBody {
    let branch = BRANCH.to_owned();
    GitBranchCreated {
        run: run_id(0),
        branch,
        commit: None,
    }
    .into()
}

fn committed(commit: &str) -> EventBody {
    GitCommitCreated {
        commit: commit.to_owned(),
        run: Some(run_id(0)),
        ..GitCommitCreated::default()
    }
    .into()
}

fn failed(operation: &str) -> EventBody {
    GitOperationFailed {
        run: Some(run_id(0)),
        operation: operation.to_owned(),
        code: Some(1),
        message: format!("no {operation}"),
        checkpoint: None,
    }
    .into()
}

fn push_failed() -> EventBody {
    GitPushFailed {
        run: Some(run_id(0)),
        remote: "origin".to_owned(),
        url: None,
        branch: BRANCH.to_owned(),
        reason: PushFailure::Unreachable,
        code: Some(128),
        message: "no answer".to_owned(),
    }
    .into()
}

fn pushed() -> EventBody {
    GitPushSuccess {
        run: Some(run_id(0)),
        remote: "origin".to_owned(),
        url: None,
        branch: BRANCH.to_owned(),
        commit: SNAPSHOT.to_owned(),
    }
    .into()
}

fn opened() -> EventBody {
    PullRequestOpened {
        run: Some(run_id(0)),
        url: "https://forge.example/1".to_owned(),
        number: Some(1),
        forge: None,
        via: "api".to_owned(),
        base: None,
        head: BRANCH.to_owned(),
        draft: true,
        existed: false,
    }
    .into()
}

fn merged() -> EventBody {
    PullRequestMerged {
        run: Some(run_id(0)),
        url: "https://forge.example/1".to_owned(),
    }
    .into()
}

#[test]
fn another_request_is_not_merged_because_one_before_it_was() {
    assert!(after(vec![opened(), merged()]).is_merged);
    assert!(
        after(vec![opened(), merged(), opened()]).is_merged,
        "found again"
    );
    let mut other = opened();
    if let EventBody::Run(body) = &mut other
        && let RunEvent::PullRequestOpened(opened) = body.as_mut()
    {
        opened.url = "https://forge.example/2".to_owned();
    }
    assert!(!after(vec![opened(), merged(), other]).is_merged);
}

fn progress(step: Option<&str>, percent: Option<&str>, state: Option<TaskState>) -> EventBody {
    TaskProgress {
        run: run_id(0),
        step: step.map(str::to_owned),
        percent: percent.map(|percent| percent.parse().unwrap()),
        state,
    }
    .into()
}

/// The run of which these things are told, one after the other.
fn after(bodies: Vec<EventBody>) -> Run {
    let bodies = [EventBody::from(task_started(0))].into_iter().chain(bodies);
    let events: Vec<_> = (0..).zip(bodies).map(|(n, body)| event(n, body)).collect();
    Run::fold(run_id(0), &events).unwrap()
}

#[test]
fn the_status_is_how_far_it_came_or_that_it_is_stuck() {
    use RunStatus::*;
    let check = |bodies: Vec<EventBody>, want: RunStatus, errors: u64| {
        let run = after(bodies.clone());
        assert_eq!((run.status, run.errors), (want, errors), "{bodies:?}");
    };
    check(vec![], Pending, 0);
    check(vec![failed("branch")], Failed, 1);
    check(vec![branch_created()], BranchCreated, 0);
    check(vec![branch_created(), committed("a")], Committed, 0);
    check(vec![branch_created(), failed("commit")], Failed, 1);
    check(
        vec![branch_created(), failed("commit"), committed("a")],
        Committed,
        1,
    );
    check(vec![committed("a"), push_failed()], Failed, 1);
    check(
        vec![committed("a"), push_failed(), committed("b")],
        Failed,
        1,
    );
    check(
        vec![committed("a"), push_failed(), push_failed(), pushed()],
        Pushed,
        2,
    );
    check(
        vec![committed("a"), pushed(), failed("pull-request")],
        Pushed,
        1,
    );
    check(
        vec![pushed(), opened(), committed("b"), push_failed()],
        Failed,
        1,
    );
    check(vec![pushed(), opened(), committed("b")], PrOpened, 0);
}

#[test]
fn the_task_has_a_state_of_its_own() {
    use TaskState::*;
    let check = |bodies: Vec<EventBody>, want: TaskState, percent: Option<u8>| {
        let run = after(bodies.clone());
        let percent = percent.map(|n| n.to_string().parse().unwrap());
        assert_eq!((run.state, run.percent), (want, percent), "{bodies:?}");
    };
    check(vec![], Pending, None);
    check(vec![branch_created()], Running, None);
    check(
        vec![progress(Some("read"), Some("10"), None)],
        Running,
        Some(10),
    );
    check(
        vec![progress(None, Some("10"), Some(Paused)), branch_created()],
        Paused,
        Some(10),
    );
    check(
        vec![
            progress(None, Some("10"), Some(Paused)),
            progress(Some("x"), None, None),
        ],
        Paused,
        Some(10),
    );
    check(
        vec![TaskCompleted { run: run_id(0) }.into()],
        Completed,
        Some(100),
    );
    let gone = TaskFailed {
        run: run_id(0),
        reason: "no disk".to_owned(),
    };
    check(vec![gone.clone().into()], Failed, None);
    let again = RunResumed {
        run: run_id(0),
        checkpoint: None,
        worktree: "/w".to_owned(),
        linked: true,
        repository: None,
    };
    check(vec![gone.into(), again.into()], Running, None);
}

#[test]
fn it_belongs_to_the_clone_that_took_it_over() {
    let resumed = |repository: Option<&str>| RunResumed {
        run: run_id(0),
        checkpoint: None,
        worktree: "/w".to_owned(),
        linked: false,
        repository: repository.map(str::to_owned),
    };
    let run = after(vec![resumed(None).into()]);
    let home = (run.host.clone(), run.repository.clone());
    assert_eq!(home, (run.by.host.clone(), run.started.repository.clone()));
    let run = after(vec![
        resumed(Some("/moved/.git")).into(),
        resumed(None).into(),
    ]);
    assert_eq!(run.repository, "/moved/.git");
}

#[test]
fn steps_and_errors_are_told_in_order() {
    let run = after(vec![
        progress(Some("read"), None, None),
        failed("commit"),
        progress(Some("write"), Some("50"), None),
        push_failed(),
    ]);
    let steps: Vec<_> = run.steps.iter().map(|step| step.step.as_str()).collect();
    assert_eq!(steps, ["read", "write"]);
    let last = run.last_error.unwrap();
    assert_eq!(
        (last.operation.as_str(), last.message.as_str()),
        ("push", "no answer")
    );
    assert_eq!(run.updated_at, at(4));
}

#[test]
fn a_commit_that_is_told_twice_is_one() {
    let run = after(vec![committed("a"), committed("b"), committed("a")]);
    assert_eq!(run.commits, ["a", "b"]);
}

#[test]
fn a_run_is_called_by_the_end_of_its_branch() {
    let check = |branch: &str, want: &str| {
        let mut run = after(vec![]);
        run.started.branch = branch.to_owned();
        assert_eq!(run.short_branch(), want);
    };
    check("agent/fix-the-api/run-1", "fix-the-api/run-1");
    check("bots/nightly/fix/run-12", "fix/run-12");
    check("fix/run-1", "fix/run-1");
    check("odd", "odd");
}

#[test]
fn a_percentage_is_a_whole_number_up_to_a_hundred() {
    for text in ["0", "7", "100"] {
        assert_eq!(text.parse::<Percent>().unwrap().get().to_string(), text);
    }
    for text in ["101", "-1", "+5", "", "5%", "1e1", "256", "4.5"] {
        assert!(text.parse::<Percent>().is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Percent>("101").is_err());
}

#[test]
fn what_is_said_of_a_run_is_one_line_that_can_be_seen() {
    let check = |text: &str, is_line: bool| {
        assert_eq!(text.parse::<Line>().is_ok(), is_line, "{text:?}");
    };
    check("Fix the API", true);
    check(&"é".repeat(300), true);
    check(&"a".repeat(1001), false);
    check("", false);
    check(" ", false);
    check(" a", false);
    check("a\nSigned-off-by: x", false);
    check("a\u{1b}[2J", false);
    check("a\u{202e}b", false);
}

proptest! {
    #[test]
    fn the_order_of_arrival_changes_nothing(
        told in vec((any_of_run(), 0..20_i64, any::<[u8; 10]>()), 0..12),
        order in any::<prop::sample::Index>(),
    ) {
        let mut events = vec![event(0, task_started(0))];
        events.extend(told.into_iter().map(|(body, seconds, random)| {
            Event::new(EventId::new(at(seconds), random), at(seconds), actor(), body)
        }));
        let forth = Run::fold(run_id(0), &events);
        let rotation = order.index(events.len());
        let mut back = events.clone();
        back.reverse();
        back.rotate_left(rotation);
        // Each event twice, as where the note of a commit and that of its run both have it.
        let twice: Vec<_> = back.iter().chain(&events).collect();
        prop_assert_eq!(&Run::fold(run_id(0), twice), &forth);
        let record: Record = events.into_iter().collect();
        let read = Record::parse(&record.to_bytes());
        prop_assert_eq!(&Run::fold(run_id(0), read.events()), &forth, "and so it reads back");
    }
}
