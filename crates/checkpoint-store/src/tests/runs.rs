use checkpoint_git::refs::{RefChange, RefError};
use checkpoint_model::event::{
    Event, GitBranchCreated, GitCommitCreated, TaskProgress, TaskStarted,
};
use checkpoint_model::id::RunId;
use checkpoint_model::run::RunStatus;
use checkpoint_model::words::Actor;
use chrono::TimeDelta;

use crate::fixture::{Fixture, now, open};
use crate::runs::{run_by_id, runs};
use crate::watch::Watch;
use crate::{Doing, StoreError, Subject, append_to, append_with};

fn doing(seconds: i64) -> Doing {
    Doing {
        now: now() + TimeDelta::seconds(seconds),
        by: Actor {
            user: "ada".to_owned(),
            host: "desk".to_owned(),
            agent: Some("codex".to_owned()),
            session: None,
        },
        command: "git agent-run start".to_owned(),
    }
}

fn id(n: u8) -> RunId {
    RunId::new(now(), [n; 10])
}

fn branch(n: u8) -> String {
    format!("agent/fix/run-{n}")
}

fn begun(n: u8) -> Vec<(Subject, Event)> {
    let started = TaskStarted {
        run: id(n),
        task: "fix".to_owned(),
        task_id: None,
        number: n.into(),
        branch: branch(n),
        base: None,
        commit: None,
        repository: "/r/.git".to_owned(),
        worktree: "/r".to_owned(),
        linked: false,
        model: None,
        checkpoint: None,
        template: None,
    };
    let made = GitBranchCreated {
        run: id(n),
        branch: branch(n),
        commit: None,
    };
    let told = [doing(0).event(started), doing(1).event(made)];
    told.into_iter()
        .map(|event| (Subject::run(id(n)), event))
        .collect()
}

#[test]
fn a_branch_and_the_word_of_it_come_together_or_not_at_all() {
    let fixture = Fixture::new();
    let head = fixture.id("HEAD");
    let create = || [RefChange::create(format!("refs/heads/{}", branch(1)), head)];
    append_with(&fixture.repo, begun(1), &create(), &doing(0)).unwrap();
    assert_eq!(fixture.git(&["rev-parse", &branch(1)]), head.to_string());
    let before = fixture.git(&["rev-parse", "refs/notes/agents"]);

    let error = append_with(&fixture.repo, begun(2), &create(), &doing(0)).unwrap_err();
    assert!(
        matches!(&error, StoreError::Refs(RefError::Moved { name, .. }) if name.ends_with("run-1")),
        "{error:?}"
    );
    assert_eq!(fixture.git(&["rev-parse", "refs/notes/agents"]), before);
    assert_eq!(run_by_id(&fixture.repo, id(2)).unwrap(), None);
    assert_eq!(fixture.fsck(), "");
}

#[test]
fn a_run_has_its_own_record_and_that_of_its_commits() {
    let fixture = Fixture::new();
    append_with(&fixture.repo, begun(1), &[], &doing(0)).unwrap();
    append_with(&fixture.repo, begun(2), &[], &doing(0)).unwrap();
    let commit = fixture.id("HEAD");
    let created = GitCommitCreated {
        commit: commit.to_string(),
        branch: Some(branch(2)),
        run: Some(id(2)),
        ..GitCommitCreated::default()
    };
    append_to(&fixture.repo, &Subject::commit(commit), created, &doing(2)).unwrap();

    let found = runs(&fixture.repo).unwrap();
    assert_eq!(found.problems, []);
    let statuses: Vec<_> = found.runs.iter().map(|run| (run.id, run.status)).collect();
    assert_eq!(
        statuses,
        [
            (id(1), RunStatus::BranchCreated),
            (id(2), RunStatus::Committed)
        ]
    );
    assert_eq!(found.runs[1].commits, [commit.to_string()]);
    let one = run_by_id(&fixture.repo, id(1)).unwrap();
    assert_eq!(
        one.as_ref(),
        Some(&found.runs[0]),
        "the short way ends where the long one does"
    );

    // git can read it, and a blob whose content says what it is about is what it is tied to.
    let subject = fixture.git_with(&["hash-object", "--stdin"], format!("run:{}", id(1)));
    let note = fixture.git(&["notes", "--ref=agents", "show", &subject]);
    assert!(
        note.contains("task_started") && note.contains("git_branch_created"),
        "{note}"
    );
}

#[test]
fn each_event_is_told_once_as_it_comes() {
    let fixture = Fixture::new();
    let mut watch = Watch::new(open(fixture.path()));
    assert_eq!(watch.news().unwrap().len(), 0);
    append_with(&fixture.repo, begun(1), &[], &doing(0)).unwrap();
    let types = |watch: &mut Watch| -> Vec<String> {
        let news = watch.news().unwrap();
        news.iter()
            .map(|(_, event)| event.body.type_name().to_owned())
            .collect()
    };
    assert_eq!(types(&mut watch), ["task_started", "git_branch_created"]);
    assert_eq!(types(&mut watch).len(), 0, "nothing has happened since");
    for n in 0..40 {
        let told = TaskProgress {
            run: id(1),
            step: Some(format!("step {n}")),
            percent: None,
            state: None,
        };
        append_to(&fixture.repo, &Subject::run(id(1)), told, &doing(10 + n)).unwrap();
        assert_eq!(types(&mut watch), ["task_progress"], "only what is new");
    }
    append_with(&fixture.repo, begun(2), &[], &doing(60)).unwrap();
    assert_eq!(types(&mut watch).len(), 2, "another record");
}
