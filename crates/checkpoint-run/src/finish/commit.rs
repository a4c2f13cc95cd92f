//! The first step: what is left is committed, and every commit of the branch is on record.

use bstr::ByteSlice as _;
use checkpoint_cli::Additions;
use checkpoint_git::refs;
use checkpoint_model::{event::GitCommitCreated, run::Run, who::Who};
use checkpoint_store::Subject;
use checkpoint_work::{By, CommitError, CommitWish, Committed, Scope, Words, WorkError};
use gix::ObjectId;

use super::{COMMAND, Done, Work};
use crate::{RunError, body::Commit, place};

/// Commits what is left in the working tree of the run, if its branch is checked out anywhere. Fails as `git commit`
/// does, with index and files as they were. Whether there is a branch then.
pub(super) fn what_is_left(work: &mut Work<'_>, message: Option<&str>) -> Result<bool, RunError> {
    if work.dir.is_some() {
        match commit(work, message) {
            Ok(Some(committed)) => {
                work.done.push(Done::Committed(committed.id));
                if !committed.left_out.is_empty() {
                    work.done.push(Done::LeftOut(committed.left_out));
                }
            }
            Ok(None) => {}
            Err(error) => {
                work.log.tell_failure(work.run.id, "commit", &error);
                return Err(error);
            }
        }
    }
    let Some(tip) = refs::find(&work.common.repo, &work.reference())? else {
        return Ok(false);
    };
    work.tip = tip;
    work.commits = of_branch(work)?;
    // A commit of ours is on record already.
    work.reread()?;
    record_others(work)?;
    work.reread()?;
    Ok(true)
}

/// None where there is nothing to commit.
fn commit(work: &Work<'_>, message: Option<&str>) -> Result<Option<Committed>, RunError> {
    let description = message.map_or_else(|| told(&work.run), str::to_owned);
    let wish = CommitWish {
        scope: Scope::Everything,
        words: Words {
            description,
            body: String::new(),
        },
        by: by(&work.run),
        additions: Additions::default(),
        command: COMMAND,
    };
    match checkpoint_work::commit(work.session, work.policy, &wish) {
        Ok(committed) => Ok(Some(committed)),
        Err(WorkError::Commit(CommitError::Nothing { .. })) => Ok(None),
        Err(WorkError::Commit(CommitError::Refused { code })) => Err(RunError::CommitRefused {
            run: work.run.short_branch().to_owned(),
            code,
        }),
        Err(error) => Err(error.into()),
    }
}

/// Whose commit it is; a run that a person has begun without an agent makes plain ones.
fn by(run: &Run) -> Option<By> {
    let who = Who {
        agent: run.by.agent.as_ref()?.parse().ok()?,
        task: place::task_name(run).parse().ok(),
        session: run
            .by
            .session
            .as_ref()
            .and_then(|session| session.parse().ok()),
        model: run
            .started
            .model
            .as_ref()
            .and_then(|model| model.parse().ok()),
    };
    let template = run.started.template.as_ref();
    Some(By {
        who,
        run: Some(run.id),
        template: template.and_then(|template| template.parse().ok()),
    })
}

/// What the agent was last at; else that there was something left. A step may say what no agent's commit may.
fn told(run: &Run) -> String {
    let mut steps = run.steps.iter().rev().map(|step| &step.step);
    let last = steps.find(|step| !checkpoint_work::signs_off(step));
    last.cloned().unwrap_or_else(|| "what was left".to_owned())
}

/// Commits that were made by git itself, or whose record a crash has swallowed, are those of the run, too.
fn record_others(work: &Work<'_>) -> Result<(), RunError> {
    let is_known = |commit: &&Commit| work.run.commits.contains(&commit.id);
    let told = work
        .commits
        .iter()
        .filter(|commit| !is_known(commit))
        .filter_map(|commit| {
            let id = ObjectId::from_hex(commit.id.as_bytes()).ok()?;
            let body = GitCommitCreated {
                commit: commit.id.clone(),
                branch: Some(work.branch().to_owned()),
                run: Some(work.run.id),
                task: None,
                model: None,
                checkpoint: None,
            };
            Some((Subject::commit(id), work.log.event(body)))
        });
    let told: Vec<_> = told.collect();
    Ok(checkpoint_store::append_with(
        &work.session.repo,
        told,
        &[],
        &work.log.doing(),
    )?)
}

/// The commits of the run, oldest first: those of the branch since it was begun, without what was merged into it.
fn of_branch(work: &Work<'_>) -> Result<Vec<Commit>, RunError> {
    let tip = work.tip.to_string();
    let not = work
        .run
        .started
        .commit
        .as_ref()
        .map(|base| format!("^{base}"));
    let words = [
        "log",
        "--no-show-signature",
        "--no-color",
        "--first-parent",
        "--reverse",
    ];
    let words = words
        .into_iter()
        .chain(["--format=%H %s", &tip])
        .chain(not.as_deref());
    let output = work.session.repo.git(words.chain(["--"])).output()?;
    let commit = |line: &[u8]| {
        let (id, subject) = line.split_once_str(" ")?;
        Some(Commit {
            id: id.to_str_lossy().into_owned(),
            subject: subject.to_str_lossy().into_owned(),
        })
    };
    Ok(output.lines().filter_map(commit).collect())
}
