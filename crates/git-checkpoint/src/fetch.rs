//! `git checkpoint fetch`: records, names and states of another repository.

mod outcome;
mod run;

use checkpoint_cli::{Schema, Session};
use checkpoint_model::run::Run;
use checkpoint_share::{Direction, Remote, ShareError, States};
use checkpoint_store::Stored;

pub(crate) use self::outcome::FetchOutcome;
use crate::{CheckpointError, args::FetchArgs, share};

/// Takes the records first, since only they tell which states there are; then the states that are asked for.
pub(crate) fn run(session: &Session<'_>, args: FetchArgs) -> Result<FetchOutcome, CheckpointError> {
    let (remote, words) = share::parties(
        session,
        args.remote.clone(),
        args.checkpoints.clone(),
        Direction::Fetch,
    )?;
    let (repo, manner) = (&session.repo, share::manner(session));
    let doing = session.doing("git checkpoint fetch");
    // A tag stands on history, which a shallow clone does not have for a reason.
    let is_shallow = repo.gix().is_shallow().unwrap_or(false);
    let with_tags = args.tags || !is_shallow;
    let fetched = checkpoint_share::fetch_records(repo, &remote, manner, with_tags, &doing)?;
    let (states, failure) = states(session, &args, &words, &remote);
    checkpoint_store::maintain(repo);
    let outcome = FetchOutcome {
        remote: remote.shown(),
        without_tags: !with_tags,
        fetched,
        states,
    };
    match failure {
        None => Ok(outcome),
        // The records are here already, and it would be wrong to end as if nothing had come.
        Some(error) => {
            outcome.tell_what_came(&session.console.talk());
            Err(error)
        }
    }
}

/// The schema of `fetch --json`.
pub(crate) fn schema() -> Schema {
    outcome::schema()
}

/// Takes the states that are asked for. What came, came, also beside what did not.
fn states(
    session: &Session<'_>,
    args: &FetchArgs,
    words: &[String],
    remote: &Remote,
) -> (States, Option<CheckpointError>) {
    let take = || {
        let named = share::chosen(session, words)?;
        let wanted = wanted(session, args, &named)?;
        let all: Vec<_> = wanted.iter().collect();
        let manner = share::manner(session);
        let states = checkpoint_share::fetch_states(&session.repo, remote, manner, &all)?;
        Ok::<_, CheckpointError>((states, named))
    };
    let (states, named) = match take() {
        Err(error) => return (States::default(), Some(error)),
        Ok(taken) => taken,
    };
    let is_named = |id| named.iter().any(|stored| stored.checkpoint.id == id);
    let absent = states.absent.iter().copied().find(|id| is_named(*id));
    let failure = absent.map(|id| {
        let remote = remote.shown();
        ShareError::StateAbsent { remote, id }.into()
    });
    (states, failure)
}

/// Those whose states are asked for: by name or id, and of those that are wanted, by what the options say.
fn wanted(
    session: &Session<'_>,
    args: &FetchArgs,
    named: &[Stored],
) -> Result<Vec<Stored>, CheckpointError> {
    let mut wanted = named.to_vec();
    let by_option = [&args.session, &args.branch, &args.run];
    if !args.all_states && by_option.iter().all(|option| option.is_none()) {
        return Ok(wanted);
    }
    let runs = args.run.as_deref().map(|typed| run::meant(session, typed));
    let runs = runs.transpose()?;
    let is_meant = |stored: &Stored| {
        let created = &stored.checkpoint.created;
        let session = args.session.is_none() || created.session == args.session;
        let branch = args.branch.is_none() || created.branch == args.branch;
        let is_of = |run: &Run| run::has(run, &stored.checkpoint);
        let run = runs.as_ref().is_none_or(|runs| runs.iter().any(is_of));
        session && branch && run && stored.checkpoint.is_kept()
    };
    let all = checkpoint_store::load(&session.repo)?.checkpoints;
    let more = all.into_iter().filter(|stored| {
        is_meant(stored)
            && named
                .iter()
                .all(|it| it.checkpoint.id != stored.checkpoint.id)
    });
    wanted.extend(more);
    Ok(wanted)
}
